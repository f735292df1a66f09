"""Medical-network JSON among all other replies: `payers.replies` reads it without being told what it is."""

import json

import pytest

from payers.replies import Replies
from tests.payers.checks import read_fixture
from verifier.errors import UnreadableReply
from verifier.model.vocabulary import CoverageStatus


@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf", b"\n  "])
def test_json_without_x12_is_read(mark: bytes) -> None:
    (coverage,) = Replies().read(mark + json.dumps(read_fixture("answer")).encode())

    assert coverage.status is CoverageStatus.ACTIVE
    assert coverage.benefits[0].source.pointer == "/benefitsInformation/0"


def test_a_list_of_items_gives_one_coverage_each() -> None:
    refusal = {"errors": [{"code": "79", "location": "2100A"}]}

    coverages = Replies().read(json.dumps({"items": [refusal, read_fixture("answer")]}).encode())

    assert [coverage.status for coverage in coverages] == [CoverageStatus.REJECTED, CoverageStatus.ACTIVE]
    assert coverages[1].benefits[0].source.pointer == "/items/1/benefitsInformation/0"


def test_the_json_of_another_api_is_not_taken_for_it() -> None:
    with pytest.raises(UnreadableReply):
        Replies().read(b'{"errors": [{"code": "INVALID", "message": "no"}]}')
