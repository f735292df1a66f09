"""How a TRICARE patient is asked about: by whose identifier, in which place of the question.

With the sponsor's social security number or DoD ID the sponsor is the subscriber and a family member the
dependent; with the eleven digits of a DoD benefits number (DBN) the patient is the subscriber. What a
contractor takes is not published, so a refusal is answered with the other kinds and places. The number is
written as the member id (NM109): 005010X279A1 keeps REF*SY from federally administered programs.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date
from enum import StrEnum
from functools import partial
from types import MappingProxyType
from typing import Final, NamedTuple

from payers.kit import ladder
from payers.kit.asking import group_services
from payers.kit.ladder import MOST_QUESTIONS, Ladder, Step
from payers.kit.program import Destination
from verifier.errors import BadInput
from verifier.model.coverage import Coverage
from verifier.model.inquiry import Facility, Inquiry, Member, Patient, Relationship
from verifier.model.question import Question
from verifier.model.vocabulary import CoverageStatus, RejectionClass, Retry

SERVICES: Final = ("30",)  # only general answers are to be expected; whatever else comes is read too
RETRIED: Final = frozenset({"71", "72", "73", "75"})  # AAA03 after which the other words are tried
FORM: Final = "must be the sponsor's social security number (9 digits), a DoD ID (10) or a DBN (11)"


class Kind(StrEnum):
    """The kinds of identifier, by what they are called."""

    SSN = "social security number"
    DOD_ID = "DoD ID"
    DBN = "DoD benefits number"


LENGTHS: Final[Mapping[int, Kind]] = MappingProxyType({9: Kind.SSN, 10: Kind.DOD_ID, 11: Kind.DBN})


class Identifier(NamedTuple):
    """One number and its kind."""

    kind: Kind
    number: str

    @property
    def names_patient(self) -> bool:
        """Tell whether it is the patient's own, so that the patient is the subscriber."""
        return self.kind is Kind.DBN


def write_questions(
    inquiry: Inquiry, facility: Facility, destination: Destination, day: date
) -> tuple[Question, ...]:
    """Write the questions, by the first identifier there is.

    Raises:
        BadInput: there is none, or one is no identifier TRICARE has.
    """
    way = _list_ways(inquiry)[0]
    return tuple(
        way.write(
            Question(
                destination.name,
                destination.payer_id,
                facility,
                inquiry.member,
                inquiry.patient,
                day,
                codes,
            )
        )
        for codes in group_services(destination, SERVICES)
    )


def build_ladder(inquiry: Inquiry) -> Ladder:
    """Build the ladder by which *inquiry*'s patient is searched for."""
    return Ladder(partial(_list_steps, inquiry), is_not_found)


def is_not_found(coverage: Coverage | None) -> bool:
    """Tell whether the refusal may be one of the identifier; a wrong birth date is often another's."""
    if coverage is None or coverage.status is not CoverageStatus.REJECTED:
        return False
    codes = {rejection.code for rejection in coverage.rejections}
    allowed = all(
        rejection.category is RejectionClass.MEMBER and rejection.retry is not Retry.NEVER
        for rejection in coverage.rejections
    )
    return (bool(codes) and allowed and codes <= RETRIED) or ladder.is_not_found(coverage)


class _Way(NamedTuple):
    """An identifier and a place: who stands in the question as the subscriber."""

    identifier: Identifier
    by_patient: bool
    inquiry: Inquiry

    def write(self, question: Question) -> Question:
        """Put the people into *question*."""
        member, patient = self.inquiry.member, self.inquiry.patient
        number = self.identifier.number
        if not self.by_patient or patient.relationship is Relationship.SELF:
            sponsor = replace(member, id=number, ssn=None, group_number=None)
            return replace(question, subscriber=sponsor, patient=patient)
        alone = Member(
            patient.last_name or member.last_name,
            patient.birth_date,
            patient.first_name,
            number,
            middle_name=patient.middle_name,
            suffix=patient.suffix,
            sex=patient.sex,
        )
        return replace(question, subscriber=alone, patient=Patient())

    @property
    def words(self) -> str:
        """Say which it is, without the number."""
        place = "the patient" if self.by_patient else "the sponsor"
        return f"asked again by {self.identifier.kind}, with {place} as the subscriber"


def _list_ways(inquiry: Inquiry) -> list[_Way]:
    """List every identifier in the place that suits its kind, then each in the other place."""
    known = _read_identifiers(inquiry)
    ways = [_Way(each, each.names_patient, inquiry) for each in known]
    if inquiry.patient.relationship is Relationship.SELF:
        return ways
    return [*ways, *(way._replace(by_patient=not way.by_patient) for way in ways)]


def _list_steps(inquiry: Inquiry, question: Question, coverage: Coverage | None) -> list[Step]:
    """List the further questions: other identifiers and places first, then the kit's own other words."""
    if not is_not_found(coverage):
        return []
    others = [Step(way.write(question), way.words) for way in _list_ways(inquiry)[1:]]
    usual = [step for step in ladder.list_steps(question, coverage) if step.question != question]
    known: dict[Question, Step] = {}
    for step in (*others, *usual):
        known.setdefault(step.question, step)
    return list(known.values())[: MOST_QUESTIONS - 1]


def _read_identifiers(inquiry: Inquiry) -> list[Identifier]:
    given = dict(_list_given(inquiry))
    if not given:
        raise BadInput("TRICARE finds nobody without an identifier.", {"/tricare/sponsor_id": FORM})
    errors = {pointer: FORM for pointer, number in given.items() if _read_kind(number) is None}
    if errors:
        raise BadInput("This is no identifier that TRICARE knows.", errors)
    found = [Identifier(kind, number) for number in given.values() if (kind := _read_kind(number))]
    return list(dict.fromkeys(found))


def _list_given(inquiry: Inquiry) -> Iterator[tuple[str, str]]:
    sponsor = inquiry.tricare.sponsor_id if inquiry.tricare else None
    pairs = {
        "/tricare/sponsor_id": sponsor,
        "/member/id": inquiry.member.id,
        "/member/ssn": inquiry.member.ssn,
    }
    for pointer, number in pairs.items():
        if number:
            yield pointer, number.replace("-", "").replace(" ", "")


def _read_kind(number: str) -> Kind | None:
    return LENGTHS.get(len(number)) if number.isascii() and number.isdigit() else None
