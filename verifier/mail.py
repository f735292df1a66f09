"""Where mail goes out, who gets the morning digest, and what it points to: of the environment."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import time
from typing import Final, Self
from urllib.parse import unquote, urlsplit

from verifier.address import is_name, is_safe
from verifier.errors import NotConfigured

LOOPBACK: Final = frozenset({"127.0.0.1", "localhost", "::1"})
PORTS: Final = {"smtp": 587, "smtps": 465}
ADDRESS: Final = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9.-]{1,190}", re.ASCII)
CLOCK: Final = re.compile(r"([01]\d|2[0-3]):([0-5]\d)", re.ASCII)
NEEDED: Final = {
    "route": "VERIFIER_SMTP_URL",
    "sender": "VERIFIER_DIGEST_FROM",
    "recipients": "VERIFIER_DIGEST_TO",
    "site": "VERIFIER_PUBLIC_URL",
}
AT: Final = "VERIFIER_DIGEST_AT"
MORNING: Final = time(6, 30)


@dataclass(frozen=True, slots=True)
class MailRoute:
    """A mail server; beyond this machine nothing is said to it but over TLS."""

    host: str
    port: int
    tls_from_the_start: bool  # smtps; else STARTTLS
    user: str = field(default="", repr=False)
    password: str = field(default="", repr=False)

    @property
    def is_local(self) -> bool:
        """Tell whether it is on this machine."""
        return self.host in LOOPBACK

    @classmethod
    def read(cls, text: str) -> Self:
        """Read ``smtp://user:password@host:587`` or ``smtps://…``.

        Raises:
            ValueError: it is no such address.
        """
        parts = urlsplit(text)
        host = parts.hostname or ""
        if (
            parts.scheme not in PORTS
            or not (is_name(host) or host in LOOPBACK)
            or parts.path not in {"", "/"}
        ):
            raise ValueError("must be smtp://user:password@host or smtps://user:password@host")
        port = parts.port or PORTS[parts.scheme]
        user, password = unquote(parts.username or ""), unquote(parts.password or "")
        return cls(host, port, parts.scheme == "smtps", user, password)


@dataclass(frozen=True, slots=True)
class DigestMail:
    """The morning digest: by which route, from whom, to whom, when (local time), pointing to which site."""

    route: MailRoute
    sender: str
    recipients: tuple[str, ...]
    site: str
    at: time = MORNING


def read_digest(given: Mapping[str, str]) -> DigestMail | None:
    """Read the settings of the digest; ``None`` where nothing is said of it.

    Raises:
        NotConfigured: half of it is missing, or some of it cannot be used.
    """
    missing = [name for name in NEEDED.values() if name not in given]
    if NEEDED["route"] in missing and NEEDED["recipients"] in missing:
        return None
    if missing:
        raise NotConfigured(f"The morning digest needs {', '.join(missing)} too.")
    read = {name: _read(READERS[name], variable, given[variable]) for name, variable in NEEDED.items()}
    at = _read(_read_time, AT, given[AT]) if AT in given else MORNING
    return DigestMail(**read, at=at)  # type: ignore[arg-type]


def _read(parse: Callable[[str], object], name: str, text: str) -> object:
    try:
        return parse(text)
    except ValueError as error:
        raise NotConfigured(f"{name} {error}.") from None


def _read_address(text: str) -> str:
    if not ADDRESS.fullmatch(text):
        raise ValueError("must be an e-mail address such as verifier@example.org")
    return text


def _read_addresses(text: str) -> tuple[str, ...]:
    return tuple(_read_address(part.strip()) for part in text.split(","))


def _read_site(text: str) -> str:
    if not is_safe(text):
        raise ValueError("must be the https:// address at which staff reach this service")
    return text.rstrip("/")


def _read_time(text: str) -> time:
    found = CLOCK.fullmatch(text)
    if not found:
        raise ValueError("must be a time of day such as 06:30")
    return time(int(found[1]), int(found[2]))


READERS: Final[Mapping[str, Callable[[str], object]]] = {
    "route": MailRoute.read,
    "sender": _read_address,
    "recipients": _read_addresses,
    "site": _read_site,
}
