"""What every page shares: coming in, the menu, the frame."""

import pytest

from tests.browser.conftest import Opening
from tests.browser.visitor import PHONE


@pytest.mark.parametrize("address", ["/", "/staff/sign-in"])
def test_a_page_before_the_sign_in_has_no_barrier(visit: Opening, address: str) -> None:
    visitor = visit()
    visitor.go(address)

    assert visitor.violations() == []


@pytest.mark.parametrize("role", ["admissions", "admin"])
def test_the_start_page_has_no_barrier(visit: Opening, role: str) -> None:
    visitor = visit(role)
    visitor.go("/staff/")

    assert visitor.violations() == []


def test_whoever_is_not_known_is_led_to_the_sign_in(visit: Opening) -> None:
    visitor = visit()
    visitor.go("/staff/")

    assert visitor.page.url.endswith("/staff/sign-in")


@pytest.mark.parametrize("address", ["/staff/", "/staff/sign-in", "/"])
def test_a_phone_shows_the_page_without_scrolling_sideways(visit: Opening, address: str) -> None:
    visitor = visit("admissions", viewport=PHONE)
    visitor.go(address)

    assert not visitor.overflows()


def test_a_page_that_is_none_is_told_as_a_page(visit: Opening) -> None:
    visitor = visit("admissions")
    visitor.go("/staff/sign-out")

    assert (
        visitor.page.get_by_role("heading", level=1).inner_text() == "This address does not take this method"
    )
    assert visitor.violations() == []
