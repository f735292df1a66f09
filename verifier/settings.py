"""`Settings`: the environment in, one frozen record out; nothing else reads the environment.

======================================  =================================================================
``DATABASE_URL``                        records: ``postgresql://…``; without it an SQLite file
``REDIS_URL``                           cache; without it an embedded server is started
``VERIFIER_DATA``                       directory of database, key file, loaded rules and embedded server
``VERIFIER_KEY``                        master key: 32 bytes in base64, or several: the first wraps
``VERIFIER_KEY_SERVICE``                an installed key service instead; also ``_...``, what it is told
``VERIFIER_FACILITIES``                 TOML file that facilities begin as, see `verifier.facilities`
``VERIFIER_PAYERS``                     TOML files of payers and routes of your own, with ``:`` between them
``VERIFIER_CAQH_CORE_URL``              where 270s go; without it the payer simulator answers
``VERIFIER_CAQH_CORE_ENVELOPE``         ``mime`` or ``soap``
``VERIFIER_CAQH_CORE_SENDER_ID``        also ``_RECEIVER_ID``, ``_USER_NAME``, ``_PASSWORD``
``VERIFIER_STEDI_...``                  ``API_KEY``, and ``URL``, ``VERSION``, ``FORWARDED_FOR`` if need be
``VERIFIER_OPTUM_...``                  ``CLIENT_ID``, ``CLIENT_SECRET``; ``URL``, ``TOKEN_URL``
``VERIFIER_AVAILITY_...``               ``URL``, ``CLIENT_ID``, ``CLIENT_SECRET``; ``SCOPE``
``VERIFIER_FHIR_...``                   ``URL``; ``TOKEN_URL``, ``CLIENT_ID``, ``CLIENT_SECRET``, ``SCOPE``
``VERIFIER_LIGHTHOUSE_...``             ``API_KEY``, or ``CLIENT_ID``, ``AUDIENCE``, ``KEY_FILE``, or all
``VERIFIER_PRIVATE_HOSTS``              payers' names that lead to a private network, with ``,`` between
``VERIFIER_WEBHOOK_HOSTS``              hosts webhooks may have though they are not public; ``,`` between
``VERIFIER_SIMULATOR_URL``              a payer simulator that runs already; without it one is started
``VERIFIER_FRESH`` ``VERIFIER_STALE``   how long an answer is served, and how long when the payer fails
``VERIFIER_NEGATIVE``                   how long a refused question is not put again
``VERIFIER_RETENTION``                  how long a verification is kept; six years unless set
``VERIFIER_ANSWER_WAIT``                how long a caller is kept waiting by default
``VERIFIER_PAYER_DEADLINE``             how long one question may take in all
``VERIFIER_MAY_PAY_TWICE``              ``yes``: after a fault another route is asked that may bill it again
``VERIFIER_CONSENT``                    ``yes``: no question that reveals addiction leaves without a consent
``VERIFIER_AUDIT_ANCHORS``              file of signed anchors, best on a disk of another keeper
``VERIFIER_REQUESTS_PER_MINUTE``        how many a caller may send; each answer says how many are left
``VERIFIER_HTTP_HOST`` ``_HTTP_PORT``   where the API listens
``VERIFIER_HOSTS``                      names it answers to, with ``,`` between; else those of loopback
``VERIFIER_FORM_ON``                    origins of the websites that may frame the public form
``VERIFIER_PROXIES``                    how many proxies of your own stand before it; they name the caller
``VERIFIER_TOKEN_ISSUER``               whose bearer tokens are taken; also ``_AUDIENCE``, ``_KEYS``
``VERIFIER_OIDC_...``                   ``ISSUER``, ``CLIENT_ID``; ``CLIENT_SECRET``, ``MFA``: OIDC sign-in
``VERIFIER_NIGHTLY_FROM``               hour of a payer's own clock from which it is asked at night: ``03:00``
``VERIFIER_NIGHTLY_WINDOW``             how long a payer that does not answer is tried
``VERIFIER_NIGHTLY_LEASE``              how long a worker that died holds whom it was asking about: ``30s``
``VERIFIER_NIGHTLY_PER_MINUTE``         questions a minute to one payer for one NPI
``VERIFIER_LOG_LEVEL``                  ``info``: a line a request; ``warning``, ``error``: faults alone
``OTEL_EXPORTER_OTLP_ENDPOINT``         an OpenTelemetry collector, told of each request and payer call
``VERIFIER_SMTP_URL``                   where mail goes out; also ``VERIFIER_DIGEST_FROM``, ``_TO``, ``_AT``
``VERIFIER_PUBLIC_URL``                 at which address staff reach the service; the digest points there
======================================  =================================================================

Lengths of time are written ``90s``, ``15m``, ``24h``, ``30d``. ``VERIFIER_PORT`` is left to Kubernetes.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from pathlib import Path
from types import MappingProxyType
from typing import Final, Self, TypeVar

from verifier.access.environment import (
    LOOPBACK_NAMES,
    OidcClient,
    TokenIssuer,
    read_hosts,
    read_issuer,
    read_oidc,
    read_proxies,
)
from verifier.errors import NotConfigured
from verifier.facilities import demo_facilities, read_facilities
from verifier.mail import DigestMail, read_digest
from verifier.model.inquiry import Facility
from verifier.nighttime import Nighttime
from verifier.variables import (
    LOOPBACK,
    read_choice,
    read_count,
    read_database_url,
    read_directory,
    read_keys,
    read_length,
    read_log_level,
    read_names,
    read_origins,
    read_paths,
    read_payer_url,
    read_port,
    read_redis_url,
    read_text,
)

Value = TypeVar("Value")

RATE: Final = 600  # requests a minute
SIMULATED_RATE: Final = 60_000
LONGEST_DEADLINE: Final = timedelta(seconds=120)
LONGEST_RETENTION: Final = timedelta(days=36_500)


class Envelope(StrEnum):
    """The two message envelopes of CAQH CORE Connectivity vC2.2.0."""

    MIME = "mime"
    SOAP = "soap"


@dataclass(frozen=True, slots=True)
class CaqhCoreRoute:
    """One CAQH CORE endpoint and who we are there."""

    url: str
    envelope: Envelope
    sender_id: str
    receiver_id: str
    user_name: str
    password: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything that differs between deployments; secrets stay out of its representation."""

    data: Path
    database_url: str = field(default="", repr=False)  # may carry a password; empty: a file in data
    redis_url: str | None = field(default=None, repr=False)  # may carry a password
    keys: tuple[bytes, ...] = field(default=(), repr=False)  # none: a key file in the data directory
    key_service: str | None = None  # none: the key above, or the file
    key_service_options: Mapping[str, str] = field(default_factory=dict, repr=False)
    facilities: Mapping[str, Facility] = field(default_factory=demo_facilities)
    payers: tuple[Path, ...] = ()  # directory files beside the one that is shipped
    caqh_core: CaqhCoreRoute | None = None  # none: the payer simulator answers
    connections: Mapping[str, Mapping[str, str]] = field(default_factory=dict, repr=False)  # by wire
    private_hosts: tuple[str, ...] = ()  # see `verifier.address`
    webhook_hosts: tuple[str, ...] = ()  # see `verifier.news.newsroom`
    simulator_url: str | None = None  # none: where the simulator answers, one is started
    fresh: timedelta = timedelta(hours=24)
    stale: timedelta = timedelta(hours=72)
    negative: timedelta = timedelta(minutes=15)
    retention: timedelta = timedelta(
        days=6 * 365 + 2
    )  # as long as 45 CFR 164.316(b)(2)(i) keeps records of access
    answer_wait: timedelta = timedelta(seconds=20)
    payer_deadline: timedelta = timedelta(seconds=60)
    may_pay_twice: bool = False
    consent: bool | None = None  # none: where real payers are asked about real people
    audit_anchors: Path | None = None  # none: in the data directory
    requests_per_minute: int = 0  # 0: as many as `rate` says
    http_host: str = "127.0.0.1"
    http_port: int = 8000
    hosts: tuple[str, ...] = LOOPBACK_NAMES
    form_on: tuple[str, ...] = ()  # origins of the websites that may frame the public form
    proxies: int = 0
    night: Nighttime = Nighttime()  # noqa: RUF009 - frozen
    tokens: TokenIssuer | None = None  # none: no bearer token is taken, API keys are
    oidc: OidcClient | None = None  # none: people sign in by password
    digest: DigestMail | None = None  # none: no mail is sent
    log_level: str = "info"
    collector: str | None = None  # of spans; none: nothing is traced

    @property
    def key_file(self) -> Path:
        """Return where the key is kept when the environment holds none."""
        return self.data / "payload.key"

    @property
    def records_at(self) -> str:
        """Return the address of the database."""
        return self.database_url or f"sqlite:///{self.data / 'verifier.db'}"

    @property
    def consent_required(self) -> bool:
        """Tell whether a question that reveals addiction treatment needs a consent (42 CFR 2.31)."""
        return not self.simulated if self.consent is None else self.consent

    @property
    def rate(self) -> int:
        """Return how many requests a caller may send a minute: more where nobody is paid for an answer."""
        return self.requests_per_minute or (SIMULATED_RATE if self.simulated else RATE)

    @property
    def simulated(self) -> bool:
        """Tell whether the payer simulator answers, because no payer is configured."""
        return self.caqh_core is None and not self.connections

    @property
    def loopback(self) -> bool:
        """Tell whether the API listens to this machine only."""
        return self.http_host in LOOPBACK

    @classmethod
    def from_environ(cls, environ: Mapping[str, str]) -> Self:
        """Read the settings; a variable that is empty counts as absent.

        Raises:
            NotConfigured: a value cannot be used or is missing; the text names the variable, not the value.
        """
        given = {name: value.strip() for name, value in environ.items() if value.strip()}
        read: dict[str, object] = {
            setting: _read(parse, name, given[name])
            for setting, (name, parse) in VARIABLES.items()
            if name in given
        }
        route, connections = _read_route(given), _read_connections(given)
        if (route or connections) and "facilities" not in read:
            raise NotConfigured(
                "VERIFIER_FACILITIES is missing: real payers are asked for real facilities only."
            )
        ways = {"caqh_core": route, "connections": connections}
        access: dict[str, object] = {
            "tokens": read_issuer(given),
            "oidc": read_oidc(given),
            "night": Nighttime.from_given(given),
        }
        access["key_service_options"] = _read_prefixed(given, KEY_SERVICE)
        mail = {"digest": read_digest(given)}
        settings = cls(**{"data": _default_data(given)} | ways | access | mail | read)  # type: ignore[arg-type]
        settings._check()
        return settings

    def require_names(self) -> None:
        """Check that an address beyond this machine has names.

        Raises:
            NotConfigured: it has none of its own.
        """
        if not self.loopback and self.hosts == LOOPBACK_NAMES:
            raise NotConfigured("Beyond this machine VERIFIER_HOSTS is needed: the names it is reached by.")

    def _check(self) -> None:
        if self.payer_deadline > LONGEST_DEADLINE:
            raise NotConfigured("VERIFIER_PAYER_DEADLINE is longer than 120s; no payer needs more.")
        if self.retention > LONGEST_RETENTION:
            raise NotConfigured("VERIFIER_RETENTION is longer than 36500d, a hundred years.")
        if self.stale < self.fresh:
            raise NotConfigured("VERIFIER_STALE is shorter than VERIFIER_FRESH; give at least as much.")


def _default_data(given: Mapping[str, str]) -> Path:
    home = given.get("XDG_DATA_HOME")
    return (Path(home) if home else Path.home() / ".local" / "share") / "verifier"


def _read(parse: Callable[[str], Value], name: str, text: str) -> Value:
    try:
        return parse(text)
    except ValueError as error:
        raise NotConfigured(f"{name} {error}.") from None


def _read_envelope(text: str) -> Envelope:
    if text.lower() not in set(Envelope):
        raise ValueError("must be mime or soap")
    return Envelope(text.lower())


def _read_route(given: Mapping[str, str]) -> CaqhCoreRoute | None:
    prefix = "VERIFIER_CAQH_CORE_"
    named = {name: prefix + name.upper() for name in ROUTE}
    if not any(name in given for name in named.values()):
        return None
    missing = [name for name in named.values() if name not in given]
    if missing:
        raise NotConfigured(f"A CAQH CORE route needs {', '.join(missing)} too.")
    return CaqhCoreRoute(**{name: _read(ROUTE[name], named[name], given[named[name]]) for name in ROUTE})  # type: ignore[arg-type]


def _read_connections(given: Mapping[str, str]) -> Mapping[str, Mapping[str, str]]:
    """Gather the settings of each wire; the wire itself judges them when it is built."""
    found = {wire: _read_prefixed(given, f"VERIFIER_{wire.upper()}_") for wire in WIRES}
    return MappingProxyType({wire: settings for wire, settings in found.items() if settings})


def _read_prefixed(given: Mapping[str, str], prefix: str) -> Mapping[str, str]:
    """Gather the variables that begin with *prefix*, by the rest of their names."""
    return {
        name.removeprefix(prefix).lower(): text for name, text in given.items() if name.startswith(prefix)
    }


KEY_SERVICE: Final = "VERIFIER_KEY_SERVICE_"
WIRES: Final = ("stedi", "optum", "availity", "fhir", "lighthouse")
ROUTE: Final[Mapping[str, Callable[[str], object]]] = MappingProxyType(
    {
        "url": read_payer_url,
        "envelope": _read_envelope,
        "sender_id": read_text,
        "receiver_id": read_text,
        "user_name": read_text,
        "password": read_text,
    }
)
VARIABLES: Final[Mapping[str, tuple[str, Callable[[str], object]]]] = MappingProxyType(
    {
        "database_url": ("DATABASE_URL", read_database_url),
        "redis_url": ("REDIS_URL", read_redis_url),
        "data": ("VERIFIER_DATA", read_directory),
        "keys": ("VERIFIER_KEY", read_keys),
        "key_service": ("VERIFIER_KEY_SERVICE", read_text),
        "facilities": ("VERIFIER_FACILITIES", read_facilities),
        "payers": ("VERIFIER_PAYERS", read_paths),
        "private_hosts": ("VERIFIER_PRIVATE_HOSTS", read_names),
        "webhook_hosts": ("VERIFIER_WEBHOOK_HOSTS", read_names),
        "simulator_url": ("VERIFIER_SIMULATOR_URL", read_payer_url),
        "fresh": ("VERIFIER_FRESH", read_length),
        "stale": ("VERIFIER_STALE", read_length),
        "negative": ("VERIFIER_NEGATIVE", read_length),
        "retention": ("VERIFIER_RETENTION", read_length),
        "answer_wait": ("VERIFIER_ANSWER_WAIT", read_length),
        "payer_deadline": ("VERIFIER_PAYER_DEADLINE", read_length),
        "may_pay_twice": ("VERIFIER_MAY_PAY_TWICE", read_choice),
        "consent": ("VERIFIER_CONSENT", read_choice),
        "audit_anchors": ("VERIFIER_AUDIT_ANCHORS", read_directory),
        "requests_per_minute": ("VERIFIER_REQUESTS_PER_MINUTE", read_count),
        "http_host": ("VERIFIER_HTTP_HOST", read_text),
        "http_port": ("VERIFIER_HTTP_PORT", read_port),
        "hosts": ("VERIFIER_HOSTS", read_hosts),
        "form_on": ("VERIFIER_FORM_ON", read_origins),
        "proxies": ("VERIFIER_PROXIES", read_proxies),
        "log_level": ("VERIFIER_LOG_LEVEL", read_log_level),
        "collector": ("OTEL_EXPORTER_OTLP_ENDPOINT", read_payer_url),
    }
)
