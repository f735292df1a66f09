"""The JSON of a verification: the answer to one inquiry."""

from typing import Any, Final

from marshmallow import fields

from schemas.amounts import Money
from schemas.coverage import CoverageSchema
from schemas.estimate import ConfidenceSchema, EstimateSchema, RuleSchema
from schemas.facts import FactSchema, NoteSchema, ReviewSchema
from schemas.fields import Told, Word
from schemas.inquiry import InquirySchema
from schemas.payment import AfterPrimarySchema, TurnSchema
from schemas.times import Moment
from schemas.written import Written
from verifier.model.findings import Verdict
from verifier.model.verification import Origin, Outcome, Verification, VerificationStatus
from verifier.model.vocabulary import CoverageStatus


class FreshnessSchema(Written):
    """Where the coverage came from, its age in seconds, and why an older one had to do."""

    origin = Word(Origin)
    age = fields.Integer()
    reason = fields.String(allow_none=True)


class DecisionSchema(Written):
    """What admissions may do next, and why."""

    verdict = Word(Verdict)
    reasons = fields.List(fields.String())


class UnknownSchema(Written):
    """A fact nobody answered, with the question to put to the payer by phone."""

    code = fields.String()
    question = fields.String()


class NoticeSchema(Written):
    """A statement that goes with the answer."""

    code = fields.String()
    text = fields.String()


class RemarkSchema(Written):
    """What the published rules say of this patient; ``verdict`` is what it leads to, if anything."""

    code = fields.String()
    text = fields.String()
    verdict = Word(Verdict, nullable=True)
    rule = fields.Nested(RuleSchema, allow_none=True)


class AttemptSchema(Written):
    """One call made to a payer; ``duration`` in seconds."""

    channel = fields.String()
    service_types = fields.List(fields.String())
    outcome = Word(Outcome)
    duration = Told(lambda seconds: round(seconds, 3), {"type": "number"}, attribute="seconds")
    detail = fields.String(allow_none=True)
    payer = fields.String(allow_none=True, metadata={"description": "Its id in the payer directory"})


class VerificationSchema(Written):
    """The answer to one inquiry; ``coverage`` and ``estimate`` are ``null`` while it is pending."""

    id = fields.String()
    status = Word(VerificationStatus)
    created_at = Moment()
    inquiry = fields.Nested(InquirySchema)
    coverage = fields.Nested(CoverageSchema, allow_none=True)
    estimate = fields.Nested(EstimateSchema, allow_none=True)
    as_of = Moment(allow_none=True)
    freshness = fields.Nested(FreshnessSchema, allow_none=True)
    decision = fields.Nested(DecisionSchema, allow_none=True)
    unknowns = fields.List(fields.Nested(UnknownSchema))
    notices = fields.List(fields.Nested(NoticeSchema))
    attempts = fields.List(fields.Nested(AttemptSchema))
    problem = fields.String(allow_none=True)
    remarks = fields.List(fields.Nested(RemarkSchema))
    actions = fields.List(fields.String(), metadata={"description": "What to do next, in order"})
    payment_order = fields.List(
        fields.Nested(TurnSchema), metadata={"description": "Of a patient with several plans"}
    )
    after_primary = fields.Nested(AfterPrimarySchema, allow_none=True)
    facts = fields.List(fields.Nested(FactSchema), metadata={"description": "Answers from phone calls"})
    notes = fields.List(fields.Nested(NoteSchema))
    review = fields.Nested(
        ReviewSchema,
        allow_none=True,
        metadata={"description": "The sign-off of what stands here; a later answer takes it away"},
    )
    revision = fields.String(metadata={"description": "What a reviewer signs"})


class EstimateSummarySchema(Written):
    """The range of an estimate."""

    low = Money()
    expected = Money()
    high = Money()
    confidence = fields.Nested(ConfidenceSchema)


class VerificationSummarySchema(Written):
    """A verification in a list: no person in it."""

    id = fields.String()
    status = Word(VerificationStatus)
    created_at = Moment()
    as_of = Moment(allow_none=True)
    payer = fields.String(attribute="inquiry.payer")
    coverage = Told(
        lambda coverage: coverage.status.value,
        {"type": ["string", "null"], "enum": [*(status.value for status in CoverageStatus), None]},
    )
    estimate = fields.Nested(EstimateSummarySchema, allow_none=True)
    freshness = fields.Nested(FreshnessSchema, allow_none=True)
    decision = fields.Nested(DecisionSchema, allow_none=True)


class VerificationPageSchema(Written):
    """Verifications, newest first; ``next`` is the cursor of the next page, ``null`` on the last."""

    items = fields.List(fields.Nested(VerificationSummarySchema))
    next = fields.String(allow_none=True)


def dump_verification(verification: Verification) -> dict[str, Any]:
    """Write *verification* as JSON's own kinds of value, ready for `json.dumps`."""
    return VERIFICATION.dump(verification)  # type: ignore[no-any-return]


def dump_summary(verification: Verification) -> dict[str, Any]:
    """Write *verification* as one row of a list, without the person."""
    return SUMMARY.dump(verification)  # type: ignore[no-any-return]


VERIFICATION: Final = VerificationSchema()
SUMMARY: Final = VerificationSummarySchema()
