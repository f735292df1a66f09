"""The JSON of an estimate: the range, its ledger, and why; and what one is asked for with."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Final

from marshmallow import Schema, ValidationError, fields, validates_schema

from schemas.amounts import Money
from schemas.coverage import SourceSchema
from schemas.fields import Part, Text, Word
from schemas.program import ProgramSchema
from schemas.record import Record, load
from schemas.terms import TermsSchema, load_terms
from schemas.times import Day
from schemas.written import Written
from verifier.errors import BadInput
from verifier.model.estimate import ConfidenceLevel, Estimate, Terms
from verifier.model.findings import FigureStatus
from verifier.model.program import Program

__all__ = ["EstimateRequest", "EstimateSchema", "dump_estimate", "load_estimate_requests", "load_terms"]

SHARES: Final = (
    "allowed",
    "deductible",
    "copay",
    "coinsurance",
    "not_covered",
    "balance",
    "patient",
    "plan",
)
MOST_REQUESTS: Final = 1000

SharesSchema = Written.from_dict({name: Money() for name in SHARES}, name="SharesSchema")


def _ledger_row(name: str, **own: fields.Field[Any]) -> type[Schema]:
    """Describe a row of the ledger: its *own* fields, then how its price falls apart."""
    shares = {share: Money(attribute=f"shares.{share}") for share in SHARES}
    return Written.from_dict({**own, **shares}, name=name)


SessionCostSchema = _ledger_row("SessionCostSchema", date=Day())
PeriodCostSchema = _ledger_row(
    "PeriodCostSchema",
    label=fields.String(metadata={"description": "ISO week, or the plan year's first day"}),
    begins=Day(metadata={"description": "First session day in it"}),
    ends=Day(metadata={"description": "Last session day in it"}),
    sessions=fields.Integer(),
)


class MilestonesSchema(Written):
    """The days that change what a session costs; ``null``: not within the program."""

    deductible_met_on = Day(allow_none=True)
    out_of_pocket_met_on = Day(allow_none=True)
    visits_exhausted_on = Day(allow_none=True)


class ConfidenceSchema(Written):
    """How far to trust the estimate: a score of 100, named."""

    score = fields.Integer()
    level = Word(ConfidenceLevel)


class AssumptionSchema(Written):
    """Something the payer did not say and the estimate took for granted."""

    code = fields.String()
    text = fields.String()


class RuleSchema(Written):
    """The published rule a figure follows; ``year`` is ``null`` where none bounds it."""

    program = fields.String()
    year = fields.Integer(allow_none=True)
    status = Word(FigureStatus, metadata={"description": "How well the figure is known"})
    source = fields.String(metadata={"description": "A citation, or where to look an unknown figure up"})


class FigureSchema(Written):
    """One published figure; ``value`` is ``null`` where no source gives it."""

    what = fields.String()
    value = fields.String(allow_none=True)
    rule = fields.Nested(RuleSchema)


class LaterBillSchema(Written):
    """What somebody other than the provider may bill afterwards; in none of the other figures."""

    by = fields.String()
    low = Money()
    high = Money()
    text = fields.String()
    figures = fields.List(fields.Nested(FigureSchema))
    incomplete = fields.Boolean(metadata={"description": "Some days have no known figure and are left out"})


class StepSchema(Written):
    """One value used and where it came from: a payer's reply, a published rule, or else the caller's word."""

    what = fields.String()
    value = fields.String()
    source = fields.Nested(SourceSchema, data_key="from", allow_none=True)
    note = fields.String(allow_none=True)
    rule = fields.Nested(RuleSchema, allow_none=True)


class EstimateSchema(Written):
    """What the patient will owe."""

    currency = fields.String()
    low = Money()
    expected = Money()
    high = Money()
    confidence = fields.Nested(ConfidenceSchema)
    totals = fields.Nested(SharesSchema)
    sessions = fields.List(fields.Nested(SessionCostSchema))
    weeks = fields.List(fields.Nested(PeriodCostSchema))
    plan_years = fields.List(fields.Nested(PeriodCostSchema))
    milestones = fields.Nested(MilestonesSchema)
    collectable_by_provider = Money()
    assumptions = fields.List(fields.Nested(AssumptionSchema))
    steps = fields.List(fields.Nested(StepSchema))
    incomplete = fields.Boolean()
    terms = fields.Nested(TermsSchema, allow_none=True)
    later_bill = fields.Nested(LaterBillSchema, allow_none=True)


def dump_estimate(estimate: Estimate) -> dict[str, Any]:
    """Write *estimate* as JSON's own kinds of value, ready for `json.dumps`."""
    return ESTIMATE.dump(estimate)  # type: ignore[no-any-return]


@dataclass(frozen=True, slots=True)
class EstimateRequest:
    """A program to price, under terms or under what a verification found."""

    program: Program
    terms: Terms | None = None
    verification_id: str | None = None


class EstimateRequestSchema(Record):
    """A program to price: with terms, or with the id of a verification."""

    model: ClassVar[type] = EstimateRequest

    program = Part(ProgramSchema, required=True)
    terms = Part(TermsSchema)
    verification_id = Text(80)

    @validates_schema
    def choose(self, data: Mapping[str, Any], **_: object) -> None:
        """Ask for exactly one of terms and verification."""
        if ("terms" in data) == ("verification_id" in data):
            raise ValidationError("give either terms or verification_id", "terms")


def load_estimate_requests(data: object) -> list[EstimateRequest]:
    """Load one request or a list of up to 1000; the pointers of a list begin with ``/0``.

    Raises:
        BadInput: with the JSON pointer of each bad field.
    """
    if not isinstance(data, list):
        return [load(REQUEST, data)]
    if not 0 < len(data) <= MOST_REQUESTS:
        raise BadInput(f"A list holds 1 to {MOST_REQUESTS} requests; split it.", {"": "has a wrong length"})
    return load(REQUESTS, data)  # type: ignore[no-any-return]


ESTIMATE: Final = EstimateSchema()
REQUEST: Final = EstimateRequestSchema()
REQUESTS: Final = EstimateRequestSchema(many=True)
