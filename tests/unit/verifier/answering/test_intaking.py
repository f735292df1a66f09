"""What follows for a request: its consent, its inquiry, and where it stands after each answer."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from tests.store.support import FACILITY, MEMBER, NOON, PROGRAM, inquire
from verifier.answering.consent_gate import ConsentGate
from verifier.answering.intaking import (
    Order,
    Request,
    Signing,
    ask_for,
    begin,
    follow,
    move,
    open_intake,
    plan,
    step,
    write_consent,
)
from verifier.errors import BadInput, Conflict
from verifier.model.consent import Signed
from verifier.model.findings import Unknown
from verifier.model.inquiry import Patient, Relationship
from verifier.model.intake import Asker, IntakeState, Reach
from verifier.model.program import Offer, Weekday
from verifier.model.review import Review
from verifier.model.verification import Verification, VerificationStatus

REQUEST = Request(
    "abita-springs", Asker.PATIENT, Reach("Ana Testcase", "985-555-0142"), MEMBER, payer="sim-commercial"
)
SIGNED = replace(REQUEST, signing=Signing("Ana Testcase"))
CHILD = Patient(Relationship.CHILD, "Bo", "Testkind", birth_date=date(2009, 2, 28))
INTAKE = open_intake(REQUEST, "int_1", None, NOON)
ANSWERED = Verification("ver_1", VerificationStatus.COMPLETE, inquire(), NOON)
OPEN = replace(ANSWERED, unknowns=(Unknown("covered", "Is it?"),))


def test_the_consent_of_the_form_holds_what_the_rule_asks_for_and_passes_the_gate() -> None:
    consent = write_consent(SIGNED, FACILITY, NOON)

    assert consent
    assert (consent.signature.method, consent.signature.signed_on) == (Signed.ELECTRONICALLY, NOON.date())
    assert "Abita Springs Recovery" in consent.information
    assert consent.expires_on == NOON.date() + timedelta(days=365)
    assert all((consent.right_to_revoke, consent.redisclosure, consent.recipients, consent.purposes))
    gate = ConsentGate(None, None, required=True)  # type: ignore[arg-type]
    gate._clock = type("Clock", (), {"now": staticmethod(lambda: NOON)})()
    asked = ask_for(open_intake(SIGNED, "int_1", consent, NOON), Order(), FACILITY, NOON.date())
    assert gate._fault(consent, asked, FACILITY) is None


def test_a_consent_is_signed_on_the_day_it_is_at_the_facility() -> None:
    evening = NOON.replace(hour=2)
    consent = write_consent(SIGNED, replace(FACILITY, time_zone="America/Chicago"), evening)

    assert consent
    assert consent.signature.signed_on == evening.date() - timedelta(days=1)


def test_the_patient_of_the_consent_is_the_one_to_be_treated() -> None:
    consent = write_consent(
        replace(SIGNED, asker=Asker.REPRESENTATIVE, patient=CHILD, signing=Signing("Ana Testcase", "parent")),
        FACILITY,
        NOON,
    )

    assert consent
    assert (consent.patient.first_name, consent.patient.birth_date) == ("Bo", date(2009, 2, 28))
    assert consent.signature.capacity == "parent"


@pytest.mark.parametrize(
    ("asker", "signing", "pointer"),
    [
        (Asker.LOVED_ONE, Signing("Ana Testcase"), "/consent"),
        (Asker.REPRESENTATIVE, Signing("Ana Testcase"), "/consent/capacity"),
    ],
)
def test_nobody_signs_for_a_patient_they_do_not_represent(
    asker: Asker, signing: Signing, pointer: str
) -> None:
    with pytest.raises(BadInput) as refused:
        write_consent(replace(REQUEST, asker=asker, signing=signing), FACILITY, NOON)
    assert [*refused.value.errors] == [pointer]


def test_without_a_signature_there_is_no_consent() -> None:
    assert write_consent(replace(REQUEST, asker=Asker.LOVED_ONE), FACILITY, NOON) is None


@pytest.mark.parametrize(
    ("verification", "state"),
    [
        (replace(ANSWERED, status=VerificationStatus.PENDING), IntakeState.VERIFYING),
        (replace(ANSWERED, status=VerificationStatus.FAILED), IntakeState.NEW),
        (OPEN, IntakeState.NEEDS_CALL),
        (ANSWERED, IntakeState.READY_FOR_REVIEW),
        (replace(ANSWERED, review=Review("user:usr_2", NOON)), IntakeState.DONE),
        (replace(OPEN, review=Review("user:usr_2", NOON)), IntakeState.DONE),
    ],
)
def test_a_request_goes_where_its_verification_has_come(
    verification: Verification, state: IntakeState
) -> None:
    begun = begin(INTAKE, verification, Order(payer="sim-tricare"))

    assert (begun.state, begun.verification_id, begun.payer) == (state, "ver_1", "sim-tricare")


def test_an_answer_after_the_sign_off_opens_a_request_again_and_one_closed_by_hand_stays_closed() -> None:
    signed = begin(INTAKE, replace(ANSWERED, review=Review("user:usr_2", NOON)), Order())
    closed = move(begin(INTAKE, OPEN, Order()), IntakeState.DONE)

    assert follow(signed, OPEN).state is IntakeState.NEEDS_CALL
    assert follow(closed, OPEN).state is IntakeState.DONE
    assert begin(closed, OPEN, Order()).state is IntakeState.NEEDS_CALL
    assert follow(move(closed, IntakeState.NEW), OPEN).state is IntakeState.NEEDS_CALL


@pytest.mark.parametrize(
    ("now", "wanted", "allowed"),
    [
        (IntakeState.NEW, IntakeState.DONE, True),
        (IntakeState.DONE, IntakeState.NEW, True),
        (IntakeState.NEEDS_CALL, IntakeState.READY_FOR_REVIEW, True),
        (IntakeState.NEW, IntakeState.VERIFYING, False),
        (IntakeState.VERIFYING, IntakeState.NEW, False),
        (IntakeState.VERIFYING, IntakeState.DONE, True),
    ],
)
def test_what_is_moved_by_hand(now: IntakeState, wanted: IntakeState, allowed: object) -> None:
    intake = replace(INTAKE, state=now)
    if allowed:
        assert move(intake, wanted).state is wanted
    else:
        with pytest.raises(Conflict):
            move(intake, wanted)


def test_the_plan_is_the_facilitys_and_begins_on_its_next_day() -> None:
    tuesday = date(2026, 11, 24)
    facility = replace(
        FACILITY, programs=(Offer("S9480", weeks=6),), schedule=Offer(weekdays=(Weekday.TUE, Weekday.THU))
    )

    usual = plan(FACILITY, tuesday)
    own = plan(facility, tuesday)

    assert (usual.code, usual.start_date, usual.weeks) == ("H0015", date(2026, 11, 25), 8)
    assert (own.code, own.start_date, own.weeks, own.weekdays) == (
        "S9480",
        date(2026, 11, 26),
        6,
        (Weekday.TUE, Weekday.THU),
    )


def test_what_staff_order_goes_before_the_form_and_without_a_payer_nothing_is_asked() -> None:
    asked = ask_for(INTAKE, Order(PROGRAM, "sim-va", consent_id="cns_2"), FACILITY, NOON.date())

    assert (asked.payer, asked.program, asked.consent_id) == ("sim-va", PROGRAM, "cns_2")
    with pytest.raises(BadInput) as refused:
        ask_for(replace(INTAKE, payer=None), Order(), FACILITY, NOON.date())
    assert [*refused.value.errors] == ["/payer"]


def test_the_latest_steps_are_kept() -> None:
    intake = INTAKE
    for number in range(205):
        intake = step(intake, "user:usr_1", NOON, f"{number}")

    assert (len(intake.steps), intake.steps[-1].what) == (200, "204")


def test_no_person_is_in_what_reaches_a_log() -> None:
    words = repr(open_intake(SIGNED, "int_1", None, NOON)) + repr(SIGNED) + repr(SIGNED.signing)

    assert not [secret for secret in ("Ana", "Testcase", "985", "1988", "W199") if secret in words]
