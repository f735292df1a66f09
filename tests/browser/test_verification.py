"""From the card to a printed estimate: verify, read the answer, price another plan of care, look back."""

import re
from collections.abc import Callable

import pytest

from tests.browser.conftest import Opening
from tests.browser.flows import (
    CYRUS,
    EMIL,
    JORDAN,
    ODETTE,
    TARDY,
    WINONA,
    Caller,
    ask,
    begin,
    choose_payer,
    fill_in,
    headline,
)
from tests.browser.visitor import PHONE, Visitor

Picture = Callable[[Visitor, str], None]
# Notes each state that the page is in: whether it still asks, and how many calls it tells of.
WATCH = """window.seen = [];
const note = () => {
  const isAsking = !!document.querySelector("#answer[hx-trigger]");
  const state = [isAsking, document.querySelectorAll(".calls > li").length];
  if (String(state) !== String(seen.at(-1))) seen.push(state);
};
new MutationObserver(note).observe(document.getElementById("main"), {childList: true, subtree: true});
note();"""


def test_a_commercial_patient_is_verified_and_every_number_opens_to_its_segment(
    visit: Opening, picture: Picture
) -> None:
    visitor = visit("admissions")
    ask(visitor, JORDAN)
    page = visitor.page

    assert "Covered" in headline(visitor)
    assert re.search(r"\$\d,\d{3}\.00", page.locator(".pays-amount").first.inner_text())
    limit = page.locator(".limit").filter(has_text="Deductible, person").first
    assert "$1,500.00" in limit.inner_text()
    limit.get_by_text("Source").first.click()
    assert "EB*C*IND*30***23*1500.00" in limit.inner_text()
    assert visitor.violations() == []
    assert not visitor.overflows()
    picture(visitor, "result")


@pytest.mark.parametrize(
    ("caller", "says"),
    [
        (CYRUS, "TRICARE"),
        (WINONA, "The facility never collects it"),
        (EMIL, "Not covered"),
    ],
    ids=lambda value: value.typed["Last name"] if isinstance(value, Caller) else "",
)
def test_each_kind_of_answer_is_told_in_its_own_words(visit: Opening, caller: Caller, says: str) -> None:
    visitor = visit("admissions")
    ask(visitor, caller)
    headline(visitor)

    assert says in visitor.page.locator("main").inner_text()
    assert visitor.violations() == []
    assert not visitor.overflows()


def test_each_call_is_told_as_it_ends_and_the_answer_comes_into_the_same_page(visit: Opening) -> None:
    visitor = visit("admissions")
    page = visitor.page
    begin(visitor, TARDY)
    page.evaluate(WATCH)
    loads: list[str] = []
    page.on("framenavigated", lambda frame: loads.append(frame.url))

    assert "The payer is being asked" in page.locator("main").inner_text()
    assert visitor.violations() == []
    assert "Covered" in headline(visitor)
    seen = page.evaluate("seen")
    assert seen[0] == [True, 0], "asking, and no call has ended"
    assert [True, 1] in seen, "asking, and the first has"
    assert seen[-1] == [False, 4], "no longer asking, and each is told"
    assert loads == []


@pytest.mark.parametrize("caller", [CYRUS, WINONA], ids=["tricare", "va"])
def test_the_form_asks_what_the_payers_program_needs(
    visit: Opening, picture: Picture, caller: Caller
) -> None:
    visitor = visit("admissions")
    visitor.go("/staff/verifications/new")
    choose_payer(visitor, caller)

    assert visitor.page.locator("section[aria-labelledby=block]").count() == 1
    assert visitor.violations() == []
    picture(visitor, f"new-{caller.card.split()[1]}")


def test_what_is_wrong_stands_at_its_field_and_what_was_typed_stays(visit: Opening) -> None:
    visitor = visit("admissions")
    visitor.go("/staff/verifications/new")
    choose_payer(visitor, JORDAN)
    visitor.page.get_by_label("Date of birth", exact=True).fill("13/41/1990")
    visitor.page.get_by_label("Weeks").fill("abc")
    visitor.page.get_by_role("button", name="Verify with").click()
    visitor.page.get_by_role("alert").wait_for()

    field = visitor.page.get_by_label("Weeks")
    assert (field.input_value(), field.get_attribute("aria-invalid")) == ("abc", "true")
    described = field.get_attribute("aria-describedby") or ""
    assert "Weeks must be a whole number" in visitor.page.locator(f"#{described.split()[-1]}").inner_text()
    visitor.page.get_by_role("alert").get_by_role("link", name="Last name").click()
    assert visitor.page.evaluate("document.activeElement.name") == "member.last_name"
    assert visitor.violations() == []


def test_other_days_and_weeks_are_priced_at_once_beside_the_first_plan(
    visit: Opening, picture: Picture
) -> None:
    visitor = visit("admissions")
    address = ask(visitor, JORDAN)
    visitor.go(f"{address}/what-if")
    page = visitor.page
    assert "Both cost the patient the same." in page.locator("#plans").inner_text()

    with page.expect_response(lambda response: response.url.endswith("/what-if")):
        page.get_by_role("group", name="Plan B").get_by_label("Weeks").fill("4")
    page.get_by_text("Plan B costs the patient").wait_for()

    assert "less" in page.locator(".difference").inner_text()
    assert visitor.violations() == []
    picture(visitor, "what-if")


def test_the_network_can_be_changed_in_what_if(visit: Opening) -> None:
    visitor = visit("admissions")
    address = ask(visitor, JORDAN)
    visitor.go(f"{address}/what-if")
    page = visitor.page

    page.get_by_role("group", name="Plan B").get_by_label("Network").select_option("out")
    page.get_by_text("Plan B costs the patient").wait_for()

    assert "more" in page.locator(".difference").inner_text()


def test_a_persons_verifications_are_found_by_name_and_stand_in_no_address(
    visit: Opening, picture: Picture
) -> None:
    visitor = visit("admissions")
    address = ask(visitor, ODETTE)
    visitor.go("/staff/verifications/")
    visitor.page.get_by_label("Patient's last name").fill("prescott")
    visitor.page.get_by_label("Date of birth").fill("06/06/1990")
    visitor.page.get_by_role("button", name="Find").click()
    visitor.page.get_by_role("link", name="Odette Prescott").first.wait_for()

    assert "rescott" not in visitor.page.url
    assert visitor.violations() == []
    picture(visitor, "verifications")
    visitor.go(f"{address}/history")
    assert visitor.page.locator(".timeline > li").count() >= 1
    assert visitor.violations() == []


def test_a_phone_shows_form_answer_and_what_if_without_scrolling_sideways(
    visit: Opening, picture: Picture
) -> None:
    visitor = visit("admissions", viewport=PHONE)
    address = ask(visitor, JORDAN)

    assert not visitor.overflows()
    picture(visitor, "result-phone")
    for page in (f"{address}/what-if", f"{address}/history", "/staff/verifications/"):
        visitor.go(page)
        assert not visitor.overflows(), page


def test_without_scripts_somebody_finds_a_payer_verifies_and_prices(visit: Opening) -> None:
    visitor = visit("admissions", java_script_enabled=False)
    page = visitor.page
    visitor.go("/staff/verifications/new")
    page.get_by_label("What the card says").fill("sim comm")
    page.get_by_role("button", name="Find").click()
    page.get_by_role("button", name=JORDAN.payer).first.click()
    fill_in(visitor, JORDAN)
    page.get_by_role("button", name="Verify with").click()
    page.wait_for_url("**/verifications/ver_*")

    assert "Covered" in headline(visitor)
    page.get_by_role("link", name="What if…").click()
    page.get_by_role("group", name="Plan B").get_by_label("Weeks").fill("4")
    page.get_by_role("button", name="Price both").click()
    assert "less" in page.locator(".difference").inner_text()


def test_from_the_start_to_a_printed_estimate_are_three_clicks_beside_filling_in(visit: Opening) -> None:
    visitor = visit("admissions")
    page, clicks = visitor.page, visitor.count_clicks()
    visitor.go("/staff/")
    page.get_by_role("link", name="New verification").first.click()
    page.get_by_label("What the card says").wait_for()
    before = list(clicks)
    choose_payer(visitor, JORDAN)
    fill_in(visitor, JORDAN)
    clicks.clear()
    page.get_by_role("button", name="Verify with").click()
    headline(visitor)
    page.evaluate("window.print = () => { document.body.dataset.printed = 'yes'; }")
    page.get_by_role("button", name="Print").click()

    assert page.locator("body").get_attribute("data-printed") == "yes"
    assert [*before, *clicks] == ["New verification", f"Verify with {JORDAN.payer}", "Print"]


def test_who_may_only_read_is_offered_nothing_that_asks_a_payer(visit: Opening) -> None:
    asking, reading = visit("admissions"), visit("auditor")
    address = ask(asking, JORDAN)
    reading.go(address)

    assert reading.page.get_by_role("button", name="Re-verify").count() == 0
    assert reading.page.get_by_role("link", name="New verification").count() == 0
    assert asking.page.get_by_role("button", name="Re-verify").count() == 1
