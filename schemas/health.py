"""The JSON of how calls to a payer went lately."""

from typing import Any, Final

from marshmallow import fields

from schemas.amounts import Rate
from schemas.fields import Told
from schemas.written import Written
from verifier.model.health import LEAST_CALLS, PayerHealth

TOO_FEW: Final = "not enough calls to tell"
SECONDS: Final = {"type": "number", "examples": [2.4]}


def _round(seconds: float) -> float:
    return round(seconds, 3)


class CallWindowSchema(Written):
    """The calls of a length of time before now; rates and times are ``null`` where they are too few."""

    seconds = Told(
        lambda length: int(length.total_seconds()),
        {"type": "integer", "examples": [900, 86400]},
        attribute="length",
    )
    calls = fields.Integer()
    success_rate = Rate(
        allow_none=True, metadata={"description": "Calls that brought an answer, be it a refusal"}
    )
    unavailable_rate = Rate(
        allow_none=True,
        metadata={"description": "Calls that the payer could not respond to (AAA 42, 79, 80)"},
    )
    p50 = Told(_round, SECONDS, allow_none=True)
    p95 = Told(_round, SECONDS, allow_none=True)
    note = Told(
        lambda is_enough: None if is_enough else TOO_FEW,
        {"type": "string", "description": f"Says so where there were fewer than {LEAST_CALLS} calls"},
        attribute="is_enough",
        allow_none=True,
    )


class RouteHealthSchema(Written):
    """How calls over one wire went, and whether calls are let through."""

    route = fields.String()
    breaker = Told(str, {"type": "string", "enum": ["closed", "half_open", "open", None]}, allow_none=True)
    windows = fields.List(fields.Nested(CallWindowSchema))


class PayerHealthSchema(Written):
    """How calls to a payer went in the last 15 minutes and 24 hours, in all and over each wire."""

    payer = fields.String()
    windows = fields.List(fields.Nested(CallWindowSchema))
    routes = fields.List(fields.Nested(RouteHealthSchema))


def dump_health(health: PayerHealth) -> dict[str, Any]:
    """Write *health*."""
    return HEALTH.dump(health)  # type: ignore[no-any-return]


HEALTH: Final = PayerHealthSchema()
