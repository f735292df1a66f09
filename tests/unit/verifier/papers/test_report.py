"""The report says everything that is known of a verification, and marks what is not."""

import io
from dataclasses import replace
from pathlib import Path

import pypdf
import pytest

from tests.papers import a_subject, a_verification, words, write
from tests.store.support import NOON, PAPERS
from verifier.model.coverage import unknown_coverage
from verifier.model.paper import Banner, Tone
from verifier.model.verification import Evidence, VerificationStatus
from verifier.papers.proof import sha256
from verifier.papers.report import make_report
from verifier.papers.subject import Subject, digest_of
from verifier.press.opening import write_data

GOLDEN = Path(__file__).with_name("report.txt")


def test_the_report_is_whole() -> None:
    subject = a_subject()
    text = write(make_report(subject))
    changing = {version.value: version.name for version in PAPERS.colophon.versions}
    changing[sha256(write_data(subject.verification))] = "the hash of the answer"
    for value, name in changing.items():
        text = text.replace(value, f"<{name}>")

    assert text == GOLDEN.read_text()


def test_every_word_of_the_report_stands_on_its_pages() -> None:
    paper = make_report(a_subject())
    printed = pypdf.PdfReader(io.BytesIO(PAPERS.press.print(paper)))
    text = "".join("".join(page.extract_text().split()) for page in printed.pages)

    missing = [
        word
        for block in paper.blocks
        for line in words(block)
        for word in line.split()
        if word.strip("#-[]|/") not in text
    ]

    assert missing == []


def test_an_outage_is_told_as_unknown_and_never_as_no_coverage_or_no_cost() -> None:
    text = write(make_report(a_subject(coverage=unknown_coverage(), estimate=None, decision=None)))

    assert "Coverage | Unknown: nobody could say; this is not a no" in text
    assert "The cost could not be estimated; that is not the same as no cost." in text
    assert "$0.00" not in text.replace("After the plans that pay before: $5.00, from $0.00 to $9.00.", "")


@pytest.mark.parametrize(
    ("status", "title"),
    [
        (VerificationStatus.PENDING, "The payer has not answered yet; this report is not complete"),
        (VerificationStatus.FAILED, "The question could not be put; this says nothing about coverage"),
    ],
)
def test_a_verification_without_an_answer_says_so_first(status: VerificationStatus, title: str) -> None:
    bare = replace(
        a_verification(), status=status, coverage=None, estimate=None, decision=None, problem="Why."
    )
    paper = make_report(Subject(Evidence(bare, ()), None, PAPERS.colophon))

    assert paper.blocks[0] == Banner(title, Tone.PLAIN, ("Why.",))
    assert "Nobody has answered." in write(paper)


def test_lists_that_others_fill_are_cut_and_say_how_many_are_left_out() -> None:
    coverage = a_verification().coverage
    assert coverage
    text = write(make_report(a_subject(coverage=replace(coverage, messages=("Hello.",) * 10_000))))

    assert text.count("Hello.") == 40
    assert "and 9960 more" in text


def test_the_hash_of_the_answer_is_over_what_the_api_gives() -> None:
    one, other = a_verification(), a_verification(created_at=NOON.replace(hour=13))

    assert write_data(one) != write_data(other)
    assert write_data(one).startswith(b'{"actions":["Ask for authorization."],')


def test_a_version_names_the_code_it_was_made_with() -> None:
    assert digest_of("verifier.estimation") == digest_of("verifier.estimation")
    assert len({digest_of("verifier.estimation"), digest_of("verifier.codes"), digest_of("payers")}) == 3
