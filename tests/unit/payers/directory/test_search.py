import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from payers.directory.directory import load
from payers.directory.search import search

DIRECTORY = load()

FOUND = [
    ("aetna", "aetna", "Aetna"),
    ("AETNA", "aetna", "Aetna"),
    ("atena", "aetna", "Aetna"),
    ("60054", "aetna", "60054"),
    ("Aetna Life Insurence Co", "aetna", "Aetna Life Insurance"),
    ("sigma healthcare", "cigna", "Cigna Healthcare"),
    ("uhc", "unitedhealthcare", "UHC"),
    ("united helthcare", "unitedhealthcare", "UnitedHealthcare"),
    ("UNITEDHEALTHCARE CHOICE PLUS GROUP 0123 PAYER ID 87726", "unitedhealthcare", "87726"),
    ("Beacon Health", "carelon-behavioral-health", "Beacon"),
    ("FEP", "bcbs-fep", "FEP Blue"),
    ("Blue Cross Blue Shield Federal", "bcbs-fep", "BCBS Federal"),
    ("humana military", "tricare-east", "Humana Military"),
    ("humana", "humana", "Humana"),
    ("sim-commercial", "sim-commercial", "Sim Commercial"),
    ("simulated commercial", "sim-commercial", "Simulated Commercial Health Plan"),
    ("kaiser norcal", "kaiser-norcal", "Kaiser NorCal"),
    ("shield blue cross texas", "bcbs-tx", "Blue Cross and Blue Shield of Texas"),
    ("BCBSTX", "bcbs-tx", "BCBSTX"),
    ("BC/BS of N. Dakota", "bcbs-nd", "Blue Cross Blue Shield of North Dakota"),
    ("U.M.R.", "umr", "UMR"),
    ("TriCare four Life", "tricare-for-life", "TRICARE For Life (WPS)"),
    ("\uff23\uff49gna", "cigna", "Cigna"),
]


@pytest.mark.parametrize(("text", "payer_id", "matched_on"), FOUND, ids=[text for text, _, _ in FOUND])
def test_what_people_write_finds_the_payer_first(text: str, payer_id: str, matched_on: str) -> None:
    best = search(DIRECTORY, text)[0]

    assert (best.payer.id, best.matched_on) == (payer_id, matched_on)


def test_the_thing_itself_scores_a_hundred_and_a_likeness_less() -> None:
    assert search(DIRECTORY, "Cigna")[0].score == 100
    assert search(DIRECTORY, "Cinga")[0].score < 100


@pytest.mark.parametrize("text", ["", "   ", "!!!", "xqzwvj", "\x00"])
def test_what_resembles_nothing_finds_nothing(text: str) -> None:
    assert search(DIRECTORY, text) == []


def test_each_payer_is_listed_once_best_first_and_no_more_than_asked_for() -> None:
    matches = search(DIRECTORY, "blue cross health", limit=4)

    assert len(matches) <= 4
    assert len({match.payer.id for match in matches}) == len(matches)
    assert [match.score for match in matches] == sorted((match.score for match in matches), reverse=True)


def test_a_search_takes_less_than_five_milliseconds() -> None:
    search(DIRECTORY, "warm up")
    seconds = []
    for text, _, _ in FOUND * 3:
        started = time.perf_counter()
        search(DIRECTORY, text)
        seconds.append(time.perf_counter() - started)

    assert sorted(seconds)[len(seconds) // 2] < 0.005


@settings(deadline=None, max_examples=100)
@given(st.text(max_size=400), st.integers(1, 5))
def test_any_text_at_all_can_be_searched_for(text: str, limit: int) -> None:
    matches = search(DIRECTORY, text, limit)

    assert len(matches) <= limit
    assert all(0 < match.score <= 100 for match in matches)
