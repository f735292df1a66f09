"""The JSON of a consent: a patient's written leave to disclose, element by element of 42 CFR 2.31."""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any, ClassVar, Final

from marshmallow import ValidationError, validates_schema
from marshmallow.experimental.context import Context

from schemas.fields import Part, Several, Text, Word
from schemas.record import Record, load
from schemas.times import BirthDay, Day, Moment
from verifier.model.audit import Person
from verifier.model.consent import EVERY_PAYER, WITHOUT_END, Consent, Purpose, Signature, Signed

NOT_RECORDED: Final = datetime.min.replace(tzinfo=UTC)  # until the service gives it an id and a time


class PersonSchema(Record):
    """The patient, as the consent names them."""

    model: ClassVar[type] = Person

    member_id = Text(80, load_default=None, allow_none=True)
    first_name = Text(35, required=True)
    last_name = Text(60, required=True)
    birth_date = BirthDay(required=True)


class SignatureSchema(Record):
    """Who signed, how, and on which day."""

    model: ClassVar[type] = Signature

    name = Text(120, required=True)
    method = Word(Signed, required=True)
    signed_on = Day(required=True)
    capacity = Text(
        60,
        load_default=None,
        allow_none=True,
        metadata={"description": "As what somebody signed who is not the patient: parent, guardian"},
    )


class ConsentSchema(Record):
    """One signed consent."""

    model: ClassVar[type] = Consent

    id = Text(80, dump_only=True)
    patient = Part(PersonSchema, required=True)
    facility = Text(80, required=True, metadata={"description": "The facility that discloses"})
    purposes = Several(Word(Purpose), least=1, most=len(Purpose), once=True, required=True)
    recipients = Several(
        Text(80),
        least=1,
        most=50,
        once=True,
        required=True,
        metadata={"description": f"Payer ids, or {EVERY_PAYER} for all of the patient's plans"},
    )
    information = Text(2000, required=True, metadata={"description": "What may be disclosed"})
    right_to_revoke = Text(2000, required=True, metadata={"description": "How it can be revoked"})
    redisclosure = Text(2000, required=True, metadata={"description": "What becomes of it when passed on"})
    signature = Part(SignatureSchema, required=True)
    expires_on = Day(
        load_default=None, allow_none=True, metadata={"description": "The last day it is good for"}
    )
    recorded_at = Moment(dump_only=True)
    revoked_at = Moment(dump_only=True, allow_none=True)

    @validates_schema
    def end_it(self, data: Mapping[str, Any], **_: object) -> None:
        """Ask for an end where it is not for treatment, payment and operations alone."""
        if data["expires_on"] is None and not set(data["purposes"]) <= WITHOUT_END:
            raise ValidationError(
                {"expires_on": ["is needed: only treatment, payment and operations have no end"]}
            )

    def arguments(self, data: dict[str, Any]) -> dict[str, Any]:
        """Leave id and time to the service."""
        sets = {name: frozenset(data[name]) for name in ("purposes", "recipients")}
        return data | sets | {"id": "", "recorded_at": NOT_RECORDED}


def load_consent(data: object, *, today: date | None = None) -> Consent:
    """Load a consent that has no id yet; nobody is born after *today* (by default the day it is in UTC).

    Raises:
        BadInput: with the JSON pointer of each bad field.
    """
    with Context[date](today or datetime.now(UTC).date()):
        return load(CONSENT, data)  # type: ignore[no-any-return]


def dump_consent(consent: Consent) -> dict[str, Any]:
    """Write *consent* as JSON's own kinds of value; its sets in order."""
    written: dict[str, Any] = CONSENT.dump(consent)
    return written | {name: sorted(written[name]) for name in ("purposes", "recipients")}


CONSENT: Final = ConsentSchema()
