"""An administrator gives access and keys, and everybody else sees nothing of it."""

from pathlib import Path

import pytest

from tests.browser.conftest import Opening
from tests.browser.visitor import PHONE

ADDRESSES = ("/staff/people/", "/staff/people/new", "/staff/keys/")


@pytest.mark.parametrize("address", ADDRESSES)
def test_the_pages_of_an_administrator_have_no_barrier(visit: Opening, address: str) -> None:
    visitor = visit("admin")
    visitor.go(address)

    assert visitor.violations() == []
    assert not visitor.overflows()


def test_payer_health_has_no_barrier_and_fits_a_phone(visit: Opening) -> None:
    visitor = visit("admissions", viewport=PHONE)
    visitor.go("/staff/payer-health/")

    assert visitor.violations() == []
    assert not visitor.overflows()


@pytest.mark.parametrize("role", ["admissions", "reviewer", "billing", "auditor"])
def test_nobody_else_sees_the_way_to_people_and_keys(visit: Opening, role: str) -> None:
    visitor = visit(role)
    visitor.go("/staff/")

    links = visitor.page.get_by_role("navigation", name="Pages").get_by_role("link")
    assert {"People", "API keys"}.isdisjoint(links.all_inner_texts())


def test_somebody_is_given_access_changed_and_shut_out_without_a_script(visit: Opening) -> None:
    visitor = visit("admin", java_script_enabled=False)
    page = visitor.page
    visitor.go("/staff/people/new")
    page.get_by_label("E-mail address").fill("new.person@riverbend.example")
    page.get_by_label("Admissions").check()
    page.get_by_label("Every facility").check()
    page.get_by_role("button", name="Give access").click()

    assert "otpauth://" in page.content()
    assert page.get_by_role("listitem").count() >= 10

    visitor.go("/staff/people/")
    page.get_by_role("link", name="new.person@riverbend.example").click()
    page.get_by_label("Billing").check()
    page.get_by_role("button", name="Save").click()
    row = page.get_by_role("row", name="new.person@riverbend.example")
    assert "admissions, billing" in row.inner_text()

    page.get_by_role("link", name="new.person@riverbend.example").click()
    page.get_by_role("button", name="Shut new.person@riverbend.example out").click()
    assert "shut out" in page.get_by_role("row", name="new.person@riverbend.example").inner_text()


def test_a_form_that_lacks_something_says_where(visit: Opening) -> None:
    visitor = visit("admin")
    visitor.go("/staff/people/new")
    visitor.page.get_by_role("button", name="Give access").click()

    assert visitor.page.get_by_role("alert").is_visible()
    assert visitor.violations() == []


def test_a_key_is_shown_once_and_can_be_revoked(visit: Opening) -> None:
    visitor = visit("admin")
    page = visitor.page
    visitor.go("/staff/keys/")
    page.get_by_label("What the key is for").fill("Nightly export")
    page.get_by_label("See verifications").check()
    page.get_by_label("Every facility").check()
    page.get_by_role("button", name="Make the key").click()
    text = page.locator("pre").inner_text()
    assert text.startswith("vk_")
    assert visitor.violations() == []

    page.get_by_role("link", name="It is copied").click()
    assert text not in page.content()
    page.get_by_role("button", name="Revoke the key for Nightly export").click()
    assert "revoked" in page.get_by_role("row", name="Nightly export").inner_text()


def test_an_auditor_finds_what_was_done_and_the_page_has_no_barrier(visit: Opening) -> None:
    visitor = visit("auditor")
    page = visitor.page
    visitor.go("/staff/audit/")
    assert visitor.violations() == []

    page.get_by_label("What was done").select_option("login")
    page.get_by_role("button", name="Search").click()

    assert page.get_by_role("cell", name="login").count() > 0
    assert visitor.violations() == []
    assert not visitor.overflows()


def test_rates_are_taken_in_row_by_row_and_given_out_again(visit: Opening, tmp_path: Path) -> None:
    rates = tmp_path / "rates.csv"
    rates.write_text(
        "facility,payer,network,code,amount,valid_from,valid_to\n"
        "abita-springs,sim-commercial,in,S9480,310.00,2026-01-01,\n"
        "abita-springs,sim-commercial,in,S9480,=1+1,2026-01-01,\n"
    )
    visitor = visit("admin")
    page = visitor.page
    visitor.go("/staff/facilities/")
    assert visitor.violations() == []
    page.get_by_label("CSV file").set_input_files(rates)
    page.get_by_role("button", name="Take in").click()

    assert "1 rate taken in, 1 fault found." in page.get_by_role("status").inner_text()
    assert (
        "must be dollars such as 325.00" in page.get_by_role("region", name="Rows that were not").inner_text()
    )
    assert visitor.violations() == []
    assert not visitor.overflows()
    with page.expect_download() as download:
        page.get_by_role("link", name="Give all out as CSV").click()
    assert (
        "abita-springs,sim-commercial,in,S9480,310.00,2026-01-01," in Path(download.value.path()).read_text()
    )


def test_a_facility_is_added_and_changed_without_a_script(visit: Opening) -> None:
    visitor = visit("admin", java_script_enabled=False)
    page = visitor.page
    visitor.go("/staff/facilities/")
    page.get_by_role("link", name="Add a facility").click()
    page.get_by_label("Id", exact=True).fill("live-oak")
    page.get_by_label("Name").fill("Live Oak House")
    page.get_by_label("NPI").fill("1234567890")
    page.get_by_role("button", name="Save", exact=True).last.click()
    assert "NPI must be ten digits" in page.get_by_role("alert").inner_text()

    page.get_by_label("NPI").fill("1245319599")
    page.get_by_label("State").select_option("LA")
    page.get_by_role("group", name="One program more").get_by_label("Program", exact=True).select_option(
        "H0015"
    )
    page.get_by_role("button", name="Save", exact=True).last.click()
    page.get_by_role("link", name="Live Oak House").click()
    assert page.get_by_role("group", name="Program H0015").is_visible()
    page.get_by_label("Time zone").select_option("America/Chicago")
    page.get_by_role("button", name="Save", exact=True).last.click()

    row = page.get_by_role("row", name="Live Oak House").inner_text()
    assert "America/Chicago" in row
    assert "this page" in row
    visitor.go("/staff/people/new")
    assert page.get_by_label("Live Oak House").is_visible()


def test_the_page_of_a_facility_has_no_barrier_and_fits_a_phone(visit: Opening) -> None:
    visitor = visit("admin", viewport=PHONE)
    for address in ("/staff/facilities/new", "/staff/facilities/of/abita-springs"):
        visitor.go(address)
        assert visitor.violations() == []
        assert not visitor.overflows()
    visitor.page.get_by_label("NPI").fill("1")
    visitor.page.get_by_role("button", name="Save", exact=True).last.click()
    assert visitor.page.get_by_role("alert").is_visible()
    assert visitor.violations() == []
