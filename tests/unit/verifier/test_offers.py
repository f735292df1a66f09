from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from tests.store.support import FACILITY, PROGRAM
from verifier.model.program import Offer, Program, Weekday
from verifier.offers import FORMS, dump_offer, fill_in, find_faults, read_offer

BARE = Program("H0015", date(2026, 12, 7), ())
USUAL = Offer(None, (Weekday.MON, Weekday.WED), 8, Decimal("2.5"))
INTENSIVE = Offer("H0015", hours_per_session=Decimal(3), billed_amount=Decimal("950.00"), revenue_code="0906")
HOUSE = replace(FACILITY, schedule=USUAL, programs=(INTENSIVE, replace(INTENSIVE, code="H0035")))


def test_what_an_inquiry_leaves_out_is_taken_from_the_offer_and_then_from_the_usual_schedule() -> None:
    filled = fill_in(BARE, HOUSE)

    assert filled == replace(
        BARE,
        weekdays=USUAL.weekdays,
        weeks=8,
        hours_per_session=Decimal(3),
        billed_amount=Decimal("950.00"),
        revenue_code="0906",
        place_of_service="22",
    )


def test_what_an_inquiry_says_stands() -> None:
    said = replace(
        PROGRAM,
        weeks=None,
        sessions=5,
        hours_per_session=Decimal(1),
        billed_amount=Decimal(1),
        place_of_service="11",
        revenue_code="0905",
    )

    assert fill_in(said, HOUSE) == said


def test_a_facility_that_offers_nothing_adds_nothing_but_its_place() -> None:
    assert fill_in(BARE, FACILITY) == replace(BARE, place_of_service="22")


@pytest.mark.parametrize("offer", [Offer(), USUAL, INTENSIVE])
def test_an_offer_comes_back_from_plain_values(offer: Offer) -> None:
    assert read_offer(dump_offer(offer)) == offer


@pytest.mark.parametrize(
    "table",
    [
        {"code": "h15"},
        {"weekdays": []},
        {"weekdays": ["monday"]},
        {"weekdays": "mon"},
        {"weeks": 0},
        {"weeks": True},
        {"weeks": 53},
        {"hours_per_session": 3},
        {"billed_amount": 950.0},
        {"billed_amount": "950.5"},
        {"revenue_code": "906"},
        {"color": "blue"},
    ],
)
def test_an_offer_of_another_form_is_refused_by_name(table: dict[str, object]) -> None:
    assert list(find_faults(table, FORMS)) == list(table)


def test_an_offer_that_is_no_table_or_lacks_something_is_refused() -> None:
    assert find_faults("H0015", FORMS) == {"": "must be a table"}
    assert find_faults({"weeks": 8}, FORMS, ("code",)) == {"code": "must be given"}


def test_whole_dollars_are_dollars_and_no_cents() -> None:
    assert dump_offer(read_offer({"billed_amount": "950"})) == {"billed_amount": "950.00"}
