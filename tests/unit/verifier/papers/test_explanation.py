"""The explanation tells the patient in plain words how it stands, on one page, in either language."""

import re
import string
from dataclasses import replace
from decimal import Decimal
from itertools import product
from pathlib import Path
from typing import Any

import pytest

from tests.hostile import HOSTILE
from tests.papers import COVERAGE, a_subject, a_verification, poison, write
from tests.printed import ACTIVE_KEYS, keys_of, read
from tests.store.support import FACILITY, NOON, PAPERS
from verifier.codes.table import read_rows
from verifier.model.coverage import Coverage
from verifier.model.fact import FactCode
from verifier.model.findings import Unknown, Verdict
from verifier.model.paper import Banner
from verifier.model.verification import Decision, Evidence
from verifier.model.vocabulary import CoverageStatus, Network
from verifier.papers.explanation import make_explanation
from verifier.papers.phrases import Language
from verifier.papers.subject import Subject

WORDS = list(read_rows("words.tsv", "verifier.papers"))
GO = Decision(Verdict.GO)
STOP = Decision(Verdict.STOP)


def explain(language: Language = Language.ENGLISH, **changes: Any) -> str:  # noqa: ANN401 - parts of a verification
    return write(make_explanation(a_subject(**changes), language))


def of_status(status: CoverageStatus) -> Coverage:
    return replace(COVERAGE, status=status)


@pytest.mark.parametrize("language", Language)
def test_the_explanation_is_whole(language: Language) -> None:
    assert explain(language) == Path(__file__).with_name(f"explanation.{language}.txt").read_text()


@pytest.mark.parametrize(
    ("changes", "title"),
    [
        ({"decision": GO}, "Yes. Your insurance says that your plan is active."),
        ({}, "Your plan is active, but some things are not clear yet."),
        ({"decision": STOP}, "Your insurance says that it does not pay for this program."),
        (
            {"coverage": of_status(CoverageStatus.INACTIVE)},
            "Your insurance says that your plan is not active.",
        ),
        (
            {"coverage": of_status(CoverageStatus.REJECTED)},
            "Your insurance did not find you with what we sent.",
        ),
        (
            {"coverage": of_status(CoverageStatus.UNKNOWN)},
            "We do not know yet. Your insurance could not answer.",
        ),
        ({"coverage": None, "estimate": None}, "We do not know yet. Your insurance could not answer."),
    ],
)
def test_how_it_stands_is_said_first(changes: dict[str, Any], title: str) -> None:
    first = make_explanation(a_subject(**changes), Language.ENGLISH).blocks[0]

    assert isinstance(first, Banner)
    assert first.title == title


def test_an_outage_is_never_told_as_a_no_or_as_free() -> None:
    text = explain(coverage=None, estimate=None, decision=None, after_primary=None)

    assert "This does not mean that you have no coverage." in text
    assert "We cannot say yet what you will pay. This does not mean that it is free." in text
    assert "$" not in text


def test_nothing_to_pay_here_is_told_beside_what_somebody_else_may_bill() -> None:
    estimate = a_verification().estimate
    assert estimate
    nothing = replace(estimate, totals=estimate.totals._replace(patient=Decimal(0)))

    text = explain(estimate=nothing)

    assert "You pay us nothing. VA may send you a bill of its own later: $10.00 to $50.00." in text


def test_a_question_without_words_of_its_own_is_still_told() -> None:
    text = explain(unknowns=(Unknown("tricare_group", "Which group?"),))

    assert "- Some details of your benefits. We will ask you or your plan." in text


@pytest.mark.parametrize("language", Language)
def test_whatever_is_said_fits_on_one_page(language: Language) -> None:
    everything = tuple(Unknown(code, "?") for code in FactCode)
    inquiry = replace(a_verification().inquiry, network=Network.OUT)
    subjects = [
        a_subject(unknowns=everything, inquiry=inquiry, coverage=of_status(status), decision=decision)
        for status, decision in product(CoverageStatus, (GO, STOP, None))
    ]

    pages = {len(read(PAPERS.press.print(make_explanation(each, language))).pages) for each in subjects}

    assert pages == {1}


def test_each_sentence_stands_in_both_languages_with_the_same_blanks() -> None:
    for row in WORDS:
        blanks = [
            {name for _, name, _, _ in string.Formatter().parse(row[each]) if name} for each in Language
        ]
        assert all(row[each].strip() for each in Language), row
        assert blanks[0] == blanks[1], row


def sentences(language: Language) -> list[str]:
    texts = (re.sub(r"\{\w+\}", "one", row[language]) for row in WORDS if row["key"] != "privacy")
    return [each for text in texts for each in re.split(r"[.:?]\s*", text) if len(each.split()) > 3]


def syllables(word: str) -> int:
    return max(1, len(re.findall(r"[aeiouyáéíóúü]+", re.sub(r"e$", "", word.lower()))))


def test_the_english_is_that_of_a_sixth_grader_by_flesch_and_kincaid() -> None:
    said = sentences(Language.ENGLISH)
    words = re.findall(r"[A-Za-z]+", " ".join(said))
    grade = 0.39 * len(words) / len(said) + 11.8 * sum(map(syllables, words)) / len(words) - 15.59

    assert grade <= 6


def test_the_spanish_is_easy_by_fernandez_huerta() -> None:
    said = sentences(Language.SPANISH)
    words = re.findall(r"[a-záéíóúüñ]+", " ".join(said).lower())
    per_hundred = 100 * sum(len(re.findall(r"[aeiouáéíóúü]+", word)) or 1 for word in words) / len(words)

    assert 206.84 - 0.60 * per_hundred - 1.02 * len(words) / len(said) >= 70


def test_300_hostile_texts_in_every_field_are_only_words_of_the_explanation() -> None:
    for number, text in enumerate(HOSTILE):
        poisoned = poison(a_verification(), lambda _, text=text: text)
        subject = Subject(
            Evidence(poisoned, ()), poison(FACILITY, lambda _, text=text: text), PAPERS.colophon
        )

        paper = make_explanation(subject, Language.SPANISH)

        assert text in write(paper)
        if number % 50 == 0:
            assert keys_of(PAPERS.press.print(paper)) & ACTIVE_KEYS == set()


def test_the_facilitys_telephone_is_told_where_it_has_one() -> None:
    subject = replace(a_subject(), facility=replace(FACILITY, phone="(985) 555-0100"))

    assert "- Us: call Abita Springs Recovery at (985) 555-0100." in write(
        make_explanation(subject, Language.ENGLISH)
    )


def test_the_day_is_the_one_it_was_at_the_facility() -> None:
    subject = a_subject(as_of=NOON.replace(hour=3))
    there = replace(subject, facility=replace(FACILITY, time_zone="America/Chicago"))

    days = [make_explanation(each, Language.ENGLISH).subtitle for each in (subject, there)]

    assert ["November 24, 2026" in days[0], "November 23, 2026" in days[1]] == [True, True]
