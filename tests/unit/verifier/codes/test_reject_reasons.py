"""The tables of refusals are whole, in our own words, and agree with the published codes."""

import csv
from pathlib import Path

import pytest

from verifier.codes import reject_reasons
from verifier.model.vocabulary import RejectionClass, Retry

CLASSES = {
    "payer_unavailable": "04 42 80",
    "provider": "41 43 44 45 46 47 48 50 51 97",
    "member": "58 64 65 66 67 68 71 72 73 74 75 76 77 78",
    "request": "15 33 52 53 54 55 56 57 60 62 63 79 AA AF AG AO CI IA MA T4",
    "other": "35 49 61 69 70 98 AE E8",
}


def test_every_reason_has_its_class() -> None:
    found: dict[str, list[str]] = {}
    for reason in reject_reasons.all_reasons():
        found.setdefault(reason.category, []).append(reason.code)

    assert {category: " ".join(sorted(listed)) for category, listed in found.items()} == CLASSES


def test_every_word_is_one_the_model_knows() -> None:
    for reason in reject_reasons.all_reasons():
        assert RejectionClass(reason.category)
        assert Retry(reason.retry)
    for action in reject_reasons.all_follow_ups():
        assert Retry(action.retry)


def test_a_fault_of_the_payer_is_always_worth_asking_again() -> None:
    assert {each.retry for each in reject_reasons.all_reasons() if each.category == "payer_unavailable"} == {
        "later"
    }


def test_every_reason_says_what_to_do_in_a_whole_sentence_and_where_it_stands() -> None:
    for reason in reject_reasons.all_reasons():
        assert reason.advice[0].isupper(), reason.code
        assert reason.advice.endswith("."), reason.code
        assert len(reason.advice) > 20, reason.code
        assert reason.source, reason.code
        assert reason.year.isdigit(), reason.code
    advice = [reason.advice for reason in reject_reasons.all_reasons()]
    assert len(set(advice)) == len(advice)


@pytest.mark.parametrize(
    ("code", "retry"),
    [
        ("C", "with_changes"),
        ("N", "never"),
        ("P", "later"),
        ("R", "later"),
        ("S", "never"),
        ("W", "later"),
        ("X", "later"),
        ("Y", "later"),
    ],
)
def test_a_follow_up_action_decides_about_asking_again(code: str, retry: str) -> None:
    action = reject_reasons.find_follow_up(code)

    assert action is not None
    assert action.retry == retry


def test_a_code_that_is_not_in_the_tables_is_not_made_up() -> None:
    assert reject_reasons.find("RC") is None
    assert reject_reasons.find("") is None
    assert reject_reasons.find_follow_up("Member not found") is None


@pytest.mark.parametrize(
    ("table", "column", "known"),
    [
        (
            "aaa03_reject_reasons.tsv",
            "aaa03",
            {each.code: each.meaning for each in reject_reasons.all_reasons()},
        ),
        (
            "aaa04_follow_up.tsv",
            "aaa04",
            {each.code: each.meaning for each in reject_reasons.all_follow_ups()},
        ),
    ],
)
def test_codes_and_meanings_are_those_published(
    reference: Path, table: str, column: str, known: dict[str, str]
) -> None:
    with (reference / "data" / "codes" / table).open(encoding="utf-8", newline="") as lines:
        published = {
            row[column]: row["meaning"]
            for row in csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE)
        }

    assert known == published
