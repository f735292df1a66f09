"""The JSON of the procedure catalogue."""

from collections.abc import Iterable
from typing import Any, Final

from marshmallow import fields

from schemas.fields import Word
from schemas.written import Written
from verifier.codes.procedures import LevelOfCare, Procedure, Unit


class ServiceCodeSchema(Written):
    """One procedure code: what its unit usually is, and what kind of treatment it stands for."""

    code = fields.String()
    label = fields.String()
    unit = Word(Unit)
    track = fields.String(
        allow_none=True, metadata={"description": "sud, mh, or null for both", "enum": ["sud", "mh", None]}
    )
    level = Word(LevelOfCare)
    by_contract = fields.Boolean(metadata={"description": "The level of care differs between contracts"})
    note = fields.String()
    source = fields.String()
    confirmed = fields.Boolean(metadata={"description": "False where no source was found"})


class ServiceCodesSchema(Written):
    """The whole catalogue, programs first."""

    items = fields.List(fields.Nested(ServiceCodeSchema))


def dump_service_codes(procedures: Iterable[Procedure]) -> dict[str, Any]:
    """Write the catalogue."""
    return {"items": [CODE.dump(procedure) for procedure in procedures]}


CODE: Final = ServiceCodeSchema()
