"""What comes instead of an answer says why, in plain words, and never anything of coverage."""

from pathlib import Path

import pytest

from payers.x12.response_271 import read_coverages
from verifier.model.coverage import Coverage, Trace

ISA = (
    "ISA*00*          *00*          *ZZ*PAYER          *ZZ*CLINIC         "
    "*261124*0930*^*00501*000000101*0*T*:"
)


def write(*segments: str, kind: str = "999") -> str:
    body = [f"ST*{kind}*0042*005010X231A1", *segments]
    group = "GS*FA*PAYER*CLINIC*20261124*0930*7*X*005010X231A1"
    return "~".join([ISA, group, *body, f"SE*{len(body) + 1}*0042", "GE*1*7", "IEA*1*000000101", ""])


def read(text: str) -> Coverage:
    (coverage,) = read_coverages(text)
    return coverage


REFUSED = (
    "QUESTION_REFUSED",
    "The payer's translator refused our question (999), so nobody looked at the coverage.",
)
RECEIVED = (
    "ACKNOWLEDGED_WITHOUT_ANSWER",
    "The payer confirmed our question but did not answer it. Ask again.",
)


@pytest.mark.parametrize(
    ("segments", "warnings"),
    [
        (("AK1*HS*1", "AK2*270*0001", "IK5*A", "AK9*A*1*1*1"), [RECEIVED]),
        (
            (
                "AK1*HS*1",
                "AK2*270*0001",
                "IK3*DMG*12**8",
                "IK4*2*1251*8*1988-04-12",
                "IK5*R*5",
                "AK9*R*1*1*0",
            ),
            [
                REFUSED,
                (
                    "QUESTION_FAULT",
                    "Segment DMG at position 12 of our question: the segment has faulty elements.",
                ),
                (
                    "QUESTION_FAULT",
                    "Segment DMG at position 12 of our question, element 2: it is no valid date.",
                ),
            ],
        ),
        (
            ("AK1*HS*1", "IK3*REF*57**3", "IK5*R*5", "AK9*P*3*3*1"),
            [
                REFUSED,
                ("QUESTION_FAULT", "Segment REF at position 57 of our question: the segment is missing."),
            ],
        ),
        (
            ("IK3*EQ*14**99", "IK4*13:2*1*ZZ", "IK5*R*5"),
            [
                REFUSED,
                ("QUESTION_FAULT", "Segment EQ at position 14 of our question: refused, code 99."),
                (
                    "QUESTION_FAULT",
                    "Segment EQ at position 14 of our question, element 13: refused, code ZZ.",
                ),
            ],
        ),
        (
            ("IK3*NM1*8**8", "IK4**66*7", "IK5*E*5", "AK9*E*1*1*1"),
            [
                (
                    "QUESTION_NOTED_WITH_ERRORS",
                    "The payer took our question with errors noted, but did not answer it. Ask again.",
                ),
                (
                    "QUESTION_FAULT",
                    "Segment NM1 at position 8 of our question: the segment has faulty elements.",
                ),
                (
                    "QUESTION_FAULT",
                    "Segment NM1 at position 8 of our question, element unknown: its code is not allowed.",
                ),
            ],
        ),
        (("AK9*R*1*1*0",), [REFUSED]),
        ((), [RECEIVED]),
    ],
)
def test_a_999_says_which_segment_and_element_was_refused(
    segments: tuple[str, ...], warnings: list[tuple[str, str]]
) -> None:
    coverage = read(write(*segments))

    assert coverage.status == "unknown"
    assert list(coverage.warnings) == warnings
    assert coverage.trace == Trace("000000101", "7", "0042")
    assert coverage.rejections == ()


def test_a_997_reads_like_a_999_and_repeats_nothing_of_what_was_asked() -> None:
    coverage = read(write("AK3*NM1*9**8", "AK4*3*1035*4*TESTCASE", "AK5*R*5", "AK9*R*1*1*0", kind="997"))

    assert [warning.code for warning in coverage.warnings] == [
        "QUESTION_REFUSED",
        "QUESTION_FAULT",
        "QUESTION_FAULT",
    ]
    assert "TESTCASE" not in str(coverage.warnings)


def test_a_long_list_of_faults_is_cut() -> None:
    assert len(read(write(*[f"IK3*NM1*{place}**8" for place in range(500)], "IK5*R")).warnings) == 21


@pytest.mark.parametrize(
    ("segment", "code", "reason"),
    [
        ("TA1*000000007*261124*0930*R*025", "QUESTION_REFUSED", "its control number was used before"),
        ("TA1*R*025", "QUESTION_REFUSED", "its control number was used before"),
        ("TA1*UQI23C5OMF9IQ*160225*0531*R*006", "QUESTION_REFUSED", "its sender is not known to the payer"),
        ("TA1*000000007*261124*0930*R*777", "QUESTION_REFUSED", "code 777"),
        ("TA1*000000007*261124*0930*R", "QUESTION_REFUSED", "no reason given"),
        ("TA1*000000007", "QUESTION_REFUSED", "no reason given"),
        ("TA1*000000007*261124*0930*A*000", "ACKNOWLEDGED_WITHOUT_ANSWER", "Ask again"),
        ("TA1*000000007*261124*0930*E*022", "ACKNOWLEDGED_WITHOUT_ANSWER", "Ask again"),
    ],
)
def test_a_ta1_says_why_the_whole_message_was_refused(segment: str, code: str, reason: str) -> None:
    coverage = read(f"{ISA}~{segment}~IEA*0*000000101~")

    assert coverage.status == "unknown"
    assert [warning.code for warning in coverage.warnings] == [code]
    assert reason in coverage.warnings[0].text


def test_a_ta1_without_an_envelope_is_read() -> None:
    assert [warning.code for warning in read("TA1*000000007*261124*0930*R*025~").warnings] == [
        "QUESTION_REFUSED",
        "ENVELOPE_MISSING",
    ]


@pytest.mark.parametrize("kind", ["270", "277", "835"])
def test_any_other_transaction_is_no_answer(kind: str) -> None:
    coverage = read(write("BHT*0022*13", "HL*1**20*1", kind=kind))

    assert coverage.status == "unknown"
    assert coverage.warnings[0] == (
        "NOT_A_271",
        f"This is a {kind}, not an answer (271). It says nothing of coverage.",
    )


def test_an_empty_envelope_is_no_answer() -> None:
    coverage = read(f"{ISA}~IEA*0*000000101~")

    assert (coverage.status, coverage.warnings[0].code) == ("unknown", "NO_TRANSACTION")


def test_an_acknowledgement_beside_an_answer_gives_no_coverage_of_its_own() -> None:
    answer = write("HL*1**20*1", "EB*1**30", kind="271").replace("GS*FA", "GS*HB")

    (coverage,) = read_coverages(write("AK1*HS*1", "AK9*A*1*1*1") + answer)

    assert coverage.status == "active"


def test_published_acknowledgements_are_never_read_as_coverage(reference: Path) -> None:
    folder = reference / "data" / "samples" / "acks"
    for path in sorted(folder.iterdir()):
        coverages = read_coverages(path.read_bytes().decode("utf-8"))

        assert {coverage.status for coverage in coverages} == {"unknown"}, path.name
        assert all(coverage.warnings for coverage in coverages), path.name
