"""People and programs in JSON: signing in, who one is, and reading in an emergency."""

from typing import Any, ClassVar, Final

from marshmallow import fields

from schemas.fields import Count, Text, Word
from schemas.record import Record, load
from schemas.times import Moment
from schemas.written import Written
from verifier.access.emergency import LONGEST, REASON, SHORTEST, Emergency
from verifier.access.principal import Kind, Principal
from verifier.access.roles import Scope
from verifier.access.sign_in import LONGEST_ANSWER

LONGEST_EMAIL: Final = 255
LONGEST_CODE: Final = 64


class Password(Text):
    """A password, every character of it: nothing is stripped and nothing refused but its length."""

    def read(self, value: object) -> str:
        """Check that it is text that is not too long."""
        if not isinstance(value, str):
            raise self.make_error("type")
        if not 0 < len(value) <= self.longest:
            raise self.make_error("long" if value else "empty", longest=self.longest)
        return value


class SignInSchema(Record):
    """What a person signs in with."""

    email = Text(LONGEST_EMAIL, required=True)
    password = Password(LONGEST_ANSWER, required=True, metadata={"format": "password"})
    code = Text(
        LONGEST_CODE,
        required=True,
        metadata={"description": "Six digits of the authenticator, or a recovery code"},
    )


class PrincipalSchema(Written):
    """Who asks, as this service knows them."""

    kind = Word(Kind)
    id = fields.String()
    name = fields.String(metadata={"description": "For people to read"})
    scopes = fields.List(Word(Scope))
    facilities = fields.List(fields.String(), metadata={"description": '["*"] for every one'})
    emergency = fields.List(
        fields.String(), metadata={"description": "Facilities that may be read for a while, by break-glass"}
    )
    csrf_token = fields.String(
        allow_none=True,
        metadata={"description": "To be sent as X-CSRF-Token with each change; null without a session"},
    )


class EmergencyRequestSchema(Record):
    """Which facility's records must be read, why, and for how long."""

    model: ClassVar[None] = None

    facility = Text(64, required=True, form="the id of a facility", pattern="[a-z0-9][a-z0-9-]{0,63}")
    reason = Text(REASON.stop - 1, required=True)
    minutes = Count(SHORTEST, LONGEST, required=True)


class EmergencySchema(Written):
    """An emergency: who reads which facility's records, why, until when, and who reviewed it."""

    id = fields.String()
    user_id = fields.String()
    facility = fields.String()
    reason = fields.String()
    begins_at = Moment()
    ends_at = Moment()
    reviewed_by = fields.String(allow_none=True)


class EmergenciesSchema(Written):
    """The latest emergencies, newest first."""

    items = fields.List(fields.Nested(EmergencySchema))


def load_sign_in(data: object) -> dict[str, str]:
    """Load what somebody signs in with.

    Raises:
        BadInput: some field cannot be used.
    """
    found: dict[str, str] = load(SignInSchema(), data)
    return found


def load_emergency(data: object) -> dict[str, Any]:
    """Load the terms of an emergency.

    Raises:
        BadInput: some field cannot be used.
    """
    found: dict[str, Any] = load(EmergencyRequestSchema(), data)
    return found


def dump_principal(principal: Principal, csrf_token: str | None) -> dict[str, Any]:
    """Write who asks."""
    return {
        "kind": principal.kind.value,
        "id": principal.id,
        "name": principal.name,
        "scopes": sorted(principal.scopes),
        "facilities": list(principal.facilities.listing()),
        "emergency": list(principal.emergency.listing()),
        "csrf_token": csrf_token,
    }


def dump_emergency(emergency: Emergency) -> dict[str, Any]:
    """Write an emergency."""
    written: dict[str, Any] = EmergencySchema().dump(emergency)
    return written
