from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from verifier.facilities import demo_facilities, read_facilities
from verifier.model.contract import ContractRate
from verifier.model.vocabulary import Network
from verifier.store.database.contracts import DatabaseContracts
from verifier.store.database.engine import Database
from verifier.store.database.facilities import DatabaseFacilities

FILE = """
[facilities.covington]
name = "Covington Recovery"
npi = "1245319599"
state = "LA"
time_zone = "America/Chicago"
part2 = true
phone = "(985) 555-0100"
schedule = {weekdays = ["wed", "mon"], weeks = 8}

[[facilities.covington.programs]]
code = "H0015"
hours_per_session = "3"
billed_amount = "950.00"

[facilities.abita-springs]
name = "Abita Springs"
npi = "1234567893"
"""
RATE = ContractRate(
    "abita-springs", "aetna", Network.IN, "H0015", Decimal("325.10"), date(2026, 1, 1), date(2026, 12, 31)
)
NEXT = replace(RATE, amount=Decimal("340.00"), valid_from=date(2026, 7, 1), valid_to=None)


@pytest.fixture
def contracts(database: Database) -> DatabaseContracts:
    DatabaseFacilities(database).seed(demo_facilities())
    return DatabaseContracts(database)


def test_facilities_come_back_as_they_were_configured_and_in_their_order(
    database: Database, tmp_path: Path
) -> None:
    (tmp_path / "facilities.toml").write_text(FILE)
    configured = read_facilities(str(tmp_path / "facilities.toml"))
    facilities = DatabaseFacilities(database)

    facilities.seed(demo_facilities())
    facilities.seed(configured)

    assert list(facilities.listing().items()) == list(configured.items())
    assert configured["covington"].part2
    assert configured["covington"].programs[0].billed_amount == Decimal("950.00")


@pytest.mark.parametrize(
    ("on", "amount"),
    [
        (date(2025, 12, 31), None),
        (date(2026, 1, 1), "325.10"),
        (date(2026, 6, 30), "325.10"),
        (date(2026, 7, 1), "340.00"),
        (date(2030, 1, 1), "340.00"),
    ],
)
def test_of_two_rates_the_one_that_began_last_counts(
    on: date, amount: str | None, contracts: DatabaseContracts
) -> None:
    contracts.keep([NEXT, RATE])

    found = contracts.rate("abita-springs", "aetna", Network.IN, "H0015", on)

    assert (found and str(found.amount)) == amount


def test_a_rate_ends_with_its_last_day(contracts: DatabaseContracts) -> None:
    contracts.keep([RATE])

    assert contracts.rate("abita-springs", "aetna", Network.IN, "H0015", date(2026, 12, 31)) == RATE
    assert contracts.rate("abita-springs", "aetna", Network.IN, "H0015", date(2027, 1, 1)) is None


def test_a_rate_takes_the_place_of_one_that_begins_on_the_same_day(contracts: DatabaseContracts) -> None:
    contracts.keep([RATE])
    contracts.keep([replace(RATE, amount=Decimal("330.00"))])

    found = contracts.rate("abita-springs", "aetna", Network.IN, "H0015", date(2026, 3, 1))
    assert found == replace(RATE, amount=Decimal("330.00"))


@pytest.mark.parametrize(
    "other", [{"payer": "cigna"}, {"network": Network.OUT}, {"code": "H0035"}, {"facility": "covington"}]
)
def test_a_rate_of_something_else_is_none(other: dict[str, object], contracts: DatabaseContracts) -> None:
    contracts.keep([RATE])
    wanted = {"facility": "abita-springs", "payer": "aetna", "network": Network.IN, "code": "H0015"} | other

    assert contracts.rate(**wanted, on=date(2026, 3, 1)) is None  # type: ignore[arg-type]
