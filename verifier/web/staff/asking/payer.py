"""The payer chosen for a verification, and how asking it went lately, in words."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from schemas.payers import Payer
from verifier.model.health import CallWindow, PayerHealth
from verifier.wording import how_long, percent

POOR: Final = Decimal("0.90")  # fewer answers than this deserve a warning before asking
FAILING: Final = "open"
NO_ROUTE: Final = ("stop", "cannot be asked from here: no route is set up")


@dataclass(frozen=True, slots=True)
class Chosen:
    """A payer, whether it can be asked from here, and how it does."""

    id: str
    name: str
    program: str
    requires: Sequence[str]
    is_reachable: bool
    look: str  # go, caution, stop, unknown
    condition: str


def describe_payer(payer: Payer, health: PayerHealth, *, is_reachable: bool) -> Chosen:
    """Describe *payer* before it is asked."""
    look, condition = (
        _judge(health) if is_reachable else ("stop", "cannot be asked from here: no route is set up")
    )
    return Chosen(payer.id, payer.name, payer.program, payer.requires, is_reachable, look, condition)


def _judge(health: PayerHealth) -> tuple[str, str]:
    if any(route.breaker == FAILING for route in health.routes):
        return (
            "caution",
            "is failing now: the answer may have to wait; nothing follows from that for the coverage",
        )
    window = next((each for each in health.windows if each.is_enough), None)
    if window is None or window.success_rate is None:
        return "unknown", "few calls lately, so nothing is known of how it does"
    return _judge_window(window, window.success_rate)


def _judge_window(window: CallWindow, rate: Decimal) -> tuple[str, str]:
    speed = f", half of them within {window.p50:.1f} s" if window.p50 is not None else ""
    answered = (
        f"answered {percent(round(rate, 2))} of {window.calls} calls in {how_long(window.length)}{speed}"
    )
    return ("go" if rate >= POOR else "caution"), answered
