"""Each answer carries the statements that have to go with it, and what leaves later carries the same."""

from dataclasses import replace
from datetime import date

import pytest

from tests.store.support import FACILITY, NOON, PROGRAM, inquire
from tests.unit.verifier.answering.test_consent_gate import CONSENT
from verifier.answering.notices import NO_GUARANTEE, PART_2, explain_scope, notices_for, statements_of
from verifier.model.verification import Verification, VerificationStatus

PART_2_PROGRAM = replace(FACILITY, part2=True)
BOTH, ALWAYS = ["42_CFR_PART_2", "NO_GUARANTEE"], ["NO_GUARANTEE"]


@pytest.mark.parametrize(
    ("code", "part2", "codes"),
    [
        ("H0015", False, BOTH),
        ("S9480", False, ALWAYS),
        ("90853", False, ALWAYS),
        ("S9480", True, BOTH),
        ("90853", True, BOTH),
    ],
)
def test_addiction_treatment_and_a_part_2_program_carry_their_notice(
    code: str,
    part2: bool,  # noqa: FBT001 - a column of the table
    codes: list[str],
) -> None:
    inquiry = inquire(program=replace(PROGRAM, code=code))

    found = notices_for(inquiry, PART_2_PROGRAM if part2 else FACILITY)

    assert [notice.code for notice in found] == codes


def test_under_a_consent_its_scope_is_explained_beside_the_statement() -> None:
    statement, scope, _ = notices_for(inquire(), FACILITY, CONSENT)

    assert [statement.code, scope.code] == ["42_CFR_PART_2", "42_CFR_PART_2_SCOPE"]
    assert scope.text == (
        "The patient's consent of 2026-11-20 lets abita-springs disclose to all of the patient's health "
        "plans and third-party payers, for payment: Enrolment and benefits. It has no end unless it is "
        "revoked. May be passed on as HIPAA permits, not in proceedings against the patient"
    )


def test_a_consent_for_some_payers_until_some_day_is_explained_as_such() -> None:
    narrow = replace(CONSENT, recipients=frozenset({"b-plan", "a-plan"}), expires_on=date(2027, 1, 31))

    assert "disclose to a-plan, b-plan, for payment" in explain_scope(narrow)
    assert "It ends after 2027-01-31 unless it is revoked." in explain_scope(narrow)


def test_what_leaves_later_carries_the_statements_that_were_written_and_no_other() -> None:
    begun = Verification("ver_1", VerificationStatus.PENDING, inquire(), NOON)
    written = replace(begun, notices=notices_for(inquire(), FACILITY, CONSENT))
    elsewhere = replace(begun, inquiry=inquire(program=replace(PROGRAM, code="S9480")))

    assert [each.code for each in statements_of(written, FACILITY)] == [
        "42_CFR_PART_2",
        "42_CFR_PART_2_SCOPE",
    ]
    assert statements_of(begun, FACILITY) == (PART_2,)  # kept before statements were written at the start
    assert statements_of(elsewhere, FACILITY) == ()
    assert statements_of(elsewhere, PART_2_PROGRAM) == statements_of(elsewhere, None) == (PART_2,)
    assert NO_GUARANTEE not in statements_of(written, None)
