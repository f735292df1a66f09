"""The JSON of an inquiry: who is asked, about whom, for which program."""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any, ClassVar, Final

from marshmallow import ValidationError, validates_schema
from marshmallow.experimental.context import Context

from schemas.fields import Count, Part, Several, SocialSecurityNumber, Text, Word
from schemas.military import TricareSchema, VaSchema
from schemas.payment import MOST_PLANS, CoverSchema, OtherPlanSchema
from schemas.program import PlannedProgramSchema, load_program
from schemas.record import Record, load
from schemas.times import BirthDay
from verifier.model.inquiry import Inquiry, Member, Patient, Relationship, Sex
from verifier.model.vocabulary import Network

__all__ = ["InquirySchema", "load_inquiry", "load_program"]

ASKABLE_NETWORKS: Final = (Network.IN, Network.OUT, Network.UNKNOWN)


def _name(longest: int, description: str | None = None) -> Text:
    metadata = {"description": description} if description else {}
    return Text(longest, load_default=None, allow_none=True, metadata=metadata)


class MemberSchema(Record):
    """The person who holds the insurance; lengths follow X12 005010X279A1 (NM1, REF)."""

    model: ClassVar[type] = Member

    id = _name(80, "Member id as on the card")
    first_name = _name(35)
    middle_name = _name(25)
    last_name = Text(60, required=True)
    suffix = _name(10)
    birth_date = BirthDay(load_default=None, allow_none=True)
    sex = Word(Sex, nullable=True, load_default=None)
    ssn = SocialSecurityNumber(
        load_default=None,
        allow_none=True,
        metadata={"description": "Given back as its last four digits only"},
    )
    group_number = _name(50)


class PatientSchema(Record):
    """Who is to be treated; anyone but the member carries their own name and birth date."""

    model: ClassVar[type] = Patient

    relationship = Word(Relationship)
    first_name = _name(35)
    middle_name = _name(25)
    last_name = _name(60)
    suffix = _name(10)
    birth_date = BirthDay(load_default=None, allow_none=True)
    sex = Word(Sex, nullable=True, load_default=None)

    @validates_schema
    def name_the_patient(self, data: Mapping[str, Any], **_: object) -> None:
        """Ask for what identifies a dependent, and refuse a second name of the member."""
        own = data.get("relationship", Relationship.SELF) is not Relationship.SELF
        needed = ("first_name", "last_name", "birth_date")
        faults = {
            name: ["is missing: the patient is not the member"] for name in needed if own and not data[name]
        }
        given = [name for name, value in data.items() if value is not None and name != "relationship"]
        faults |= {name: ["belongs in member: the patient is the member"] for name in given if not own}
        if faults:
            raise ValidationError(faults)


class InquirySchema(Record):
    """One question about one patient."""

    model: ClassVar[type] = Inquiry

    payer = Text(80, required=True, metadata={"description": "Payer id of GET /v1/payers"})
    member = Part(MemberSchema, required=True)
    patient = Part(PatientSchema)
    facility = _name(80)
    program = Part(PlannedProgramSchema, required=True)
    network = Word(
        ASKABLE_NETWORKS,
        metadata={"description": "The facility's standing with this plan, by its own contract"},
    )
    consent_id = _name(80)
    max_age = Count(
        0,
        31_536_000,
        load_default=None,
        allow_none=True,
        metadata={"description": "Oldest answer taken from the cache, in seconds"},
    )
    tricare = Part(TricareSchema, load_default=None, allow_none=True)
    va = Part(VaSchema, load_default=None, allow_none=True)
    own_coverage = Part(CoverSchema, load_default=None, allow_none=True)
    other_coverage = Several(Part(OtherPlanSchema), most=MOST_PLANS)

    @validates_schema
    def agree_on_network(self, data: Mapping[str, Any], **_: object) -> None:
        """Refuse two standings of one facility that contradict each other."""
        said = data["tricare"].network if data["tricare"] else None
        if said is not None and data.get("network") is (Network.OUT if said else Network.IN):
            raise ValidationError({"tricare": {"network": ["contradicts the network of the inquiry"]}})


def load_inquiry(data: object, *, today: date | None = None) -> Inquiry:
    """Load an inquiry; no birth date lies after *today* (by default the day it is in UTC).

    Raises:
        BadInput: with the JSON pointer of each bad field.
    """
    with Context[date](today or datetime.now(UTC).date()):
        return load(INQUIRY, data)  # type: ignore[no-any-return]


INQUIRY: Final = InquirySchema()
