"""JSON replies of every wire through the one door: told apart, read, or refused in one line."""

import json
import os
from pathlib import Path

import pytest

from payers.replies import Replies
from verifier.errors import UnreadableReply
from verifier.model.coverage import CoverageStatus

SAMPLES = Path(os.environ.get("REFERENCE", Path(__file__).parents[3] / "shared")) / "data/samples/fhir"
FHIR = {
    "resourceType": "CoverageEligibilityResponse",
    "outcome": "complete",
    "insurance": [{"inforce": True, "item": [{"benefit": [{"allowedMoney": {"value": 25.5}}]}]}],
}
AVAILITY = {
    "statusCode": "4",
    "requestingProvider": {"npi": "1999999984"},
    "plans": [
        {"statusCode": "1", "benefits": [{"type": "30", "limitations": {"inNetwork": [{"quantity": "9"}]}}]}
    ],
}
REFUSAL = {"userMessage": "no", "developerMessage": "no", "errors": [{"code": "75"}]}


@pytest.mark.parametrize(
    ("document", "status", "pointers"),
    [
        (FHIR, CoverageStatus.ACTIVE, ["/insurance/0/inforce", "/insurance/0/item/0/benefit/0"]),
        (
            {"resourceType": "Bundle", "entry": [{"resource": FHIR}]},
            CoverageStatus.ACTIVE,
            ["/entry/0/resource/insurance/0/inforce", "/entry/0/resource/insurance/0/item/0/benefit/0"],
        ),
        (
            AVAILITY,
            CoverageStatus.ACTIVE,
            ["/plans/0/statusCode", "/plans/0/benefits/0/limitations/inNetwork/0"],
        ),
        (
            {"totalCount": 1, "coverages": [AVAILITY]},
            CoverageStatus.ACTIVE,
            ["/coverages/0/plans/0/statusCode", "/coverages/0/plans/0/benefits/0/limitations/inNetwork/0"],
        ),
        (REFUSAL, CoverageStatus.REJECTED, []),
    ],
    ids=["fhir", "a bundle", "availity", "availity's list", "availity's error"],
)
@pytest.mark.parametrize("before", [b"", b"\xef\xbb\xbf", b"\n "], ids=["plain", "a BOM", "blanks"])
def test_json_is_read_by_the_wire_it_is_of(
    document: object, status: CoverageStatus, pointers: list[str], before: bytes
) -> None:
    (coverage,) = Replies().read(before + json.dumps(document).encode())

    assert coverage.status is status
    assert [row.source.pointer for row in coverage.benefits] == pointers


@pytest.mark.skipif(not SAMPLES.is_dir(), reason="the reference data is not on this machine")
@pytest.mark.parametrize("path", sorted(SAMPLES.glob("*.json")), ids=lambda path: path.stem)
def test_published_fhir_is_read_or_refused_in_one_line(path: Path) -> None:
    reply = path.read_bytes()
    if (b'"CoverageEligibilityResponse"' in reply and b'"outcome"' in reply) or b"res-id-1" in reply:
        assert Replies().read(reply)
        return

    with pytest.raises(UnreadableReply) as refusal:
        Replies().read(reply)

    assert "\n" not in str(refusal.value)
    assert len(str(refusal.value)) < 160
