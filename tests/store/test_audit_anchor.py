"""An anchor is read back as it was signed, or refused by its line."""

import os
from datetime import UTC, datetime
from pathlib import Path

import pytest

from verifier.store.audit_anchor import AnchorBroken, AnchorFile
from verifier.store.audit_chain import Head

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
HEADS = [Head(number, bytes([number]) * 32) for number in (3, 9)]


@pytest.fixture
def anchors(tmp_path: Path) -> AnchorFile:
    file = AnchorFile(tmp_path / "elsewhere" / "audit.anchors", bytes(range(32)))
    for head in HEADS:
        file.append(head, NOON)
    return file


def test_anchors_are_read_back_in_order_and_are_their_owners_only(anchors: AnchorFile) -> None:
    assert anchors.read() == HEADS
    assert anchors.path.stat().st_mode & 0o077 == 0


def test_no_file_is_no_anchor(tmp_path: Path) -> None:
    assert AnchorFile(tmp_path / "none", os.urandom(32)).read() == []


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b'"sequence": 9', b'"sequence": 8'),
        (b"0909", b"0908"),
        (b"2026", b"2027"),
        (b'"signature": "', b'"signature": "0'),
        (b'"signature"', b'"signatures"'),
        (b'"hash"', b'"hush"'),
        (b"{", b"["),
    ],
)
def test_a_changed_line_is_refused(anchors: AnchorFile, old: bytes, new: bytes) -> None:
    first, second = anchors.path.read_bytes().splitlines(keepends=True)
    assert old in second
    anchors.path.write_bytes(first + second.replace(old, new, 1))

    with pytest.raises(AnchorBroken, match="Line 2"):
        anchors.read()


def test_anothers_signature_is_refused(anchors: AnchorFile) -> None:
    AnchorFile(anchors.path, bytes(32)).append(HEADS[0], NOON)

    with pytest.raises(AnchorBroken, match="Line 3"):
        anchors.read()
