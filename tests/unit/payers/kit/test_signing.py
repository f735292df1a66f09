"""Signing keys: what is taken for one, and what a signed statement holds."""

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
)
from joserfc import jwt
from joserfc.errors import SecurityWarning
from joserfc.jwk import RSAKey

from payers.kit.signing import SigningKey
from verifier.errors import NotConfigured


@pytest.fixture(name="key", scope="module")
def _key() -> RSAKey:
    return RSAKey.generate_key(2048)


def test_a_statement_can_be_checked_with_the_public_key_and_names_the_key(key: RSAKey) -> None:
    signed = SigningKey.read(key.as_pem(private=True), "key-1").sign({"iss": "us", "exp": 17})

    public = RSAKey.import_key(key.as_pem(private=False))
    token = jwt.decode(signed, public, algorithms=["RS256"])
    assert token.header == {"alg": "RS256", "kid": "key-1", "typ": "JWT"}
    assert token.claims == {"iss": "us", "exp": 17}


def test_what_is_no_private_rsa_key_without_passphrase_is_refused(key: RSAKey) -> None:
    curve = ec.generate_private_key(ec.SECP256R1())
    locked = key.private_key.private_bytes(  # type: ignore[union-attr] # it is a private one
        Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(b"passphrase")
    )
    wrong = (
        b"",
        b"no key at all",
        key.as_pem(private=False),
        curve.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()),
        locked,
    )

    for pem in wrong:
        with pytest.raises(NotConfigured):
            SigningKey.read(pem)


def test_a_key_too_small_to_be_safe_is_refused() -> None:
    with pytest.warns(SecurityWarning):
        small = RSAKey.generate_key(1024).as_pem(private=True)

    with pytest.warns(SecurityWarning), pytest.raises(NotConfigured, match="2048"):
        SigningKey.read(small)
