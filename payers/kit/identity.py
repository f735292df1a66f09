"""Whether a reply answers our question: an answer about another patient is a disclosure, not an answer.

Two kinds of evidence. The trace (TRN02, or BHT03) comes back with the reply of its question; a payer that
returns traces, but not ours, answers somebody else. And the person must be the one asked about, trace or no
trace. Payers correct what they are told - a maiden name, a nickname, a suffix of the member id - so one
difference makes no stranger; but nobody has another birth date.
"""

import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date
from enum import Enum
from typing import Final, NamedTuple

from payers.x12.names import strip_titles
from verifier.model.coverage import Coverage, CoveredPerson
from verifier.model.inquiry import Patient, Relationship
from verifier.model.question import Question
from verifier.model.vocabulary import CoverageStatus

SHORTEST_NAME: Final = 3  # a shorter beginning of a name proves nothing
SHORTEST_ID: Final = 6
OLDEST: Final = date(1900, 1, 1)  # payers write 10010101 and the like for "not known"
SILENT: Final = frozenset({CoverageStatus.REJECTED, CoverageStatus.UNKNOWN})


class Match(Enum):
    """How something in the reply compares with what was asked."""

    SAME = "same"
    CUT = "cut"  # one is the beginning of the other
    OTHER = "other"
    ABSENT = "absent"  # one of the two sides does not say


class Likeness(NamedTuple):
    """How a person of the reply compares with the patient asked about."""

    id: Match
    birth_date: Match
    last_name: Match
    first_name: Match


def answers(coverage: Coverage, question: Question) -> bool:
    """Tell whether *coverage* is about the patient of *question* and, as far as one can tell, answers it."""
    trace = _match_trace(coverage, question.trace)
    if trace is Match.OTHER:
        return False
    person = coverage.patient or coverage.subscriber
    if person is None:  # a refusal that names nobody tells nothing about anybody
        return trace is Match.SAME or coverage.status in SILENT
    known = [_compare(person, coverage.subscriber, each) for each in _list_people(coverage, question)]
    return any(not _is_stranger(each) and (trace is Match.SAME or _is_certain(each)) for each in known)


def is_same_person(coverage: Coverage, question: Question) -> bool:
    """Tell whether *coverage* is beyond doubt about the patient of *question*, whom other words found.

    The birth date, the first name, and the id or the last name have to be there and be the same: twins share
    birth date, last name and often the id; cousins share names.
    """
    person = coverage.patient or coverage.subscriber
    if person is None:
        return False
    likeness = _compare(person, coverage.subscriber, question)
    known = (likeness.birth_date, likeness.first_name)
    return set(known) == {Match.SAME} and Match.SAME in {likeness.id, likeness.last_name}


def _match_trace(coverage: Coverage, trace: str) -> Match:
    known = {_plain(number) for number in (*coverage.trace.numbers, coverage.trace.reference or "")}
    if _plain(trace) in known:
        return Match.SAME
    # a foreign BHT03 alone says nothing: many payers number their replies themselves
    return Match.OTHER if coverage.trace.numbers else Match.ABSENT


def _list_people(coverage: Coverage, question: Question) -> Iterator[Question]:
    """List whom the reply may name: the patient or, where it refuses the subscriber, the subscriber alone."""
    yield question
    if coverage.status is CoverageStatus.REJECTED and question.patient.relationship is not Relationship.SELF:
        yield replace(question, patient=Patient())


def _is_stranger(likeness: Likeness) -> bool:
    names = (likeness.last_name, likeness.first_name)
    if likeness.birth_date is Match.OTHER:
        return True
    if likeness.birth_date is Match.SAME:  # with another id, nothing else may differ: many share a birth date
        same = Match.SAME in names and not {Match.OTHER, Match.CUT}.intersection(names)
        return likeness.id is Match.OTHER and not same
    return likeness.id is Match.OTHER or names == (Match.OTHER, Match.OTHER)


def _is_certain(likeness: Likeness) -> bool:
    """Tell whether the person alone, without a trace, is proof enough: the id, and who of its holders."""
    identified = (Match.SAME, Match.ABSENT) if likeness.birth_date is Match.SAME else (Match.SAME,)
    named = likeness.last_name in {Match.SAME, Match.CUT} or likeness.birth_date is Match.SAME
    return likeness.id in identified and named and likeness.first_name is not Match.OTHER


def _compare(person: CoveredPerson, subscriber: CoveredPerson | None, question: Question) -> Likeness:
    asked = question.subscriber if question.patient.relationship is Relationship.SELF else question.patient
    ids = tuple(each.id for each in (person, subscriber) if each and each.id)
    return Likeness(
        id=_match_ids(ids, question.subscriber.id),
        birth_date=_match_dates(person.birth_date, asked.birth_date),
        last_name=_match_names(strip_titles(person.last_name or ""), strip_titles(asked.last_name or "")),
        first_name=_match_names(person.first_name, asked.first_name),
    )


def _match_ids(given: Iterable[str], asked: str | None) -> Match:
    ours = _plain(asked)
    theirs = [_plain(each) for each in given]
    if not ours or not theirs:
        return Match.ABSENT
    return Match.SAME if any(_is_same_id(each, ours) for each in theirs) else Match.OTHER


def _is_same_id(one: str, other: str) -> bool:
    """Allow for a person's suffix (-01) or a plan's prefix that only one side writes."""
    short, long = sorted((one, other), key=len)
    return one == other or (len(short) >= SHORTEST_ID and (long.startswith(short) or long.endswith(short)))


def _match_names(given: str | None, asked: str | None) -> Match:
    short, long = sorted((_plain(given), _plain(asked)), key=len)
    if not short:
        return Match.ABSENT
    cut_off = len(short) >= SHORTEST_NAME and long.startswith(short)
    if short == long:
        return Match.SAME
    return Match.CUT if cut_off else Match.OTHER


def _match_dates(given: date | None, asked: date | None) -> Match:
    if given is None or asked is None or given < OLDEST:
        return Match.ABSENT
    return Match.SAME if given == asked else Match.OTHER


def _plain(text: str | None) -> str:
    return "".join(_letters(text or ""))


def _letters(text: str) -> Iterator[str]:
    for letter in unicodedata.normalize("NFKD", text).upper():
        if letter.isalnum():
            yield letter
