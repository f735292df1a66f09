"""What follows for an intake: the consent it is signed with, the inquiry made of it, where it stands next."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from types import MappingProxyType
from typing import Final

from verifier.errors import BadInput, Conflict
from verifier.model.audit import Person
from verifier.model.consent import EVERY_PAYER, Consent, Purpose, Signature, Signed
from verifier.model.inquiry import Facility, Inquiry, Member, Patient, Relationship
from verifier.model.intake import Asker, Intake, IntakeState, Reach, Step
from verifier.model.military import TricareFacts, VaFacts
from verifier.model.program import Program, Weekday
from verifier.model.verification import Verification, VerificationStatus
from verifier.model.vocabulary import Network

CONSENT_LASTS: Final = timedelta(days=365)
USUAL_CODE: Final = "H0015"  # where the facility names no program of its own
USUAL_DAYS: Final = (Weekday.MON, Weekday.WED, Weekday.FRI)
USUAL_WEEKS: Final = 8
MOST_STEPS: Final = 199
FREE: Final = frozenset(
    {IntakeState.NEW, IntakeState.NEEDS_CALL, IntakeState.READY_FOR_REVIEW, IntakeState.DONE}
)
# The elements of 42 CFR 2.31(a) in plain words; the facility's name goes into the blanks.
TEXTS: Final = MappingProxyType(
    {
        "information": "That I ask {facility} for treatment, who I am, and what my health plan covers of it: "
        "whether I am insured, what is covered, what I would pay, and whether approval is needed. "
        "No diagnosis and no notes about treatment.",
        "right_to_revoke": "I may take this back at any time by telling {facility}, by phone or in writing. "
        "What was asked before that cannot be undone.",
        "redisclosure": "My health plan may pass the information on as HIPAA permits. It may not be used "
        "against me in any civil, criminal, administrative or legislative proceeding without my consent or a "
        "court order.",
    }
)


@dataclass(frozen=True, slots=True)
class Signing:
    """That the one who asks consents: the name they signed with, and as what, where not as the patient."""

    name: str = field(repr=False)
    capacity: str | None = None


@dataclass(frozen=True, slots=True)
class Request:
    """A free-verification form as it was filled in."""

    facility: str
    asker: Asker
    reach: Reach = field(repr=False)
    member: Member = field(repr=False)
    patient: Patient = field(default_factory=Patient, repr=False)
    payer: str | None = None
    payer_text: str | None = field(default=None, repr=False)
    signing: Signing | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Order:
    """How staff have an intake verified; what is ``None`` the intake or the facility says."""

    program: Program | None = None
    payer: str | None = None
    network: Network = Network.UNKNOWN
    consent_id: str | None = None
    tricare: TricareFacts | None = None
    va: VaFacts | None = None


def write_consent(request: Request, facility: Facility, now: datetime) -> Consent | None:
    """Write the consent *request* is signed with; ``None`` where nobody signed.

    Raises:
        BadInput: a loved one cannot sign for the patient; a representative says as what they sign.
    """
    signing = request.signing
    if signing is None:
        return None
    if request.asker is Asker.LOVED_ONE:
        raise BadInput("Only the patient can consent.", {"/consent": "must be left out: the patient signs"})
    if request.asker is Asker.REPRESENTATIVE and not signing.capacity:
        raise BadInput("Say as what you sign.", {"/consent/capacity": "is missing: parent, guardian, ..."})
    words, signed_on = word_consent(facility), facility.day(now)
    return Consent(
        id="",
        patient=person(request.member, request.patient),
        facility=facility.id,
        purposes=frozenset({Purpose.PAYMENT}),
        recipients=frozenset({EVERY_PAYER}),
        signature=Signature(signing.name, Signed.ELECTRONICALLY, signed_on, signing.capacity),
        recorded_at=now,
        expires_on=signed_on + CONSENT_LASTS,
        information=words["information"],
        right_to_revoke=words["right_to_revoke"],
        redisclosure=words["redisclosure"],
    )


def word_consent(facility: Facility) -> Mapping[str, str]:
    """Put what is consented to into words for *facility*, as the form shows it and the consent keeps it."""
    return {name: text.format(facility=facility.name) for name, text in TEXTS.items()}


def person(member: Member, patient: Patient) -> Person:
    """Name the patient, who is the member unless told otherwise."""
    own = member if patient.relationship is Relationship.SELF else patient
    return Person(member.id, own.last_name, own.first_name, own.birth_date)


def open_intake(request: Request, intake_id: str, consent: Consent | None, now: datetime) -> Intake:
    """Take *request* in under an id of its own."""
    return Intake(
        id=intake_id,
        facility=request.facility,
        created_at=now,
        state=IntakeState.NEW,
        asker=request.asker,
        reach=request.reach,
        member=request.member,
        patient=request.patient,
        payer=request.payer,
        payer_text=request.payer_text,
        consent_id=consent.id if consent else None,
    )


def ask_for(intake: Intake, order: Order, facility: Facility, today: date) -> Inquiry:
    """Make the inquiry of an intake.

    Raises:
        BadInput: nobody has said which payer it is.
    """
    payer = order.payer or intake.payer
    if payer is None:
        raise BadInput("Choose the payer first.", {"/payer": "is missing: the form names none that is known"})
    return Inquiry(
        payer=payer,
        member=intake.member,
        program=_complete(order.program, plan(facility, today)),
        patient=intake.patient,
        facility=intake.facility,
        network=order.network,
        consent_id=order.consent_id or intake.consent_id,
        tricare=order.tricare,
        va=order.va,
    )


def _complete(program: Program | None, planned: Program) -> Program:
    """Take the days and the length that *program* leaves out as they are planned."""
    if program is None:
        return planned
    has_length = program.sessions is not None or program.weeks is not None
    return replace(
        program,
        weekdays=program.weekdays or planned.weekdays,
        weeks=program.weeks if has_length else planned.weeks,
    )


def plan(facility: Facility, today: date) -> Program:
    """Plan the facility's first program, from the next of its days on."""
    offer = next(iter(facility.programs), None)
    usual = facility.schedule
    days = (offer and offer.weekdays) or (usual and usual.weekdays) or USUAL_DAYS
    weeks = (offer and offer.weeks) or (usual and usual.weeks) or USUAL_WEEKS
    order = tuple(Weekday)
    start = next(
        day for day in (today + timedelta(days=n) for n in range(1, 8)) if order[day.weekday()] in days
    )
    return Program((offer and offer.code) or USUAL_CODE, start, tuple(days), weeks=weeks)


def begin(intake: Intake, verification: Verification, order: Order) -> Intake:
    """Note that it is being verified."""
    begun = replace(
        intake,
        payer=order.payer or intake.payer,
        consent_id=order.consent_id or intake.consent_id,
        verification_id=verification.id,
        state=IntakeState.VERIFYING,
        is_closed=False,
    )
    return follow(begun, verification)


def follow(intake: Intake, verification: Verification) -> Intake:
    """Move *intake* to where its verification has come; one that was closed by hand stays closed."""
    if intake.is_closed:
        return intake
    return replace(intake, state=_state_of(verification))


def _state_of(verification: Verification) -> IntakeState:
    if verification.status is VerificationStatus.PENDING:
        return IntakeState.VERIFYING
    if verification.status is VerificationStatus.FAILED:
        return IntakeState.NEW
    if verification.review:
        return IntakeState.DONE
    return IntakeState.NEEDS_CALL if verification.unknowns else IntakeState.READY_FOR_REVIEW


def move(intake: Intake, state: IntakeState) -> Intake:
    """Move *intake* by hand.

    Raises:
        Conflict: it is being verified, or is to be without being verified.
    """
    if state not in FREE or (intake.state is IntakeState.VERIFYING and state is not IntakeState.DONE):
        raise Conflict("Verifying begins and ends by itself; wait for the answer, or close the request.")
    return replace(intake, state=state, is_closed=state is IntakeState.DONE)


def step(intake: Intake, who: str, now: datetime, what: str) -> Intake:
    """Note what was done, by whom."""
    return replace(intake, steps=(*intake.steps[-MOST_STEPS:], Step(now, who, what)))
