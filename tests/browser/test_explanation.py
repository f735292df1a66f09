"""The explanation for the patient is a page that can be read aloud, printed and turned to Spanish."""

from tests.browser.conftest import Opening
from tests.browser.flows import JORDAN, ask
from tests.browser.visitor import PHONE


def test_the_explanation_has_no_barrier_and_turns_to_spanish(visit: Opening) -> None:
    visitor = visit("admissions", viewport=PHONE)
    page = visitor.page
    address = ask(visitor, JORDAN)
    visitor.go(f"{address}/explanation")
    assert page.get_by_role("heading", level=1).inner_text() == "What your insurance says"
    assert visitor.violations() == []
    assert not visitor.overflows()

    page.get_by_role("link", name="Español").click()

    assert page.get_by_role("heading", level=1).inner_text() == "Lo que dice su seguro"
    assert page.locator("article").get_attribute("lang") == "es-US"
    assert visitor.violations() == []
