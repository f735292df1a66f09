"""What follows from answers: here, by whose clock a day is told."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from tests.papers import a_verification
from tests.store.support import FACILITY
from verifier.answering.conclusion import Conclusion
from verifier.model.estimate import Estimate
from verifier.model.fact import ANSWER, Answered, CallReport, FactCode

EVENING = datetime(2026, 11, 25, 3, 30, tzinfo=UTC)  # 9:30 PM of the 24th in Louisiana
NEW_YEAR = datetime(2027, 1, 1, 2, tzinfo=UTC)  # 8 PM of December 31 in Louisiana
REPORT = CallReport("Dana R.", (Answered(FactCode.NETWORK, {ANSWER: "in"}),), called_at=EVENING)


@pytest.mark.parametrize(
    ("zone", "day"),
    [("America/Chicago", "2026-11-24"), ("Pacific/Guam", "2026-11-25"), (None, "2026-11-25")],
)
def test_the_day_of_a_call_is_that_of_the_facility_that_called(zone: str | None, day: str) -> None:
    conclusion = Conclusion(records=None, facilities={FACILITY.id: replace(FACILITY, time_zone=zone)})  # type: ignore[arg-type]

    call = conclusion.add_facts(a_verification(), REPORT.write_down("user:usr_A", EVENING)).facts[-1].call

    assert call.origin.endswith(day)
    assert call.at == EVENING


def test_what_is_left_of_a_year_is_of_the_year_it_is_where_the_facility_stands() -> None:
    conclusion = Conclusion(
        records=None,  # type: ignore[arg-type]
        facilities={FACILITY.id: replace(FACILITY, time_zone="America/Chicago")},
    )
    program = replace(a_verification().inquiry.program, start_date=date(2027, 1, 4))

    def price(as_of: datetime) -> Estimate | None:
        return conclusion.price(replace(a_verification(), as_of=as_of), program)

    old_year, new_year = price(datetime(2026, 12, 31, 18, tzinfo=UTC)), price(NEW_YEAR + timedelta(hours=6))

    assert price(NEW_YEAR) == old_year != new_year
