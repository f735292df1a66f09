"""A channel for work that may be begun twice: one question at a time, each under a trace that stays the same.

The trace is made of the reference (`verifier.reference`) and of what is asked, so that a question put again
after its asker died is known by its trace. What the payer answered is remembered for a while, sealed: whoever
takes the work over is given those answers, and only the question that was under way is put a second time.
"""

import json
from dataclasses import asdict, dataclass, replace
from datetime import timedelta
from hashlib import sha256
from threading import Lock
from typing import Final

from payers.kit.channel import Channel
from payers.kit.deadline import Deadline
from verifier.clock import Clock
from verifier.errors import PayerTimeout
from verifier.model.coverage import Coverage
from verifier.model.question import Question
from verifier.model.verification import Answer
from verifier.ports import CoverageCache, Snapshot

KEPT: Final = timedelta(minutes=30)
TRACE_DIGITS: Final = 32  # as those of a random one


@dataclass(frozen=True, slots=True)
class Memory:
    """Where answers are remembered; *turn* lets one question out at a time."""

    cache: CoverageCache
    clock: Clock
    turn: Lock


class ReferencedChannel:
    """A channel whose questions go out under *reference*."""

    def __init__(self, channel: Channel, reference: str, memory: Memory) -> None:
        """Ask over *channel*."""
        self.name = channel.name
        self._channel = channel
        self._reference = reference
        self._memory = memory

    def ask(self, question: Question, deadline: Deadline) -> Coverage:
        """Put *question*, unless its answer is remembered; see `payers.kit.channel.Channel.ask`.

        Raises:
            PayerTimeout: the questions before it took all the time there was; it was not put.
        """
        traced = replace(question, trace=self.trace(question))
        if not self._memory.turn.acquire(timeout=deadline.left):
            raise PayerTimeout("There was no time left to ask this.")
        try:
            return self._ask_once(traced, deadline)
        finally:
            self._memory.turn.release()

    def trace(self, question: Question) -> str:
        """Make the trace: a hash, so that nothing of whoever is asked about can be read from it."""
        parts = json.dumps(asdict(question) | {"trace": ""}, default=str, sort_keys=True)
        return sha256(f"{self._reference}\0{parts}".encode()).hexdigest()[:TRACE_DIGITS].upper()

    def _ask_once(self, question: Question, deadline: Deadline) -> Coverage:
        memory, name = self._memory, f"answer {self._reference} {question.trace}"
        if remembered := memory.cache.get(name):
            return remembered.answer.coverage
        coverage = self._channel.ask(question, deadline)
        memory.cache.put(name, Snapshot(Answer(coverage), memory.clock.now()), keep=KEPT)
        return coverage
