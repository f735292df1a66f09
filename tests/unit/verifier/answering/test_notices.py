import pytest

from verifier.answering.notices import notices_for


@pytest.mark.parametrize(
    ("track", "codes"),
    [("sud", ["42_CFR_PART_2", "NO_GUARANTEE"]), ("mh", ["NO_GUARANTEE"]), (None, ["NO_GUARANTEE"])],
)
def test_addiction_treatment_carries_its_notice(track: str | None, codes: list[str]) -> None:
    assert [notice.code for notice in notices_for(track)] == codes
