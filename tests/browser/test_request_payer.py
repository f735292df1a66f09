"""The insurance of a request is chosen as that of a new verification: while typing, and without scripts."""

import pytest

from tests.browser.conftest import Opening
from tests.browser.flows import JORDAN, open_request, request_check
from tests.browser.visitor import PHONE


@pytest.mark.parametrize("has_script", [True, False])
def test_the_payer_of_a_request_is_found_by_its_card(visit: Opening, has_script: bool) -> None:  # noqa: FBT001
    request_check(visit(), JORDAN, card="a card that nobody can read")
    visitor = visit("admissions", java_script_enabled=has_script, viewport=PHONE)
    page = visitor.page
    open_request(visitor, JORDAN)
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
