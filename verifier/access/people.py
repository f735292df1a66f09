"""The records of access: people, their secrets, and the keys of programs."""

from dataclasses import dataclass, field
from datetime import datetime

from verifier.access.principal import Facilities
from verifier.access.roles import Role, Scope


@dataclass(frozen=True, slots=True)
class User:
    """A person who may sign in; what they may do follows from their roles at the moment they ask."""

    id: str
    email: str = field(repr=False)
    roles: frozenset[Role]
    facilities: Facilities
    created_at: datetime
    disabled_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Secrets:
    """What a person proves themselves by: an argon2 hash, a TOTP secret, digests of recovery codes."""

    password: str = field(repr=False)
    totp: str = field(repr=False)
    recovery: frozenset[str] = field(default=frozenset(), repr=False)


@dataclass(frozen=True, slots=True)
class ApiKey:
    """A program's key; the key itself is nowhere, *prefix* is enough to tell it from another.

    A key that has an owner dies with the owner's account.
    """

    id: str
    name: str
    prefix: str
    scopes: frozenset[Scope]
    facilities: Facilities
    created_at: datetime
    expires_at: datetime
    owner_id: str | None = None
    revoked_at: datetime | None = None

    def is_alive(self, now: datetime) -> bool:
        """Tell whether it may still be used."""
        return self.revoked_at is None and now < self.expires_at
