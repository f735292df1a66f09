"""The insurance of a request is chosen as that of a new verification: while typing, and without scripts."""

import pytest

from tests.browser.conftest import Opening
from tests.browser.test_cases import FORM, LEAST_TIME, fill
from tests.browser.visitor import PHONE, Visitor

SOMEBODY = {
    "First name": "Jordan",
    "Last name": "Avery",
    "Date of birth": "04/12/1988",
    "Member ID optional": "SIM100001",
}


def ask_without_insurance(visitor: Visitor) -> None:
    visitor.go(FORM)
    fill(visitor, SOMEBODY, "a card that nobody can read")
    visitor.page.get_by_label("I agree to this").check()
    visitor.page.get_by_label("Your signature").fill("Jordan Avery")
    visitor.page.wait_for_timeout(LEAST_TIME * 1000)
    visitor.page.get_by_role("button", name="Ask for my free check").click()
    visitor.page.get_by_role("heading", name="Thank you. We have your request.").wait_for()


@pytest.mark.parametrize("has_script", [True, False])
def test_the_payer_of_a_request_is_found_by_its_card(visit: Opening, has_script: bool) -> None:  # noqa: FBT001
    ask_without_insurance(visit())
    visitor = visit("admissions", java_script_enabled=has_script, viewport=PHONE)
    page = visitor.page
    visitor.go("/staff/requests/")
    page.locator("tbody th a").first.click()
    assert not visitor.overflows()
    page.get_by_label("Allowed amount").fill("325.00")
    page.get_by_label("What the card says").fill("simulated commercial")
    if not has_script:
        page.get_by_role("button", name="Find").click()
    page.get_by_role("button", name="Simulated Commercial Health Plan").first.click()
    page.locator(".chosen", has_text="Simulated Commercial Health Plan").wait_for()
    assert page.get_by_label("Allowed amount").input_value() == "325.00"
    if has_script:
        assert visitor.violations() == []
    page.get_by_label("In network", exact=True).check()
    page.get_by_role("button", name="Verify now").click()
    page.wait_for_url("**/staff/verifications/ver_*")
