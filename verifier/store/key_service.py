"""`HeldMasterKey` and `MasterKeyFile`: key services that hold the master key themselves.

Both fulfil `verifier.ports.KeyService`. To rotate a master key of the environment put the new one first in
``VERIFIER_KEY`` everywhere, run ``verifier admin keys rotate``, and drop the old one.
"""

from pathlib import Path

from verifier.errors import NotConfigured, Unavailable
from verifier.store.encryption import Box, KeyRing, SealBroken, load_key


class HeldMasterKey:
    """Master keys given by the environment: the first wraps, all unwrap."""

    def __init__(self, ring: KeyRing) -> None:
        """Wrap by the first key of *ring*."""
        self._box = Box(ring, purpose="data key", version=1)

    def wrap(self, secret: bytes, *, name: str) -> bytes:
        """Encrypt *secret* so that it unwraps under *name* only."""
        return self._box.seal(secret, name=name)

    def unwrap(self, wrapped: bytes, *, name: str) -> bytes:
        """Decrypt what was wrapped under *name*.

        Raises:
            Unavailable: no master key here wrapped it, or it was changed.
        """
        try:
            return self._box.open(wrapped, name=name)
        except SealBroken:
            raise Unavailable(
                "A data key was wrapped by another master key; restore VERIFIER_KEY or the key file."
            ) from None


class MasterKeyFile:
    """The master key in a file, made when there is none; read anew each time, so a lost file is noticed."""

    def __init__(self, path: Path) -> None:
        """Keep the key at *path*."""
        self._path = path
        load_key(path)

    def wrap(self, secret: bytes, *, name: str) -> bytes:
        """Encrypt *secret* so that it unwraps under *name* only.

        Raises:
            Unavailable: the file cannot be read any more.
        """
        return self._held().wrap(secret, name=name)

    def unwrap(self, wrapped: bytes, *, name: str) -> bytes:
        """Decrypt what was wrapped under *name*.

        Raises:
            Unavailable: the file cannot be read any more, or holds another key.
        """
        return self._held().unwrap(wrapped, name=name)

    def _held(self) -> HeldMasterKey:
        if not self._path.exists():
            raise Unavailable("The key file is gone; restore it.")
        try:
            return HeldMasterKey(KeyRing.of([load_key(self._path)]))
        except NotConfigured as error:
            raise Unavailable(error.detail) from error
