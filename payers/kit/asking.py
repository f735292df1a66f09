"""How a program puts its questions: the first by the search ladder, the others together, one coverage of all.

What a program decides itself is which questions there are, and how a patient not found is searched for.
"""

from calendar import monthrange
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Executor, ThreadPoolExecutor
from dataclasses import replace
from datetime import date, timedelta, timezone
from functools import partial
from threading import Lock
from typing import ClassVar, Final

from payers.kit.deadline import Deadline
from payers.kit.ladder import LADDER, Climb, Ladder, climb
from payers.kit.merge import merge
from payers.kit.program import Destination
from payers.kit.round import Result, ask_together
from verifier.clock import Clock, SystemClock
from verifier.codes import procedures, service_types
from verifier.errors import PayerFault
from verifier.model.coverage import AnsweredBy, Coverage, PayerName, unknown_coverage
from verifier.model.coverage import Warning as Oddity
from verifier.model.inquiry import Facility, Inquiry
from verifier.model.question import Question
from verifier.model.verification import Answer, Attempt
from verifier.model.vocabulary import BenefitKind, CoverageStatus

# The last of the continental clocks: no payer sees a date of ours that it has not reached itself, and from
# three in the morning in the east, the hour from which payers may be asked at night, all have the same date.
PACIFIC: Final = timezone(timedelta(hours=-8))
DECIDING: Final = frozenset({BenefitKind.COPAY, BenefitKind.COINSURANCE, BenefitKind.NOT_COVERED})
LAST_BEHAVIORAL: Final = 7  # of the ranks of service types: psychotherapy; what follows is care in general
MOST_AT_ONCE: Final = 16  # questions of later rounds to one payer


class Asking:
    """Puts the questions of the program *name*, with threads of its own; close it after use."""

    def __init__(self, name: str, clock: Clock | None = None) -> None:
        """Take today's date from *clock*."""
        self._name = name
        self._clock = clock or SystemClock()
        self._lock = Lock()
        self._executors: dict[str, ThreadPoolExecutor] = {}  # one a payer, so that none waits for another's

    def choose_date(self, start: date) -> date:
        """Return the date to ask about for a program that starts on *start*."""
        return choose_date(start, self._clock.now().astimezone(PACIFIC).date())

    def ask(  # noqa: PLR0913 - the questions, and how they are put
        self,
        questions: Iterable[Question],
        start: date,
        destination: Destination,
        deadline: Deadline,
        ladder: Ladder = LADDER,
        *,
        enough: Callable[[Coverage], bool] | None = None,
    ) -> Answer:
        """Put *questions*, at least one, about a program that starts on *start*.

        A patient who is not found is searched for by *ladder*. Where the answer to the first question is
        *enough*, no other is put. A payer's fault is an answer of unknown coverage.

        Raises:
            BadInput: a question cannot be written on this wire.
            NotConfigured: the channel's settings cannot be used.
        """
        first, *others = questions
        search = climb(destination.channel, first, deadline, ladder)
        told = search.counts.coverage
        rest = (
            ()
            if told and enough and enough(told)
            else self._ask_others(search.counts, others, destination, deadline)
        )
        results = [search.counts, *map(search.vouch, rest)]
        day = first.date_of_service
        dates = [_note_date(start, day)] if day != start else []
        attempts = _list_attempts([*search.results, *results[1:]], dates)
        return Answer(_assemble(results, destination, [*dates, *_note_search(search)]), tuple(attempts))

    def ask_each_service(
        self, inquiry: Inquiry, facility: Facility, destination: Destination, deadline: Deadline
    ) -> Answer:
        """Put *inquiry* as it stands: a question for each service type worth asking, best first.

        Where the payer is known to answer one that reveals no addiction, that comes before all others, and
        they are put only if its answer says nothing of what the program costs.

        Raises:
            BadInput: a question cannot be written on this wire.
            NotConfigured: the channel's settings cannot be used.
        """
        start = inquiry.program.start_date
        questions = _write_questions(inquiry, facility, destination, self.choose_date(start))
        enough = partial(prices, inquiry) if destination.discreet_service_types else None
        return self.ask(questions, start, destination, deadline, enough=enough)

    def close(self) -> None:
        """End the threads, once what is under way is done."""
        for executor in self._executors.values():
            executor.shutdown(wait=False, cancel_futures=True)

    def _ask_others(
        self, first: Result, others: Sequence[Question], destination: Destination, deadline: Deadline
    ) -> Sequence[Result]:
        """Put the other questions about the person as the first one found them, if that is worth it."""
        if first.is_final or not others:
            return ()
        found = first.question
        same = [replace(each, subscriber=found.subscriber, patient=found.patient) for each in others]
        return ask_together(destination.channel, same, deadline, self._executor(destination.name))

    def _executor(self, payer: str) -> Executor:
        with self._lock:
            if payer not in self._executors:
                self._executors[payer] = ThreadPoolExecutor(MOST_AT_ONCE, thread_name_prefix=self._name)
            return self._executors[payer]


class AskingProgram:
    """What programs that ask payers have in common; the questions are one each service unless overridden."""

    name: ClassVar[str]

    def __init__(self, clock: Clock | None = None) -> None:
        """Take today's date from *clock*."""
        self._asking = Asking(self.name, clock)

    def ask(
        self, inquiry: Inquiry, facility: Facility, destination: Destination, deadline: Deadline
    ) -> Answer:
        """Put *inquiry* to *destination*; see `payers.kit.program.Program.ask`."""
        return self._asking.ask_each_service(inquiry, facility, destination, deadline)

    def close(self) -> None:
        """End the threads, once what is under way is done."""
        self._asking.close()


def choose_date(start: date, today: date) -> date:
    """Return the date to ask about: *start* where payers answer for it, else *today*.

    They answer from twelve months back to the end of the current month (CAQH CORE 154).
    """
    earliest = date(today.year - 1, today.month, min(today.day, monthrange(today.year - 1, today.month)[1]))
    latest = today.replace(day=monthrange(today.year, today.month)[1])
    return start if earliest <= start <= latest else today


def plan_services(inquiry: Inquiry, destination: Destination) -> tuple[tuple[str, ...], ...]:
    """List the service types of each question about *inquiry*, those worth asking for what it treats."""
    procedure = procedures.find(inquiry.program.code)
    return group_services(destination, service_types.plan_for(procedure.track if procedure else None))


def group_services(destination: Destination, usual: tuple[str, ...]) -> tuple[tuple[str, ...], ...]:
    """List the service types of each question: one each, unless the payer answers several at once.

    They are those the directory names for the payer, else the program's *usual* ones; before them, in
    questions of their own, those by which the payer is known to answer without being told of addiction.
    """
    first = destination.discreet_service_types
    codes = tuple(code for code in destination.service_types or usual if code not in first)
    return tuple(
        group
        for each in (first, codes)
        if each
        for group in ([each] if destination.multiple_service_types else [(code,) for code in each])
    )


def prices(inquiry: Inquiry, coverage: Coverage) -> bool:
    """Tell whether *coverage* says what the program of *inquiry* costs, or that it is not covered."""
    procedure = procedures.find(inquiry.program.code)
    track = procedure.track if procedure else None
    ranks = (
        service_types.rank(code, track)
        for benefit in coverage.benefits
        if benefit.kind in DECIDING
        for code in benefit.services
    )
    return any(rank is not None and rank <= LAST_BEHAVIORAL for rank in ranks)


def _write_questions(
    inquiry: Inquiry, facility: Facility, destination: Destination, day: date
) -> Iterator[Question]:
    for codes in plan_services(inquiry, destination):
        yield Question(
            payer_name=destination.name,
            payer_id=destination.payer_id,
            provider=facility,
            subscriber=inquiry.member,
            patient=inquiry.patient,
            date_of_service=day,
            service_types=codes,
        )


def _assemble(results: Sequence[Result], destination: Destination, notes: Sequence[Oddity]) -> Coverage:
    answers = [_name_answerer(result.coverage, destination) for result in results if result.coverage]
    asked = tuple(code for result in results for code in result.question.service_types)
    whole = merge(answers) if answers else _explain(results[0].fault, destination)
    named = {code for benefit in whole.benefits for code in benefit.services}
    return replace(
        whole,
        asked=asked,
        answered=tuple(code for code in asked if code in named),
        warnings=(*whole.warnings, *_list_unanswered(results), *notes),
    )


def _name_answerer(coverage: Coverage, destination: Destination) -> Coverage:
    payer = coverage.payer.name or destination.name
    return replace(coverage, answered_by=(AnsweredBy(payer, destination.channel.name),))


def _explain(fault: PayerFault | None, destination: Destination) -> Coverage:
    """Say in words that nobody could say: a payer's fault is no answer, least of all a no."""
    words = fault or PayerFault("The payer gave no answer.")
    warning = Oddity(
        words.code.upper(), f"{words.title}. {words.detail} This says nothing about the coverage."
    )
    return unknown_coverage(warning, payer=PayerName(destination.name))


def _list_unanswered(results: Sequence[Result]) -> Iterator[Oddity]:
    for result in results[1:]:
        if result.coverage is None or result.coverage.status in {
            CoverageStatus.REJECTED,
            CoverageStatus.UNKNOWN,
        }:
            names = ", ".join(service_types.name_of(code) or code for code in result.question.service_types)
            yield Oddity(
                "SERVICE_TYPE_NOT_ANSWERED",
                f"The payer did not answer for {names}: {result.attempt.detail or result.attempt.outcome}",
            )


def _note_date(start: date, day: date) -> Oddity:
    return Oddity(
        "DATE_OF_SERVICE_MOVED",
        f"Payers answer from twelve months back to the end of this month; "
        f"the program starts on {start.isoformat()}, so coverage on {day.isoformat()} was asked for.",
    )


def _note_search(search: Climb) -> Iterator[Oddity]:
    if search.found:
        yield Oddity(
            "FOUND_BY_SEARCH",
            "The payer did not find the patient as given, only in other words; see the attempts, and correct "
            "the record by the card.",
        )
    elif len(search.results) > 1:
        yield Oddity(
            "SEARCHED_IN_VAIN",
            f"The payer did not find the patient, in {len(search.results)} questions in different words.",
        )


def _list_attempts(results: Sequence[Result], notes: Sequence[Oddity]) -> Iterator[Attempt]:
    for result in results:
        words = [result.attempt.detail, *(note.code.lower().replace("_", " ") for note in notes)]
        yield replace(result.attempt, detail="; ".join(word for word in words if word) or None)
