"""`DatabaseContracts`: what payers allow by contract (`verifier.ports.Contracts`)."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from operator import itemgetter
from typing import Any, Final

from sqlalchemy import bindparam, or_, select

from verifier.model.contract import ContractRate
from verifier.model.vocabulary import Network
from verifier.store.database.engine import Database, insert
from verifier.store.database.tables.facilities import contract_rates

KEY: Final = ("facility", "payer", "network", "code", "valid_from")

table = contract_rates.c
VALID: Final = (
    select(contract_rates)
    .where(*(table[name] == bindparam(name) for name in ("facility", "payer", "network", "code")))
    .where(table.valid_from <= bindparam("on"))
    .where(or_(table.valid_to.is_(None), table.valid_to >= bindparam("on")))
    .order_by(table.valid_from.desc())
    .limit(1)
)


class DatabaseContracts:
    """Contract rates, each from the day it begins."""

    def __init__(self, database: Database) -> None:
        """Keep rates in *database*."""
        self._database = database

    def rate(self, facility: str, payer: str, network: Network, code: str, on: date) -> ContractRate | None:
        """Return the rate valid on that day, of several the one that began last."""
        sought = {"facility": facility, "payer": payer, "network": network.value, "code": code, "on": on}
        with self._database.read() as connection:
            found = connection.execute(VALID, sought).mappings().first()
        return _rate(dict(found)) if found else None

    def listing(self) -> Sequence[ContractRate]:
        """Return every rate, by facility, payer, code and the day it begins."""
        ordered = select(contract_rates).order_by(
            table.facility, table.payer, table.code, table.network, table.valid_from
        )
        with self._database.read() as connection:
            return [_rate(dict(row)) for row in connection.execute(ordered).mappings()]

    def keep(self, rates: Sequence[ContractRate]) -> None:
        """Keep *rates*, each in place of one that begins on the same day; all or none."""
        with self._database.begin() as connection:
            for row in sorted(map(_row, rates), key=itemgetter(*KEY)):  # none waits for another in a circle
                kept = insert(connection, contract_rates).values(**row)
                connection.execute(kept.on_conflict_do_update(index_elements=KEY, set_=row))


def _row(rate: ContractRate) -> dict[str, Any]:
    return {
        "facility": rate.facility,
        "payer": rate.payer,
        "network": rate.network.value,
        "code": rate.code,
        "cents": int(rate.amount * 100),
        "valid_from": rate.valid_from,
        "valid_to": rate.valid_to,
    }


def _rate(row: dict[str, Any]) -> ContractRate:
    return ContractRate(
        facility=row["facility"],
        payer=row["payer"],
        network=Network(row["network"]),
        code=row["code"],
        amount=Decimal(row["cents"]).scaleb(-2),
        valid_from=row["valid_from"],
        valid_to=row["valid_to"],
    )
