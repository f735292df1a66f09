from dataclasses import replace
from datetime import date
from types import MappingProxyType

from payers.kit.merge import merge
from verifier.model.coverage import (
    AnsweredBy,
    CarveOut,
    Coverage,
    CoveredPerson,
    Entity,
    OtherCoverage,
    PayerName,
    Plan,
    Source,
    Trace,
)
from verifier.model.coverage import Warning as Oddity
from verifier.model.vocabulary import CoverageStatus, RejectionClass
from verifier.testing.program_contract import rejection, row

ACTIVE, INACTIVE = CoverageStatus.ACTIVE, CoverageStatus.INACTIVE
REJECTED, UNKNOWN = CoverageStatus.REJECTED, CoverageStatus.UNKNOWN


def entity(name: str, segment: int = 3, reply: int = 0) -> Entity:
    return Entity("vendor", "VN", name, None, None, (), None, Source(segment, "NM1*VN", reply=reply))


def test_one_coverage_stays_what_it_is() -> None:
    coverage = Coverage(ACTIVE, benefits=(row("EB*1**30"), row("EB*1**30")))

    assert merge([coverage]) == coverage


def test_benefits_follow_each_other_and_say_from_which_reply_they_are() -> None:
    carved = row("EB*B**CJ")._replace(entities=(entity("ADMINISTRATOR"),))

    merged = merge([Coverage(ACTIVE, benefits=(row("EB*1**30"),)), Coverage(ACTIVE, benefits=(carved,))])

    assert [each.source for each in merged.benefits] == [
        Source(1, "EB*1**30"),
        Source(1, "EB*B**CJ", reply=1),
    ]
    assert merged.benefits[1].entities == (entity("ADMINISTRATOR", reply=1),)


def test_what_a_later_reply_repeats_word_for_word_is_listed_once_and_counted() -> None:
    first = Coverage(ACTIVE, benefits=(row("EB*1**30"), row("EB*C**30")))
    moved = row("EB*C**30")._replace(source=Source(9, "EB*C**30"))

    merged = merge([first, Coverage(ACTIVE, benefits=(moved, row("EB*B**CJ"), moved))])

    assert [each.source.text for each in merged.benefits] == ["EB*1**30", "EB*C**30", "EB*B**CJ"]
    assert merged.warnings == (
        Oddity(
            "BENEFITS_REPEATED", "2 benefit lines that later replies repeat word for word are listed once."
        ),
    )


def test_the_same_line_with_other_children_is_another_benefit() -> None:
    plain = row("EB*C**30")
    variants = [
        plain._replace(messages=("FACILITY ONLY",)),
        plain._replace(places_of_service=("22",)),
        plain._replace(entities=(entity("ONE"),)),
        plain._replace(entities=(entity("TWO"),)),
    ]

    merged = merge([Coverage(ACTIVE, benefits=(plain,)), Coverage(ACTIVE, benefits=tuple(variants))])

    assert len(merged.benefits) == 5
    assert merged.warnings == ()


def test_a_line_repeated_within_one_reply_stays_repeated() -> None:
    twice = Coverage(ACTIVE, benefits=(row("EB*C**30"), row("EB*C**30")))

    assert len(merge([twice, Coverage(ACTIVE)]).benefits) == 2


def test_active_wins_over_all_and_an_answer_over_none() -> None:
    def status(*each: CoverageStatus) -> CoverageStatus:
        return merge([Coverage(one) for one in each]).status

    assert status(INACTIVE, ACTIVE) is ACTIVE
    assert status(REJECTED, ACTIVE) is ACTIVE
    assert status(UNKNOWN, ACTIVE) is ACTIVE
    assert status(REJECTED, INACTIVE) is INACTIVE
    assert status(UNKNOWN, REJECTED) is REJECTED
    assert status(UNKNOWN, UNKNOWN) is UNKNOWN


def test_payer_plan_and_persons_come_from_the_first_that_names_them() -> None:
    person = CoveredPerson("self", "W1")
    plan = Plan(name="PPO", begins=date(2026, 1, 1))

    merged = merge(
        [
            Coverage(REJECTED, payer=PayerName("Plan")),
            Coverage(ACTIVE, payer=PayerName("Other", "77"), subscriber=person, patient=person, plan=plan),
            Coverage(ACTIVE, subscriber=CoveredPerson("self", "W2"), plan=Plan("HMO", "G1")),
        ]
    )

    assert (merged.payer, merged.plan) == (PayerName("Plan", "77"), replace(plan, group_number="G1"))
    assert (merged.subscriber, merged.patient) == (person, person)


def test_everything_else_is_kept() -> None:
    carve_out = CarveOut("BEHAVIORAL", None, ("MH",), (), Source(4, "EB*U"))
    other = OtherCoverage("OTHER", None, None, None, None, None, None, None, Source(5, "EB*R"))
    first = Coverage(
        ACTIVE,
        answered_by=(AnsweredBy("Plan", "wire"),),
        carve_outs=(carve_out,),
        other_coverage=(other,),
        warnings=(Oddity("A", "a"),),
        messages=("HELLO",),
        trace=Trace("1", "2", "3", "4", ("T1",)),
        extras=MappingProxyType({"note": "one"}),
    )
    second = replace(
        first,
        rejections=(rejection(RejectionClass.REQUEST),),
        warnings=(Oddity("A", "a"), Oddity("B", "b")),
        messages=("HELLO", "GOODBYE"),
        trace=Trace("5", "6", "7", "8", ("T2",)),
        extras=MappingProxyType({"note": "two"}),
    )

    merged = merge([first, second])

    assert merged == replace(
        first,
        rejections=(rejection(RejectionClass.REQUEST)._replace(source=Source(1, "AAA*N**75*C", reply=1)),),
        warnings=(Oddity("A", "a"), Oddity("B", "b")),
        messages=("HELLO", "GOODBYE"),
        trace=Trace("1", "2", "3", "4", ("T1", "T2")),
        extras=MappingProxyType({"note": "one", "note (reply 1)": "two"}),
    )


def test_each_benefit_says_who_sent_it_however_often_answers_are_merged() -> None:
    def tell(who: str, text: str) -> Coverage:
        return Coverage(ACTIVE, answered_by=(AnsweredBy(who, "wire"),), benefits=(row(text),))

    medical = merge([tell("MEDICAL", "EB*1"), tell("MEDICAL", "EB*2")])
    behavioral = replace(
        merge([tell("BEHAVIORAL", "EB*3"), tell("BEHAVIORAL", "EB*4")]), superseded=(row("EB*5"),)
    )

    merged = merge([medical, behavioral])

    assert [each.payer for each in merged.answered_by] == ["MEDICAL", "BEHAVIORAL"]
    assert [(each.source.text, each.source.reply, each.source.answered_by) for each in merged.benefits] == [
        ("EB*1", 0, 0),
        ("EB*2", 1, 0),
        ("EB*3", 2, 1),
        ("EB*4", 3, 1),
    ]
    assert [each.source for each in merged.superseded] == [Source(1, "EB*5", reply=2, answered_by=1)]


def test_what_two_payers_say_in_the_same_words_is_listed_for_both() -> None:
    first, second = (
        Coverage(ACTIVE, answered_by=(AnsweredBy(who, "wire"),), benefits=(row("EB*1**30"),))
        for who in ("MEDICAL", "BEHAVIORAL")
    )

    assert [each.source.answered_by for each in merge([first, second]).benefits] == [0, 1]


def test_who_follows_a_carve_out_keeps_their_place_in_the_longer_list() -> None:
    followed = CarveOut("VISION", None, ("AL",), (), Source(2, "EB*U**AL"), answered_by=0)
    behavioral = Coverage(ACTIVE, answered_by=(AnsweredBy("VISION", "wire"),), carve_outs=(followed,))

    merged = merge([Coverage(ACTIVE, answered_by=(AnsweredBy("MEDICAL", "wire"),)), behavioral])

    assert merged.carve_outs == (
        followed._replace(source=Source(2, "EB*U**AL", reply=1, answered_by=1), answered_by=1),
    )
