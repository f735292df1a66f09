"""What the service writes, a payer that shares no line of code with it can read."""

from dataclasses import replace
from datetime import date

import pytest

from payers.simulator.inquiries import Person, read_inquiry
from payers.x12.inquiry_270 import write
from payers.x12.writer import Control
from tests.payers.simulator.calls import NOW, SCENARIOS
from verifier.model.inquiry import Facility, Member, Patient, Relationship, Sex
from verifier.model.question import Question

FAMILY = SCENARIOS["dependent"]
CONTROL = Control("VERIFIER", "SIMULATED", 4711, 4711, 1, NOW, reference="REFERENCE1")
QUESTION = Question(
    payer_name="SIMULATED HEALTH PLAN",
    payer_id="SIMULATED",
    provider=Facility("abita-springs", "Bayou Recovery", "1999999984"),
    subscriber=Member("Thornbury", date(1980, 3, 14), "Rosalind", "SIM100014", sex=Sex.FEMALE),
    patient=Patient(),
    date_of_service=NOW.date(),
    service_types=("CJ", "AI", "30"),
    trace="TRACE0001",
)
CHILD = Patient(Relationship.CHILD, "Pippa", "Thornbury", birth_date=date(2008, 10, 2), sex=Sex.FEMALE)
ROSALIND = Person("THORNBURY", "ROSALIND", "SIM100014", date(1980, 3, 14), "F")
PIPPA = Person("THORNBURY", "PIPPA", "", date(2008, 10, 2), "F")


@pytest.mark.parametrize(
    ("question", "dependent"),
    [(QUESTION, None), (replace(QUESTION, patient=CHILD), PIPPA)],
    ids=["member", "child"],
)
def test_our_270_is_read_by_strict_and_foreign_eyes(question: Question, dependent: Person | None) -> None:
    inquiry = read_inquiry(write(question, CONTROL))

    assert (inquiry.subscriber, inquiry.dependent) == (ROSALIND, dependent)
    assert (inquiry.payer_id, inquiry.service_types, inquiry.trace[0]) == (
        "SIMULATED",
        ("CJ", "AI", "30"),
        "TRACE0001",
    )
    assert (inquiry.interchange, inquiry.group, inquiry.reference) == ("000004711", "4711", "REFERENCE1")
