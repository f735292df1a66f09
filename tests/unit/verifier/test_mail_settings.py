"""What the environment may say of the morning digest."""

from datetime import time

import pytest

from verifier.errors import NotConfigured
from verifier.mail import MailRoute, read_digest

GIVEN = {
    "VERIFIER_SMTP_URL": "smtp://verifier:p%40ss@mail.example.org",
    "VERIFIER_DIGEST_FROM": "verifier@example.org",
    "VERIFIER_DIGEST_TO": "ana@example.org, bo@example.org",
    "VERIFIER_PUBLIC_URL": "https://verifier.example.org/",
}


def test_a_digest_is_read_whole() -> None:
    found = read_digest(GIVEN | {"VERIFIER_DIGEST_AT": "05:45"})

    assert found
    assert found.route == MailRoute(
        "mail.example.org", 587, tls_from_the_start=False, user="verifier", password="p@ss"
    )
    assert found.recipients == ("ana@example.org", "bo@example.org")
    assert (found.site, found.at) == ("https://verifier.example.org", time(5, 45))
    assert "p@ss" not in repr(found)


def test_without_a_word_of_it_there_is_none() -> None:
    assert read_digest({}) is None
    assert read_digest({"VERIFIER_PUBLIC_URL": "https://verifier.example.org"}) is None


@pytest.mark.parametrize("missing", GIVEN)
def test_half_of_it_names_what_is_missing(missing: str) -> None:
    with pytest.raises(NotConfigured, match=missing):
        read_digest({name: value for name, value in GIVEN.items() if name != missing})


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("VERIFIER_SMTP_URL", "http://mail.example.org"),
        ("VERIFIER_SMTP_URL", "smtp://?x"),
        ("VERIFIER_SMTP_URL", "smtp://mail example"),
        ("VERIFIER_SMTP_URL", "smtp://mail.example.org/box"),
        ("VERIFIER_SMTP_URL", "smtp://mail.example.org:99999"),
        ("VERIFIER_DIGEST_FROM", "nobody"),
        ("VERIFIER_DIGEST_FROM", "a@example.org\nBcc: b@example.org"),
        ("VERIFIER_DIGEST_TO", "ana@example.org, "),
        ("VERIFIER_DIGEST_TO", "Ana <ana@example.org>"),
        ("VERIFIER_PUBLIC_URL", "http://verifier.example.org"),
        ("VERIFIER_DIGEST_AT", "24:00"),
        ("VERIFIER_DIGEST_AT", "6:31"),
    ],
)
def test_what_cannot_be_used_is_named_and_not_repeated(name: str, value: str) -> None:
    with pytest.raises(NotConfigured, match=name) as refusal:
        read_digest(GIVEN | {name: value})
    assert value.strip(", ") not in str(refusal.value)


def test_tls_from_the_start_has_its_own_port_and_this_machine_needs_none() -> None:
    assert MailRoute.read("smtps://mail.example.org") == MailRoute(
        "mail.example.org", 465, tls_from_the_start=True
    )
    assert MailRoute.read("smtp://127.0.0.1:2525").is_local
    assert not MailRoute.read("smtp://mail.example.org").is_local
