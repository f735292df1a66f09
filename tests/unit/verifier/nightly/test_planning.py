"""By whose clock a payer is asked: its own or, where nobody knows that, the next one that is known."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime

import pytest

from tests.store.support import FACILITY, OTHER_FACILITY, MemoryAudit, SetClock
from verifier.errors import NotFound
from verifier.model.inquiry import Facility, Inquiry
from verifier.model.payment import PlanKind
from verifier.nightly.desk import Night
from verifier.nightly.hours import HETS, Hours, Whose
from verifier.nightly.planning import PayerClock, find_clock, find_hours

CHICAGO = replace(FACILITY, time_zone="America/Chicago")
NOWHERE = replace(OTHER_FACILITY, time_zone=None)
NOVEMBER = date(2026, 11, 24)


@dataclass
class Times:
    """Two payers whose time zone is known, and others."""

    zones: Mapping[str, str | None] = field(
        default_factory=lambda: {"denver": "America/Denver", "silent": None, "medicare": None}
    )

    def kind(self, payer_id: str) -> PlanKind | None:
        if payer_id not in self.zones:
            raise NotFound("There is none.")
        return PlanKind.MEDICARE if payer_id == "medicare" else PlanKind.COMMERCIAL

    def zone(self, payer_id: str) -> str | None:
        return self.zones[payer_id]

    def count_calls(self, inquiry: Inquiry) -> int:  # noqa: ARG002 - the port's
        return 1


def night(*facilities: Facility) -> Night:
    known = {each.id: each for each in facilities}
    return Night(None, Times(), known, MemoryAudit(), SetClock())  # type: ignore[arg-type] # no roster is asked


@pytest.mark.parametrize(
    ("payer", "facility", "zone", "whose", "opens"),
    [
        ("denver", CHICAGO, "America/Denver", Whose.PAYER, 10),
        ("silent", CHICAGO, "America/Chicago", Whose.FACILITY, 9),
        ("unheard of", CHICAGO, "America/Chicago", Whose.FACILITY, 9),
        ("silent", NOWHERE, "America/Chicago", Whose.ORGANIZATION, 9),
        ("unheard of", NOWHERE, "America/Chicago", Whose.ORGANIZATION, 9),
        ("silent", None, "America/Chicago", Whose.ORGANIZATION, 9),
    ],
)
def test_a_payer_is_asked_from_three_on_by_the_nearest_clock_that_is_known(
    payer: str, facility: Facility | None, zone: str, whose: Whose, opens: int
) -> None:
    found = find_hours(night(NOWHERE, CHICAGO), payer, facility)

    assert found == Hours(zone, whose=whose)
    assert next(found.windows(NOVEMBER))[0] == datetime(2026, 11, 24, opens, tzinfo=UTC)


def test_where_no_zone_is_known_at_all_it_is_that_of_the_date_of_the_run() -> None:
    nowhere = night(NOWHERE)

    assert find_hours(nowhere, "silent", NOWHERE).zone == nowhere.zone == "America/New_York"
    assert find_clock(nowhere, "silent", NOWHERE.id) == PayerClock(Whose.ORGANIZATION, "America/New_York")


def test_medicare_is_asked_by_its_own_clock_wherever_the_facility_is() -> None:
    found = find_hours(night(CHICAGO), "medicare", CHICAGO)

    assert found == Hours("America/New_York", closed=HETS)
    assert [(begin.hour, end.hour) for begin, end in found.windows(NOVEMBER)] == [(8, 12), (0, 5)]
