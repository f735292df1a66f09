"""`Spans`: where it is told what was done for a request and how long it took, for whoever traces requests.

What is told holds templates of addresses, payers of the directory, wires, outcomes and our own random ids; of
the people a request is about it holds nothing.
"""

from collections.abc import Mapping
from typing import Protocol

from verifier.answering.acting import who_acts
from verifier.calls import CallLog
from verifier.model.health import PayerHealth
from verifier.model.verification import Outcome

Facts = Mapping[str, str | int]


class Spans(Protocol):
    """Takes what was just done."""

    def tell(self, name: str, seconds: float, *, request_id: str, facts: Facts) -> None:
        """Tell that *name* took *seconds* until now, as a part of a request; never fails."""
        ...


class NoSpans:
    """Tells nobody."""

    def tell(self, name: str, seconds: float, *, request_id: str, facts: Facts) -> None:
        """Tell nobody."""


class TracedCalls:
    """Calls to payers, counted by another log and told as spans; fulfils `verifier.calls.CallLog`."""

    def __init__(self, calls: CallLog, spans: Spans) -> None:
        """Count in *calls*."""
        self._calls = calls
        self._spans = spans

    def record(self, payer: str, route: str, outcome: Outcome, seconds: float) -> None:
        """Count a call and tell it."""
        self._calls.record(payer, route, outcome, seconds)
        facts = {"verifier.payer": payer, "verifier.channel": route, "verifier.outcome": outcome.value}
        self._spans.tell("payer call", seconds, request_id=who_acts().request_id, facts=facts)

    def health(self, payer: str) -> PayerHealth:
        """Tell how calls to *payer* went."""
        return self._calls.health(payer)
