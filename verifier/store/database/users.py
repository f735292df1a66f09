"""`DatabaseUsers`: people and what they prove themselves by, as `verifier.access.ports.Users`.

An e-mail address is sealed as the rest of what is personal, and found by a keyed hash of it.
"""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, delete, select, update
from sqlalchemy.exc import IntegrityError

from verifier.access.people import Secrets, User
from verifier.access.roles import Role
from verifier.errors import Conflict, NotFound
from verifier.store.database.data_keys import DataKeys
from verifier.store.database.engine import Database
from verifier.store.database.sealed_rows import Row, SealedRows
from verifier.store.database.tables.access import recovery_codes, sessions, users
from verifier.store.database.words import read_facilities, write_facilities, write_words
from verifier.store.encryption import KeyedHash

UNUSED: Final = -1  # no step was used up yet


class DatabaseUsers:
    """Everybody who may sign in."""

    def __init__(self, database: Database, keys: DataKeys) -> None:
        """Keep them in *database*, their secrets sealed."""
        self._database = database
        self._rows = SealedRows(users, keys)
        self._addresses = KeyedHash(keys, purpose="e-mail address of staff")

    def seal_addresses(self) -> None:
        """Seal the addresses that were written before addresses were sealed."""
        with self._database.begin() as connection:
            for user_id in self._rows.take_all(connection, users.c.address.is_(None)):
                row = _require(self._rows.get(connection, user_id))
                self._rows.put(connection, {**row, **self._write_address(row["email_index"])})

    def add(self, user: User, secrets: Secrets) -> None:
        """Keep a new person.

        Raises:
            Conflict: somebody has this e-mail address.
        """
        try:
            with self._database.begin() as connection:
                self._rows.put(connection, _write(user, secrets) | self._write_address(user.email))
                _put_codes(connection, user.id, secrets)
        except IntegrityError:
            raise Conflict("Somebody has this e-mail address already.") from None

    def find(self, user_id: str) -> User | None:
        """Return the person with this id."""
        return self._find(users.c.id == user_id)

    def find_by_email(self, email: str) -> User | None:
        """Return the person with this e-mail address."""
        return self._find(users.c.email_index == self._addresses.name(email))

    def find_all(self, user_ids: Collection[str]) -> Sequence[User]:
        """Return those of *user_ids* who exist."""
        return self._select(users.c.id.in_(user_ids)) if user_ids else []

    def listing(self) -> Sequence[User]:
        """Return everybody, by e-mail address."""
        return sorted(self._select(), key=lambda user: user.email)

    def secrets(self, user_id: str) -> Secrets:
        """Return what a person proves themselves by, without the digests of recovery codes.

        Raises:
            NotFound: there is no such person.
            SealBroken: somebody tampered with it.
        """
        with self._database.read() as connection:
            row = _require(self._rows.get(connection, user_id))
        return Secrets(row["password"].decode(), row["totp"].decode())

    def replace_secrets(self, user_id: str, secrets: Secrets) -> None:
        """Replace what a person proves themselves by, recovery codes too, and end their sessions."""
        with self._database.begin() as connection:
            row = _require(self._rows.take(connection, user_id))
            self._rows.put(connection, {**row, **_write_secrets(secrets), "totp_step": UNUSED})
            connection.execute(delete(recovery_codes).where(recovery_codes.c.user_id == user_id))
            _put_codes(connection, user_id, secrets)
            _end_sessions(connection, user_id)

    def change(self, user: User) -> None:
        """Replace a person's roles and facilities."""
        access = {"roles": write_words(user.roles), "facilities": write_facilities(user.facilities)}
        with self._database.begin() as connection:
            connection.execute(update(users).where(users.c.id == user.id).values(access))

    def disable(self, user_id: str, at: datetime) -> None:
        """Shut a person out and end their sessions."""
        with self._database.begin() as connection:
            connection.execute(update(users).where(users.c.id == user_id).values(disabled_at=at))
            _end_sessions(connection, user_id)

    def spend_step(self, user_id: str, step: int) -> bool:
        """Use up an authenticator's time step and all before it; false when it was used up before."""
        unused = update(users).where(users.c.id == user_id, users.c.totp_step < step)
        with self._database.begin() as connection:
            return connection.execute(unused.values(totp_step=step)).rowcount == 1

    def spend_recovery_code(self, user_id: str, digest: str) -> bool:
        """Use up a recovery code; false when there is none such any more."""
        code = delete(recovery_codes).where(
            recovery_codes.c.user_id == user_id, recovery_codes.c.digest == digest
        )
        with self._database.begin() as connection:
            return connection.execute(code).rowcount == 1

    def _find(self, which: ColumnElement[bool]) -> User | None:
        return next(iter(self._select(which)), None)

    def _select(self, *conditions: ColumnElement[bool]) -> Sequence[User]:
        with self._database.read() as connection:
            rows = connection.execute(select(users).where(*conditions))
            return [self._read(connection, row) for row in rows]

    def _read(self, connection: Connection, row: Any) -> User:  # noqa: ANN401 - a row of SQLAlchemy
        opened = self._rows.open(connection, row._asdict())
        return User(
            opened["id"],
            opened["address"].decode(),
            frozenset(map(Role, opened["roles"].split())),
            read_facilities(opened["facilities"]),
            opened["created_at"],
            opened["disabled_at"],
        )

    def _write_address(self, email: str) -> dict[str, str | bytes]:
        return {"email_index": self._addresses.name(email), "address": email.encode()}


def _require(row: Row | None) -> Row:
    if row is None:
        raise NotFound("There is no such person.")
    return row


def _write(user: User, secrets: Secrets) -> dict[str, Any]:
    return {
        "id": user.id,
        "roles": write_words(user.roles),
        "facilities": write_facilities(user.facilities),
        "created_at": user.created_at,
        "disabled_at": user.disabled_at,
        "totp_step": UNUSED,
        **_write_secrets(secrets),
    }


def _write_secrets(secrets: Secrets) -> dict[str, bytes]:
    return {"password": secrets.password.encode(), "totp": secrets.totp.encode()}


def _put_codes(connection: Connection, user_id: str, secrets: Secrets) -> None:
    rows = [{"user_id": user_id, "digest": digest} for digest in sorted(secrets.recovery)]
    if rows:
        connection.execute(recovery_codes.insert(), rows)


def _end_sessions(connection: Connection, user_id: str) -> None:
    connection.execute(delete(sessions).where(sessions.c.user_id == user_id))
