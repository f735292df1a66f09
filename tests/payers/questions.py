"""Questions about invented people, and the 270s they must become."""

from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

from payers.x12.elements import Delimiters
from payers.x12.writer import Control
from verifier.model.inquiry import Facility, Member, Patient, Relationship, Sex
from verifier.model.question import Question

FIXTURES = Path(__file__).parent / "fixtures"
OTHER_DELIMITERS = Delimiters("|", ">", "{", "'")

CONTROL = Control(
    sender_id="ABITARECOVERY",
    receiver_id="030240928",
    receiver_qualifier="01",
    receiver_code="CLEARWAY",
    interchange_number=4711,
    group_number=4711,
    transaction_number=1,
    created=datetime(2026, 11, 24, 9, 5, tzinfo=UTC),
    reference="7D3F0C52A9E14B60B1C85E2F94A6D081",
    usage="T",
)
SUBSCRIBER = Question(
    payer_name="Gulf Coast Health Plan",
    payer_id="60054",
    provider=Facility("abita-springs", "Abita Springs Recovery, LLC", "1999999984", "72-1234567"),
    subscriber=Member(
        last_name="O\N{RIGHT SINGLE QUOTATION MARK}Brien\N{EN DASH}Pérez",
        first_name="Ana",
        middle_name="M",
        suffix="III",
        birth_date=date(1988, 4, 12),
        sex=Sex.FEMALE,
        id="W199003344",
        ssn="900-00-0001",
        group_number="GRP-00217",
    ),
    patient=Patient(),
    date_of_service=date(2026, 11, 24),
    service_types=("CJ", "AI", "30"),
    trace="5C1E88A0F2D7449CA30B6E5D71F82943",
)
DEPENDENT = replace(
    SUBSCRIBER,
    patient=Patient(Relationship.CHILD, "José", "Pérez Jr.", birth_date=date(2009, 11, 30), sex=Sex.MALE),
    service_types=("MH",),
)
BY_SOCIAL_SECURITY_NUMBER = replace(
    SUBSCRIBER,
    subscriber=Member("Testcase", date(1971, 3, 2), "Ruth", sex=Sex.UNKNOWN, ssn="987-65-4321"),
    date_of_service=date(2026, 12, 7),
    service_types=(),
    procedure="H0015",
    trace="",
)
BY_NAME_AND_BIRTH_DATE = replace(
    SUBSCRIBER,
    provider=Facility("bogue-falaya", "Bogue Falaya House", "1999999984"),
    subscriber=Member("D'Artagnan", date(1971, 3, 2), "Łukasz"),
    service_types=("98",),
    procedure="S9480",
    trace="",
)
WRITTEN = {  # fixture: question, control, delimiters
    "subscriber": (SUBSCRIBER, CONTROL, Delimiters()),
    "dependent": (DEPENDENT, CONTROL, Delimiters()),
    "by_social_security_number": (BY_SOCIAL_SECURITY_NUMBER, CONTROL, Delimiters()),
    "by_name_and_birth_date": (
        BY_NAME_AND_BIRTH_DATE,
        replace(CONTROL, usage="P", receiver_code=""),
        OTHER_DELIMITERS,
    ),
}


def read_fixture(name: str) -> str:
    """Read a 270 kept with one segment a line."""
    return (FIXTURES / f"{name}.270").read_text().replace("\n", "")


def split(interchange: str, delimiters: Delimiters) -> list[list[str]]:
    """Split an interchange as a receiver does: by its delimiters and nothing else."""
    *segments, rest = interchange.split(delimiters.segment)
    assert rest == ""
    return [segment.split(delimiters.element) for segment in segments]
