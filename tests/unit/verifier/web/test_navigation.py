"""The menu: everybody sees the places they may use, and where they are."""

import pytest

from verifier.access.principal import EVERY, Kind, Principal
from verifier.access.roles import Scope
from verifier.web.staff import navigation
from verifier.web.staff.navigation import Place, entries_for

READER = Principal(Kind.USER, "usr_1", frozenset({Scope.READ}), EVERY)


@pytest.fixture(autouse=True)
def places(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = (
        Place("List", "/staff/verifications/", "Look", frozenset({Scope.READ})),
        Place("New", "/staff/verifications/new", "Ask", frozenset({Scope.READ, Scope.VERIFY})),
        Place("People", "/staff/users/", "Give access", frozenset({Scope.ADMIN})),
    )
    monkeypatch.setattr(navigation, "PLACES", rows)


def test_a_place_is_seen_by_whoever_has_all_scopes_it_needs() -> None:
    asking = Principal(Kind.USER, "usr_1", frozenset({Scope.READ, Scope.VERIFY}), EVERY)

    assert [each.title for each in entries_for(READER, "/staff/")] == ["List"]
    assert [each.title for each in entries_for(asking, "/staff/")] == ["List", "New"]
    assert entries_for(None, "/staff/") == []


@pytest.mark.parametrize(
    ("here", "marked"),
    [
        ("/staff/", []),
        ("/staff/verifications/", ["List"]),
        ("/staff/verifications/ver_1", ["List"]),
        ("/staff/verifications/new", ["New"]),
    ],
)
def test_one_place_is_marked_as_the_one_they_are_at(here: str, marked: list[str]) -> None:
    asking = Principal(Kind.USER, "usr_1", frozenset(Scope), EVERY)

    assert [each.title for each in entries_for(asking, here) if each.is_here] == marked
