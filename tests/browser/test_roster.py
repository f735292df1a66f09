"""The nightly list in a browser: onto it from an answer, and off it."""

from collections.abc import Callable

from tests.browser.conftest import Opening
from tests.browser.flows import JORDAN, ask, headline
from tests.browser.visitor import PHONE, Visitor

Picture = Callable[[Visitor, str], None]


def test_a_patient_is_put_on_the_nightly_list_from_the_answer_and_taken_off(
    visit: Opening, picture: Picture
) -> None:
    visitor = visit("admissions")
    page = visitor.page
    ask(visitor, JORDAN)
    headline(visitor)
    page.get_by_role("button", name="Ask again every night").click()
    row = page.get_by_role("row", name="Avery, Jordan")

    assert "every night" in row.inner_text()
    assert "not yet" in row.inner_text()
    assert visitor.violations() == []
    picture(visitor, "nightly-list")
    row.get_by_role("button", name="Take Avery, Jordan off the list").click()
    assert "Nobody is on the list." in page.locator("main").inner_text()


def test_the_nightly_list_fits_a_phone(visit: Opening) -> None:
    visitor = visit("billing", viewport=PHONE)
    visitor.go("/staff/roster/")

    assert visitor.violations() == []
    assert not visitor.overflows()
