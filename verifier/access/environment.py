"""What of the environment concerns access: under which names, behind which proxies, whose word is taken."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from verifier.address import is_safe
from verifier.errors import NotConfigured

LOOPBACK_NAMES: Final = ("127.0.0.1", "localhost", "[::1]")
HOST_NAME: Final = re.compile(r"\.?[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*|\[[0-9A-Fa-f:.]+\]", re.ASCII)
MOST_PROXIES: Final = 5
ISSUER: Final = {
    "issuer": "VERIFIER_TOKEN_ISSUER",
    "audience": "VERIFIER_TOKEN_AUDIENCE",
    "keys": "VERIFIER_TOKEN_KEYS",
}
PROVIDER: Final = {"issuer": "VERIFIER_OIDC_ISSUER", "client_id": "VERIFIER_OIDC_CLIENT_ID"}
SECRET: Final = "VERIFIER_OIDC_CLIENT_SECRET"  # noqa: S105 - the variable's name
MFA: Final = "VERIFIER_OIDC_MFA"


@dataclass(frozen=True, slots=True)
class TokenIssuer:
    """Whose OAuth 2.0 access tokens are taken, meant for which audience, signed by which keys.

    *keys* is the https address of a JSON Web Key Set (RFC 7517), or the absolute path of a file of it.
    """

    issuer: str
    audience: str
    keys: str

    def __post_init__(self) -> None:
        if not (self.keys.startswith("/") or is_safe(self.keys)):
            raise NotConfigured(f"{ISSUER['keys']} must be an https:// address or an absolute path.")


@dataclass(frozen=True, slots=True)
class OidcClient:
    """The OpenID Connect provider whose word on people is taken, and who we are there.

    Without a *client_secret* we are a public client. *mfa* are the words of an ID token's ``amr`` or ``acr``
    by which the provider says that it asked for a second factor; with none of them ours is asked for.
    """

    issuer: str
    client_id: str
    client_secret: str = field(default="", repr=False)
    mfa: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        if not is_safe(self.issuer):
            raise NotConfigured(f"{PROVIDER['issuer']} must be an https:// address.")
        if not f"{self.client_id}{self.client_secret}".isascii():
            raise NotConfigured(f"{PROVIDER['client_id']} and {SECRET} must be plain ASCII.")


def read_hosts(text: str) -> tuple[str, ...]:
    """Read host names with commas between; one that begins with a dot stands for all below it.

    Raises:
        ValueError: some are none.
    """
    names = tuple(name.strip() for name in text.split(","))
    if not all(HOST_NAME.fullmatch(name) for name in names):
        raise ValueError("must be host names with commas between, such as verifier.example.org")
    return names


def read_proxies(text: str) -> int:
    """Read how many proxies stand before the service.

    Raises:
        ValueError: it is no number, or too many.
    """
    if text not in {str(number) for number in range(MOST_PROXIES + 1)}:
        raise ValueError(f"must be a number from 0 to {MOST_PROXIES}")
    return int(text)


def read_issuer(given: Mapping[str, str]) -> TokenIssuer | None:
    """Read whose bearer tokens are taken; ``None`` where nothing is said of it.

    Raises:
        NotConfigured: only half of it is said.
    """
    read = _read_together(given, ISSUER, "Bearer tokens need")
    return TokenIssuer(**read) if read else None


def read_oidc(given: Mapping[str, str]) -> OidcClient | None:
    """Read which provider signs people in; ``None`` where nothing is said of it.

    Raises:
        NotConfigured: only half of it is said.
    """
    read = _read_together(given, PROVIDER, "OpenID Connect needs", SECRET, MFA)
    if read is None:
        return None
    words = (word.strip() for word in given.get(MFA, "").split(","))
    return OidcClient(**read, client_secret=given.get(SECRET, ""), mfa=frozenset(words) - {""})


def _read_together(
    given: Mapping[str, str], needed: Mapping[str, str], what: str, *besides: str
) -> dict[str, str] | None:
    """Read the variables that are *needed* together; ``None`` where neither they nor others are given."""
    missing = [variable for variable in needed.values() if variable not in given]
    if len(missing) == len(needed) and not any(variable in given for variable in besides):
        return None
    if missing:
        raise NotConfigured(f"{what} {', '.join(missing)} too.")
    return {name: given[variable] for name, variable in needed.items()}
