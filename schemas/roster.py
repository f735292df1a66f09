"""The JSON of the nightly list."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from typing import Any, Final

from marshmallow import ValidationError, fields, validates_schema
from marshmallow.experimental.context import Context

from schemas.fields import Part, Word
from schemas.inquiry import InquirySchema
from schemas.record import Record, load
from schemas.times import Day
from schemas.written import Written
from verifier.model.roster import Entry, Frequency, Stop

DISCHARGE: Final = "The first day on which nobody asks any more"


class EnrolmentSchema(Record):
    """Whom to ask about at night, how often, and from which day on."""

    inquiry = Part(InquirySchema, required=True, metadata={"description": "As for POST /v1/verifications"})
    frequency = Word(Frequency, load_default=Frequency.NIGHTLY)
    enrolled_on = Day(load_default=None, allow_none=True, metadata={"description": "Left out: today"})
    discharged_on = Day(load_default=None, allow_none=True, metadata={"description": DISCHARGE})

    @validates_schema
    def end_after_it_begins(self, data: Mapping[str, Any], **_: object) -> None:
        """Refuse a discharge before the enrolment."""
        _order(data["enrolled_on"], data["discharged_on"])


class EntryChangeSchema(Record):
    """What to change of an entry; what is left out stays."""

    inquiry = Part(InquirySchema)
    frequency = Word(Frequency)
    enrolled_on = Day()
    discharged_on = Day(allow_none=True, metadata={"description": f"{DISCHARGE}; null: not discharged"})


class DischargeSchema(Record):
    """When somebody left."""

    on = Day(load_default=None, allow_none=True, metadata={"description": f"{DISCHARGE}; left out: today"})


class EntrySchema(Written):
    """One person on the nightly list."""

    id = fields.String()
    facility = fields.String()
    inquiry = fields.Nested(InquirySchema)
    frequency = Word(Frequency)
    enrolled_on = Day()
    discharged_on = Day(allow_none=True, metadata={"description": DISCHARGE})
    stopped = Word(
        Stop, nullable=True, metadata={"description": "Why nobody asks although there was no discharge"}
    )
    answered_on = Day(allow_none=True, metadata={"description": "Date of the last run that was answered"})
    verification_id = fields.String(allow_none=True, metadata={"description": "Its answer"})


class RosterPageSchema(Written):
    """One page of the list, in the order of the ids."""

    items = fields.List(fields.Nested(EntrySchema))
    next = fields.String(allow_none=True)


class RowErrorSchema(Written):
    """A row of the file that was not taken: its line, the column, and what is wrong with it."""

    line = fields.Integer()
    column = fields.String()
    problem = fields.String()


class ImportSchema(Written):
    """What became of a file: each row is an entry or an error."""

    added = fields.List(fields.String(metadata={"description": "Id of an entry"}))
    errors = fields.List(fields.Nested(RowErrorSchema))


def load_enrolment(data: object, *, today: date) -> Entry:
    """Load an entry that has no id yet; it begins *today* unless it says another day.

    Raises:
        BadInput: with the JSON pointer of each bad field.
    """
    with Context[date](today):
        given: dict[str, Any] = load(ENROLMENT, data)
    given["enrolled_on"] = given["enrolled_on"] or today
    return Entry(id="", facility=given["inquiry"].facility or "", **given)


def load_change(data: object, *, today: date) -> Callable[[Entry], Entry]:
    """Load what to change of an entry.

    Raises:
        BadInput: with the JSON pointer of each bad field.
    """
    with Context[date](today):
        given: dict[str, Any] = load(CHANGE, data)
    return lambda entry: replace(entry, **given)


def load_discharge(data: object) -> date | None:
    """Load the day of a discharge; ``None`` is today.

    Raises:
        BadInput: it is no day.
    """
    found: date | None = load(DISCHARGED, data)["on"]
    return found


def dump_entry(entry: Entry) -> dict[str, Any]:
    """Write *entry* as JSON's own kinds of value."""
    written: dict[str, Any] = ENTRY.dump(entry)
    return written


def _order(begins: date | None, ends: date | None) -> None:
    if begins and ends and ends < begins:
        raise ValidationError({"discharged_on": ["lies before enrolled_on"]})


ENROLMENT: Final = EnrolmentSchema()
CHANGE: Final = EntryChangeSchema()
DISCHARGED: Final = DischargeSchema()
ENTRY: Final = EntrySchema()
