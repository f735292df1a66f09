"""Encryption of everything the store keeps; there is no way to store anything unencrypted.

A sealed content is ``format byte | key id (8) | nonce (12) | AES-256-GCM ciphertext and tag``. Its associated
data binds purpose, key id, schema version and the name it is kept under, so that a sealed content moved to
another row, purpose or version does not open. What cannot be told from the bytes alone is an older content
put back under its own name: its age stands inside, and the reader judges by that.

Each purpose has its own key, derived with HKDF-SHA-256. Nonces are random; at one message a millisecond the
2^32 messages of a key (NIST SP 800-38D) last seven weeks, so rotate keys before.
"""

import hashlib
import hmac
import os
import secrets
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Protocol, Self

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


@dataclass(frozen=True)
class Key:
    """One 32-byte key; its id is derived from it, so nobody has to name keys."""

    secret: bytes = field(repr=False)
    _derived: dict[str, bytes] = field(default_factory=dict, init=False, repr=False, compare=False)
    _ciphers: dict[str, AESGCM] = field(default_factory=dict, init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        if len(self.secret) != KEY_BYTES:
            raise NotConfigured("An encryption key must have exactly 32 bytes.")

    @classmethod
    def random(cls) -> Self:
        """Make a new key."""
        return cls(secrets.token_bytes(KEY_BYTES))

    @property
    def id(self) -> bytes:
        """Return the public name of this key, 8 bytes."""
        return self.derive("key id")[:KEY_ID_BYTES]

    def derive(self, purpose: str) -> bytes:
        """Derive the 32-byte key of one *purpose*."""
        if purpose not in self._derived:
            info = b"verifier " + purpose.encode()
            self._derived[purpose] = HKDF(SHA256(), KEY_BYTES, salt=None, info=info).derive(self.secret)
        return self._derived[purpose]

    def cipher(self, purpose: str) -> AESGCM:
        """Return the cipher of the key of one *purpose*; setting one up takes as long as a short content."""
        if purpose not in self._ciphers:
            self._ciphers[purpose] = AESGCM(self.derive(purpose))
        return self._ciphers[purpose]


class Keys(Protocol):
    """Where the keys come from; none is kept by whoever asks, so that a retired one is soon gone."""

    def current(self) -> Key:
        """Return the key that seals now."""
        ...

    def find(self, key_id: bytes) -> Key | None:
        """Return the key with this id, or ``None`` when it is unknown or retired."""
        ...

    def naming(self) -> Key:
        """Return the key of keyed names; it stays when the key that seals is rotated."""
        ...


@dataclass(frozen=True, slots=True)
class KeyRing:
    """Keys that are at hand: the first encrypts, all decrypt, the last names.

    To rotate, put the new key first on every machine; drop the old one when what it sealed has expired or was
    sealed anew.
    """

    keys: tuple[Key, ...]

    def __post_init__(self) -> None:
        if not self.keys:
            raise NotConfigured("No encryption key is configured; give VERIFIER_KEY.")

    @classmethod
    def of(cls, raw_keys: Sequence[bytes]) -> Self:
        """Build the ring from raw keys."""
        return cls(tuple(Key(secret) for secret in raw_keys))

    def current(self) -> Key:
        """Return the first key."""
        return self.keys[0]

    def find(self, key_id: bytes) -> Key | None:
        """Return the key with this id, or ``None``."""
        return next((key for key in self.keys if key.id == key_id), None)

    def naming(self) -> Key:
        """Return the last key, so that putting a new one first changes no name."""
        return self.keys[-1]


class Box:
    """Seals and opens the contents of one purpose in one schema version."""

    def __init__(self, keys: Keys, *, purpose: str, version: int) -> None:
        """Use the keys of *purpose*; *version* is that of the content's form."""
        self._keys = keys
        self._purpose = f"seal {purpose}"
        self._context = f"{purpose}\0{version}\0".encode()

    def seal(self, content: bytes, *, name: str, key: Key | None = None) -> bytes:
        """Encrypt *content*, by the current key unless one is given, so that it opens under *name* only."""
        key = key or self._keys.current()
        nonce = secrets.token_bytes(NONCE_BYTES)
        sealed = self._cipher(key).encrypt(nonce, content, self._bind(key.id, name))
        return FORMAT + key.id + nonce + sealed

    def open(self, sealed: bytes, *, name: str, key: Key | None = None) -> bytes:
        """Decrypt what was sealed under *name*, by the key it names, which must be *key* if one is given.

        Raises:
            SealBroken: a bit was changed, it was sealed for another name, purpose or version, or by a key
                that is unknown or retired.
        """
        key_id = sealed[len(FORMAT) : len(FORMAT) + KEY_ID_BYTES]
        if len(sealed) < HEADER_BYTES or sealed[: len(FORMAT)] != FORMAT:
            raise SealBroken("A stored entry is of no known form; it is not used.")
        key = key or self._keys.find(key_id)
        if key is None or key.id != key_id:
            raise SealBroken("A stored entry is sealed by another key; it is not used.")
        nonce = sealed[HEADER_BYTES - NONCE_BYTES : HEADER_BYTES]
        try:
            return self._cipher(key).decrypt(nonce, sealed[HEADER_BYTES:], self._bind(key_id, name))
        except InvalidTag:
            raise SealBroken("A stored entry was changed or moved; it is not used.") from None

    def _cipher(self, key: Key) -> AESGCM:
        return key.cipher(self._purpose)

    def _bind(self, key_id: bytes, name: str) -> bytes:
        return self._context + key_id + name.encode()


class KeyedHash:
    """Turns what identifies a person into a name that says nothing without the key (HMAC-SHA-256)."""

    def __init__(self, keys: Keys, *, purpose: str) -> None:
        """Name by the naming key of *keys*, for one *purpose*."""
        self._keys = keys
        self._purpose = f"name {purpose}"

    def name(self, identity: str) -> str:
        """Return 64 hexadecimal digits that stand for *identity*."""
        key = self._keys.naming().derive(self._purpose)
        return hmac.new(key, identity.encode(errors="surrogatepass"), hashlib.sha256).hexdigest()


def load_keys(path: Path) -> Sequence[bytes]:
    """Read the key file, or make it first, readable by its owner only; of several makers at once one wins.

    It holds one key of 32 bytes, or several while the first is replacing the others.

    Raises:
        NotConfigured: the file cannot be made or read, others may read it, or it holds no key.
    """
    try:
        if not path.exists():
            _make_keys(path)
        if path.stat().st_mode & 0o077:
            raise NotConfigured("The key file may be read by others; take that right away (chmod 600).")
        content = path.read_bytes()
    except OSError as error:
        raise _refuse(error) from error
    if not content or len(content) % KEY_BYTES:
        raise NotConfigured("The key file does not hold exactly 32 bytes; restore it or remove it.")
    return [content[start : start + KEY_BYTES] for start in range(0, len(content), KEY_BYTES)]


def save_keys(path: Path, secrets: Sequence[bytes]) -> None:
    """Replace the content of the key file; whoever reads it sees the old content or the new.

    Raises:
        NotConfigured: it cannot be written.
    """
    try:
        _draft(path.parent, b"".join(secrets)).replace(path)
    except OSError as error:
        raise _refuse(error) from error


def _refuse(error: OSError) -> NotConfigured:
    return NotConfigured(
        f"The key file cannot be made or read ({error.strerror}); give VERIFIER_KEY or VERIFIER_DATA."
    )


def _make_keys(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    draft = _draft(path.parent, secrets.token_bytes(KEY_BYTES))
    try:
        path.hardlink_to(draft)
    except FileExistsError:
        pass  # another process was first; its key stands
    finally:
        draft.unlink()


def _draft(folder: Path, content: bytes) -> Path:
    descriptor, name = tempfile.mkstemp(dir=folder)  # made with mode 0600
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    return Path(name)
