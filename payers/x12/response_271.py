"""271 in, `Coverage` out: one for each patient of each transaction (005010X279A1)."""

from collections.abc import Iterator
from typing import Final, NamedTuple

from payers.x12.acknowledgement import explain_acknowledgements
from payers.x12.entities import pick, read_birth_date
from payers.x12.loops import DEPENDENT, SUBSCRIBER, Loop, LoopReader
from payers.x12.reader import Transaction, read
from payers.x12.status import judge
from payers.x12.summary import describe_carve_outs, describe_other_coverage, describe_plan, mark_unlimited
from verifier.model.coverage import Benefit, Coverage, Rejection, Trace
from verifier.model.coverage import Warning as Remark

RESPONSES: Final = frozenset({"271", ""})  # a transaction without ST is taken for a response
MOST_PATIENTS: Final = 500  # of more in one transaction, the last takes the benefits of the rest
ODD_BIRTH_DATE: Final = Remark(
    "BIRTH_DATE_IMPLAUSIBLE", "The payer sent a birth date that cannot be one; it was left out."
)
ODD_REPETITION: Final = Remark(
    "REPETITION_SEPARATOR_DIFFERS", "Service types are separated by another character than ISA11 announces."
)


class Patient(NamedTuple):
    """Whose coverage it is: the subscriber's loop, the dependent's, and every loop that speaks of them."""

    subscriber: Loop | None
    dependent: Loop | None
    loops: list[Loop]


def read_coverages(text: str) -> list[Coverage]:
    """Read every 271 in *text*; acknowledgements and other transactions become coverage nobody can tell.

    Whatever is odd in a message becomes a warning of the coverage.

    Raises:
        UnreadableReply: nothing in *text* looks like X12.
    """
    interchanges = read(text)
    responses = [
        each for interchange in interchanges for each in interchange.transactions if each.kind in RESPONSES
    ]
    coverages = [coverage for transaction in responses for coverage in _read_response(transaction)]
    return coverages or explain_acknowledgements(interchanges)


def _read_response(transaction: Transaction) -> Iterator[Coverage]:
    reader = LoopReader(transaction)
    reader.read()
    shared = [loop for loop in reader.loops if not loop.is_person]
    patients = _find_patients(reader.loops)
    for patient in patients[MOST_PATIENTS:]:  # a hostile message must not cost patients times loops
        patients[MOST_PATIENTS - 1].loops.extend(patient.loops)
    for number, patient in enumerate(patients[:MOST_PATIENTS]):
        yield _build(transaction, reader, patient, shared, is_first=number == 0)


def _find_patients(loops: list[Loop]) -> list[Patient]:
    """Tell the patients: each dependent, and each subscriber who has none or has benefits of their own."""
    dependents: dict[int, list[Loop]] = {}
    people = [loop for loop in loops if loop.is_person]
    for loop in people:
        if loop.letter == DEPENDENT:
            dependents.setdefault(id(loop.parent), []).append(loop)
    patients: list[Patient] = []
    for loop in people:
        if loop.letter == SUBSCRIBER:
            patients += _find_family(loop, dependents.get(id(loop), []))
        elif loop.parent is None or loop.parent.letter != SUBSCRIBER:
            patients.append(Patient(None, loop, [loop]))
    return patients or [Patient(None, None, [])]


def _find_family(subscriber: Loop, dependents: list[Loop]) -> list[Patient]:
    """Part a subscriber from several dependents, so that every benefit lands with exactly one patient."""
    if len(dependents) < 2:  # noqa: PLR2004 - one dependent is the patient of the whole family loop
        return [Patient(subscriber, dependents[0] if dependents else None, [subscriber, *dependents])]
    family = [Patient(subscriber, dependent, [dependent]) for dependent in dependents]
    if subscriber.benefits:
        family.insert(0, Patient(subscriber, None, [subscriber]))
    elif subscriber.rejections:
        for patient in family:
            patient.loops.insert(0, subscriber)
    return family


def _build(
    transaction: Transaction, reader: LoopReader, patient: Patient, shared: list[Loop], *, is_first: bool
) -> Coverage:
    """Put one patient's coverage together; benefits before any person belong to the first patient."""
    loops = [*shared, *patient.loops]
    benefits: list[Benefit] = []
    refusals: list[Rejection] = []
    messages: list[str] = []
    traces: list[str] = []
    for loop in loops if is_first else patient.loops:
        benefits += loop.benefits
    for loop in loops:
        refusals += loop.rejections
        messages += loop.messages
        traces += loop.traces
    benefits = mark_unlimited(benefits)
    judgment = judge(benefits, refusals, messages)
    people = [loop for loop in (patient.dependent, patient.subscriber) if loop]
    subscriber = patient.subscriber.person.finish() if patient.subscriber else None
    remarks = (
        *transaction.remarks,
        *reader.remarks,
        *_check(transaction, benefits, people),
        *judgment.remarks,
    )
    return Coverage(
        status=judgment.status,
        payer=people[0].payer if people else reader.payer,
        subscriber=subscriber,
        patient=patient.dependent.person.finish() if patient.dependent else subscriber,
        plan=describe_plan(
            benefits,
            [held for loop in people for held in loop.person.references],
            [span for loop in people for span in loop.dates],
        ),
        benefits=tuple(benefits),
        rejections=judgment.rejections,
        other_coverage=describe_other_coverage(benefits),
        carve_outs=describe_carve_outs(benefits),
        warnings=tuple(dict.fromkeys(remarks)),
        messages=tuple(messages),
        trace=Trace(
            interchange=transaction.interchange,
            group=transaction.group,
            transaction=transaction.control,
            reference=reader.reference,
            numbers=tuple(traces),
        ),
    )


def _check(transaction: Transaction, benefits: list[Benefit], people: list[Loop]) -> list[Remark]:
    remarks = []
    for loop in people:
        demographics = loop.person.demographics
        if pick(demographics, 2) and read_birth_date(demographics) is None:
            remarks.append(ODD_BIRTH_DATE)
    for benefit in benefits:
        if len(benefit.services) > 1:  # one list tells for all
            if transaction.separators.repetition not in benefit.source.text:
                remarks.append(ODD_REPETITION)
            break
    return remarks
