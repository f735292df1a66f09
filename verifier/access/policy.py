"""`Policy`: what a route asks of whoever calls it, and whether they may.

Each route of the web declares one; a route that declares none keeps the application from starting.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from verifier.access.principal import NO_FACILITY, Facilities, Kind, Principal
from verifier.access.roles import Scope
from verifier.errors import Forbidden, Unauthenticated


class FacilityRule(StrEnum):
    """How a route is bound to a facility."""

    NONE = "none"  # it touches no record
    RECORD = "record"  # a record of a facility out of reach does not exist for the caller: 404
    NAMED = "named"  # the request names a facility, which must be in reach: 403


@dataclass(frozen=True, slots=True)
class Policy:
    """What is asked: scopes, all of them; a person rather than a program; nothing at all when public."""

    needs: frozenset[Scope] = frozenset()
    facility: FacilityRule = FacilityRule.NONE
    people_only: bool = False
    public: bool = False


PUBLIC: Final = Policy(public=True)
KNOWN: Final = Policy()  # anybody with a credential
SIGNED_IN: Final = Policy(people_only=True)
READING: Final = frozenset({Scope.READ})


def needing(*scopes: Scope, facility: FacilityRule = FacilityRule.NONE, people_only: bool = False) -> Policy:
    """Make the policy that asks for *scopes*."""
    return Policy(frozenset(scopes), facility, people_only)


def authorize(policy: Policy, principal: Principal | None) -> Facilities:
    """Let *principal* (``None``: nobody known) through, and tell the facilities within reach there.

    Break-glass widens the reach of a route that only reads.

    Raises:
        Unauthenticated: the route is for somebody known.
        Forbidden: they are known, and may not.
    """
    if policy.public:
        return NO_FACILITY
    if principal is None:
        raise Unauthenticated("Say who you are: sign in, or send an API key or a bearer token.")
    if policy.people_only and principal.kind is not Kind.USER:
        raise Forbidden("This is for people who are signed in; a key or token cannot do it.")
    missing = sorted(policy.needs - principal.scopes)
    if missing:
        raise Forbidden(f"This needs the scope {', '.join(missing)}; ask an administrator for it.")
    return principal.facilities | principal.emergency if policy.needs == READING else principal.facilities


def place(facility: str | None, reach: Facilities) -> str | None:
    """Return the facility an inquiry is about: the one it names, or the only one its caller acts for.

    ``None`` only where the caller acts for every facility; the service then takes its first.

    Raises:
        Forbidden: it is none of theirs, or they act for several and named none.
    """
    if facility is None and not reach.every:
        facility = next(iter(reach.names)) if len(reach.names) == 1 else ""
    if facility is not None and facility not in reach:
        raise Forbidden("You do not act for this facility; name one of yours in /facility.")
    return facility
