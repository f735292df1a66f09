"""Addresses that lead where nobody meant to go: every way to write one, wherever one is configured."""

import json
import socket
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, suppress
from dataclasses import replace
from pathlib import Path
from typing import Any, Final, Self

import pytest
from joserfc import jwt
from joserfc.jwk import ECKey

from payers.kit.deadline import Deadline
from payers.kit.discovery import discover
from payers.kit.exchange import Request
from payers.kit.http import HttpSender
from payers.kit.plug import Tools
from payers.simulator.wires.okta import CLIENT_KEY
from tests.access import OPERATOR
from tests.web.house import open_web
from verifier.access.environment import OidcClient
from verifier.access.federation import Round
from verifier.address import admits, is_safe
from verifier.clock import SystemClock
from verifier.credentials.oidc import ENDPOINTS, OidcProvider
from verifier.errors import BadInput, NotConfigured, VerifierError
from verifier.model.question import Veteran
from verifier.news.newsroom import Newsroom
from verifier.news.webhook import EVERYWHERE, EventType
from verifier.reception import open_tokens
from verifier.settings import Settings
from verifier.testing.faulty_server import FaultyServer, Scene, reply
from verifier.testing.people import QUESTION

SECONDS: Final = 5.0
NO_TOKEN: Final = "a.b.c"
RESPONSE: Final = "CoverageEligibilityResponse"
CHANNELS: Final = discover().channels
VETERAN: Final = Veteran("1012667145V762142", None, "1 Nowhere Lane", "Covington", "LA", "70433")
ASKED: Final = replace(QUESTION, veteran=VETERAN)
SECRETS: Final = ("s3cret-of-ours", "t0ken-of-ours")
CORE: Final = {"sender_id": "SENDER", "receiver_id": "RECEIVER", "user_name": "U", "password": SECRETS[0]}
ACCOUNT: Final = {"client_id": "c", "client_secret": SECRETS[0]}
SIGNER: Final = {"client_id": "c", "key_file": str(CLIENT_KEY)}
HOME: Final = "https://payer.invalid"
PLACES: Final[Mapping[str, tuple[str, str, Mapping[str, str]]]] = {
    "a payer's CAQH CORE endpoint": ("caqh_core", "url", CORE),
    "a payer's SOAP endpoint": ("caqh_core", "url", CORE | {"envelope": "soap"}),
    "Stedi": ("stedi", "url", {"api_key": SECRETS[0]}),
    "Optum": ("optum", "url", ACCOUNT),
    "Optum's sign-in": ("optum", "token_url", ACCOUNT | {"url": HOME}),
    "Availity": ("availity", "url", ACCOUNT),
    "a FHIR base": ("fhir", "url", {}),
    "a FHIR sign-in": ("fhir", "token_url", ACCOUNT | {"url": HOME}),
    "Lighthouse": ("lighthouse", "url", {"api_key": SECRETS[0]}),
    "Lighthouse's sign-in": ("lighthouse", "token_url", SIGNER | {"audience": HOME, "url": HOME}),
    "Lighthouse's audience": ("lighthouse", "audience", SIGNER | {"url": HOME}),
}
HOSTS: Final = (
    *[
        "2130706433",
        "0x7f000001",
        "017700000001",
        "0x7f.0.0.1",
        "0177.0.0.1",
        "127.1",
        "127.0.1",
        "0x7f.1",
        "0",
        "0.0.0.0",  # noqa: S104 - a client writes it
        "0x0",
        "[::]",
        "[::0]",
    ],
    *[
        "127.0.0.1.",
        "localhost.",
        "127.000.000.001",
        "00127.0.0.1",
        "1.2.3.4.5",
        "999.0.0.1",
        "4294967295",
        "255.255.255.255",
    ],
    *["[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[0:0:0:0:0:ffff:127.0.0.1]", "[::127.0.0.1]", "[::1%25lo]"],
    *[
        "[64:ff9b::127.0.0.1]",
        "[64:ff9b::7f00:1]",
        "[64:ff9b:1::127.0.0.1]",
        "[2002:7f00:1::]",
        "[::ffff:0:7f00:1]",
    ],
    *[
        "169.254.169.254",
        "169.254.169.254.",
        "0xa9fea9fe",
        "2852039166",
        "[fe80::1]",
        "[::ffff:169.254.169.254]",
    ],
    *["224.0.0.1", "240.0.0.1", "[ff02::1]", "127%2e0%2e0%2e1", "%6cocalhost", "loc\xadalhost"],
    *["１２７.0.0.1", "127。0。0。1", "①②⑦.⓪.⓪.①"],  # noqa: RUF001 - on purpose
    *["payer.invalid@127.0.0.1", "u:p@localhost", "127.0.0.1\\@payer.invalid", "payer.invalid\\@127.0.0.1"],
    *(
        "127.0.0.1 .payer.invalid",
        "127.0.0.1\t",
        "127.0.0.1\r\nHost: payer.invalid\r\n",
        "127.0.0.1\x00.invalid",
    ),
)
NAMES: Final = (
    "rebound.invalid",
    "127.0.0.1.payer.invalid",
    "localtest.invalid",
    "xn--127-tp0a.invalid",
    "metadata",
)
SCHEMES: Final = (
    *["file:///etc/passwd#{port}", "data:text/plain,{port}", "unix:///tmp/x:{port}", "//127.0.0.1:{port}/"],
    *["gopher://127.0.0.1:{port}/_x", "dict://127.0.0.1:{port}/", "ftp://127.0.0.1:{port}/"],
    *["ldap://127.0.0.1:{port}/", "http+unix://127.0.0.1:{port}/", "jar:http://127.0.0.1:{port}/!/"],
    *["http:127.0.0.1:{port}", "http:/127.0.0.1:{port}/", "https:\\\\127.0.0.1:{port}"],
    *["http://127.0.0.1:{port}/#x", "http://127.0.0.1:{port}@payer.invalid/"],
)
FORMS: Final = (
    *(f"{scheme}://{host}:{{port}}/" for host in HOSTS for scheme in ("http", "https")),
    *(f"https://{name}:{{port}}/" for name in NAMES),
    *SCHEMES,
)


class Sink:
    """Listens on every address of this machine, IPv4 and IPv6, and counts who came."""

    def __enter__(self) -> Self:
        self._came = list[int]()  # the ports they came from, in the order they connected
        self._listener = socket.create_server(
            ("", 0), family=socket.AF_INET6, dualstack_ipv6=True, backlog=512
        )
        self.port: int = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                connection, (_, port, *_) = self._listener.accept()
                connection.close()
                self._came.append(port)

    def count(self) -> int:
        """Count who came until now: everybody who connected before is accepted before this one."""
        known = len(self._came)
        with socket.create_connection(("127.0.0.1", self.port)) as last:
            own = last.getsockname()[1]
            while own not in self._came[known:]:
                time.sleep(0.001)
        self._came.remove(own)
        return len(self._came)

    def point(self, host: str, port: int) -> Sequence[Any]:  # noqa: ARG002 - every name leads here
        """Resolve any name, as whoever owns it likes."""
        return socket.getaddrinfo("127.0.0.1", port, type=socket.SOCK_STREAM)


@pytest.fixture(name="sink")
def _sink() -> Iterator[Sink]:
    with Sink() as sink:
        yield sink


@pytest.fixture(name="sender")
def _sender(sink: Sink) -> Iterator[HttpSender]:
    with closing(HttpSender(connect_seconds=0.3, resolve=sink.point, pause=lambda _: None)) as sender:
        yield sender


def ask(sender: HttpSender, wire: str, given: Mapping[str, str]) -> None:
    """Open the connection and put a question over it, if it can be opened."""
    with suppress(VerifierError):
        channel = CHANNELS[wire].build(given, Tools(sender))
        channel.ask(ASKED, Deadline.after(SECONDS))


def read_token(sender: HttpSender, url: str, token: str = NO_TOKEN) -> None:
    """Read a bearer token whose issuer's keys are at *url*."""
    environ = {"ISSUER": "https://issuer.invalid", "AUDIENCE": "verifier", "KEYS": url}
    named = {f"VERIFIER_TOKEN_{name}": value for name, value in environ.items()}

    def ask(method: str, at: str, headers: Mapping[str, str], body: bytes) -> bytes:
        return sender.send(Request(method, at, headers, body), Deadline.after(SECONDS)).body

    with suppress(VerifierError):
        tokens = open_tokens(Settings.from_environ(named), ask)
        tokens.read(token, SystemClock().now())


def tell(sender: HttpSender, address: str, news: Newsroom) -> None:
    """Add a webhook, if anybody may be told there, and post to it whether or not it was added."""
    with suppress(VerifierError):
        news.add_webhook(address, frozenset(EventType), EVERYWHERE)
    with suppress(VerifierError):
        sender.send(Request("POST", address, body=b"{}"), Deadline.after(SECONDS))


@pytest.fixture(name="newsroom")
def _newsroom(tmp_path: Path) -> Iterator[Newsroom]:
    with open_web(tmp_path) as house:
        yield house.news.room(OPERATOR)


def test_no_form_reaches_anybody_as_a_webhook(sink: Sink, sender: HttpSender, newsroom: Newsroom) -> None:
    for form in FORMS:
        tell(sender, form.format(port=sink.port), newsroom)

    assert sink.count() == 0
    taken = [each.address.split("/")[2].rpartition(":")[0] for each in newsroom.webhooks()]
    assert sorted(taken) == sorted(NAMES)  # where a name leads is judged when it is told


@pytest.mark.parametrize(
    "address",
    [
        "http://127.0.0.1:{port}/",
        "https://127.0.0.1:{port}/",
        "https://[::1]:{port}/",
        "https://localhost:{port}/",
        "https://10.1.2.3/",
        "https://9.9.9.9/",
    ],
)
def test_a_webhook_never_has_the_address_of_a_machine(address: str, sink: Sink, newsroom: Newsroom) -> None:
    unnamed = replace(newsroom, news=replace(newsroom.news, hosts=()))
    with pytest.raises(BadInput, match="cannot be told"):
        unnamed.add_webhook(address.format(port=sink.port), frozenset(EventType), EVERYWHERE)


def test_where_a_webhook_points_to_nobody_goes(sink: Sink, sender: HttpSender) -> None:
    for status in REDIRECTS:
        with FaultyServer(mislead(sink, status, TARGETS[0])) as server, pytest.raises(VerifierError):
            sender.send(Request("POST", server.url, body=b"{}"), Deadline.after(SECONDS))

    assert sink.count() == 0


def test_there_are_forms_enough_and_a_careless_client_follows_them(sink: Sink) -> None:
    assert len(set(FORMS)) >= 40
    for host in ("2130706433", "0x7f.1", "127.1", "0", "::ffff:127.0.0.1", "0.0.0.0"):  # noqa: S104 - a client's
        socket.create_connection((host, sink.port), timeout=SECONDS).close()
    assert sink.count() == 6


@pytest.mark.parametrize("place", PLACES)
def test_no_form_reaches_anybody_wherever_it_is_configured(
    place: str, sink: Sink, sender: HttpSender
) -> None:
    wire, name, rest = PLACES[place]
    for form in FORMS:
        ask(sender, wire, {**rest, name: form.format(port=sink.port)})

    assert sink.count() == 0


def test_no_form_reaches_anybody_as_the_keys_of_an_issuer(sink: Sink, sender: HttpSender) -> None:
    for form in FORMS:
        read_token(sender, form.format(port=sink.port))

    assert sink.count() == 0


def sign_in(sender: HttpSender, issuer: str, document: Mapping[str, str] | None = None) -> None:
    """Sign in by the provider at *issuer*, which describes itself as *document* says, if that is given."""

    def ask(method: str, at: str, headers: Mapping[str, str], body: bytes) -> bytes:
        if document and at.endswith("/.well-known/openid-configuration"):
            return json.dumps(document).encode()
        return sender.send(Request(method, at, headers, body), Deadline.after(SECONDS)).body

    now, turn = SystemClock().now(), Round("https://ours.invalid/back", "s", "n", "v" * 43)
    with suppress(VerifierError):
        provider = OidcProvider(OidcClient(issuer, "c", SECRETS[0]), ask)
        provider.authorize(turn, now)
        provider.redeem("code", turn, now)


def describe_provider(issuer: str) -> dict[str, str]:
    return {"issuer": issuer, **{name: f"{issuer}/{name}" for name in ENDPOINTS}}


def test_no_form_reaches_anybody_as_the_provider_that_signs_people_in(sink: Sink, sender: HttpSender) -> None:
    for form in FORMS:
        sign_in(sender, form.format(port=sink.port))

    assert sink.count() == 0


@pytest.mark.parametrize("endpoint", ENDPOINTS)
def test_no_form_reaches_anybody_as_an_endpoint_that_a_provider_names(
    endpoint: str, sink: Sink, sender: HttpSender
) -> None:
    issuer = "https://provider.invalid"
    for form in FORMS:
        sign_in(sender, issuer, describe_provider(issuer) | {endpoint: form.format(port=sink.port)})

    assert sink.count() == 0


def test_where_a_provider_points_to_nobody_goes(sink: Sink, sender: HttpSender) -> None:
    with FaultyServer(mislead(sink, REDIRECTS[1], TARGETS[0])) as server:
        sign_in(sender, server.url)
        sign_in(sender, server.url, describe_provider(server.url))

    assert len(server.requests) == 2
    assert sink.count() == 0


@pytest.mark.parametrize("name", ["VERIFIER_SIMULATOR_URL", "VERIFIER_CAQH_CORE_URL"])
def test_the_environment_takes_no_form_but_names(name: str) -> None:
    others = {
        f"VERIFIER_CAQH_CORE_{key.upper()}": value for key, value in {**CORE, "envelope": "mime"}.items()
    }
    taken = []
    for form in FORMS:
        try:
            Settings.from_environ((others if "CORE" in name else {}) | {name: form.format(port=443)})
        except NotConfigured as error:
            if name not in str(error):
                taken.append(form)
        else:
            taken.append(form)
    assert [form for form in taken if form.split("/")[2].rpartition(":")[0] not in NAMES] == []


def test_whoever_sends_without_asking_is_refused_where_it_is_sent(sink: Sink, sender: HttpSender) -> None:
    for form in FORMS:
        with pytest.raises(VerifierError):
            sender.send(Request("GET", form.format(port=sink.port)), Deadline.after(SECONDS))

    assert sink.count() == 0


def test_a_name_that_points_elsewhere_after_it_was_looked_up_reaches_nobody(sink: Sink) -> None:
    turns = iter(range(100))

    def rebind(host: str, port: int) -> Sequence[Any]:
        if next(turns) % 2 == 0:
            raise socket.gaierror
        return sink.point(host, port)

    with closing(HttpSender(connect_seconds=0.3, resolve=rebind, pause=lambda _: None)) as sender:
        for _ in range(5):
            with pytest.raises(VerifierError):
                sender.send(Request("GET", f"https://rebound.invalid:{sink.port}/"), Deadline.after(SECONDS))

    assert next(turns) >= 5
    assert sink.count() == 0


def test_a_name_leads_to_a_private_network_only_where_the_operator_says_so(sink: Sink) -> None:
    url = f"https://link.invalid:{sink.port}/"
    cases = {"10.1.2.3": True, "fd00::1": True, "127.0.0.1": False, "169.254.169.254": False}

    assert {each: admits("link.invalid", each, {"link.invalid"}) for each in cases} == cases
    assert not any(admits("link.invalid", each) for each in cases)
    assert admits("link.invalid", "9.9.9.9")
    assert admits("10.1.2.3", "10.1.2.3")
    assert not admits("localhost", "9.9.9.9")
    assert is_safe(url)


REDIRECTS: Final = (
    "301 Moved",
    "302 Found",
    "303 See Other",
    "307 Temporary Redirect",
    "308 Permanent Redirect",
)
TARGETS: Final = (
    "http://127.0.0.1:{port}/",
    "http://localhost:{port}/",
    "//127.0.0.1:{port}/",
    "https://127.0.0.1:{port}/",
)


def mislead(sink: Sink, status: str, target: str) -> Scene:
    """Answer with everything that could lead on: a redirect, links, references, another place to sign in."""
    url = target.format(port=sink.port)
    page = {
        "resourceType": "Bundle",
        "link": [{"relation": "next", "url": url}],
        "entry": [{"fullUrl": url, "resource": {"resourceType": RESPONSE, "insurer": {"reference": url}}}],
        "access_token": SECRETS[1],
        "token_type": "bearer",
        "token_endpoint": url,
        "keys": [],
        "jwks_uri": url,
    }  # fmt: skip
    headers = {
        "Location": url,
        "Refresh": f"0; url={url}",
        "Link": f'<{url}>; rel="next"',
        "Content-Location": url,
    }
    return reply(json.dumps(page).encode(), status, headers | {"Content-Type": "application/fhir+json"})


@pytest.mark.parametrize("place", PLACES)
def test_where_a_payer_points_to_nobody_goes(place: str, sink: Sink, sender: HttpSender) -> None:
    wire, name, rest = PLACES[place]
    for status in ("200 OK", *REDIRECTS):
        for target in TARGETS if status.startswith("302") else TARGETS[:1]:
            with FaultyServer(mislead(sink, status, target)) as server:
                ask(sender, wire, {**rest, name: server.url})
            assert server.requests or name == "audience", "the payer itself was asked"

    assert sink.count() == 0


def test_where_a_token_says_its_keys_are_nobody_looks(sink: Sink, sender: HttpSender) -> None:
    at = f"http://127.0.0.1:{sink.port}/"
    header = {"alg": "ES256", "jku": at, "x5u": at, "kid": at}
    token = jwt.encode(header, {"iss": at, "sub": "x"}, ECKey.generate_key("P-256"), algorithms=["ES256"])
    with FaultyServer(mislead(sink, "200 OK", TARGETS[0])) as server:
        read_token(sender, server.url, token)

    assert server.requests
    assert sink.count() == 0


def test_no_proxy_of_the_environment_is_asked(
    sink: Sink, sender: HttpSender, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        for spelled in (name, name.lower()):
            monkeypatch.setenv(spelled, f"http://127.0.0.1:{sink.port}")
    with FaultyServer(reply(b"answer")) as server:
        sender.send(Request("GET", server.url), Deadline.after(SECONDS))
    with pytest.raises(VerifierError):
        sender.send(Request("GET", "https://payer.invalid/"), Deadline.after(SECONDS))

    assert len(server.requests) == 1
    assert sink.count() == 0


@pytest.mark.parametrize("wire", ["fhir", "optum"])
def test_a_secret_goes_to_the_one_origin_it_belongs_to(wire: str, sink: Sink, sender: HttpSender) -> None:
    signed_in = json.dumps({"access_token": SECRETS[1], "token_type": "bearer", "expires_in": 600}).encode()
    at_home = reply(signed_in, headers={"Content-Type": "application/json"})
    with FaultyServer(at_home) as entrance, FaultyServer(mislead(sink, REDIRECTS[3], TARGETS[1])) as payer:
        ask(sender, wire, ACCOUNT | {"url": payer.url, "token_url": entrance.url})

    seen = [
        [secret.encode() in b"".join(server.requests) for secret in SECRETS] for server in (entrance, payer)
    ]
    assert seen == [[True, False], [False, True]]
    assert sink.count() == 0
