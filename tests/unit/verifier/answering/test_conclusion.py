"""What follows from answers: here, by whose clock a phone call was."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from tests.papers import a_verification
from tests.store.support import FACILITY
from verifier.answering.conclusion import Conclusion
from verifier.model.fact import ANSWER, Answered, CallReport, FactCode

EVENING = datetime(2026, 11, 25, 3, 30, tzinfo=UTC)  # 9:30 PM of the 24th in Louisiana
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
