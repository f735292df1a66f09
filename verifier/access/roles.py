"""What a person's role lets them do: two closed vocabularies and the table between them.

The scopes are the public ones of the API; the table keeps each role to what it needs (45 CFR 164.502(b),
minimum necessary). An administrator manages people and keys and reads no patient by that: whoever needs
both is given both roles.
"""

from collections.abc import Iterable, Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Final


class Scope(StrEnum):
    """One thing a caller may be allowed to do."""

    VERIFY = "verify"  # ask payers
    READ = "read"  # see verifications
    RAW = "raw"  # see the exchange as it went over the wire
    ESTIMATE = "estimate"  # price, normalize, look into the directory
    ROSTER = "roster"  # the nightly lists
    REVIEW = "review"  # sign verifications off
    ADMIN = "admin"  # people, keys, settings
    AUDIT = "audit"  # the audit trail


class Role(StrEnum):
    """What a person does here."""

    ADMISSIONS = "admissions"
    REVIEWER = "reviewer"
    BILLING = "billing"
    AUDITOR = "auditor"
    ADMIN = "admin"


SCOPES: Final[Mapping[Role, frozenset[Scope]]] = MappingProxyType(
    {
        Role.ADMISSIONS: frozenset({Scope.VERIFY, Scope.READ, Scope.ESTIMATE, Scope.ROSTER}),
        Role.REVIEWER: frozenset({Scope.VERIFY, Scope.READ, Scope.RAW, Scope.ESTIMATE, Scope.REVIEW}),
        Role.BILLING: frozenset({Scope.READ, Scope.RAW, Scope.ESTIMATE, Scope.ROSTER}),
        Role.AUDITOR: frozenset({Scope.READ, Scope.AUDIT}),
        Role.ADMIN: frozenset({Scope.ADMIN}),
    }
)


def scopes_of(roles: Iterable[Role]) -> frozenset[Scope]:
    """Return all that *roles* together allow."""
    return frozenset[Scope]().union(*(SCOPES[role] for role in roles))
