from dataclasses import fields, replace
from datetime import date

import pytest

from tests.store.support import FACILITY, INQUIRY, MEMBER, OTHER_FACILITY, PROGRAM, inquire
from verifier.answering.identity import name_question
from verifier.model.inquiry import Inquiry, Member, Patient, Relationship, Sex
from verifier.model.military import EnlistmentGroup, TricareFacts, TricarePlan, VaFacts
from verifier.model.vocabulary import Network

PATIENT = Patient(Relationship.CHILD, "Ben", "Testcase", birth_date=date(2008, 1, 2))


def change(value: object) -> object:
    samples = {str: "changed", date: date(1990, 1, 1), type(None): "changed"}
    return Sex.MALE if isinstance(value, Sex) else samples[type(value)]


OTHERS = [
    inquire(payer="other"),
    inquire(patient=PATIENT),
    inquire(patient=replace(PATIENT, first_name="Eva")),
    inquire(program=replace(PROGRAM, code="S9480")),
    inquire(program=replace(PROGRAM, start_date=date(2026, 12, 8))),
    *(
        inquire(member=replace(MEMBER, **{field.name: change(getattr(MEMBER, field.name))}))
        for field in fields(Member)
    ),
]
MILITARY = [
    inquire(tricare=TricareFacts(sponsor_id="123456789")),
    inquire(tricare=TricareFacts(sponsor_id="123456780")),
    inquire(tricare=TricareFacts(state="LA")),
    inquire(tricare=TricareFacts(zip="70420")),
    inquire(va=VaFacts(icn="1000000001V000001")),
    inquire(va=VaFacts(access_token="a.b.c")),
    inquire(va=VaFacts(referral_number="VA0012345678")),  # without one a Veteran confirmed is not covered
    inquire(va=VaFacts(street="1 Nowhere Lane")),
    inquire(va=VaFacts(state="LA")),
]
READ_AFTERWARDS = [
    TricareFacts(plan=TricarePlan.SELECT, group=EnlistmentGroup.A, network=True, has_referral=True),
    TricareFacts(),
    VaFacts(visits_authorized=24, priority_group="6", visits_used=3),
    VaFacts(),
]
SAME = [
    inquire(program=replace(PROGRAM, weeks=8, code="h0015")),
    inquire(network=Network.OUT, max_age=5, consent_id="cns_1"),
    inquire(facility="abita-springs"),
]


def test_whatever_changes_the_answer_changes_the_name() -> None:
    names = {name_question(inquiry, FACILITY) for inquiry in (INQUIRY, *OTHERS, *MILITARY)}

    assert len(names) == 1 + len(OTHERS) + len(MILITARY)
    assert name_question(INQUIRY, OTHER_FACILITY) not in names


@pytest.mark.parametrize("inquiry", SAME)
def test_what_changes_only_the_price_shares_the_answer(inquiry: Inquiry) -> None:
    assert name_question(inquiry, FACILITY) == name_question(INQUIRY, FACILITY)


@pytest.mark.parametrize("kind", [TricareFacts, VaFacts])
def test_facts_that_only_the_rules_read_share_the_answer(kind: type) -> None:
    block = "tricare" if kind is TricareFacts else "va"
    inquiries = [inquire(**{block: facts}) for facts in READ_AFTERWARDS if isinstance(facts, kind)]

    assert len({name_question(inquiry, FACILITY) for inquiry in inquiries}) == 1


def test_values_cannot_run_into_each_other() -> None:
    one = inquire(member=replace(MEMBER, first_name='A","id":"B', id=None))
    two = inquire(member=replace(MEMBER, first_name="A", id="B"))

    assert name_question(one, FACILITY) != name_question(two, FACILITY)
