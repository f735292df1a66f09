"""The JSON of facts learned by phone, of notes and of a review."""

from collections.abc import Mapping
from typing import Any, ClassVar, Final

from marshmallow import ValidationError, fields, validates_schema

from schemas.fields import Field, Part, Prose, Several, Text, Word, messages
from schemas.record import Record, load
from schemas.times import Moment
from schemas.written import Written
from verifier.answering.facts import LONGEST, read_value
from verifier.errors import BadInput
from verifier.model.fact import ANSWER, NOT_KNOWN, Answered, CallReport, FactCode

MOST_FACTS: Final = len(FactCode)
LONGEST_NOTE: Final = 4000


class FactValue(Field[Mapping[str, str]]):
    """An answer: one text, or one for each part where it has several."""

    default_error_messages = messages(type="must be text, or an object of texts")

    def __init__(self, **options: Any) -> None:  # noqa: ANN401 - marshmallow's own
        """Fix the shape."""
        text = {"type": "string", "minLength": 1, "maxLength": LONGEST}
        parts = {"type": "object", "additionalProperties": text, "minProperties": 1}
        super().__init__({"anyOf": [text, parts]}, **options)

    def read(self, value: object) -> Mapping[str, str]:
        """Take it apart; what the parts may be depends on the fact."""
        if isinstance(value, str):
            return {ANSWER: value}
        if not isinstance(value, Mapping) or not all(isinstance(each, str) for each in value.values()):
            raise self.make_error("type")
        return dict(value)

    def write(self, value: Mapping[str, str]) -> object:
        """Write the answer alone where it is all there is."""
        return value[ANSWER] if value.keys() == {ANSWER} else dict(value)


class AnsweredSchema(Record):
    """One answer to one question of ``unknowns``."""

    model: ClassVar[type] = Answered

    code = Word(FactCode, required=True, metadata={"description": "The code of the question"})
    value = FactValue(
        required=True,
        metadata={
            "description": f'The answer, in the form its question has; "{NOT_KNOWN}" where nobody could say'
        },
    )

    @validates_schema
    def check_value(self, data: Mapping[str, Any], **_: object) -> None:
        """Hold the answer against the form its question has."""
        try:
            read_value(data["code"], data["value"])
        except BadInput as error:
            raise ValidationError({"value": _nest(error.errors)}) from error

    def arguments(self, data: dict[str, Any]) -> dict[str, Any]:
        """Take the answer in its plain form."""
        return {"code": data["code"], "value": read_value(data["code"], data["value"])}


class CallReportSchema(Record):
    """What one phone call brought."""

    model: ClassVar[type] = CallReport

    representative = Text(
        80, required=True, metadata={"description": "Who answered, as they named themselves"}
    )
    reference_number = Text(
        80,
        load_default=None,
        allow_none=True,
        metadata={"description": "The number the payer gave the call; null: it gave none"},
    )
    called_at = Moment(
        load_default=None, allow_none=True, metadata={"description": "Not in the future; left out: now"}
    )
    facts = Several(Part(AnsweredSchema), least=1, most=MOST_FACTS, required=True)

    @validates_schema
    def answer_once(self, data: Mapping[str, Any], **_: object) -> None:
        """Refuse two answers to one question in one call."""
        codes = [fact.code for fact in data["facts"]]
        if len(set(codes)) < len(codes):
            raise ValidationError({"facts": ["answers a question twice"]})


class FactSchema(Written):
    """A fact: an answer, who gave it, when, and who wrote it down."""

    code = Word(FactCode)
    value = FactValue()
    called_at = Moment(attribute="call.at")
    representative = fields.String(attribute="call.representative")
    reference_number = fields.String(attribute="call.reference", allow_none=True)
    recorded_by = fields.String()
    recorded_at = Moment()


class NoteSchema(Written):
    """A note of staff."""

    by = fields.String()
    at = Moment()
    text = fields.String()


class ReviewSchema(Written):
    """Who signed the verification off as it stands, and when."""

    by = fields.String()
    at = Moment()


class NewNoteSchema(Record):
    """Words of staff."""

    text = Prose(LONGEST_NOTE, required=True)


class SignOffSchema(Record):
    """What a reviewer signs: ``revision`` of the verification as they saw it."""

    revision = Text(120, required=True)


def load_call_report(data: object) -> CallReport:
    """Load what a call brought.

    Raises:
        BadInput: with the JSON pointer of each bad field.
    """
    return load(CALL_REPORT, data)  # type: ignore[no-any-return]


def load_note(data: object) -> str:
    """Load the words of a note.

    Raises:
        BadInput: with the JSON pointer of each bad field.
    """
    return str(load(NEW_NOTE, data)["text"])


def load_sign_off(data: object) -> str:
    """Load the revision that is signed off.

    Raises:
        BadInput: with the JSON pointer of each bad field.
    """
    return str(load(SIGN_OFF, data)["revision"])


def _nest(errors: Mapping[str, str]) -> Any:  # noqa: ANN401 - marshmallow's messages
    return {pointer.lstrip("/") or "_schema": [text] for pointer, text in errors.items()}


CALL_REPORT: Final = CallReportSchema()
NEW_NOTE: Final = NewNoteSchema()
SIGN_OFF: Final = SignOffSchema()
