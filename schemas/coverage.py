"""The JSON of a coverage: everything a payer said, with where it said it."""

from collections.abc import Iterable
from typing import Any, Final

from marshmallow import fields

from schemas.amounts import Money, Quantity, Rate
from schemas.fields import Told, Word
from schemas.times import Day
from schemas.written import Written
from verifier.model.coverage import Coverage, DateSpan
from verifier.model.vocabulary import (
    Authorization,
    BenefitKind,
    CoverageLevel,
    CoverageStatus,
    Network,
    Period,
    RejectionClass,
    Retry,
)

DATES_SHAPE: Final = {
    "type": "object",
    "additionalProperties": {"type": "array", "items": {"type": "string"}},
    "description": "Qualifier to ISO dates or ISO intervals (2026-01-01/2026-12-31, an open end is ..); "
    "the payer's own text where it is no date",
    "examples": [{"plan": ["2026-01-01/2026-12-31"]}],
}


def write_dates(spans: Iterable[DateSpan]) -> dict[str, list[str]]:
    """Gather dated facts by qualifier, in the order of the reply."""
    found: dict[str, list[str]] = {}
    for span in spans:
        found.setdefault(span.qualifier, []).append(_write_span(span))
    return found


def _write_span(span: DateSpan) -> str:
    if span.begins is None and span.ends is None:
        return span.text
    if span.begins == span.ends:
        return str(span.begins)
    return f"{span.begins or '..'}/{span.ends or '..'}"


def _said() -> fields.String:
    return fields.String(allow_none=True)


def _texts() -> fields.List[Any]:
    return fields.List(fields.String())


class SourceSchema(Written):
    """Where in the reply something was read: segment from 1 (ST), or a JSON pointer; reply from 0.

    ``answered_by`` is the place, from 0, in the coverage's list of who answered.
    """

    segment = fields.Integer(allow_none=True)
    text = fields.String()
    pointer = _said()
    reply = fields.Integer()
    answered_by = fields.Integer()


class DeliverySchema(Written):
    """How much of a service, how often, over which period (HSD)."""

    quantity = Quantity(allow_none=True)
    qualifier = _said()
    per = _said()
    period = Word(Period, nullable=True)
    period_count = Quantity(allow_none=True)
    text = fields.String()


class ContactSchema(Written):
    """One way to reach somebody (PER)."""

    name = _said()
    kind = fields.String()
    value = fields.String()


class EntitySchema(Written):
    """Somebody a payer names beside a benefit (loop 2120)."""

    role = fields.String()
    code = fields.String()
    name = _said()
    id_qualifier = _said()
    id = _said()
    contacts = fields.List(fields.Nested(ContactSchema))
    address = _said()
    source = fields.Nested(SourceSchema)


class ReferenceSchema(Written):
    """An identifier attached to a benefit or person (REF)."""

    qualifier = fields.String()
    value = fields.String()
    description = _said()


class BenefitSchema(Written):
    """One EB segment with everything attached to it."""

    kind = Word(BenefitKind)
    code = fields.String()
    services = _texts()
    procedure = _said()
    level = Word(CoverageLevel, nullable=True)
    network = Word(Network)
    period = Word(Period, nullable=True)
    amount = Money(allow_none=True)
    rate = Rate(allow_none=True, metadata={"description": "The patient's share"})
    quantity = Quantity(allow_none=True)
    quantity_qualifier = _said()
    authorization = Word(Authorization)
    unlimited = fields.Boolean()
    insurance_type = _said()
    plan_text = _said()
    delivery = fields.List(fields.Nested(DeliverySchema))
    places_of_service = _texts()
    messages = _texts()
    dates = Told(write_dates, DATES_SHAPE)
    references = fields.List(fields.Nested(ReferenceSchema))
    entities = fields.List(fields.Nested(EntitySchema))
    source = fields.Nested(SourceSchema)


class RejectionSchema(Written):
    """One refusal of the question (AAA)."""

    code = _said()
    meaning = fields.String()
    follow_up = _said()
    loop = _said()
    category = Word(RejectionClass, data_key="class")
    retry = Word(Retry)
    advice = fields.String()
    source = fields.Nested(SourceSchema)


class WarningSchema(Written):
    """Something odd that did not stop the reply from being read."""

    code = fields.String()
    text = fields.String()


class CarveOutSchema(Written):
    """Services that somebody else administers.

    ``answered_by``, the place in the list of who answered, is ``null`` until that one was asked and answered.
    """

    administrator = _said()
    administrator_id = _said()
    services = _texts()
    contacts = fields.List(fields.Nested(ContactSchema))
    source = fields.Nested(SourceSchema)
    answered_by = fields.Integer(allow_none=True)


class ActualPayerSchema(Written):
    """The plan that pays instead of the payer asked; ``payer`` is its id in the payer directory.

    ``answered_by``, the place in the list of who answered, is ``null`` where it was not asked or is silent.
    """

    name = _said()
    id = _said()
    payer = _said()
    kind = fields.String(metadata={"enum": ["medicare_advantage", "medicaid_managed_care", "tricare_region"]})
    source = fields.Nested(SourceSchema)
    answered_by = fields.Integer(allow_none=True)


class OtherCoverageSchema(Written):
    """Another payer that the reply mentions."""

    payer = _said()
    payer_id = _said()
    role = _said()
    insurance_type = _said()
    member_id = _said()
    group_number = _said()
    begins = Day(allow_none=True)
    ends = Day(allow_none=True)
    source = fields.Nested(SourceSchema)


class PayerNameSchema(Written):
    """The payer as the reply names it."""

    name = _said()
    id = _said()


class AnsweredBySchema(Written):
    """Who answered, over which wire."""

    payer = _said()
    channel = fields.String()


class CoveredPersonSchema(Written):
    """The subscriber or patient as the payer returned them."""

    relationship = fields.String()
    id = _said()
    id_qualifier = _said()
    first_name = _said()
    middle_name = _said()
    last_name = _said()
    suffix = _said()
    birth_date = Day(allow_none=True)
    sex = _said()
    address = _said()
    references = fields.List(fields.Nested(ReferenceSchema))


class PlanSchema(Written):
    """The plan as the reply describes it."""

    name = _said()
    group_number = _said()
    group_name = _said()
    insurance_type = _said()
    begins = Day(allow_none=True)
    ends = Day(allow_none=True)
    premium_paid_to = Day(allow_none=True)
    dates = Told(write_dates, DATES_SHAPE)


class TraceSchema(Written):
    """The control and trace numbers that tie the reply to its question."""

    interchange = _said()
    group = _said()
    transaction = _said()
    reference = _said()
    numbers = _texts()


class CoverageSchema(Written):
    """A payer's answer about one patient."""

    status = Word(CoverageStatus)
    payer = fields.Nested(PayerNameSchema)
    answered_by = fields.List(fields.Nested(AnsweredBySchema))
    subscriber = fields.Nested(CoveredPersonSchema, allow_none=True)
    patient = fields.Nested(CoveredPersonSchema, allow_none=True)
    plan = fields.Nested(PlanSchema)
    benefits = fields.List(fields.Nested(BenefitSchema))
    rejections = fields.List(fields.Nested(RejectionSchema))
    other_coverage = fields.List(fields.Nested(OtherCoverageSchema))
    carve_outs = fields.List(fields.Nested(CarveOutSchema))
    warnings = fields.List(fields.Nested(WarningSchema))
    asked = _texts()
    answered = _texts()
    messages = _texts()
    trace = fields.Nested(TraceSchema)
    extras = fields.Dict(keys=fields.String(), values=fields.String())
    superseded = fields.List(
        fields.Nested(BenefitSchema),
        metadata={"description": "Said by one payer where another's word counts; kept, not priced by"},
    )
    actual_payer = fields.Nested(ActualPayerSchema, allow_none=True)


def dump_coverage(coverage: Coverage) -> dict[str, Any]:
    """Write *coverage* as JSON's own kinds of value, ready for `json.dumps`."""
    return COVERAGE.dump(coverage)  # type: ignore[no-any-return]


COVERAGE: Final = CoverageSchema()
