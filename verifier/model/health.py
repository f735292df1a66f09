"""`PayerHealth`: how calls to a payer went lately, by what this service saw itself."""

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Final

LEAST_CALLS: Final = 10  # fewer say nothing of a payer


@dataclass(frozen=True, slots=True)
class CallWindow:
    """The calls of the time *length* before now; rates and seconds are ``None`` below `LEAST_CALLS`.

    A success is an answer, be it a refusal; *unavailable_rate* counts payers that said they cannot respond
    (AAA 42, 79, 80). *p50* and *p95* are seconds to within a quarter.
    """

    length: timedelta
    calls: int
    success_rate: Decimal | None = None
    unavailable_rate: Decimal | None = None
    p50: float | None = None
    p95: float | None = None

    @property
    def is_enough(self) -> bool:
        """Tell whether there were calls enough to tell."""
        return self.calls >= LEAST_CALLS


@dataclass(frozen=True, slots=True)
class RouteHealth:
    """How calls over one route went, by length of time."""

    route: str
    windows: tuple[CallWindow, ...]
    breaker: str | None = None  # closed, open, half_open


@dataclass(frozen=True, slots=True)
class PayerHealth:
    """How calls to a payer went, over all its routes and over each."""

    payer: str
    windows: tuple[CallWindow, ...]
    routes: tuple[RouteHealth, ...] = ()
