"""The JSON that looks a person up: in a body, so that nobody stands in an address."""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any, ClassVar, Final

from marshmallow import ValidationError, validates_schema
from marshmallow.experimental.context import Context

from schemas.fields import Part, Text
from schemas.record import Record, load
from schemas.times import BirthDay
from verifier.ports import Wanted


class SoughtSchema(Record):
    """Who is looked for: by member id, or by last name and birth date together; all that is given must fit.

    Case, spaces, accents and hyphens do not matter.
    """

    id = Text(80, load_default=None, allow_none=True, metadata={"description": "Member id as on the card"})
    last_name = Text(
        60, load_default=None, allow_none=True, metadata={"description": "Of the patient, as the birth date"}
    )
    birth_date = BirthDay(load_default=None, allow_none=True)

    @validates_schema
    def name_somebody(self, data: Mapping[str, Any], **_: object) -> None:
        """Ask for what finds a person: a name alone, or a birth date alone, is too many people's."""
        named = [name for name in ("last_name", "birth_date") if data[name] is not None]
        if data["id"] is None and not named:
            raise ValidationError("needs id, or last_name and birth_date")
        if len(named) == 1:
            missing = "birth_date" if named == ["last_name"] else "last_name"
            raise ValidationError({missing: ["is missing: both are needed together"]})


class SearchSchema(Record):
    """Which verifications are looked for."""

    model: ClassVar[type] = Wanted

    member = Part(SoughtSchema, required=True)

    def arguments(self, data: dict[str, Any]) -> dict[str, Any]:
        """Look for the member id, and for name and birth date as one."""
        member = data["member"]
        named = (member["last_name"], member["birth_date"]) if member["last_name"] else None
        return {"member_id": member["id"], "patient": named}


def load_search(data: object, *, today: date | None = None) -> Wanted:
    """Load a search; nobody is born after *today* (by default the day it is in UTC).

    Raises:
        BadInput: with the JSON pointer of each bad field.
    """
    with Context[date](today or datetime.now(UTC).date()):
        return load(SEARCH, data)  # type: ignore[no-any-return]


SEARCH: Final = SearchSchema()
