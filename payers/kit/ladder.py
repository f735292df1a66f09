"""The search ladder: a patient whom a payer does not find is asked about in other words, up to four in all.

Member id, birth date and name; then without the name; then the name in other spellings; then as the
subscriber instead of the dependent, or the other way round. Which steps make sense is in the payer's own
reject codes, and a wrong birth date makes none: whoever is found has to have it. What a step finds counts
only if it is beyond doubt the patient first asked about.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Final, NamedTuple

from payers.kit.channel import Channel
from payers.kit.deadline import Deadline
from payers.kit.identity import is_same_person
from payers.kit.retry import Action, judge_rejection
from payers.kit.round import Result, ask
from payers.x12.names import list_spellings
from verifier.errors import BadReply
from verifier.model.coverage import Coverage
from verifier.model.inquiry import Member, Patient, Relationship
from verifier.model.question import Question
from verifier.model.verification import Outcome
from verifier.model.vocabulary import CoverageStatus, RejectionClass

MOST_QUESTIONS: Final = 4
SPELLINGS: Final = 2
DOUBT: Final = "The answer is not beyond doubt about the patient and was left out."


class Step(NamedTuple):
    """A question in other words, and which."""

    question: Question
    words: str


@dataclass(frozen=True, slots=True)
class Climb:
    """Every question put, in order, and the one whose result counts."""

    results: tuple[Result, ...]
    counts: Result

    @property
    def found(self) -> bool:
        """Tell whether only other words found the patient."""
        return self.counts is self.results[-1] and len(self.results) > 1

    def vouch(self, result: Result) -> Result:
        """Return the *result* of a further question about the patient found, or a fault for a stranger's."""
        asked = self.results[0].question
        if not self.found or not _is_answer(result.coverage) or _is_found(result.coverage, asked):
            return result
        fault = BadReply(DOUBT)
        attempt = replace(result.attempt, outcome=Outcome.BAD_REPLY, detail=DOUBT)
        return replace(result, attempt=attempt, coverage=None, fault=fault)


def climb(channel: Channel, question: Question, deadline: Deadline, ladder: "Ladder | None" = None) -> Climb:
    """Put *question*, and search by *ladder* while the payer does not find the patient and there is time.

    Where no step finds the patient, the answer to the first question counts.

    Raises:
        BadInput: the question cannot be written on this wire.
        NotConfigured: the channel's settings cannot be used.
    """
    ladder = ladder or LADDER
    results = [ask(channel, question, deadline)]
    for step in ladder.list_steps(question, results[0].coverage):
        if deadline.passed:
            break
        result = _take(channel, step, deadline)
        if ladder.is_not_found(result.coverage):
            results.append(result)
            continue
        found = _is_found(result.coverage, question)
        results.append(result if found or not _is_answer(result.coverage) else _doubt(result))
        return Climb(tuple(results), result if found else results[0])
    return Climb(tuple(results), results[0])


def list_steps(question: Question, coverage: Coverage | None) -> list[Step]:
    """List the further questions that the refusal in *coverage* leaves sensible, at most three."""
    patient = _patient(question)
    certain = patient.birth_date and patient.first_name  # or whoever is found could not be told from a twin
    if coverage is None or not is_not_found(coverage) or not certain:
        return []
    codes = {rejection.code for rejection in coverage.rejections}
    steps = list(_write_steps(question, [way for way, where in WAYS.items() if codes & where]))
    return steps if len(steps) < MOST_QUESTIONS else [*steps[: MOST_QUESTIONS - 2], steps[-1]]


def is_not_found(coverage: Coverage | None) -> bool:
    """Tell whether a payer refused for the member's sake, and other words are allowed by every refusal."""
    if coverage is None or coverage.status is not CoverageStatus.REJECTED:
        return False
    return bool(coverage.rejections) and all(
        rejection.category is RejectionClass.MEMBER and judge_rejection(rejection).action is Action.SEARCH
        for rejection in coverage.rejections
    )


def _take(channel: Channel, step: Step, deadline: Deadline) -> Result:
    result = ask(channel, step.question, deadline)
    words = f"{step.words}: {result.attempt.detail}" if result.attempt.detail else step.words
    return replace(result, attempt=replace(result.attempt, detail=words))


def _is_answer(coverage: Coverage | None) -> bool:
    return coverage is not None and coverage.status in {CoverageStatus.ACTIVE, CoverageStatus.INACTIVE}


def _is_found(coverage: Coverage | None, question: Question) -> bool:
    return coverage is not None and _is_answer(coverage) and is_same_person(coverage, question)


def _doubt(result: Result) -> Result:
    detail = f"{result.attempt.detail}: {DOUBT[0].lower()}{DOUBT[1:]}"
    return replace(result, attempt=replace(result.attempt, detail=detail))


def _write_steps(question: Question, ways: list["Way"]) -> Iterator[Step]:
    known = [question]
    for way in ways:
        for step in way(question):
            if step.question not in known:
                known.append(step.question)
                yield step


def _is_dependent(question: Question) -> bool:
    return question.patient.relationship is not Relationship.SELF


def _patient(question: Question) -> Member | Patient:
    return question.patient if _is_dependent(question) else question.subscriber


def _rename(question: Question, **names: str | None) -> Question:
    if _is_dependent(question):
        return replace(question, patient=replace(question.patient, **names))  # type: ignore[arg-type]
    return replace(question, subscriber=replace(question.subscriber, **names))  # type: ignore[arg-type]


def _leave_out_sex(question: Question) -> Iterator[Step]:
    without = replace(
        question,
        subscriber=replace(question.subscriber, sex=None),
        patient=replace(question.patient, sex=None),
    )
    yield Step(without, "asked again without the sex")


def _leave_out_group(question: Question) -> Iterator[Step]:
    without = replace(question, subscriber=replace(question.subscriber, group_number=None))
    yield Step(without, "asked again without the group number")


def _leave_out_name(question: Question) -> Iterator[Step]:
    """Ask by member id and birth date; a dependent is always named, its subscriber need not be."""
    if question.subscriber.id:
        nameless = replace(question.subscriber, last_name="", first_name=None, middle_name=None, suffix=None)
        yield Step(replace(question, subscriber=nameless), "asked again by member id, without the name")


def _spell_otherwise(question: Question) -> Iterator[Step]:
    """Vary the last name; without an id to hold on to, only in ways that leave it the same name."""
    person = _patient(question)
    if person.suffix or person.middle_name:
        plain = _rename(question, suffix=None, middle_name=None)
        yield Step(plain, "asked again without suffix and middle name")
    spellings = list_spellings(person.last_name or "")
    for spelling in spellings[: SPELLINGS if question.subscriber.id else 1]:
        other = _rename(question, last_name=spelling, suffix=None, middle_name=None)
        yield Step(other, "asked again with another spelling of the last name")


def _change_places(question: Question) -> Iterator[Step]:
    """Ask for a dependent as the subscriber, or for a subscriber as a dependent of whoever holds the id."""
    member, patient = question.subscriber, question.patient
    if _is_dependent(question):
        alone = Member(
            patient.last_name or "", patient.birth_date, patient.first_name, member.id, sex=patient.sex
        )
        swapped = replace(question, subscriber=alone, patient=Patient())
        yield Step(swapped, "asked again as the subscriber")
    elif member.id and member.first_name and member.last_name:
        as_dependent = Patient(
            Relationship.OTHER,
            member.first_name,
            member.last_name,
            birth_date=member.birth_date,
            sex=member.sex,
        )
        holder = Member("", None, id=member.id)
        swapped = replace(question, subscriber=holder, patient=as_dependent)
        yield Step(swapped, "asked again as a dependent of the member")


@dataclass(frozen=True, slots=True)
class Ladder:
    """How a payer's patients are searched for: when a refusal asks for it, and in which other words."""

    list_steps: Callable[[Question, Coverage | None], Sequence[Step]] = list_steps
    is_not_found: Callable[[Coverage | None], bool] = is_not_found


LADDER: Final = Ladder()
Way = Callable[[Question], Iterator[Step]]
NAME: Final = frozenset({"65", "73"})
UNKNOWN: Final = frozenset({"67", "75", None})  # ``None``: not found, in words only
# in this order; each for the reject codes (AAA03) after which it makes sense
WAYS: Final[Mapping[Way, frozenset[str | None]]] = MappingProxyType(
    {
        _leave_out_sex: frozenset({"66", "74"}),
        _leave_out_group: frozenset({"78"}),
        _leave_out_name: NAME | UNKNOWN,
        _spell_otherwise: NAME | UNKNOWN | {"77"},
        _change_places: UNKNOWN | {"64", "68", "72", "76", "77"},
    }
)
