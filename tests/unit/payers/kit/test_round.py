"""How a call that ended in a payer's fault is told."""

import pytest

from payers.kit import round as rounds
from payers.kit.deadline import Deadline
from payers.kit.http import refuse
from verifier.errors import AskedTooSoon, BadReply, PayerFault, PayerHeld, PayerTimeout, PayerUnreachable
from verifier.model.verification import Outcome
from verifier.testing.people import QUESTION
from verifier.testing.program_contract import ScriptedChannel


@pytest.mark.parametrize(
    ("fault", "outcome"),
    [
        (refuse(400), Outcome.REFUSED),
        (refuse(401), Outcome.REFUSED),
        (refuse(404), Outcome.REFUSED),
        (refuse(408), Outcome.UNAVAILABLE),
        (refuse(429), Outcome.THROTTLED),
        (refuse(500), Outcome.UNAVAILABLE),
        (refuse(503), Outcome.UNAVAILABLE),
        (PayerFault("Who knows."), Outcome.UNAVAILABLE),
        (PayerTimeout("No answer."), Outcome.TIMEOUT),
        (PayerUnreachable("No connection."), Outcome.UNREACHABLE),
        (PayerHeld("Not now."), Outcome.HELD),
        (AskedTooSoon("Not yet."), Outcome.HELD),
        (BadReply("Garbled."), Outcome.BAD_REPLY),
    ],
    ids=lambda given: given.detail if isinstance(given, PayerFault) else f"{given}",
)
def test_a_fault_is_told_by_what_the_payer_meant(fault: PayerFault, outcome: Outcome) -> None:
    result = rounds.ask(ScriptedChannel(fault), QUESTION, Deadline.after(5))

    assert (result.attempt.outcome, result.attempt.detail) == (outcome, fault.detail)
