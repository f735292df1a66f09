"""The chain that makes an audit trail tell when it was tampered with: pure, over rows in memory.

Each link's hash is HMAC-SHA-256 over the hash before it and the canonical bytes of its own content, so that
editing, removing, inserting or reordering a link breaks the chain there, and nobody without the key can mend
it. What a chain cannot tell by itself is that its newest links were cut off: anchors, kept elsewhere, can.
"""

import hashlib
import hmac
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from verifier.model.audit import Flaw

CANONICAL: Final = json.JSONEncoder(ensure_ascii=True, separators=(",", ":"))
GENESIS: Final = bytes(32)  # stands where the first link has no hash before it


class Link(NamedTuple):
    """One event as it is chained; *detail* is the plain text of what is stored encrypted."""

    sequence: int
    at: int  # microseconds since 1970, UTC
    action: str
    result: str
    who: str
    what: str
    place: str
    request_id: str
    member: str  # keyed hashes of whom it was about, empty for nobody
    person: str
    detail: str

    def chain_to(self, previous: bytes, key: bytes) -> bytes:
        """Return this link's hash, 32 bytes."""
        return hmac.digest(key, previous + CANONICAL.encode(self).encode(), hashlib.sha256)


@dataclass(frozen=True, slots=True)
class Head:
    """Where a chain stood: its last sequence number and that link's hash."""

    sequence: int
    hash: bytes = field(repr=False)


MISSING: Final = "is missing"
CHANGED: Final = "is not what was written, or does not follow the link before it"
UNREADABLE: Final = "cannot be decrypted: it was changed or moved"
OTHER_HISTORY: Final = "is not the one that was anchored: the chain was written anew"
OTHER_HEAD: Final = "is not where the chain is said to end"


def find_flaw(
    links: Iterable[tuple[Link | None, bytes]],
    key: bytes,
    *,
    head: Head | None = None,
    anchors: Iterable[Head] = (),
) -> Flaw | None:
    """Go along *links* with their stored hashes, oldest first; ``None`` when every one is as it was written.

    A link is ``None`` where its stored form cannot be read. *head* is where the store says the chain ends,
    *anchors* where it once stood by signed word kept elsewhere.
    """
    anchored: Mapping[int, bytes] = {each.sequence: each.hash for each in anchors}
    previous, wanted = GENESIS, 1
    for link, stored in links:
        flaw = _judge(link, stored, previous, wanted, key) or _compare(anchored, wanted, stored)
        if flaw:
            return flaw
        previous, wanted = stored, wanted + 1
    return _judge_end(wanted - 1, previous, head, anchored)


def _judge(link: Link | None, stored: bytes, previous: bytes, wanted: int, key: bytes) -> Flaw | None:
    if link is None:
        return Flaw(wanted, UNREADABLE)
    if link.sequence > wanted:
        return Flaw(wanted, MISSING)
    if link.sequence < wanted or not hmac.compare_digest(link.chain_to(previous, key), stored):
        return Flaw(link.sequence, CHANGED)
    return None


def _compare(anchored: Mapping[int, bytes], sequence: int, stored: bytes) -> Flaw | None:
    known = anchored.get(sequence)
    return Flaw(sequence, OTHER_HISTORY) if known is not None and known != stored else None


def _judge_end(last: int, hashed: bytes, head: Head | None, anchored: Mapping[int, bytes]) -> Flaw | None:
    if max((*anchored, head.sequence if head else 0), default=0) > last:
        return Flaw(last + 1, MISSING)
    if head and (head.sequence, head.hash) != (last, hashed):
        return Flaw(last, OTHER_HEAD)
    return None
