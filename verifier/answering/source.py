"""`CoverageSource`: where coverage comes from: the cache, the payer, or an older answer when the payer fails.

However many ask the same question at one time, in however many processes, one of them asks the payer and
the others get that answer, whatever it is. The answer reaches the other processes through the cache, a
fault too, for a few seconds. Should the leader die, its lease ends when the payer's deadline is over and not
before: its question may have been sent and paid for.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import partial
from typing import Final

from verifier.answering.flights import Flights
from verifier.answering.freshness import Life, describe_age, explain_fault
from verifier.answering.identity import name_question
from verifier.clock import Clock
from verifier.model.inquiry import Facility, Inquiry
from verifier.model.verification import Answer, Attempt, Exchange, Freshness, Origin
from verifier.ports import CoverageCache, PayerGateway, Snapshot

HANDOVER: Final = timedelta(seconds=10)
LEASE_MARGIN: Final = 5.0  # seconds past the payer's deadline, for storing the answer
MOST_LEADERS: Final = 3  # after so many leaders that left no answer, ask without one

Hold = Callable[[Inquiry, Facility], Answer | None]


@dataclass(frozen=True, slots=True)
class Found:
    """A payer's answer, how fresh it is, the calls made for it now, and what this caller sent and got."""

    snapshot: Snapshot
    freshness: Freshness
    attempts: tuple[Attempt, ...] = ()
    exchanges: tuple[Exchange, ...] = field(default=(), repr=False)


@dataclass(frozen=True, slots=True)
class Question:
    """An inquiry with everything needed to ask it."""

    inquiry: Inquiry
    facility: Facility

    @property
    def name(self) -> str:
        """Name what the answer depends on; see `name_question`."""
        return name_question(self.inquiry, self.facility)


class CoverageSource:
    """Finds the coverage for an inquiry with as few calls to payers as can be."""

    def __init__(  # noqa: PLR0913 - what it stands on, each by name
        self,
        gateway: PayerGateway,
        cache: CoverageCache,
        clock: Clock,
        *,
        life: Life,
        deadline: float,
        hold: Hold | None = None,
    ) -> None:
        """Ask through *gateway* within *deadline* seconds; keep answers for their *life*.

        *hold* gives the answer for a payer to which nothing may be sent just now.
        """
        self._gateway = gateway
        self._cache = cache
        self._clock = clock
        self._life = life
        self._deadline = deadline
        self._lease = deadline + LEASE_MARGIN
        self._hold = hold
        self._flights: Flights[Found] = Flights()

    def find_fresh(self, question: Question) -> Found | None:
        """Return an answer from the cache that is young enough for this inquiry."""
        kept, now = self._cache.get(question.name), self._clock.now()
        if kept is None or not self._life.is_fresh(kept, now, question.inquiry.max_age):
            return None
        return Found(kept, describe_age(kept, now, Origin.CACHE))

    def find_older(self, question: Question, reason: str) -> Found | None:
        """Return an answer from the cache that is better than none, marked stale for *reason*."""
        kept, now = self._cache.get(question.name), self._clock.now()
        if kept is None or not self._life.is_better_than_nothing(kept, now):
            return None
        return Found(kept, describe_age(kept, now, Origin.STALE, reason))

    def find_held(self, question: Question) -> Found | None:
        """Return what is known while nothing may be sent to the payer; ``None`` when it can be asked."""
        answer = self._hold(question.inquiry, question.facility) if self._hold else None
        return self._prefer_older(question, Snapshot(answer, self._clock.now())) if answer else None

    def find(self, question: Question, *, refresh: bool = False) -> Found:
        """Return the coverage: from the cache unless *refresh*, else from the payer.

        A payer's fault gives an older answer marked stale, or else coverage that is unknown. Of those who
        share an answer, only the one who asked the payer is given what went over the wire.

        Raises:
            VerifierError: what `verifier.ports.PayerGateway` raises.
            PayerTimeout: somebody else's identical question is not answered in time.
        """
        asked_at, moment = self._flights.now(), self._clock.now()
        if not refresh and (found := self.find_fresh(question)):
            return found
        mine: list[Exchange] = []
        found = self._flights.share(
            question.name,
            partial(self._ask, question, moment, mine.extend),
            asked_at=asked_at,
            patience=MOST_LEADERS * self._lease,
        )
        return replace(found, exchanges=tuple(mine))

    def _ask(self, question: Question, moment: datetime, take: Callable[[Sequence[Exchange]], None]) -> Found:
        snapshot = self._ask_once(question, moment)
        take(snapshot.answer.exchanges)  # none in one that another process left in the cache
        return self._prefer_older(question, snapshot)

    def _prefer_older(self, question: Question, snapshot: Snapshot) -> Found:
        answer = snapshot.answer
        older = self.find_older(question, explain_fault(answer)) if answer.is_fault else None
        if older:
            return Found(older.snapshot, older.freshness, answer.attempts)
        return Found(snapshot, describe_age(snapshot, self._clock.now(), Origin.LIVE), answer.attempts)

    def _ask_once(self, question: Question, moment: datetime) -> Snapshot:
        """Ask as the one process that leads, or take over what the leader brings."""
        name, handed_over = question.name, f"handover {question.name}"
        for _ in range(MOST_LEADERS):
            with self._cache.leading(name, lease=self._lease) as leads:
                if leads:
                    brought = self._cache.get(handed_over)  # by a leader that was faster than this thread
                    return brought if brought and brought.as_of > moment else self._ask_payer(question)
            self._cache.wait(name, seconds=self._lease)
            if brought := self._cache.get(handed_over):
                return brought
        return self._ask_payer(question)

    def _ask_payer(self, question: Question) -> Snapshot:
        answer = self._gateway.ask(question.inquiry, question.facility, deadline=self._deadline)
        snapshot = Snapshot(answer, self._clock.now())
        if keep := self._life.keep_for(answer):
            self._cache.put(question.name, snapshot, keep=keep)
        self._cache.put(f"handover {question.name}", snapshot, keep=HANDOVER)
        return snapshot
