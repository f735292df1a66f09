"""`Principal`: who asks, which facilities they act for, and what they may do."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final, Self

from verifier.access.roles import Scope


class Kind(StrEnum):
    """How a principal became known."""

    USER = "user"  # a person, signed in
    API_KEY = "key"
    SERVICE = "service"  # a bearer token of the configured issuer
    OPERATOR = "operator"  # whoever runs commands on the machine itself
    OPEN = "open"  # nobody in particular: a simulator on loopback, before anybody was given access


@dataclass(frozen=True, slots=True)
class Facilities:
    """A set of facilities by id, or every one there is."""

    names: frozenset[str] = frozenset()
    every: bool = False

    @classmethod
    def of(cls, names: Iterable[str]) -> Self:
        """Return the facilities called *names*; the name ``*`` stands for every one."""
        given = frozenset(names)
        return cls(every=True) if "*" in given else cls(given)

    def __contains__(self, facility: object) -> bool:
        return self.every or facility in self.names

    def __or__(self, other: "Facilities") -> "Facilities":
        return Facilities(self.names | other.names, every=self.every or other.every)

    def listing(self) -> tuple[str, ...]:
        """Return the names in order; ``*`` for every one."""
        return ("*",) if self.every else tuple(sorted(self.names))


EVERY: Final = Facilities(every=True)
NO_FACILITY: Final = Facilities()


@dataclass(frozen=True, slots=True)
class Principal:
    """Somebody who asks; *id* is stable, *name* is for people to read."""

    kind: Kind
    id: str
    scopes: frozenset[Scope]
    facilities: Facilities
    name: str = field(default="", repr=False)
    emergency: Facilities = NO_FACILITY  # by break-glass: to read, and for nothing else

    @property
    def label(self) -> str:
        """Return the name that the audit trail knows them by."""
        return f"{self.kind}:{self.id}"


OPEN: Final = Principal(Kind.OPEN, "open", frozenset(Scope), EVERY, "anybody on this machine")
