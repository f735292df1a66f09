"""What somebody else's validator says of our 270s."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from payers.x12.inquiry_270 import write
from tests.payers.judge_270 import Judge
from tests.payers.questions import CONTROL, DEPENDENT, SUBSCRIBER, WRITTEN, read_fixture
from verifier.model.inquiry import Member, Patient, Relationship, Sex
from verifier.model.question import Question

SERVICE_TYPES = ("1", "30", "33", "98", "A4", "A6", "A8", "AI", "AL", "BB", "CH", "CJ", "MH", "UC")
NAMES = st.text(st.sampled_from("AÁÉéñÑöøzZ '-.*~:^&,"), min_size=1, max_size=70).map(lambda name: f"B{name}")
DATES = st.dates(date(1900, 1, 1), date(2026, 11, 24))
IDENTIFIERS = st.text(st.sampled_from("ABCXYZ0123456789-"), min_size=2, max_size=80)

SEXES = st.none() | st.sampled_from(Sex)
MEMBERS = st.builds(
    Member,
    NAMES,
    DATES,
    NAMES,
    id=st.none() | IDENTIFIERS,
    middle_name=st.none() | NAMES,
    sex=SEXES,
    ssn=st.none() | st.from_regex(r"[0-9]{3}-?[0-9]{2}-?[0-9]{4}", fullmatch=True),
    group_number=st.none() | st.just("GRP-1"),
)
RELATIONS = st.sampled_from([Relationship.SPOUSE, Relationship.CHILD, Relationship.OTHER])
DEPENDENTS = st.builds(Patient, RELATIONS, NAMES, NAMES, birth_date=DATES, sex=SEXES)
QUESTIONS = st.builds(
    Question,
    payer_name=NAMES,
    payer_id=IDENTIFIERS,
    provider=st.just(SUBSCRIBER.provider),
    subscriber=MEMBERS,
    patient=st.just(Patient()) | DEPENDENTS,
    date_of_service=st.dates(date(2026, 11, 24), date(2027, 12, 31)),
    service_types=st.lists(st.sampled_from(SERVICE_TYPES), min_size=1, max_size=98).map(tuple),
    procedure=st.sampled_from([None, "H0015", "S9480"]),
    trace=st.just("T1"),
)

PLANTED = {  # what is wrong: what stands in the 270, what is put there
    "not a 5010 interchange": ("*00501*", "*00401*"),
    "another kind of group": ("GS*HS", "GS*HB"),
    "another guide": ("*X*005010X279A1", "*X*005010X220A1"),
    "no guide in ST": ("ST*270*0001*005010X279A1", "ST*270*0001"),
    "segments miscounted": ("SE*19*", "SE*18*"),
    "another transaction number at the end": ("SE*19*0001", "SE*19*0002"),
    "groups miscounted": ("IEA*1*", "IEA*2*"),
    "transactions miscounted": ("GE*1*", "GE*2*"),
    "another interchange number at the end": ("IEA*1*000004711", "IEA*1*000004712"),
    "an unknown purpose": ("BHT*0022*13", "BHT*0022*11"),
    "no creation date": ("*20261124*0905~HL", "**0905~HL"),
    "a level out of place": ("HL*3*2*22*1", "HL*3*2*23*1"),
    "a child without a parent": ("HL*4*3*23*0", "HL*4*9*23*0"),
    "levels misnumbered": ("HL*4*3*23*0", "HL*5*3*23*0"),
    "a payer who is a subscriber": ("NM1*PR", "NM1*IL"),
    "a subscriber who is two things": ("NM1*IL*1", "NM1*IL*2"),
    "a dependent with a member id": ("NM1*03*1*PEREZ*JOSE", "NM1*03*1*PEREZ*JOSE****MI*W1"),
    "no provider id": ("*****XX*1999999984", "*****XX"),
    "an id qualifier of the old guide": ("*MI*W199003344", "*ZZ*W199003344"),
    "a last name too long": ("NM1*03*1*PEREZ", "NM1*03*1*" + "P" * 61),
    "a reference nobody knows": ("REF*6P", "REF*QQ"),
    "a trace of the reply": ("TRN*1*", "TRN*2*"),
    "an originator too short": ("*9ARECOVERY", "*9A"),
    "a month that is none": ("DMG*D8*20091130", "DMG*D8*20091330"),
    "a sex that is none": ("*20091130*M", "*20091130*X"),
    "a relation that is none": ("INS*N*19", "INS*N*99"),
    "a dependent who is the subscriber": ("INS*N*19", "INS*Y*18"),
    "a date of the old guide": ("DTP*291", "DTP*472"),
    "a date that is no date": ("DTP*291*D8*20261124", "DTP*291*D8*TODAY"),
    "a service type that is none": ("EQ*MH", "EQ*QQ"),
    "no question": ("EQ*MH~", ""),
    "a segment out of place": ("EQ*MH~", "EQ*MH~EB*1~"),
    "somebody else asked about": ("NM1*03*1*PEREZ*JOSE~", "NM1*03*1*PEREZ*JOSE~NM1*IL*1*SMITH~"),
}  # fmt: skip


@pytest.mark.parametrize("fixture", WRITTEN)
def test_every_270_kept_is_accepted(judge: Judge, fixture: str) -> None:
    assert judge.find_faults(read_fixture(fixture)) == []


@pytest.mark.timeout(900)  # the deep profile takes minutes
@given(QUESTIONS)
def test_every_270_written_is_accepted(judge: Judge, question: Question) -> None:
    assert judge.find_faults(write(question, CONTROL)) == []


@pytest.mark.parametrize("fault", PLANTED)
def test_a_planted_fault_is_found(judge: Judge, fault: str) -> None:
    right, wrong = PLANTED[fault]
    interchange = write(DEPENDENT, CONTROL)
    assert right in interchange

    assert judge.find_faults(interchange.replace(right, wrong, 1)) != []


def test_a_repeated_service_type_is_judged_as_several_questions(judge: Judge) -> None:
    interchange = write(replace(SUBSCRIBER, service_types=("CJ",)), CONTROL)

    assert judge.find_faults(interchange.replace("EQ*CJ", "EQ*CJ^AI^30")) == []
    assert judge.find_faults(interchange.replace("EQ*CJ", "EQ*CJ^QQ^30")) != []


@pytest.mark.parametrize(
    "sample",
    [
        "guide__DataConveyer_Docke__My270.edi",
        "guide__fs__request_270.edi",
        "guide__stupidedi__generic_request_by_clinic_for_patient_subscriber.edi",
        "guide__stupidedi__generic_request_by_physician_for_patient_depende.edi",
        "vendor__stedi__stedi_healthcare_openapi.edi",
    ],
)
def test_the_judge_accepts_what_guides_and_vendors_publish(
    judge: Judge, reference: Path, sample: str
) -> None:
    published = (reference / "data" / "samples" / "270" / sample).read_text(encoding="utf-8-sig")

    assert judge.find_faults(published) == []
