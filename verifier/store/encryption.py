"""Encryption of everything the store keeps; there is no way to store anything unencrypted.

A sealed content is ``format byte | key id (8) | nonce (12) | AES-256-GCM ciphertext and tag``. Its associated
data binds purpose, key id, schema version and the name it is kept under, so that a sealed content moved to
another row, purpose or version does not open. What cannot be told from the bytes alone is an older content
put back under its own name: its age stands inside, and the reader judges by that.

Each purpose has its own key, derived with HKDF-SHA-256 from the deployment's key. Nonces are random; at one
message a millisecond the 2^32 messages of a key (NIST SP 800-38D) last seven weeks, so rotate keys before.
"""

import hashlib
import hmac
import os
import secrets
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Self

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from verifier.errors import NotConfigured, VerifierError

FORMAT: Final = b"\x01"
KEY_BYTES: Final = 32
KEY_ID_BYTES: Final = 8
NONCE_BYTES: Final = 12
HEADER_BYTES: Final = len(FORMAT) + KEY_ID_BYTES + NONCE_BYTES


class SealBroken(VerifierError):
    """Stored bytes were changed, moved, or sealed by a key or version unknown here."""

    code = "seal_broken"
    title = "Stored data cannot be trusted"


@dataclass(frozen=True, slots=True)
class Key:
    """One 32-byte key of the deployment; its id is derived from it, so nobody has to name keys."""

    secret: bytes = field(repr=False)

    def __post_init__(self) -> None:
        if len(self.secret) != KEY_BYTES:
            raise NotConfigured("An encryption key must have exactly 32 bytes.")

    @property
    def id(self) -> bytes:
        """Return the public name of this key, 8 bytes."""
        return self.derive("key id")[:KEY_ID_BYTES]

    def derive(self, purpose: str) -> bytes:
        """Derive the 32-byte key of one *purpose*."""
        return HKDF(SHA256(), KEY_BYTES, salt=None, info=b"verifier " + purpose.encode()).derive(self.secret)


@dataclass(frozen=True, slots=True)
class KeyRing:
    """The keys of a deployment: the first encrypts, all decrypt.

    To rotate, put the new key first on every machine; drop the old one when what it sealed has expired.
    """

    keys: tuple[Key, ...]

    def __post_init__(self) -> None:
        if not self.keys:
            raise NotConfigured("No encryption key is configured; give VERIFIER_KEY.")

    @classmethod
    def of(cls, raw_keys: Sequence[bytes]) -> Self:
        """Build the ring from raw keys."""
        return cls(tuple(Key(secret) for secret in raw_keys))


class Box:
    """Seals and opens the contents of one purpose in one schema version."""

    def __init__(self, ring: KeyRing, *, purpose: str, version: int) -> None:
        """Derive the keys of *purpose*; *version* is that of the content's form."""
        self._ciphers = {key.id: AESGCM(key.derive(f"seal {purpose}")) for key in ring.keys}
        self._first = ring.keys[0].id
        self._context = f"{purpose}\0{version}\0".encode()

    def seal(self, content: bytes, *, name: str) -> bytes:
        """Encrypt *content* so that it opens under *name* only."""
        nonce = secrets.token_bytes(NONCE_BYTES)
        header = FORMAT + self._first + nonce
        return header + self._ciphers[self._first].encrypt(nonce, content, self._bind(self._first, name))

    def open(self, sealed: bytes, *, name: str) -> bytes:
        """Decrypt what was sealed under *name*.

        Raises:
            SealBroken: a bit was changed, it was sealed for another name, purpose or version, or by a key
                that is not in the ring.
        """
        key_id = sealed[len(FORMAT) : len(FORMAT) + KEY_ID_BYTES]
        cipher = self._ciphers.get(key_id)
        if cipher is None or len(sealed) < HEADER_BYTES or sealed[: len(FORMAT)] != FORMAT:
            raise SealBroken("A stored entry is of no known form or key; it is not used.")
        nonce = sealed[HEADER_BYTES - NONCE_BYTES : HEADER_BYTES]
        try:
            return cipher.decrypt(nonce, sealed[HEADER_BYTES:], self._bind(key_id, name))
        except InvalidTag:
            raise SealBroken("A stored entry was changed or moved; it is not used.") from None

    def _bind(self, key_id: bytes, name: str) -> bytes:
        return self._context + key_id + name.encode()


class KeyedHash:
    """Turns what identifies a person into a name that says nothing without the key (HMAC-SHA-256).

    The ring's last key is used, so that putting a new key first changes no name.
    """

    def __init__(self, ring: KeyRing, *, purpose: str) -> None:
        """Derive the key of *purpose*."""
        self._key = ring.keys[-1].derive(f"name {purpose}")

    def name(self, identity: str) -> str:
        """Return 64 hexadecimal digits that stand for *identity*."""
        return hmac.new(self._key, identity.encode(errors="surrogatepass"), hashlib.sha256).hexdigest()


def load_key(path: Path) -> bytes:
    """Read the key file, or make it first, readable by its owner only; of several makers at once one wins.

    Raises:
        NotConfigured: the file cannot be made or read, others may read it, or it holds no key.
    """
    try:
        if not path.exists():
            _make_key(path)
        if path.stat().st_mode & 0o077:
            raise NotConfigured("The key file may be read by others; take that right away (chmod 600).")
        secret = path.read_bytes()
    except OSError as error:
        raise NotConfigured(
            f"The key file cannot be made or read ({error.strerror}); give VERIFIER_KEY or VERIFIER_DATA."
        ) from error
    if len(secret) != KEY_BYTES:
        raise NotConfigured("The key file does not hold exactly 32 bytes; restore it or remove it.")
    return secret


def _make_key(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    descriptor, draft = tempfile.mkstemp(dir=path.parent)  # made with mode 0600
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(secrets.token_bytes(KEY_BYTES))
            file.flush()
            os.fsync(file.fileno())
        path.hardlink_to(draft)
    except FileExistsError:
        pass  # another process was first; its key stands
    finally:
        Path(draft).unlink()
