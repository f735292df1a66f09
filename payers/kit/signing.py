"""Signs what proves who we are: JWTs with RS256 (RFC 7515, RFC 7519)."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Final, Self

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import RSAKey

from verifier.errors import NotConfigured

ALGORITHM: Final = "RS256"
SMALLEST: Final = 2048  # bits; NIST SP 800-131A allows no fewer


class SigningKey:
    """A private RSA key; neither it nor what it signs reaches a representation."""

    def __init__(self, key: RSAKey, name: str = "") -> None:
        """Sign with *key*; *name* is what the other side calls it (``kid``), if it has several of ours."""
        self._key = key
        self._header = {"alg": ALGORITHM, **({"kid": name} if name else {})}

    @classmethod
    def read(cls, pem: bytes, name: str = "") -> Self:
        """Read a key in PEM without a passphrase.

        Raises:
            NotConfigured: it is none, is a public one, or is too small to be safe.
        """
        key = _import(pem)
        if not key.is_private or key.private_key is None or key.private_key.key_size < SMALLEST:
            raise NotConfigured(f"The signing key must be a private RSA key of {SMALLEST} bits at least.")
        return cls(key, name)

    def sign(self, claims: Mapping[str, str | int]) -> str:
        """Write *claims* as a signed JWT (RFC 7519)."""
        return jwt.encode(self._header, dict(claims), self._key, algorithms=[ALGORITHM])


@lru_cache(8)  # to check the numbers of a key takes a tenth of a second
def _import(pem: bytes) -> RSAKey:
    try:
        return RSAKey.import_key(pem)
    except (ValueError, TypeError, JoseError) as error:
        raise NotConfigured("The signing key is no RSA key in PEM without a passphrase.") from error
