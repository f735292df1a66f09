"""Where to go: every page of the menu in one table, and which of it a person sees."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

from verifier.access.principal import Principal
from verifier.access.roles import Scope


@dataclass(frozen=True, slots=True)
class Place:
    """A page of the menu; shown to whoever has all scopes that it *needs*, which are those of its policy."""

    title: str
    address: str
    purpose: str  # one line on the start page
    needs: frozenset[Scope]


class Entry(NamedTuple):
    """A place as one person sees it from the page they are on."""

    title: str
    address: str
    purpose: str
    is_here: bool


PLACES: Final[tuple[Place, ...]] = (
    Place(
        "New verification",
        "/staff/verifications/new",
        "Ask a payer: is it covered, and what will it cost?",
        frozenset({Scope.VERIFY, Scope.READ}),
    ),
    Place(
        "Verifications",
        "/staff/verifications/",
        "Look an answer up, see what changed, price another plan of care.",
        frozenset({Scope.READ}),
    ),
    Place(
        "Morning digest",
        "/staff/digest",
        "What changed for people in the program, and who could not be asked about.",
        frozenset({Scope.READ}),
    ),
    Place(
        "Nightly list",
        "/staff/roster/",
        "Who is asked about again at night, and what came of it last.",
        frozenset({Scope.ROSTER}),
    ),
    Place(
        "Requests",
        "/staff/requests/",
        "People who asked for a free verification: verify, call, sign off.",
        frozenset({Scope.READ}),
    ),
    Place(
        "Payer health",
        "/staff/payer-health/",
        "How payers have answered lately, and which are not asked for now.",
        frozenset({Scope.ESTIMATE}),
    ),
    Place(
        "Facilities and rates",
        "/staff/facilities/",
        "The programs, and what payers allow them by contract.",
        frozenset({Scope.ADMIN}),
    ),
    Place(
        "People",
        "/staff/people/",
        "Give people access, change what they may do, shut them out.",
        frozenset({Scope.ADMIN}),
    ),
    Place(
        "API keys",
        "/staff/keys/",
        "Make and revoke the keys of programs.",
        frozenset({Scope.ADMIN}),
    ),
    Place(
        "Emergencies",
        "/staff/emergencies/",
        "Who read another facility's records in an emergency, for review.",
        frozenset({Scope.ADMIN}),
    ),
    Place(
        "Audit",
        "/staff/audit/",
        "What was done by whom, and to whom a patient was disclosed.",
        frozenset({Scope.AUDIT}),
    ),
)


def entries_for(principal: Principal | None, here: str) -> Sequence[Entry]:
    """Return the menu of *principal*, in the table's order; *here* is the path of the page they are on."""
    scopes = principal.scopes if principal else frozenset[Scope]()
    seen = [place for place in PLACES if place.needs <= scopes] if principal else []
    nearest = max((place.address for place in seen if here.startswith(place.address)), key=len, default="")
    return [Entry(each.title, each.address, each.purpose, each.address == nearest) for each in seen]
