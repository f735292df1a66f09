"""The JSON of what changed for people between two answers of their payers."""

from typing import Any, Final

from marshmallow import fields

from schemas.coverage import SourceSchema
from schemas.fields import Word
from schemas.times import Moment
from schemas.verification import NoticeSchema
from schemas.written import Written
from verifier.model.change import ChangeKind, ChangeReport, Severity


class ToldSchema(Written):
    """What was told: an amount as "40.00", a rate as "0.2", a date in ISO 8601, else words."""

    value = fields.String()
    source = fields.Nested(
        SourceSchema,
        allow_none=True,
        metadata={"description": "Where in the reply; null: our contract, a published rule, or its heading"},
    )


class ChangeSchema(Written):
    """One change; ``before`` is ``null`` where nothing was told before."""

    kind = Word(ChangeKind)
    severity = Word(Severity)
    text = fields.String()
    before = fields.Nested(ToldSchema, allow_none=True)
    after = fields.Nested(ToldSchema, allow_none=True)


class ChangeReportSchema(Written):
    """What changed for one person, gravest first; whose it is stands in the verification."""

    id = fields.String()
    created_at = Moment()
    facility = fields.String()
    verification_id = fields.String(metadata={"description": "The verification that found it"})
    since = fields.String(allow_none=True, metadata={"description": "The verification before"})
    severity = Word(Severity, metadata={"description": "That of the gravest change"})
    changes = fields.List(fields.Nested(ChangeSchema))
    notices = fields.List(fields.Nested(NoticeSchema))


class ChangePageSchema(Written):
    """Reports, oldest first; ``next`` goes on after them, now or whenever there is more."""

    items = fields.List(fields.Nested(ChangeReportSchema))
    next = fields.String(allow_none=True)


def dump_report(report: ChangeReport) -> dict[str, Any]:
    """Write *report* as JSON's own kinds of value."""
    return REPORT.dump(report)  # type: ignore[no-any-return]


REPORT: Final = ChangeReportSchema()
