"""`DatabaseEmergencies`: who broke the glass, as `verifier.access.ports.Emergencies`."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Select, select, update

from verifier.access.emergency import Emergency
from verifier.store.database.data_keys import DataKeys
from verifier.store.database.engine import Database
from verifier.store.database.sealed_rows import Row, SealedRows
from verifier.store.database.tables.access import emergencies

LATEST: Final = 100


class DatabaseEmergencies:
    """Emergencies; the reason may name a patient, so it is sealed."""

    def __init__(self, database: Database, keys: DataKeys) -> None:
        """Keep them in *database*."""
        self._database = database
        self._rows = SealedRows(emergencies, keys)

    def begin(self, emergency: Emergency) -> None:
        """Keep a new emergency."""
        with self._database.begin() as connection:
            values = asdict(emergency) | {"reason": emergency.reason.encode(), "tell_at": emergency.begins_at}
            self._rows.put(connection, values)

    def of_user(self, user_id: str, now: datetime) -> Sequence[Emergency]:
        """Return a person's emergencies that are open at *now*."""
        found = self._select(
            select(emergencies).where(emergencies.c.user_id == user_id, emergencies.c.ends_at > now)
        )
        return [each for each in found if each.is_open(now)]

    def listing(self) -> Sequence[Emergency]:
        """Return the latest hundred, newest first."""
        newest_first = emergencies.c.begins_at.desc(), emergencies.c.id
        return self._select(select(emergencies).order_by(*newest_first).limit(LATEST))

    def review(self, emergency_id: str, reviewer_id: str) -> bool:
        """Write down who reviewed an emergency; false when there is none left that they may review."""
        open_to_them = update(emergencies).where(
            emergencies.c.id == emergency_id,
            emergencies.c.reviewed_by.is_(None),
            emergencies.c.user_id != reviewer_id,
        )
        with self._database.begin() as connection:
            return connection.execute(open_to_them.values(reviewed_by=reviewer_id)).rowcount == 1

    def take_untold(self, now: datetime, again_at: datetime) -> Sequence[Emergency]:
        """Take it upon oneself to tell of those untold; of many who take one, one gets it."""
        due = emergencies.c.tell_at <= now
        return [
            each for each in self._select(select(emergencies).where(due)) if self._take(each, now, again_at)
        ]

    def told(self, emergency_id: str) -> None:
        """Write down that those in charge were told of an emergency."""
        with self._database.begin() as connection:
            connection.execute(
                update(emergencies).where(emergencies.c.id == emergency_id).values(tell_at=None)
            )

    def _take(self, emergency: Emergency, now: datetime, again_at: datetime) -> bool:
        own = emergencies.c.id == emergency.id, emergencies.c.tell_at <= now
        with self._database.begin() as connection:
            return connection.execute(update(emergencies).where(*own).values(tell_at=again_at)).rowcount == 1

    def _select(self, statement: Select[Any]) -> list[Emergency]:
        with self._database.read() as connection:
            return [_read(row) for row in self._rows.select(connection, statement)]


def _read(row: Row) -> Emergency:
    plain = ("id", "user_id", "facility", "begins_at", "ends_at", "reviewed_by")
    return Emergency(**{name: row[name] for name in plain}, reason=row["reason"].decode())
