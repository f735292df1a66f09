"""`DatabaseTries`: tallies of guesses, as `verifier.access.ports.Tries`.

They stand where people's secrets stand, and not in Redis: while secrets can be checked, guesses are counted.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import ColumnElement, Connection, delete, select, update

from verifier.access.ports import Digest
from verifier.access.throttle import Guess, Tally
from verifier.store.database.engine import Database, insert
from verifier.store.database.tables.access import tries

KEPT: Final = timedelta(days=1)


class DatabaseTries:
    """Tallies by keyed hash of their name."""

    def __init__(self, database: Database, digest: Digest) -> None:
        """Keep them in *database*, their names hashed by *digest*."""
        self._database = database
        self._digest = digest

    def take(self, guess: Guess, now: datetime) -> timedelta:
        """Count a guess as failed, and return zero; or count nothing and tell how long to wait."""
        name = self._name(guess.name)
        with self._database.begin() as connection:
            tally = _lock(connection, name, now)
            wait = guess.rule.wait(tally, now)
            if not wait:
                counted = guess.rule.count(tally, now)
                values = {"failures": counted.failures, "last_at": counted.last}
                connection.execute(update(tries).where(tries.c.name == name).values(values))
        return wait

    def give_back(self, names: Iterable[str]) -> None:
        """Count one failure less under each name."""
        less = update(tries).where(self._held(names), tries.c.failures > 0)
        with self._database.begin() as connection:
            connection.execute(less.values(failures=tries.c.failures - 1))

    def forget(self, names: Iterable[str]) -> None:
        """Forget the tallies."""
        gone = delete(tries).where(self._held(names))
        with self._database.begin() as connection:
            connection.execute(gone)

    def _held(self, names: Iterable[str]) -> ColumnElement[bool]:
        """Say which tallies; they are locked in one order, so that no two who do so wait for each other."""
        hashed = tries.c.name.in_([self._name(name) for name in names])
        return tries.c.name.in_(select(tries.c.name).where(hashed).order_by(tries.c.name).with_for_update())

    def _name(self, name: str) -> str:
        return self._digest.name(f"tries {name}")


def _lock(connection: Connection, name: str, now: datetime) -> Tally:
    """Return the tally, made if need be; whoever else guesses under this name waits here."""
    old = select(tries.c.name).where(tries.c.last_at < now - KEPT).with_for_update(skip_locked=True)
    connection.execute(delete(tries).where(tries.c.name.in_(old)))
    first = insert(connection, tries).values(name=name, failures=0, last_at=now)
    connection.execute(first.on_conflict_do_nothing(index_elements=["name"]))
    row = connection.execute(select(tries).where(tries.c.name == name).with_for_update()).mappings().one()
    return Tally(row["failures"], row["last_at"])
