"""Access over a real database, for tests: everything as it is served but for a quicker password hash."""

import secrets
import shutil
import tempfile
from collections.abc import Iterable
from contextlib import closing
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Any

import pyotp
from argon2 import PasswordHasher
from flask.testing import FlaskClient

from tests.store.support import MASTER, MemoryAudit, SetClock
from verifier.access.door import Door
from verifier.access.federation import Provider
from verifier.access.house import Access
from verifier.access.ports import Passwords, Tokens
from verifier.access.principal import Facilities
from verifier.access.roles import Role, Scope
from verifier.access.staffing import Enrolment
from verifier.clock import Clock
from verifier.credentials.bearer import NoTokens
from verifier.credentials.passwords import Argon2Passwords
from verifier.model.audit import Action, Context
from verifier.reception import build_access, open_staffing
from verifier.store.database.api_keys import DatabaseApiKeys
from verifier.store.database.data_keys import DataKeys
from verifier.store.database.engine import Database
from verifier.store.database.upgrade import upgrade

QUICK = Argon2Passwords(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
PASSWORD = "correct horse battery staple"
OPERATOR = Context("operator:test", "req_test", "admin")


@dataclass
class Person:
    """Somebody who signs in, with their authenticator and recovery codes."""

    enrolment: Enrolment
    clock: Clock

    @property
    def id(self) -> str:
        return self.enrolment.user.id

    def code(self, **offset: float) -> str:
        totp = pyotp.parse_uri(self.enrolment.authenticator)
        assert isinstance(totp, pyotp.TOTP)
        return totp.at(self.clock.now() + timedelta(**offset))

    def says(self, **changes: str) -> dict[str, str]:
        said = {"email": self.enrolment.user.email, "password": PASSWORD, "code": self.code()}
        return said | changes


@dataclass
class Reception:
    """Access, and what tests do with it beforehand."""

    access: Access
    clock: SetClock
    audit: MemoryAudit
    database: Database

    def add(self, email: str, *roles: Role, facilities: Iterable[str] = ("*",)) -> Person:
        given = Facilities.of(facilities)
        return Person(self.access.staffing.add_user(OPERATOR, email, PASSWORD, roles, given), self.clock)

    def told(self, action: Action) -> list[tuple[str, str, str]]:
        """Return who did what with which result, of the events of one kind."""
        return [
            (each.context.who, each.what, each.result) for each in self.audit.events if each.action is action
        ]

    def key(self, *scopes: Scope, facilities: Iterable[str] = ("*",), owner: str | None = None) -> str:
        terms = (scopes or tuple(Scope), Facilities.of(facilities))
        life = timedelta(days=30)
        return self.access.staffing.create_key(OPERATOR, "test", *terms, life=life, owner=owner)[1]


@cache
def template() -> Path:
    """Make one upgraded database; every other is a copy of it."""
    path = Path(tempfile.mkdtemp(prefix="access-")) / "template.db"
    with closing(Database.open(f"sqlite:///{path}")) as database:
        upgrade(database)
        DataKeys.open(database, MASTER)
    return path


def open_reception(folder: Path, **parts: Any) -> Reception:  # noqa: ANN401 - those of reception_over
    """Put access together over a new SQLite database."""
    path = folder / f"{secrets.token_hex(6)}.db"
    shutil.copy(template(), path)
    return reception_over(Database.open(f"sqlite:///{path}"), **parts)


def reception_over(
    database: Database,
    *,
    door: bool = False,
    tokens: Tokens | None = None,
    passwords: Passwords = QUICK,
    provider: Provider | None = None,
) -> Reception:
    """Put access together over *database*; the door is shut unless *door* says that it may be open."""
    keys, clock, audit = DataKeys.open(database, MASTER), SetClock(), MemoryAudit()
    staffing = open_staffing(database, keys, audit, clock, passwords)
    judged = Door(door, door, DatabaseApiKeys(database).is_anybody_known)
    access = build_access(database, staffing, tokens or NoTokens(), judged, provider)
    return Reception(access, clock, audit, database)


def bearing(client: FlaskClient, key: str) -> FlaskClient:
    """Let *client* send *key* with every request."""
    client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {key}"
    return client
