"""Each role sees in the menu, and gets by its address, only what it may."""

from collections.abc import Mapping
from typing import Final

from tests.browser.conftest import Opening
from tests.browser.flows import JORDAN, open_request, request_check, verify_request
from tests.browser.service import ELSEWHERE
from tests.browser.visitor import Visitor
from verifier.access.roles import Role

DESK: Final = frozenset({"admissions", "reviewer"})
PRICING: Final = DESK | {"billing"}
READING: Final = PRICING | {"auditor"}
MENU: Final[Mapping[str, tuple[str, frozenset[str]]]] = {
    "New verification": ("/staff/verifications/new", DESK),
    "Verifications": ("/staff/verifications/", READING),
    "Morning digest": ("/staff/digest", READING),
    "Nightly list": ("/staff/roster/", frozenset({"admissions", "billing"})),
    "Requests": ("/staff/requests/", READING),
    "Payer health": ("/staff/payer-health/", PRICING),
    "Facilities and rates": ("/staff/facilities/", frozenset({"admin"})),
    "People": ("/staff/people/", frozenset({"admin"})),
    "API keys": ("/staff/keys/", frozenset({"admin"})),
    "Emergencies": ("/staff/emergencies/", frozenset({"admin"})),
    "Audit": ("/staff/audit/", frozenset({"auditor"})),
}
CASE: Final[Mapping[str, frozenset[str]]] = {
    "{request}": READING,
    "{case}": READING,
    "{case}/history": READING,
    "{case}/what-if": PRICING,
    "{case}/worksheet": READING,
    "{case}/review": READING,
    "{case}/explanation": READING,
    "{api}/report.pdf": READING,
    "{api}/explanation.pdf": READING,
    "{api}/x12": frozenset({"reviewer", "billing"}),
}
BUTTONS: Final[Mapping[str, tuple[str, frozenset[str]]]] = {
    "Verify now": ("{request}", DESK),
    "Give": ("{request}", DESK),
    "Re-verify": ("{case}", DESK),
    "Ask again every night": ("{case}", frozenset({"admissions", "billing"})),
    "Keep the answers": ("{case}/worksheet", DESK),
    "Add the note": ("{case}/review", DESK),
    "Sign it off as it stands here": ("{case}/review", frozenset({"reviewer"})),
}


ROLES: Final = {**dict(MENU.values()), **CASE}


def make_case(visit: Opening) -> dict[str, str]:
    """Let somebody ask and the desk verify; return where it is found."""
    request_check(visit(), JORDAN)
    desk = visit("admissions")
    open_request(desk, JORDAN)
    request = desk.page.url.removeprefix(desk.url)
    case = verify_request(desk)
    desk.page.get_by_role("button", name="Re-verify").click()  # what is kept here has no wire of its own
    desk.page.get_by_text("The payer was asked again.").wait_for()
    return {"request": request, "case": case, "api": case.replace("/staff", "/v1")}


def statuses(visitor: Visitor, places: Mapping[str, str]) -> dict[str, int]:
    """Ask for each address as whoever is signed in."""
    ask = visitor.page.context.request
    return {each: ask.get(f"{visitor.url}{each.format(**places)}").status for each in ROLES}


def buttons(visitor: Visitor, places: Mapping[str, str]) -> set[str]:
    """Look on each page for what it offers to press."""
    found: set[str] = set()
    for page in {page for page, _ in BUTTONS.values()}:
        visitor.go(page.format(**places))
        found |= {
            each for each in BUTTONS if visitor.page.get_by_role("button", name=each, exact=True).count()
        }
    return found


def test_each_role_sees_only_what_it_may(visit: Opening) -> None:
    places = make_case(visit)
    for role in map(str, Role):
        visitor = visit(role)
        visitor.go("/staff/")
        menu = visitor.page.get_by_role("navigation", name="Pages").get_by_role("link").all_inner_texts()

        assert menu == [title for title, (_, roles) in MENU.items() if role in roles]
        assert statuses(visitor, places) == {each: 200 if role in may else 403 for each, may in ROLES.items()}
        assert buttons(visitor, places) == {name for name, (_, roles) in BUTTONS.items() if role in roles}


def test_for_another_facilitys_staff_the_case_does_not_exist(visit: Opening) -> None:
    places = make_case(visit)
    visitor = visit(ELSEWHERE)
    found = statuses(visitor, places)
    visitor.go("/staff/requests/")

    assert {each: found[each] for each in CASE} == {
        each: 404 if "admissions" in may else 403 for each, may in CASE.items()
    }
    assert JORDAN.name not in visitor.page.content()
