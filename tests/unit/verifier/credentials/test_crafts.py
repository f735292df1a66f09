"""Passwords and one-time codes, made and checked by the real libraries."""

from datetime import UTC, datetime, timedelta

import pyotp
import pytest
from argon2 import PasswordHasher

from verifier.credentials.passwords import Argon2Passwords
from verifier.credentials.totp import TotpAuthenticator

NOON = datetime(2026, 11, 25, 12, tzinfo=UTC)
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


@pytest.fixture(scope="module", name="passwords")
def _passwords() -> Argon2Passwords:
    return Argon2Passwords(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))


def test_a_password_fits_its_own_hash_only(passwords: Argon2Passwords) -> None:
    encoded = passwords.hash("correct horse battery")

    assert encoded.startswith("$argon2id$")
    assert passwords.verify(encoded, "correct horse battery")
    assert not passwords.verify(encoded, "correct horse batterx")
    assert not passwords.verify("no hash at all", "correct horse battery")
    assert passwords.hash("correct horse battery") != encoded


def test_nobody_has_a_password_not_even_the_one_hashed_for_nobody(passwords: Argon2Passwords) -> None:
    assert not passwords.verify(None, "nobody has this password")
    assert not passwords.verify(None, "")


def test_two_keyboards_that_write_a_letter_differently_type_the_same_password(
    passwords: Argon2Passwords,
) -> None:
    assert passwords.verify(
        passwords.hash("caf\N{LATIN SMALL LETTER E WITH ACUTE} noir noir"), "cafe\u0301 noir noir"
    )
    assert not passwords.verify(passwords.hash("x\ud800"), "x\ud801")


def test_the_shipped_parameters_are_those_of_rfc_9106() -> None:
    encoded = Argon2Passwords().hash("correct horse battery")

    assert "$m=65536,t=3,p=4$" in encoded


@pytest.mark.parametrize(("seconds", "offset"), [(0, 0), (-30, -1), (30, 1), (29, 0)])
def test_a_code_is_taken_one_step_before_and_after_its_time(seconds: int, offset: int) -> None:
    code = pyotp.TOTP(SECRET).at(NOON + timedelta(seconds=seconds))

    step = TotpAuthenticator().step(SECRET, code, NOON)

    assert step == int(NOON.timestamp()) // 30 + offset


@pytest.mark.parametrize("seconds", [-90, -60, -31, 60, 90])
def test_and_no_further_away(seconds: int) -> None:
    code = pyotp.TOTP(SECRET).at(NOON + timedelta(seconds=seconds))

    assert TotpAuthenticator().step(SECRET, code, NOON) is None


@pytest.mark.parametrize(
    "form", ["{wide}", " {code}", "{code}\n", "{short}", "{code}0", "", "+{short}", "{code} {code}"]
)
def test_a_code_written_otherwise_is_no_code(form: str) -> None:
    code = pyotp.TOTP(SECRET).at(NOON)
    wide = code.translate({ord(digit): ord(digit) + 0xFEE0 for digit in "0123456789"})

    written = form.format(code=code, wide=wide, short=code[:5])

    assert TotpAuthenticator().step(SECRET, written, NOON) is None


def test_secrets_are_long_new_and_readable_by_an_authenticator() -> None:
    craft = TotpAuthenticator()
    first, second = craft.new_secret(), craft.new_secret()

    assert (len(first), first != second) == (32, True)
    address = craft.address(first, "ana@riverbend.example")
    assert pyotp.parse_uri(address).secret == first
    assert address.startswith("otpauth://totp/Benefits%20verifier:ana%40riverbend.example?")
