"""Anchors: signed word of where the audit chain stood, kept where the keeper of the database cannot write.

One JSON object a line, appended and never rewritten, signed with Ed25519. Whoever cuts the newest links off,
or writes the whole chain anew, would have to change this file too, and cannot sign.
"""

import json
import os
from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from verifier.errors import VerifierError
from verifier.store.audit_chain import Head

PURPOSE: Final = b"verifier audit anchor 1\0"


class AnchorBroken(VerifierError):
    """A line of the anchor file is not as it was signed."""

    code = "anchor_broken"
    title = "The anchor file cannot be trusted"


class AnchorFile:
    """The anchors of one chain."""

    def __init__(self, path: Path, secret: bytes) -> None:
        """Keep anchors at *path*, signed with the Ed25519 key of the 32-byte *secret*."""
        self.path = path
        self._key = Ed25519PrivateKey.from_private_bytes(secret)

    @property
    def public_key(self) -> str:
        """Return the key that checks the signatures, 64 hexadecimal digits."""
        return self._key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw).hex()

    def append(self, head: Head, at: datetime) -> None:
        """Sign that the chain stood at *head*; durable when this returns.

        Raises:
            OSError: the file cannot be written.
        """
        word = {"sequence": head.sequence, "hash": head.hash.hex(), "at": at.isoformat()}
        line = json.dumps(word | {"signature": self._key.sign(_canonical(word)).hex()}) + "\n"
        self.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        descriptor = os.open(self.path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        try:
            os.write(descriptor, line.encode())  # one write, so that lines of two processes do not mix
            os.fsync(descriptor)
        finally:
            os.close(descriptor)

    def read(self) -> list[Head]:
        """Return every anchor, oldest first; none when there is no file.

        Raises:
            AnchorBroken: a line is not as it was signed.
        """
        return list(self._read()) if self.path.exists() else []

    def _read(self) -> Iterator[Head]:
        for number, line in enumerate(self.path.read_bytes().splitlines(), 1):
            try:
                yield self._open(json.loads(line))
            except (InvalidSignature, ValueError, LookupError, TypeError, AttributeError):
                raise AnchorBroken(f"Line {number} of the anchor file is not as it was signed.") from None

    def _open(self, word: dict[str, str]) -> Head:
        signature = bytes.fromhex(word.pop("signature"))
        self._key.public_key().verify(signature, _canonical(word))
        return Head(int(word["sequence"]), bytes.fromhex(word["hash"]))


def _canonical(word: Mapping[str, object]) -> bytes:
    return PURPOSE + json.dumps(word, sort_keys=True, separators=(",", ":")).encode()
