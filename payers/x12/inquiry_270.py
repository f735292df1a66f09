"""The 270: one eligibility question about one patient, as 005010X279A1 wants it.

Each service type goes into an EQ segment of its own. The guide would also let EQ01 repeat within one segment,
but only where the payer is known to read that; the loop may stand 99 times and every payer reads it. BHT06
stays empty: its one value, RT, is for spend-down questions.
"""

import re
from collections.abc import Iterator
from typing import Final

from payers.x12.elements import Delimiters, Element, Entry, Kind, name_element
from payers.x12.names import strip_titles
from payers.x12.writer import (
    STANDARD,
    Control,
    Guide,
    Item,
    Segment,
    write_date,
    write_interchange,
    write_moment,
)
from verifier.errors import BadInput
from verifier.model.inquiry import Facility, Member, Patient, Relationship, Sex
from verifier.model.question import Question

GUIDE: Final = Guide("270", "HS", "005010X279A1")
MOST_SERVICES: Final = 99  # repetitions of loop 2110

ORGANIZATION: Final = name_element(60)  # NM103
LAST_NAME: Final = name_element(60, strip_titles)  # NM103
FIRST_NAME: Final = name_element(35)  # NM104
MIDDLE_NAME: Final = name_element(25)  # NM105
SUFFIX: Final = name_element(10)  # NM107
PAYER_ID: Final = Element(Kind.TEXT, 2, 80)  # NM109
MEMBER_ID: Final = Element(Kind.TEXT, 2, 80)  # NM109
NPI: Final = Element(Kind.TEXT, 10, 10, re.compile(r"\d{10}", re.ASCII))
NINE_DIGITS: Final = Element(Kind.TEXT, 9, 9, re.compile(r"\d{9}", re.ASCII))
GROUP_NUMBER: Final = Element(Kind.TEXT, 1, 50)  # REF02
TRACE: Final = Element(Kind.TEXT, 1, 50)  # TRN02, BHT03
ORIGINATOR: Final = Element(Kind.TEXT, 10, 10)  # TRN03
SERVICE_TYPE: Final = Element(Kind.CODE, 1, 2, re.compile(r"[A-Z0-9]{1,2}"))
PROCEDURE: Final = Element(Kind.CODE, 5, 5, re.compile(r"[A-Z0-9]{5}"))

RELATIONSHIPS: Final = {Relationship.SPOUSE: "01", Relationship.CHILD: "19", Relationship.OTHER: "34"}
SEXES: Final = {Sex.FEMALE: "F", Sex.MALE: "M"}  # DMG03 knows no others in a 270


def write(question: Question, control: Control, delimiters: Delimiters = STANDARD) -> str:
    """Write the whole interchange, from ISA to IEA, that puts *question*.

    The subscriber is found by member id, by social security number where there is no member id, or by first
    name, last name and birth date; a dependent has to have these three. Names are folded to ASCII,
    upper-cased, freed of titles and cut to their element; an id is written as it stands. The trace is TRN02
    at the patient's level, with *control*'s reference for want of one; the reference is BHT03.

    Raises:
        BadInput: something needed is missing, contradictory, or cannot be written; ``errors`` names every
            such field by its JSON pointer in an inquiry, and nothing of its value.
    """
    check(question)
    return write_interchange(GUIDE, list(_write_body(question, control)), control, delimiters)


def check(question: Question) -> None:
    """Refuse a question that lacks what a 270 needs, whoever writes the 270.

    Raises:
        BadInput: ``errors`` names every field that is missing or contradicts another.
    """
    errors = dict(_find_faults(question))
    if errors:
        raise BadInput("The question is not complete; give or correct the fields named.", errors)


def _find_faults(question: Question) -> Iterator[tuple[str, str]]:
    yield from _find_missing_keys(question.subscriber)
    people: list[tuple[str, Member | Patient]] = [("/member", question.subscriber)]
    if _is_dependent(question):
        people.append(("/patient", question.patient))
        yield from _find_missing("/patient", question.patient, "is needed to find a dependent")
    for pointer, person in people:
        if person.birth_date and person.birth_date > question.date_of_service:
            yield f"{pointer}/birth_date", "is after the date of service"
    if not 0 < len(question.service_types) + bool(question.procedure) <= MOST_SERVICES:
        yield "/service_types", f"must hold 1 to {MOST_SERVICES} service types"


def _find_missing_keys(subscriber: Member) -> Iterator[tuple[str, str]]:
    if subscriber.id or subscriber.ssn:
        return
    missing = dict(_find_missing("/member", subscriber, "is needed for want of a member id"))
    if missing:
        yield from ({"/member/id": "is needed, or a first name, last name and birth date"} | missing).items()


def _find_missing(pointer: str, person: Member | Patient, why: str) -> Iterator[tuple[str, str]]:
    for name in ("first_name", "last_name", "birth_date"):
        if not getattr(person, name):
            yield f"{pointer}/{name}", why


def _is_dependent(question: Question) -> bool:
    return question.patient.relationship is not Relationship.SELF


def _write_body(question: Question, control: Control) -> Iterator[Segment]:
    yield "BHT", "0022", "13", _write_reference(control.reference or question.trace), *write_moment(control)
    yield from _write_payer(question)
    yield from _write_provider(question.provider)
    yield from _write_subscriber(question, control)
    if _is_dependent(question):
        yield from _write_dependent(question, control)


def _write_reference(reference: str) -> Entry:
    return Entry(reference, TRACE, "/trace")


def _write_payer(question: Question) -> Iterator[Segment]:
    yield "HL", "1", None, "20", "1"
    name = Entry(question.payer_name, ORGANIZATION, "/payer/name")
    yield _write_name("PR", "2", name, "PI", Entry(question.payer_id, PAYER_ID, "/payer/id"))


def _write_provider(provider: Facility) -> Iterator[Segment]:
    yield "HL", "2", "1", "21", "1"
    name = Entry(provider.name, ORGANIZATION, "/facility/name")
    yield _write_name("1P", "2", name, "XX", Entry(provider.npi, NPI, "/facility/npi"))
    if provider.tax_id:
        yield "REF", "TJ", Entry(provider.tax_id.replace("-", ""), NINE_DIGITS, "/facility/tax_id")


def _write_name(role: str, kind: str, name: Entry, qualifier: str, identifier: Entry) -> Segment:
    return "NM1", role, kind, name, None, None, None, None, qualifier, identifier


def _write_subscriber(question: Question, control: Control) -> Iterator[Segment]:
    subscriber, dependent = question.subscriber, _is_dependent(question)
    yield "HL", "3", "2", "22", "1" if dependent else "0"
    if not dependent:
        yield _write_trace(question, control)
    identifier = ("MI", Entry(subscriber.id, MEMBER_ID, "/member/id")) if subscriber.id else ()
    yield *_write_person("IL", subscriber, "/member"), *identifier
    yield from _write_subscriber_references(subscriber)
    yield from _write_demographics(subscriber, "/member")
    if not dependent:
        yield from _write_services(question)


def _write_subscriber_references(subscriber: Member) -> Iterator[Segment]:
    if subscriber.group_number:
        yield "REF", "6P", Entry(subscriber.group_number, GROUP_NUMBER, "/member/group_number")
    if subscriber.ssn and not subscriber.id:
        yield "REF", "SY", Entry(subscriber.ssn.replace("-", ""), NINE_DIGITS, "/member/ssn")


def _write_dependent(question: Question, control: Control) -> Iterator[Segment]:
    patient = question.patient
    yield "HL", "4", "3", "23", "0"
    yield _write_trace(question, control)
    yield _write_person("03", patient, "/patient")
    yield from _write_demographics(patient, "/patient")
    yield "INS", "N", RELATIONSHIPS[patient.relationship]
    yield from _write_services(question)


def _write_trace(question: Question, control: Control) -> Segment:
    trace = _write_reference(question.trace or control.reference)
    return "TRN", "1", trace, Entry(control.originator, ORIGINATOR, "/control/sender_id")


def _write_person(role: str, person: Member | Patient, pointer: str) -> tuple[Item, ...]:
    names = (
        _write_optional(person.last_name, LAST_NAME, f"{pointer}/last_name"),
        _write_optional(person.first_name, FIRST_NAME, f"{pointer}/first_name"),
        _write_optional(person.middle_name, MIDDLE_NAME, f"{pointer}/middle_name"),
    )
    return "NM1", role, "1", *names, None, _write_optional(person.suffix, SUFFIX, f"{pointer}/suffix")


def _write_optional(value: str | None, element: Element, pointer: str) -> Item:
    return Entry(value, element, pointer) if value else None


def _write_demographics(person: Member | Patient, pointer: str) -> Iterator[Segment]:
    sex = SEXES.get(person.sex) if person.sex else None
    if person.birth_date:
        yield "DMG", "D8", write_date(person.birth_date, f"{pointer}/birth_date"), sex
    elif sex:
        yield "DMG", None, None, sex


def _write_services(question: Question) -> Iterator[Segment]:
    yield "DTP", "291", "D8", write_date(question.date_of_service, "/date_of_service")
    for place, service in enumerate(question.service_types):
        yield "EQ", Entry(service, SERVICE_TYPE, f"/service_types/{place}")
    if question.procedure:
        yield "EQ", None, ("HC", Entry(question.procedure, PROCEDURE, "/program/code"))
