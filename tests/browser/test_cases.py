"""From the public form to the signed-off answer in a browser: three programs, by keyboard, scripts off."""

import re
import time
from typing import Any, Final

import pytest

from tests.browser.conftest import Opening
from tests.browser.visitor import PHONE, Visitor

FORM: Final = "/free-verification/abita-springs"
AVERY: Final = {
    "First name": "Jordan",
    "Last name": "Avery",
    "Date of birth": "04/12/1988",
    "Member ID optional": "SIM100001",
}
WEATHERBY: Final = {
    "First name": "Cyrus",
    "Last name": "Weatherby",
    "Date of birth": "03/08/1979",
    "Member ID optional": "900100003",
}
WARD: Final = {"First name": "Winona", "Last name": "Ward", "Date of birth": "05/14/1979"}
LEAST_TIME: Final = 9  # seconds a form without a script has to wait


def fill(visitor: Visitor, person: dict[str, str], insurance: str) -> None:
    page = visitor.page
    page.get_by_label("Your name").fill(f"{person['First name']} {person['Last name']}")
    page.get_by_label("Your phone number").fill("985-555-0142")
    for label, text in person.items():
        page.get_by_label(
            label.removesuffix(" optional"), exact=label == label.removesuffix(" optional")
        ).first.fill(text)
    page.get_by_label("Insurance", exact=True).fill(insurance)


def ask(visitor: Visitor, person: dict[str, str], insurance: str, payer: str) -> None:
    """Fill the public form in, choose the insurer, sign, and send it."""
    visitor.go(FORM)
    page, opened = visitor.page, time.monotonic()
    fill(visitor, person, insurance)
    page.get_by_role("button", name="Find it").click()
    page.get_by_label(payer, exact=True).check()
    page.get_by_label("I agree to this").check()
    page.get_by_label("Your signature").fill(f"{person['First name']} {person['Last name']}")
    page.wait_for_timeout(max(0.0, LEAST_TIME - (time.monotonic() - opened)) * 1000)
    page.get_by_role("button", name="Ask for my free check").click()
    page.get_by_role("heading", name="Thank you. We have your request.").wait_for()


def answer(visitor: Visitor, **said: str) -> None:
    """Answer the questions of the worksheet that have these fields; the others stay open."""
    page = visitor.page
    page.get_by_label("Who answered").fill("Dana R.")
    page.get_by_label("Reference number of the call").fill("I-4711")
    for name, text in said.items():
        field = page.locator(f'[name="{name.replace("__", ".")}"]')
        if field.first.get_attribute("type") == "radio":
            page.locator(f'[name="{name.replace("__", ".")}"][value="{text}"]').check()
        else:
            field.fill(text)
    page.get_by_role("button", name="Keep the answers").click()
    page.wait_for_url(re.compile("/review"))


@pytest.mark.parametrize(
    ("person", "insurance", "payer", "desk", "said"),
    [
        pytest.param(
            AVERY,
            "simulated health ppo",
            "Simulated Commercial Health Plan",
            {},
            {"visit_limit__limit": "no"},
            id="commercial",
        ),
        pytest.param(
            WEATHERBY,
            "simulated tricare",
            "Simulated TRICARE",
            {"State of residence": "GA"},
            {
                "tricare_beneficiary__answer": "retiree",
                "tricare_group__answer": "B",
                "authorization__answer": "not_required",
                "deductible_remaining__individual": "0",
                "out_of_pocket_remaining__individual": "500.00",
            },
            id="tricare",
        ),
        pytest.param(
            WARD,
            "simulated va community care",
            "Simulated VA Community Care",
            {"Integration control number": "1012000001V100001", "Number of the referral": "VA0012345678"},
            {
                "va_episode__begins": "01/01/2026",
                "va_episode__ends": "12/31/2028",
                "va_episode__visits": "60",
                "va_episode_services__answer": "yes",
                "priority_group__group": "6",
                "copay_exemption__service_connected": "no",
                "copay_exemption__exempt": "no",
                "mental_health_visits__answer": "1",
                "va_region__answer": "LA",
            },
            id="va",
        ),
    ],
)
def test_a_request_goes_from_the_form_over_the_phone_to_the_sign_off(  # noqa: PLR0913, PLR0917 - a table
    person: dict[str, str],
    insurance: str,
    payer: str,
    desk: dict[str, str],
    said: dict[str, str],
    visit: Opening,
) -> None:
    ask(visit(), person, insurance, payer)
    staff, page = visit("admissions"), None
    staff.go("/staff/requests/")
    page = staff.page
    page.get_by_role("link", name=f"{person['First name']} {person['Last name']}").first.click()
    if desk:
        page.get_by_text("TRICARE and VA").click()
    for label, text in desk.items():
        page.get_by_label(label).fill(text)
    page.get_by_label("In network", exact=True).check()
    page.get_by_role("button", name="Verify now").click()
    page.wait_for_url(re.compile("/staff/verifications/ver_"))
    address = page.url.removeprefix(staff.url).removesuffix("/review")
    staff.go(f"{address}/worksheet")
    open_before = len(staff.texts(".questions > li"))
    answer(staff, **said)

    reviewer = visit("reviewer")
    reviewer.go(f"{address}/review")
    open_after = reviewer.page.get_by_text(re.compile(r"\d+ questions? \(")).all_inner_texts()
    reviewer.page.get_by_role("button", name="Sign it off").click()
    reviewer.page.get_by_text("A new answer takes this away").wait_for()

    assert open_before >= 1
    assert int((open_after or ["0"])[0].split()[0]) < open_before
    assert "I-4711" in reviewer.page.inner_text("main")
    staff.go("/staff/requests/?state=done")
    assert any(person["Last name"] in text for text in staff.texts("tbody th a"))


def test_the_pages_have_no_barrier_in_either_theme_and_fit_a_phone(visit: Opening) -> None:
    ask(visit(), AVERY, "simulated health ppo", "Simulated Commercial Health Plan")
    found: dict[str, Any] = {}
    public = visit(viewport=PHONE)
    public.go(FORM)
    found["form"] = public.violations(), public.overflows()
    public.page.get_by_role("button", name="Ask for my free check").click()
    found["form with faults"] = public.violations(), public.overflows()
    staff = visit("admissions", viewport=PHONE)
    staff.go("/staff/requests/")
    found["queue"] = staff.violations(), staff.overflows()
    staff.page.locator("tbody th a").first.click()
    found["request"] = staff.violations(), staff.overflows()
    staff.page.get_by_role("button", name="Verify now").click()
    staff.page.wait_for_url(re.compile("/staff/verifications/ver_"))
    address = staff.page.url.removeprefix(staff.url).removesuffix("/review")
    for name in ("worksheet", "review"):
        staff.go(f"{address}/{name}")
        found[name] = staff.violations(), staff.overflows()

    assert found == dict.fromkeys(found, ([], False))


def test_without_scripts_the_form_and_the_desk_work_all_the_same(visit: Opening) -> None:
    ask(visit(java_script_enabled=False), AVERY, "simulated health ppo", "Simulated Commercial Health Plan")
    staff = visit("admissions", java_script_enabled=False)
    staff.go("/staff/requests/")
    staff.page.locator("tbody th a").first.click()
    staff.page.get_by_label("In network", exact=True).check()
    staff.page.get_by_role("button", name="Verify now").click()
    address = staff.page.url.removeprefix(staff.url).removesuffix("/review")
    staff.go(f"{address}/worksheet")
    answer(staff, visit_limit__limit="no")

    assert "Dana R." in staff.page.inner_text("main")


def test_the_queue_shows_a_new_request_by_itself(visit: Opening) -> None:
    staff = visit("admissions")
    staff.go("/staff/requests/?whose=nobody")
    before = len(staff.texts("tbody th a"))

    ask(visit(), AVERY, "simulated health ppo", "Simulated Commercial Health Plan")

    staff.page.locator("tbody th a").nth(before).wait_for(timeout=30_000)


def test_the_form_can_be_filled_in_and_sent_by_keyboard_alone(visit: Opening) -> None:
    visitor = visit()
    visitor.go(FORM)
    keys, opened = visitor.page.keyboard, time.monotonic()
    for role, name, text in (
        ("textbox", "Your name", "Jordan Avery"),
        ("textbox", "Your phone number", "985-555-0142"),
        ("textbox", "First name", "Jordan"),
        ("textbox", "Last name", "Avery"),
        ("textbox", "Date of birth", "04/12/1988"),
        ("textbox", "Insurance", "simulated health ppo"),
    ):
        visitor.tab_to(role, name)
        keys.type(text)
    visitor.page.wait_for_timeout(max(0.0, LEAST_TIME - (time.monotonic() - opened)) * 1000)
    visitor.tab_to("button", "Ask for my free check")
    keys.press("Enter")

    visitor.page.get_by_role("heading", name="Thank you. We have your request.").wait_for()
    assert "Nobody has signed yet" in visitor.page.inner_text("main")


@pytest.mark.parametrize("role", ["admissions", "reviewer", "billing", "auditor", "admin"])
def test_every_role_sees_only_what_it_may(role: str, visit: Opening) -> None:
    ask(visit(), AVERY, "simulated health ppo", "Simulated Commercial Health Plan")
    visitor = visit(role)
    visitor.go("/staff/requests/")
    may_read, may_work = role != "admin", role in {"admissions", "reviewer"}

    assert (len(visitor.texts("tbody th a")) > 0) is may_read
    assert ("Requests" in visitor.texts(".top nav a")) is may_read
    if may_read:
        visitor.page.locator("tbody th a").first.click()
        assert (visitor.page.get_by_role("button", name="Verify now").count() > 0) is may_work


def test_a_stranger_who_asks_sees_nothing_of_any_coverage(visit: Opening) -> None:
    visitor = visit()
    ask(visitor, AVERY, "simulated health ppo", "Simulated Commercial Health Plan")
    words = visitor.page.inner_text("body").lower()

    assert "your copy of what you signed" in words
    assert not [word for word in ("active", "deductible", "copay", "$") if word in words]
