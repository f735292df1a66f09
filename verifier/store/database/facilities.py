"""`DatabaseFacilities`: the treatment programs of this organization, seeded from the settings."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from sqlalchemy import select

from verifier.facilities import dump_offers, read_offers
from verifier.model.inquiry import Facility
from verifier.store.database.engine import Database, insert
from verifier.store.database.tables.facilities import facilities


class DatabaseFacilities:
    """Facilities by id, in their order."""

    def __init__(self, database: Database) -> None:
        """Keep facilities in *database*."""
        self._database = database

    def seed(self, configured: Mapping[str, Facility]) -> None:
        """Keep the configured facilities as they are configured, first and in their order."""
        with self._database.begin() as connection:
            for position, facility in enumerate(configured.values()):
                row = _row(facility, position)
                kept = insert(connection, facilities).values(**row)
                connection.execute(kept.on_conflict_do_update(index_elements=["id"], set_=row))

    def listing(self) -> Mapping[str, Facility]:
        """Return every facility; the first is the one that is meant when none is named."""
        ordered = select(facilities).order_by(facilities.c.position, facilities.c.id)
        with self._database.read() as connection:
            rows = connection.execute(ordered).mappings().all()
        return MappingProxyType({row["id"]: _facility(dict(row)) for row in rows})


def _row(facility: Facility, position: int) -> dict[str, Any]:
    plain = ("id", "name", "npi", "tax_id", "state", "time_zone", "place_of_service", "part2", "phone")
    return {name: getattr(facility, name) for name in plain} | dump_offers(facility) | {"position": position}


def _facility(row: dict[str, Any]) -> Facility:
    del row["position"]
    return Facility(**row | read_offers(row["schedule"], row["programs"]))
