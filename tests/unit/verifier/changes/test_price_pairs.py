"""Pairs that differ in what the patient pays, and pairs that differ in nothing that matters."""

from datetime import date
from decimal import Decimal
from typing import Final

import pytest

from tests.unit.verifier.changes import test_standing_pairs
from tests.unit.verifier.changes.pairs import (
    Edit,
    Pair,
    amount,
    daily,
    dated,
    no,
    on,
    part,
    partly,
    plan,
    planned,
    rate,
    row,
    says,
    shuffled,
    traced,
    visits,
)
from verifier.model.coverage import AnsweredBy, Contact, CoveredPerson, Entity, Reference, Source
from verifier.model.coverage import Warning as Oddity
from verifier.model.vocabulary import BenefitKind, CoverageLevel, Network, Period

NOTHING_LEFT: Final = amount("deductible left", "0")
SPENT: Final = amount("out_of_pocket left", "0")
COINSURED: Final[tuple[Edit, ...]] = (no("copay"), rate("0.2"))
FAMILY: Final = CoverageLevel.FAMILY
NO_SHARES: Final = no("copay")
JANUARY: Final = on("2027-01-02")
WITHOUT_LEFT: Final = no("deductible left", "family deductible left")


def left(dollars: str) -> Edit:
    return amount("deductible left", dollars)


def room(dollars: str) -> Edit:
    return amount("out_of_pocket left", dollars)


def whole(dollars: str) -> Edit:
    return amount("deductible", dollars)


SHARES: Final = (
    Pair("the copay rises", [amount("copay", "60")], ["copay_changed important 40.00 a day > 60.00 a day"]),
    Pair("the copay falls", [amount("copay", "25")], ["copay_changed notice 40.00 a day > 25.00 a day"]),
    Pair(
        "the copay falls to nothing",
        [amount("copay", "0")],
        ["copay_changed notice 40.00 a day > 0.00 a day"],
    ),
    Pair(
        "the copay rises from nothing",
        [],
        ["copay_changed important 0.00 a day > 40.00 a day"],
        [amount("copay", "0")],
    ),
    Pair(
        "the copay is a cent more",
        [amount("copay", "40.01")],
        ["copay_changed important 40.00 a day > 40.01 a day"],
    ),
    Pair(
        "the copay buys a week",
        [row("copay", period=Period.WEEK)],
        ["copay_changed important 40.00 a day > 40.00 a week"],
    ),
    Pair(
        "the copay buys the episode",
        [row("copay", period=Period.EPISODE)],
        ["copay_changed important 40.00 a day > 40.00 a episode"],
    ),
    Pair("the copay is a visit's, which is a day's", [row("copay", period=Period.VISIT)]),
    Pair("the copay's period is not told", [row("copay", period=None)]),
    Pair("no copay is told any more", [NO_SHARES]),
    Pair("a copay is told for the first time", [], [], [NO_SHARES]),
    Pair("coinsurance takes the copay's place", [*COINSURED], ["coinsurance_changed important - > 0.2"]),
    Pair(
        "the copay takes coinsurance's place", [], ["copay_changed important - > 40.00 a day"], [*COINSURED]
    ),
    Pair("coinsurance is added", [rate("0.2")], ["coinsurance_changed important - > 0.2"]),
    Pair(
        "coinsurance rises",
        [*COINSURED, rate("0.3")],
        ["coinsurance_changed important 0.2 > 0.3"],
        [*COINSURED],
    ),
    Pair(
        "coinsurance falls", [*COINSURED, rate("0.1")], ["coinsurance_changed notice 0.2 > 0.1"], [*COINSURED]
    ),
    Pair(
        "coinsurance falls to nothing",
        [*COINSURED, rate("0")],
        ["coinsurance_changed notice 0.2 > 0"],
        [*COINSURED],
    ),
    Pair("coinsurance is the same, with more decimals", [*COINSURED, rate("0.20")], [], [*COINSURED]),
    Pair("coinsurance is not told any more", [no("copay")], [], [*COINSURED]),
    Pair(
        "copay and coinsurance rise",
        [amount("copay", "60"), rate("0.4")],
        ["copay_changed important 40.00 a day > 60.00 a day", "coinsurance_changed important 0.2 > 0.4"],
        [rate("0.2")],
    ),
    Pair(
        "the copay of another service rises",
        [row("imaging", services=("62",), amount=Decimal(90))],
        [],
        [row("imaging", services=("62",), amount=Decimal(50))],
    ),
    Pair(
        "the copay out of network rises",
        [row("out", network=Network.OUT, amount=Decimal(90))],
        [],
        [row("out", network=Network.OUT, amount=Decimal(50))],
    ),
    Pair(
        "an inpatient copay appears",
        [row("stay", services=("A7",), amount=Decimal(300), messages=("INPATIENT",))],
    ),
    Pair("the copay was another program's", [planned(code="S9480"), amount("copay", "60")]),
    Pair("the program is given elsewhere now", [planned(place_of_service="02"), amount("copay", "60")]),
    Pair("a part of the question is not answered", [partly(), amount("copay", "60")]),
    Pair("a part was not answered before", [amount("copay", "60")], [], [partly()]),
    Pair(
        "only the plan as a whole is answered tonight",
        [part(answered=("30",)), no("copay"), row("visit", services=("30",), amount=Decimal(75))],
    ),
    Pair(
        "more services are answered than before",
        [amount("copay", "60")],
        ["copay_changed important 40.00 a day > 60.00 a day"],
        [part(answered=("30",))],
    ),
    Pair(
        "no session has a price",
        [planned(allowed_amount=None), amount("copay", "60")],
        ["copay_changed important 40.00 a day > 60.00 a day"],
        [planned(allowed_amount=None)],
    ),
    Pair("the allowed amount is another", [planned(allowed_amount=Decimal("400.00"))]),
)
LIMITS: Final = (
    Pair("the deductible accrues", [left("475")]),
    Pair("the deductible accrues to the last dollar", [left("1")]),
    Pair("the deductible stands still", [left("800")]),
    Pair("the deductible is met", [NOTHING_LEFT], ["deductible_met notice 800.00 > 0.00"]),
    Pair("the deductible stays met", [NOTHING_LEFT], [], [NOTHING_LEFT]),
    Pair(
        "the deductible is met by the last cent",
        [NOTHING_LEFT],
        ["deductible_met notice 0.01 > 0.00"],
        [left("0.01")],
    ),
    Pair("the deductible is reset", [left("1500")], ["deductible_reset important 800.00 > 1500.00"]),
    Pair(
        "the deductible is reset after it was met",
        [left("1500")],
        ["deductible_reset important 0.00 > 1500.00"],
        [NOTHING_LEFT],
    ),
    Pair(
        "the deductible is reset on January 1, and used since",
        [JANUARY, left("1200")],
        ["deductible_reset important 800.00 > 1200.00"],
    ),
    Pair("the deductible accrues over the year's end", [JANUARY, left("475")]),
    Pair("a claim was taken back", [left("900")], ["deductible_reopened notice 800.00 > 900.00"]),
    Pair(
        "a claim was taken back after it was met",
        [left("325")],
        ["deductible_reopened important 0.00 > 325.00"],
        [NOTHING_LEFT],
    ),
    Pair(
        "the deductible is higher, so more is left",
        [whole("2000"), left("1300")],
        ["deductible_changed important 1500.00 > 2000.00"],
    ),
    Pair(
        "the deductible is higher, none of it was used",
        [whole("2000"), left("2000")],
        ["deductible_changed important 1500.00 > 2000.00"],
        [left("1500")],
    ),
    Pair(
        "the deductible is lower",
        [whole("1000"), left("300")],
        ["deductible_changed notice 1500.00 > 1000.00"],
    ),
    Pair(
        "the deductible is higher and reset",
        [whole("2000"), left("2000")],
        ["deductible_reset important 800.00 > 2000.00", "deductible_changed important 1500.00 > 2000.00"],
    ),
    Pair("the deductible is gone", [whole("0"), left("0")], ["deductible_changed notice 1500.00 > 0.00"]),
    Pair("what is left is not told tonight", [WITHOUT_LEFT]),
    Pair("what is left was not told before", [], [], [WITHOUT_LEFT]),
    Pair("what is left was not told before, met now", [NOTHING_LEFT], [], [WITHOUT_LEFT]),
    Pair(
        "no deductible is told of tonight",
        [no("deductible", "deductible left", "family deductible", "family deductible left")],
    ),
    Pair(
        "a deductible is told of for the first time",
        [],
        [],
        [no("deductible", "deductible left", "family deductible", "family deductible left")],
    ),
    Pair("the family's deductible accrues", [amount("family deductible left", "1500")]),
    Pair(
        "the family's deductible is met",
        [amount("family deductible left", "0")],
        ["deductible_met notice 2000.00 > 0.00"],
    ),
    Pair(
        "both deductibles are met: told once",
        [NOTHING_LEFT, amount("family deductible left", "0")],
        ["deductible_met notice 800.00 > 0.00"],
    ),
    Pair(
        "both deductibles are reset: told once",
        [left("1500"), amount("family deductible left", "3000")],
        ["deductible_reset important 800.00 > 1500.00"],
    ),
    Pair(
        "the family's deductible alone is reset",
        [amount("family deductible left", "3000")],
        ["deductible_reset important 2000.00 > 3000.00"],
    ),
    Pair(
        "the family's deductible is higher",
        [amount("family deductible", "4000"), amount("family deductible left", "3000")],
        ["deductible_changed important 3000.00 > 4000.00"],
    ),
    Pair("the maximum accrues", [room("2700")]),
    Pair("the maximum is met", [SPENT], ["out_of_pocket_met notice 3000.00 > 0.00"]),
    Pair("the maximum stays met", [SPENT], [], [SPENT]),
    Pair("the maximum is reset", [room("5000")], ["out_of_pocket_reset important 3000.00 > 5000.00"]),
    Pair(
        "the maximum is reset after it was met",
        [room("5000")],
        ["out_of_pocket_reset important 0.00 > 5000.00"],
        [SPENT],
    ),
    Pair("more of the maximum is left", [room("3100")], ["out_of_pocket_reopened notice 3000.00 > 3100.00"]),
    Pair(
        "more of the maximum is left after it was met",
        [room("40")],
        ["out_of_pocket_reopened important 0.00 > 40.00"],
        [SPENT],
    ),
    Pair(
        "the maximum is higher",
        [amount("out_of_pocket", "6000"), room("4000")],
        ["out_of_pocket_changed important 5000.00 > 6000.00"],
    ),
    Pair(
        "the maximum is lower",
        [amount("out_of_pocket", "4500"), room("2500")],
        ["out_of_pocket_changed notice 5000.00 > 4500.00"],
    ),
    Pair(
        "deductible and maximum are met",
        [NOTHING_LEFT, SPENT],
        ["deductible_met notice 800.00 > 0.00", "out_of_pocket_met notice 3000.00 > 0.00"],
    ),
    Pair(
        "January 1: all begins anew",
        [
            JANUARY,
            left("1500"),
            amount("family deductible left", "3000"),
            room("5000"),
            amount("family out_of_pocket left", "10000"),
        ],
        ["deductible_reset important 800.00 > 1500.00", "out_of_pocket_reset important 3000.00 > 5000.00"],
    ),
    Pair(
        "a new year on higher terms",
        [JANUARY, whole("1750"), left("1750"), amount("copay", "45")],
        [
            "deductible_reset important 800.00 > 1750.00",
            "deductible_changed important 1500.00 > 1750.00",
            "copay_changed important 40.00 a day > 45.00 a day",
        ],
    ),
    Pair(
        "all accrues as the sessions go by",
        [
            left("475"),
            room("2675"),
            amount("family deductible left", "1675"),
            amount("family out_of_pocket left", "6675"),
        ],
    ),
    Pair(
        "what is met is told instead of what is left",
        [
            no("deductible left"),
            row(
                "deductible met",
                kind=BenefitKind.DEDUCTIBLE,
                services=("30",),
                period=Period.YEAR_TO_DATE,
                amount=Decimal(700),
            ),
        ],
    ),
    Pair(
        "another service's deductible changes",
        [row("imaging", kind=BenefitKind.DEDUCTIBLE, services=("62",), amount=Decimal(500))],
    ),
)
VISITS: Final = (
    Pair("visits run out soon", [visits("4")], ["visits_run_out urgent - > 2026-03-20"]),
    Pair("visits run out later", [visits("12")], ["visits_run_out important - > 2026-04-08"]),
    Pair("no visit is left", [visits("0")], ["visits_run_out urgent - > 2026-03-11"]),
    Pair("visits suffice to the day", [visits("20")]),
    Pair("one visit is missing", [visits("19")], ["visits_run_out important - > 2026-04-24"]),
    Pair("there is no limit", [visits("999", "999")]),
    Pair("visits are used as the program goes", [visits("11")], [], [visits("12")]),
    Pair("claims of some visits were posted late", [visits("10")], [], [visits("12")]),
    Pair(
        "visits run out two weeks sooner",
        [visits("5")],
        ["visits_run_out urgent 2026-04-08 > 2026-03-23"],
        [visits("12")],
    ),
    Pair("visits run out later than was told", [visits("15")], [], [visits("12")]),
    Pair("visits suffice after all", [visits("30")], [], [visits("12")]),
    Pair(
        "visits sufficed, and run out now",
        [visits("10")],
        ["visits_run_out important  > 2026-04-03"],
        [visits("30")],
    ),
    Pair("the limit is not told any more", [], [], [visits("12")]),
    Pair(
        "another service's visits run out",
        [
            row(
                "therapy",
                kind=BenefitKind.LIMITATION,
                services=("PT",),
                quantity=Decimal(2),
                quantity_qualifier="visits",
                period=Period.REMAINING,
            )
        ],
    ),
    Pair(
        "a longer program runs out of visits",
        [visits("30"), planned(sessions=60)],
        ["visits_run_out important  > 2026-05-20"],
        [visits("30")],
    ),
    Pair(
        "visits left are enough for what is left of the program",
        [on("2026-04-20"), visits("3")],
        [],
        [visits("25")],
    ),
)
ENTITY: Final = Entity(
    "payer", "PR", "Example Health Plan", None, None, (Contact(None, "phone", "555"),), None, Source(9, "NM1")
)
NOISE: Final = (
    Pair("the rows come in another order", [shuffled()]),
    Pair("the rows came in another order before", [], [], [shuffled()]),
    Pair("control numbers", [traced("000000002")], [], [traced("000000001")]),
    Pair("a warning about the envelope", [part(warnings=(Oddity("SEGMENT_COUNT_WRONG", "SE01 is wrong"),))]),
    Pair("a message without meaning", [says("BENEFITS ARE SUBJECT TO PLAN PROVISIONS")]),
    Pair("messages in another order", [says("B", "A")], [], [says("A", "B")]),
    Pair("a disclaimer row", [row("note", kind=BenefitKind.DISCLAIMER, services=())]),
    Pair("the requester is echoed", [row("echo", kind=BenefitKind.PROVIDER, services=())]),
    Pair("a contact", [row("contact", kind=BenefitKind.CONTACT, services=(), entities=(ENTITY,))]),
    Pair(
        "a contact's number is another",
        [row("contact", kind=BenefitKind.CONTACT, services=(), entities=(ENTITY._replace(contacts=()),))],
        [],
        [row("contact", kind=BenefitKind.CONTACT, services=(), entities=(ENTITY,))],
    ),
    Pair(
        "a row is sent twice",
        [row("copay again", services=("CJ",), amount=Decimal("40.00"), period=Period.DAY)],
    ),
    Pair(
        "a row is not sent twice any more",
        [],
        [],
        [row("copay again", services=("CJ",), amount=Decimal("40.00"), period=Period.DAY)],
    ),
    Pair("more services are listed as active", [row("active", services=("30", "MH", "CJ", "98", "UC"))]),
    Pair("services are listed in another order", [row("active", services=("CJ", "MH", "30"))]),
    Pair("a row stands at another place", [row("copay", source=Source(99, "EB*B"))]),
    Pair("a row's reference", [row("copay", references=(Reference("18", "X", None),))]),
    Pair("a message beside the copay", [row("copay", messages=("COPAY PER VISIT",))]),
    Pair(
        "the address of the member",
        [part(subscriber=CoveredPerson("self", address="1 New Street"))],
        [],
        [part(subscriber=CoveredPerson("self", address="2 Old Street"))],
    ),
    Pair(
        "the member's name in capitals",
        [part(patient=CoveredPerson("self", last_name="TESTCASE"))],
        [],
        [part(patient=CoveredPerson("self", last_name="Testcase"))],
    ),
    Pair("who answered is named otherwise", [part(answered_by=(AnsweredBy("EXAMPLE", "caqh_core"),))]),
    Pair("a dental row appears", [row("dental", services=("35",), amount=Decimal(20))]),
    Pair(
        "the row of a year to come",
        [
            row(
                "next",
                kind=BenefitKind.DEDUCTIBLE,
                services=("30",),
                amount=Decimal(9),
                dates=(dated("benefit", "2027-01-01", "2027-12-31"),),
            )
        ],
    ),
    Pair("other dates of the plan", [plan(dates=(dated("eligibility", "2026-01-01", "2026-12-31"),))]),
    Pair("a plan begins on another day", [plan(begins=date(2025, 1, 1))]),
    Pair(
        "hours a day are told",
        [
            row(
                "hours",
                kind=BenefitKind.DESCRIPTION,
                services=("CJ",),
                delivery=(daily("3", "hours", Period.DAY),),
            )
        ],
    ),
    Pair("a week later", [on("2026-03-18")]),
    Pair("on the last day of the program", [on("2026-04-24")]),
    Pair("on the same day", [on("2026-03-10")]),
    Pair("the program is priced in another way", [planned(billed_amount=Decimal(900))]),
    Pair("a family row more", [row("fam", kind=BenefitKind.ACTIVE, level=FAMILY, services=("30",))]),
)
PAIRS: Final = (*SHARES, *LIMITS, *VISITS, *NOISE)


@pytest.mark.parametrize("pair", PAIRS, ids=lambda pair: pair.title)
def test_a_pair_gives_exactly_these_changes(pair: Pair) -> None:
    assert pair.found() == list(pair.expected)


def test_two_hundred_pairs_were_written_by_hand_and_each_is_another() -> None:
    titles = [pair.title for pair in (*PAIRS, *test_standing_pairs.PAIRS)]
    assert len(set(titles)) == len(titles) >= 200
