"""What the environment says of access."""

import pytest

from verifier.access.environment import OidcClient
from verifier.errors import NotConfigured
from verifier.settings import Settings

ISSUER = {
    "VERIFIER_TOKEN_ISSUER": "https://login.riverbend.example",
    "VERIFIER_TOKEN_AUDIENCE": "benefits-verifier",
    "VERIFIER_TOKEN_KEYS": "https://login.riverbend.example/jwks.json",
}
OIDC = {"VERIFIER_OIDC_ISSUER": "https://login.riverbend.example", "VERIFIER_OIDC_CLIENT_ID": "verifier"}
DATA = {"VERIFIER_DATA": "/data"}


def test_without_a_word_it_is_loopback_and_no_issuer() -> None:
    settings = Settings.from_environ(DATA)

    assert (settings.loopback, settings.proxies, settings.tokens) == (True, 0, None)
    assert settings.hosts == ("127.0.0.1", "localhost", "[::1]")
    settings.require_names()


def test_hosts_proxies_and_issuer_are_read() -> None:
    given = {
        "VERIFIER_HOSTS": "vob.example.org, .riverbend.example",
        "VERIFIER_PROXIES": "2",
        "VERIFIER_HTTP_HOST": "::",
    }
    settings = Settings.from_environ(DATA | ISSUER | given)

    assert settings.hosts == ("vob.example.org", ".riverbend.example")
    assert (settings.proxies, settings.loopback) == (2, False)
    assert settings.tokens
    assert settings.tokens.keys.endswith("/jwks.json")
    settings.require_names()


def test_who_signs_people_in_is_read_and_its_secret_not_shown() -> None:
    more = {"VERIFIER_OIDC_CLIENT_SECRET": "s3cret", "VERIFIER_OIDC_MFA": "mfa, urn:loa:2"}
    bare, full = (Settings.from_environ(DATA | OIDC | each).oidc for each in ({}, more))

    assert bare == OidcClient("https://login.riverbend.example", "verifier")
    assert full == OidcClient(
        "https://login.riverbend.example", "verifier", "s3cret", frozenset({"mfa", "urn:loa:2"})
    )
    assert "s3cret" not in repr(full)


def test_beyond_this_machine_names_are_needed() -> None:
    with pytest.raises(NotConfigured, match="VERIFIER_HOSTS"):
        Settings.from_environ(DATA | {"VERIFIER_HTTP_HOST": "10.0.0.7"}).require_names()


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"VERIFIER_TOKEN_AUDIENCE": ""}, "VERIFIER_TOKEN_AUDIENCE"),
        ({"VERIFIER_TOKEN_KEYS": "http://login.riverbend.example/jwks.json"}, "VERIFIER_TOKEN_KEYS"),
        ({"VERIFIER_TOKEN_KEYS": "jwks.json"}, "VERIFIER_TOKEN_KEYS"),
        ({"VERIFIER_OIDC_CLIENT_ID": "verifier"}, "VERIFIER_OIDC_ISSUER"),
        ({"VERIFIER_OIDC_MFA": "mfa"}, "VERIFIER_OIDC_ISSUER, VERIFIER_OIDC_CLIENT_ID"),
        (OIDC | {"VERIFIER_OIDC_CLIENT_SECRET": "gehe\u00edm"}, "VERIFIER_OIDC_CLIENT_SECRET"),
        (OIDC | {"VERIFIER_OIDC_ISSUER": "http://login.riverbend.example"}, "VERIFIER_OIDC_ISSUER"),
        (OIDC | {"VERIFIER_OIDC_ISSUER": "https://me:word@login.riverbend.example"}, "VERIFIER_OIDC_ISSUER"),
        ({"VERIFIER_HOSTS": "https://vob.example.org"}, "VERIFIER_HOSTS"),
        ({"VERIFIER_HOSTS": "*"}, "VERIFIER_HOSTS"),
        ({"VERIFIER_PROXIES": "-1"}, "VERIFIER_PROXIES"),
        ({"VERIFIER_PROXIES": "many"}, "VERIFIER_PROXIES"),
    ],
)
def test_a_setting_that_cannot_be_used_stops_the_start(changes: dict[str, str], named: str) -> None:
    with pytest.raises(NotConfigured, match=named):
        Settings.from_environ(DATA | ISSUER | changes)
