from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from tests.store.support import NOON, SetClock
from verifier.errors import Conflict, NotFound
from verifier.facilities import demo_facilities, read_facilities
from verifier.model.contract import ContractRate
from verifier.model.inquiry import Facility
from verifier.model.vocabulary import Network
from verifier.store.database.contracts import DatabaseContracts
from verifier.store.database.engine import Database
from verifier.store.database.facilities import FRESH, DatabaseFacilities, PresentFacilities

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
COVINGTON = Facility("covington", "Covington Recovery", "1245319599", state="LA")
RATE = ContractRate(
    "abita-springs", "aetna", Network.IN, "H0015", Decimal("325.10"), date(2026, 1, 1), date(2026, 12, 31)
)
NEXT = replace(RATE, amount=Decimal("340.00"), valid_from=date(2026, 7, 1), valid_to=None)


@pytest.fixture
def contracts(database: Database) -> DatabaseContracts:
    DatabaseFacilities(database, demo_facilities()).seed()
    return DatabaseContracts(database)


def test_facilities_come_back_as_they_were_configured_and_in_their_order(
    database: Database, tmp_path: Path
) -> None:
    (tmp_path / "facilities.toml").write_text(FILE)
    configured = read_facilities(str(tmp_path / "facilities.toml"))
    DatabaseFacilities(database, demo_facilities()).seed()
    facilities = DatabaseFacilities(database, configured)
    facilities.seed()

    assert [each.facility for each in facilities.kept()] == list(configured.values())
    assert configured["covington"].part2
    assert configured["covington"].programs[0].billed_amount == Decimal("950.00")


def seeded(database: Database, **configured: Facility) -> DatabaseFacilities:
    """Start with facilities in the settings, named ``one_two`` here and ``one-two`` there."""
    names = {name.replace("_", "-"): facility for name, facility in configured.items()}
    book = DatabaseFacilities(database, {name: replace(each, id=name) for name, each in names.items()})
    book.seed()
    return book


def ids(book: DatabaseFacilities) -> list[str]:
    return [each.facility.id for each in book.kept()]


def test_the_file_says_what_a_facility_is_until_somebody_changes_it(database: Database) -> None:
    seeded(database, covington=COVINGTON)
    [kept] = seeded(database, covington=replace(COVINGTON, name="Renamed in the file")).kept()
    assert (kept.facility.name, kept.changed_by, kept.differs_in) == ("Renamed in the file", None, ())

    book = DatabaseFacilities(database, {})
    book.change(replace(kept.facility, state="TX"), kept.revision, "user:usr_1", NOON)
    [kept] = seeded(database, covington=replace(COVINGTON, name="Again")).kept()

    assert (kept.facility.name, kept.facility.state) == ("Renamed in the file", "TX")
    assert (kept.changed_by, kept.changed_at) == ("user:usr_1", NOON)
    assert kept.differs_in == ("name", "state")


def test_the_file_may_have_its_word_again(database: Database) -> None:
    book = seeded(database, covington=COVINGTON)
    book.change(replace(COVINGTON, state="TX"), book.kept()[0].revision, "user:usr_1", NOON)

    book.follow_file("covington")

    [kept] = book.kept()
    assert (kept.facility, kept.changed_by, kept.changed_at) == (COVINGTON, None, None)
    with pytest.raises(NotFound):
        book.follow_file("abita-springs")


def test_starting_again_writes_nothing_where_nothing_is_new(database: Database) -> None:
    before = seeded(database, covington=COVINGTON, abita=COVINGTON).kept()

    assert seeded(database, covington=COVINGTON, abita=COVINGTON).kept() == before


def test_who_changes_what_another_changed_meanwhile_is_told(database: Database) -> None:
    book = seeded(database, covington=COVINGTON)
    revision = book.kept()[0].revision
    book.change(replace(COVINGTON, state="TX"), revision, "user:usr_1", NOON)

    with pytest.raises(Conflict):
        book.change(replace(COVINGTON, state="MS"), revision, "user:usr_2", NOON)
    with pytest.raises(Conflict):
        book.change(replace(COVINGTON, id="nowhere"), revision, "user:usr_2", NOON)

    assert [each.facility.state for each in book.kept()] == ["TX"]


def test_a_facility_is_added_behind_the_others_and_the_file_stays_before_it(database: Database) -> None:
    book = seeded(database, covington=COVINGTON)
    book.add(replace(COVINGTON, id="added-here"), "user:usr_1", NOON)
    assert ids(book) == ["covington", "added-here"]
    with pytest.raises(Conflict):
        book.add(replace(COVINGTON, id="covington"), "user:usr_1", NOON)

    assert ids(seeded(database, new=COVINGTON, covington=COVINGTON)) == ["new", "covington", "added-here"]


def test_an_added_facility_that_the_file_names_later_stays_as_it_was_added(database: Database) -> None:
    book = seeded(database)
    book.add(replace(COVINGTON, id="added-here", state="TX"), "user:usr_1", NOON)

    [kept] = seeded(database, added_here=COVINGTON).kept()

    assert (kept.facility.state, kept.differs_in) == ("TX", ("state",))


def test_another_process_sees_a_change_a_moment_later(database: Database) -> None:
    book, clock = seeded(database, covington=COVINGTON), SetClock()
    present = PresentFacilities(book, clock.monotonic)
    book.add(replace(COVINGTON, id="added-here"), "user:usr_1", NOON)
    assert list(present) == ["covington"]

    clock.move(seconds=FRESH + 0.1)

    assert (list(present), len(present)) == (["covington", "added-here"], 2)
    assert present["added-here"].npi == COVINGTON.npi


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
