import pytest

from verifier.answering.notices import notices_for


@pytest.mark.parametrize(
    ("track", "part2", "codes"),
    [
        ("sud", False, ["42_CFR_PART_2", "NO_GUARANTEE"]),
        ("mh", False, ["NO_GUARANTEE"]),
        (None, False, ["NO_GUARANTEE"]),
        ("mh", True, ["42_CFR_PART_2", "NO_GUARANTEE"]),
        (None, True, ["42_CFR_PART_2", "NO_GUARANTEE"]),
    ],
)
def test_addiction_treatment_and_a_part_2_program_carry_their_notice(
    track: str | None,
    part2: bool,  # noqa: FBT001 - a column of the table
    codes: list[str],
) -> None:
    assert [notice.code for notice in notices_for(track, part2=part2)] == codes
