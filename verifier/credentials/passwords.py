"""`Argon2Passwords`: the slow hash, as `verifier.access.ports.Passwords` (only home of argon2).

The parameters are the library's own, RFC 9106's second choice: 64 MiB, three passes, four lanes. That is
160 ms and 64 MiB a try, so no more than a few are worked on at once.
"""

import threading
import unicodedata
from functools import cache
from typing import Final

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

AT_ONCE: Final = 4
USUAL: Final = PasswordHasher()


class Argon2Passwords:
    """Hashes passwords with argon2id."""

    def __init__(self, hasher: PasswordHasher | None = None) -> None:
        """Prepare the hash that is checked for nobody; *hasher* may be a weaker one for tests."""
        self._hasher = hasher or USUAL
        self._slots = threading.BoundedSemaphore(AT_ONCE)
        self._nobody = _hash_nobody(self._hasher)

    def hash(self, password: str) -> str:
        """Hash a new password."""
        with self._slots:
            return self._hasher.hash(_normalize(password))

    def verify(self, encoded: str | None, password: str) -> bool:
        """Tell whether the password fits; takes the same time for nobody (``None``), and is false then."""
        with self._slots:
            try:
                self._hasher.verify(encoded or self._nobody, _normalize(password))
            except (VerificationError, InvalidHashError):
                return False
        return encoded is not None


@cache
def _hash_nobody(hasher: PasswordHasher) -> str:
    """Hash what nobody has for a password, once for a process and those it forks."""
    return hasher.hash("nobody has this password")


def _normalize(password: str) -> bytes:
    """Write what two keyboards may type differently in one way (NIST SP 800-63B-4, 3.1.1.2)."""
    return unicodedata.normalize("NFKC", password).encode(errors="surrogatepass")
