"""What holds of every pair: silence about the same, order, the unknown; and from night to night."""

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.verifier.changes import test_price_pairs, test_standing_pairs
from tests.unit.verifier.changes.pairs import (
    FIRST_NIGHT,
    NEXT_NIGHT,
    Edit,
    Pair,
    amount,
    carve_out,
    inactive,
    no,
    other,
    part,
    rejected,
    row,
    show,
    status,
    unknown,
    write,
)
from verifier.changes.compare import carry_over, compare, compare_facts
from verifier.changes.facts import read_facts
from verifier.model.change import PRICES, ChangeKind, Facts, Topic
from verifier.model.coverage import Benefit
from verifier.model.fact import Call, Fact, FactCode
from verifier.model.verification import Verification
from verifier.model.vocabulary import (
    Authorization,
    BenefitKind,
    CoverageLevel,
    CoverageStatus,
    Network,
    Period,
)
from verifier.testing.builders import benefit

PAIRS: Final = (*test_standing_pairs.PAIRS, *test_price_pairs.PAIRS)
EDITS: Final = st.lists(
    st.sampled_from([edit for pair in PAIRS for edit in (*pair.after, *pair.before)]), max_size=6
)
AMOUNTS: Final = st.none() | st.decimals(0, 9999, places=2)
BENEFITS: Final = st.builds(
    benefit,
    kind=st.sampled_from(BenefitKind),
    services=st.lists(st.sampled_from(["30", "CJ", "AI", "MH", "98", "A7", "35"]), max_size=3).map(tuple),
    level=st.none() | st.sampled_from(CoverageLevel),
    network=st.sampled_from(Network),
    period=st.none() | st.sampled_from(Period),
    amount=AMOUNTS,
    rate=st.none() | st.decimals(0, 1, places=2),
    quantity=AMOUNTS,
    quantity_qualifier=st.none() | st.sampled_from(["visits", "days", "99"]),
    authorization=st.sampled_from(Authorization),
    messages=st.lists(
        st.sampled_from(
            ["AFTER DEDUCTIBLE", "PROVIDER IS OUT OF NETWORK", "NO DEDUCTIBLE", "IOP", "INPATIENT"]
        ),
        max_size=2,
    ).map(tuple),
)
REPLIES: Final = st.lists(BENEFITS, max_size=12)


def of_rows(rows: list[Benefit]) -> Verification:
    def edit(draft: object) -> None:
        draft.rows = {str(number): each for number, each in enumerate(rows)}  # type: ignore[attr-defined]

    return write("ver_random", NEXT_NIGHT, edit)


def skip_impossible(edits: list[Edit]) -> list[Edit]:
    """Drop the edits that take away a row which is not there."""
    taken: list[Edit] = []
    for edit in edits:
        try:
            write("ver_try", NEXT_NIGHT, *taken, edit)
        except KeyError:
            continue
        taken.append(edit)
    return taken


@given(EDITS)
def test_a_verification_compared_with_itself_gives_nothing(edits: list[Edit]) -> None:
    same = write("ver_same", NEXT_NIGHT, *skip_impossible(edits))

    assert [
        show(change) for change in compare(same, same) if change.kind is not ChangeKind.COVERAGE_NOT_ACTIVE
    ] == []
    assert compare(same, same) == () or read_facts(same) is None


@given(REPLIES)
def test_the_same_reply_asked_for_twice_gives_nothing(rows: list[Benefit]) -> None:
    first = of_rows(rows)

    assert compare(first, replace(first, id="ver_again")) == ()


@given(REPLIES, st.randoms())
def test_the_order_of_the_rows_does_not_matter(rows: list[Benefit], random: object) -> None:
    numbered = [
        row._replace(source=row.source._replace(segment=number)) for number, row in enumerate(rows, 1)
    ]
    shuffled = list(numbered)
    random.shuffle(shuffled)  # type: ignore[attr-defined]

    assert compare(of_rows(numbered), of_rows(shuffled)) == ()


@given(EDITS, st.sampled_from(["before", "after", "both"]))
def test_the_unknown_never_ends_coverage(edits: list[Edit], where: str) -> None:
    before = write(
        "ver_before", FIRST_NIGHT, *skip_impossible(edits), *([unknown] if where != "after" else [])
    )
    after = write("ver_after", NEXT_NIGHT, *skip_impossible(edits), *([unknown] if where != "before" else []))

    found = compare(before, after)
    assert ChangeKind.COVERAGE_ENDED not in {change.kind for change in found}
    assert found == () or where == "before"


@pytest.mark.parametrize("word", [CoverageStatus.UNKNOWN, CoverageStatus.REJECTED])
def test_only_a_payers_own_no_ends_coverage(word: CoverageStatus) -> None:
    assert compare(write("ver_1", FIRST_NIGHT), write("ver_2", NEXT_NIGHT, status(word))) == ()


def test_every_kind_of_change_is_expected_somewhere() -> None:
    expected = {line.split()[0] for pair in PAIRS for line in pair.expected}

    assert expected == set(ChangeKind)


@pytest.mark.parametrize("pair", PAIRS, ids=lambda pair: pair.title)
def test_each_change_names_what_was_told_and_where(pair: Pair) -> None:
    for change in compare(*pair.build()):
        assert change.after
        assert change.text.endswith(".")
        assert change.after.value in change.text or change.kind in WORDED


WORDED: Final = frozenset(ChangeKind) - {
    ChangeKind.COPAY_CHANGED,
    ChangeKind.COINSURANCE_CHANGED,
    ChangeKind.PAYER_CHANGED,
    ChangeKind.PLAN_CHANGED,
    ChangeKind.COVERAGE_WILL_END,
    ChangeKind.DEDUCTIBLE_CHANGED,
    ChangeKind.DEDUCTIBLE_RESET,
    ChangeKind.CARVE_OUT_CHANGED,
    ChangeKind.OTHER_COVERAGE_APPEARED,
}


def test_a_change_points_at_the_rows_it_was_read_from() -> None:
    (change,) = compare(write("ver_1", FIRST_NIGHT), write("ver_2", NEXT_NIGHT, amount("copay", "60")))

    assert change.before
    assert change.after
    assert change.before.source
    assert change.before.source == change.after.source
    assert change.after.source.segment == 2


CALLED_AT: Final = datetime(2026, 3, 10, 15, tzinfo=UTC)
LEARNED: Final = Fact(
    FactCode.COST_SHARE, {"copay": "90.00"}, Call(CALLED_AT, "Dana R."), "user:usr_1", CALLED_AT
)


def nights(*each: tuple[Edit, ...]) -> list[list[str]]:
    """Compare every night with what is known from those before."""
    known: Facts | None = None
    found = []
    for edits in each:
        now = read_facts(write("ver_night", NEXT_NIGHT, *edits))
        found.append([show(change) for change in compare_facts(known, now)] if now else [])
        known = carry_over(known, now) if now else known
    return found


APPEARED: Final = "other_coverage_appeared important - > Medicare"
LESS: Final = (part(answered=("30",)), no("copay"), row("visit", services=("30",), amount=Decimal(75)))


@pytest.mark.parametrize(
    ("each", "expected"),
    [
        pytest.param(
            [(), (other("Medicare"),), (), (other("Medicare"),)],
            [[], [APPEARED], [], []],
            id="mentioned again",
        ),
        pytest.param(
            [(carve_out("Magellan"),), (), (carve_out("Magellan"),)],
            [[], [], []],
            id="the administrator is named again",
        ),
        pytest.param(
            [(), (unknown,), (unknown,), (inactive,)],
            [[], [], [], ["coverage_ended urgent active > inactive"]],
            id="ended after an outage",
        ),
        pytest.param([(), (unknown,), ()], [[], [], []], id="an outage and back"),
        pytest.param(
            [(), (rejected(),), (amount("copay", "60"),)],
            [
                [],
                ["member_not_found important active > rejected"],
                ["copay_changed important 40.00 a day > 60.00 a day"],
            ],
            id="what was known outlives a refusal",
        ),
        pytest.param(
            [(inactive,), (inactive,)],
            [["coverage_not_active urgent - > inactive"], []],
            id="denied from the first",
        ),
        pytest.param(
            [(), LESS, LESS, LESS],
            [[], [], ["copay_changed important 40.00 a day > 75.00 a day"], []],
            id="fewer services answered for, twice",
        ),
        pytest.param([(), LESS, ()], [[], [], []], id="fewer services answered for, once"),
        pytest.param(
            [(), (no("copay"),), (amount("copay", "60"),)],
            [[], [], ["copay_changed important 40.00 a day > 60.00 a day"]],
            id="silent for a night",
        ),
    ],
)
def test_from_night_to_night(each: list[tuple[Edit, ...]], expected: list[list[str]]) -> None:
    assert nights(*each) == expected


def test_what_the_phone_said_is_no_answer_of_the_payers_wire() -> None:
    before, dearer = write("ver_1", FIRST_NIGHT), write("ver_2", NEXT_NIGHT, amount("copay", "90"))
    called = replace(before, id="ver_2", facts=(LEARNED,), estimate=dearer.estimate)

    assert compare(before, called) == ()
    assert [show(change) for change in compare(called, dearer)] == [
        "copay_changed important 40.00 a day > 90.00 a day"
    ]


def test_what_a_denial_says_is_all_that_is_known_after_it() -> None:
    ended = read_facts(write("ver_2", NEXT_NIGHT, inactive))
    assert ended
    known = carry_over(read_facts(write("ver_1", FIRST_NIGHT)), ended)

    assert known == ended


def test_prices_are_those_topics_that_a_program_alone_has() -> None:
    told = read_facts(write("ver_1", FIRST_NIGHT))
    assert told
    assert {fact.topic for fact in told.facts} & PRICES == {
        Topic.AUTHORIZATION,
        Topic.COVERED,
        Topic.COPAY,
        *(topic for topic in Topic if topic.endswith((", total", ", remaining"))),
    }
