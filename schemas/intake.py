"""The JSON of requests for a free verification: the public form, and the queue of the desk."""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any, ClassVar, Final

from marshmallow import ValidationError, fields, validates_schema
from marshmallow.experimental.context import Context

from schemas.consent import ConsentSchema, dump_consent
from schemas.fields import Part, Text, Word
from schemas.inquiry import ASKABLE_NETWORKS, MemberSchema, PatientSchema
from schemas.military import TricareSchema, VaSchema
from schemas.program import PlannedProgramSchema
from schemas.record import Record, load
from schemas.times import Moment
from schemas.written import Written
from verifier.access.forms import Sending
from verifier.admissions import Receipt
from verifier.answering.intaking import Order, Request, Signing
from verifier.model.inquiry import Patient, Relationship
from verifier.model.intake import Asker, Intake, IntakeState, Reach

USER_ID: Final = r"usr_[\w-]{1,40}"
PHONE: Final = r"\+?[0-9 ().-]{7,24}"
EMAIL: Final = r"[^@\s]{1,64}@[^@\s]{1,190}"


def _left_out(longest: int, *, form: str = "", pattern: str = "", description: str = "") -> Text:
    metadata = {"description": description} if description else {}
    return Text(longest, form=form, pattern=pattern, load_default=None, allow_none=True, metadata=metadata)


class ReachSchema(Record):
    """How the one who asks is to be reached: by phone, by e-mail, or both."""

    model: ClassVar[type] = Reach

    name = Text(100, required=True)
    phone = _left_out(24, form="a phone number of 7 to 24 digits and signs", pattern=PHONE)
    email = _left_out(255, form="an e-mail address", pattern=EMAIL)

    @validates_schema
    def be_reachable(self, data: Mapping[str, Any], **_: object) -> None:
        """Ask for one way at least."""
        if not data["phone"] and not data["email"]:
            raise ValidationError({"phone": ["is missing, and so is the e-mail address: give one of them"]})


class SigningSchema(Record):
    """The signature under the consent: the name typed, and as what, where not as the patient."""

    model: ClassVar[type] = Signing

    name = Text(120, required=True)
    capacity = _left_out(60, description="Of a representative: parent, guardian, ...")


class RequestSchema(Record):
    """A free-verification form as it was filled in."""

    model: ClassVar[type] = Request

    facility = Text(80, load_default=None, allow_none=True)
    asker = Word(Asker, required=True, metadata={"description": "Who fills the form in"})
    reach = Part(ReachSchema, required=True)
    member = Part(MemberSchema, required=True)
    patient = Part(PatientSchema)
    payer = _left_out(80, description="Payer id of GET /v1/intakes/payers")
    payer_text = _left_out(120, description="The insurer in their own words, as on the card")
    consent = Part(SigningSchema, load_default=None, allow_none=True)
    token = Text(300, required=True, metadata={"description": "Of GET /v1/intakes/form; good once"})
    work = _left_out(12, description="Proof of work: lets a form be sent sooner")

    @validates_schema
    def name_the_payer(self, data: Mapping[str, Any], **_: object) -> None:
        """Ask for the payer, and for what tells the patient apart."""
        faults: dict[str, Any] = {}
        if not data["payer"] and not data["payer_text"]:
            faults["payer_text"] = ["is missing: choose the insurer, or write what the card says"]
        if data["member"].birth_date is None:
            faults["member"] = {"birth_date": ["is missing"]}
        if data["member"].first_name is None:
            faults.setdefault("member", {})["first_name"] = ["is missing"]
        if data["asker"] is Asker.LOVED_ONE and data["consent"]:
            faults["consent"] = ["must be left out: only the patient can sign"]
        if data["asker"] is Asker.REPRESENTATIVE and data["consent"] and not data["consent"].capacity:
            faults["consent"] = {"capacity": ["is missing: say as what you sign"]}
        if faults:
            raise ValidationError(faults)

    def arguments(self, data: dict[str, Any]) -> dict[str, Any]:
        """Leave what only guards the form out."""
        kept = {name: value for name, value in data.items() if name not in {"token", "work", "consent"}}
        kept.setdefault("patient", Patient(Relationship.SELF))
        return kept | {"signing": data["consent"], "facility": data["facility"] or ""}


class OrderSchema(Record):
    """How a request is to be verified; what is left out the form, or else the facility, says."""

    model: ClassVar[type] = Order

    program = Part(PlannedProgramSchema, load_default=None, allow_none=True)
    payer = _left_out(80, description="In place of the one on the form")
    network = Word(ASKABLE_NETWORKS)
    consent_id = _left_out(80, description="In place of the one signed on the form")
    tricare = Part(TricareSchema, load_default=None, allow_none=True)
    va = Part(VaSchema, load_default=None, allow_none=True)


class AssignmentSchema(Record):
    """Whose it is from now on; ``null``: everybody's."""

    user_id = Text(60, required=True, allow_none=True, pattern=USER_ID, form="the id of a user")


class MoveSchema(Record):
    """Where a request is moved by hand."""

    state = Word(IntakeState, required=True)


class DeskStepSchema(Written):
    """One thing the desk did."""

    at = Moment()
    by = fields.String()
    what = fields.String()


class IntakeSchema(Written):
    """A request, for staff."""

    id = fields.String()
    facility = fields.String()
    created_at = Moment()
    state = Word(IntakeState)
    asker = Word(Asker)
    reach = fields.Nested(ReachSchema)
    member = fields.Nested(MemberSchema)
    patient = fields.Nested(PatientSchema)
    payer = fields.String(allow_none=True)
    payer_text = fields.String(allow_none=True)
    consent_id = fields.String(allow_none=True)
    assignee = fields.String(allow_none=True)
    verification_id = fields.String(allow_none=True)
    steps = fields.List(fields.Nested(DeskStepSchema))


class IntakeRowSchema(Written):
    """A request in the queue: no person in it."""

    id = fields.String()
    facility = fields.String()
    created_at = Moment()
    state = Word(IntakeState)
    asker = Word(Asker)
    payer = fields.String(allow_none=True)
    assignee = fields.String(allow_none=True)
    verification_id = fields.String(allow_none=True)


class IntakePageSchema(Written):
    """Requests, newest first; ``counts``: how many in each state; ``next``: the cursor of the next page."""

    items = fields.List(fields.Nested(IntakeRowSchema))
    counts = fields.Dict(keys=fields.String(), values=fields.Integer())
    next = fields.String(allow_none=True)


class WordingSchema(Written):
    """What is consented to, in words."""

    information = fields.String()
    right_to_revoke = fields.String()
    redisclosure = fields.String()


class FormSchema(Written):
    """A form to fill in: its token, good once and not at once, and what would be consented to."""

    facility = fields.String()
    name = fields.String()
    token = fields.String()
    wait_seconds = fields.Integer(metadata={"description": "Before it can be sent, without proof of work"})
    work_bits = fields.Integer(
        metadata={"description": "Leading zero bits of SHA-256 of `token:work` that let it be sent sooner"}
    )
    consent = fields.Nested(WordingSchema)


class PublicPayerSchema(Written):
    """An insurer as the public form offers it, with what it needs to be told."""

    id = fields.String()
    name = fields.String()
    requires = fields.List(fields.String())


class PublicPayersSchema(Written):
    """Insurers, best match first."""

    items = fields.List(fields.Nested(PublicPayerSchema))


class ReceiptSchema(Written):
    """That a request came, and a copy of what was signed; nothing of any coverage."""

    id = fields.String()
    received_at = Moment()
    consent = fields.Nested(ConsentSchema, allow_none=True)


def load_request(data: object, *, today: date | None = None) -> Request:
    """Load a form as it was filled in.

    Raises:
        BadInput: with the JSON pointer of each bad field.
    """
    with Context[date](today or datetime.now(UTC).date()):
        return load(REQUEST, data)  # type: ignore[no-any-return]


def load_sending(data: object, source: str, bait: str = "") -> Sending:
    """Take what guards a form out of it, without judging anything of it."""
    given = data if isinstance(data, Mapping) else {}
    token, work = (str(given.get(name) or "")[:300] for name in ("token", "work"))
    return Sending(token, work, bait, source)


def load_order(data: object) -> Order:
    """Load how a request is to be verified."""
    return load(ORDER, data)  # type: ignore[no-any-return]


def load_assignment(data: object) -> str | None:
    """Load whose a request is to be."""
    return load(ASSIGNMENT, data)["user_id"]  # type: ignore[no-any-return]


def load_move(data: object) -> IntakeState:
    """Load where a request is to be moved."""
    return load(MOVE, data)["state"]  # type: ignore[no-any-return]


def dump_intake(intake: Intake) -> dict[str, Any]:
    """Write *intake* whole, for staff."""
    return INTAKE.dump(intake)  # type: ignore[no-any-return]


def dump_row(intake: Intake) -> dict[str, Any]:
    """Write *intake* as a row of the queue, without a person."""
    return ROW.dump(intake)  # type: ignore[no-any-return]


def dump_receipt(receipt: Receipt) -> dict[str, Any]:
    """Write what the one who asked is handed."""
    consent = dump_consent(receipt.consent) if receipt.consent else None
    return {"id": receipt.id, "received_at": receipt.received_at.isoformat(), "consent": consent}


REQUEST: Final = RequestSchema()
ORDER: Final = OrderSchema()
ASSIGNMENT: Final = AssignmentSchema()
MOVE: Final = MoveSchema()
INTAKE: Final = IntakeSchema()
ROW: Final = IntakeRowSchema()
