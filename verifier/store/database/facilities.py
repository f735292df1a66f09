"""The treatment programs of this organization: seeded from the settings, and changed by people."""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, func, select, update

from verifier.errors import Conflict, NotFound
from verifier.facilities import dump_offers, find_differences, read_offers
from verifier.model.inquiry import Facility
from verifier.model.kept_facility import KeptFacility
from verifier.ports import FacilityBook
from verifier.store.database.engine import Database, insert
from verifier.store.database.tables.facilities import facilities

PLAIN: Final = ("id", "name", "npi", "tax_id", "state", "time_zone", "place_of_service", "part2", "phone")
ORDERED: Final = select(facilities).order_by(facilities.c.position, facilities.c.id)
LAST: Final = select(func.max(facilities.c.position))
FRESH: Final = 1.0  # seconds for which a process goes by what it read
UNTOUCHED: Final = {"changed_by": None, "changed_at": None}


class DatabaseFacilities:
    """Facilities in their order; fulfils `verifier.ports.FacilityBook`."""

    def __init__(self, database: Database, configured: Mapping[str, Facility]) -> None:
        """Keep facilities in *database*; *configured* is what the settings say of some."""
        self._database = database
        self._configured = configured

    def seed(self) -> None:
        """Keep the configured facilities first and in their order, but as people changed them where they did.

        Facilities that the settings name no longer stay, behind the others.
        """
        with self._database.begin() as connection:
            rows = {row["id"]: row for row in map(dict, connection.execute(ORDERED).mappings())}
            others = (name for name in rows if name not in self._configured)
            for position, name in enumerate([*self._configured, *others]):
                _seed(connection, rows.get(name), self._configured.get(name), position)

    def kept(self) -> Sequence[KeptFacility]:
        """Return every facility as it stands this moment; the first is meant when none is named."""
        with self._database.read() as connection:
            rows = connection.execute(ORDERED).mappings().all()
        return [self._describe(dict(row)) for row in rows]

    def add(self, facility: Facility, by: str, at: datetime) -> None:
        """Keep a new facility, the last in order.

        Raises:
            Conflict: there is one under its id.
        """
        with self._database.begin() as connection:
            last = connection.scalar(LAST) or 0
            row = _row(facility, last + 1) | {"changed_by": by, "changed_at": at}
            new = insert(connection, facilities).values(row).on_conflict_do_nothing()
            added = connection.scalar(new.returning(facilities.c.id))
        if added is None:
            raise Conflict("There is a facility under this id; choose another.")

    def change(self, facility: Facility, revision: int, by: str, at: datetime) -> None:
        """Put *facility* in place of what stood under its id at *revision*.

        Raises:
            Conflict: it was changed since, or is gone.
        """
        row = _row(facility) | {"changed_by": by, "changed_at": at, "revision": revision + 1}
        with self._database.begin() as connection:
            changed = _put(connection, row, revision)
        if not changed:
            raise Conflict("Somebody else changed this facility meanwhile; look at it anew, then change it.")

    def follow_file(self, facility_id: str) -> None:
        """Let the settings file say again what a facility is, now and at each start.

        Raises:
            NotFound: the file names no such facility.
        """
        configured = self._configured.get(facility_id)
        if configured is None:
            raise NotFound("The settings file names no such facility.")
        again = _row(configured) | UNTOUCHED | {"revision": facilities.c.revision + 1}
        with self._database.begin() as connection:
            connection.execute(update(facilities).where(facilities.c.id == facility_id).values(again))

    def _describe(self, row: dict[str, Any]) -> KeptFacility:
        offers = read_offers(row["schedule"], row["programs"])
        facility = Facility(**{name: row[name] for name in PLAIN}, **offers)
        configured = self._configured.get(facility.id, facility)
        differs_in = find_differences(facility, configured)
        return KeptFacility(facility, row["revision"], row["changed_by"], row["changed_at"], differs_in)


class PresentFacilities(Mapping[str, Facility]):
    """The facilities as they stand, a moment old at most, whichever process changed them."""

    def __init__(self, book: FacilityBook, monotonic: Callable[[], float] = time.monotonic) -> None:
        """Go by what *book* says, for a moment each time."""
        self._book = book
        self._monotonic = monotonic
        self._seen = self._look()

    def __getitem__(self, facility_id: str) -> Facility:
        return self._present()[facility_id]

    def __iter__(self) -> Iterator[str]:
        return iter(self._present())

    def __len__(self) -> int:
        return len(self._present())

    def _present(self) -> Mapping[str, Facility]:
        since, seen = self._seen
        if self._monotonic() - since > FRESH:
            _, seen = self._seen = self._look()
        return seen

    def _look(self) -> tuple[float, Mapping[str, Facility]]:
        began = self._monotonic()
        return began, {each.facility.id: each.facility for each in self._book.kept()}


def _seed(
    connection: Connection, row: Mapping[str, Any] | None, configured: Facility | None, position: int
) -> None:
    """Bring one row to what the settings say; a row that says so already is not written."""
    if row is None:
        assert configured  # noqa: S101 - a name of neither would not be here
        new = insert(connection, facilities).values(_row(configured, position))
        connection.execute(new.on_conflict_do_nothing())  # another process starts at the same moment
        return
    wanted = {"id": row["id"], "position": position}
    if configured and row["changed_at"] is None:
        wanted |= _row(configured)
    if any(row[name] != value for name, value in wanted.items()):
        _put(connection, wanted | {"revision": row["revision"] + 1}, row["revision"])


def _put(connection: Connection, row: Mapping[str, Any], revision: int) -> bool:
    """Write *row* over the one that stands at *revision*; tell whether one did."""
    stood = facilities.c.id == row["id"], facilities.c.revision == revision
    return connection.execute(update(facilities).where(*stood).values(**row)).rowcount == 1


def _row(facility: Facility, position: int | None = None) -> dict[str, Any]:
    placed = {} if position is None else {"position": position}
    return {name: getattr(facility, name) for name in PLAIN} | dump_offers(facility) | placed
