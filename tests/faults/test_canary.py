"""Canaries through every route, error and crash of the real service; then they are looked for elsewhere.

The service is `verifier serve` in a process of its own, with every logger at DEBUG; the payer, which may know
the people, runs here. Every route of the URL map is sent canaries in each place a request has.
"""

import base64
import contextlib
import json
import os
import re
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from http.client import HTTPConnection, HTTPException, HTTPMessage
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote, urlencode

import pyotp
import pytest
from flask import Flask
from prometheus_client import CollectorRegistry
from redis import Redis

from payers.simulator.inquiries import Person
from payers.simulator.scenarios import Fault, Plan, Row, Scenario
from payers.simulator.server import Simulator
from tests.access import bearing, open_reception
from tests.faults.canaries import (
    BORN,
    CHILD,
    FIRST,
    LAST,
    MEMBER_ID,
    REFERRAL,
    SPONSOR,
    SSN,
    SUFFIXED,
    WORDS,
    find,
    write_dates,
)
from tests.store.support import await_until, open_office
from tests.web.test_policies import SENT, Sent, routes
from tests.web.test_real_server import answers, free_port
from verifier.access.principal import Facilities
from verifier.access.roles import Role, Scope
from verifier.bootstrap import CommandRooms
from verifier.web.api import access_examples, examples
from verifier.web.app import create_app

ROOT: Final = Path(__file__).parents[2]
FACILITY: Final = "abita-springs"
JSON: Final = "application/json"
LOUD: Final = """
import logging, sys
write = logging.Formatter("%(levelname)s:%(name)s:%(message)s").format
logging.Logger.isEnabledFor = lambda self, level: level >= self.level
logging.Logger.callHandlers = lambda self, record: print(write(record), file=sys.stderr)
"""  # whatever a library sets up later, everything is printed that a logger is not itself told to keep back
NOTE: Final = WORDS["note"]
INSTEAD: Final = {
    "Marigold": FIRST,
    "Exampleton": LAST,
    "XQZ4410027": MEMBER_ID,
    "1991-06-30": BORN.isoformat(),
    access_examples.EMERGENCY_REQUEST["reason"]: f"{NOTE}, {FIRST} {LAST}",
    examples.CONSENT_GIVEN["information"]: NOTE,
}
BENEFITS: Final = (
    Row(
        kind="active",
        level="individual",
        services=["30"],
        plan_text=WORDS["group"],
        messages=[NOTE, SSN],
    ),
)
FAULTS: Final = (
    *(Fault("aaa", codes=[code]) for code in ("72", "75", "42")),
    Fault("http", status="500 Internal Server Error", body=f"{LAST} {MEMBER_ID} {BORN}"),
    Fault("http", status="302 Found", headers={"Location": f"http://192.0.2.1/{MEMBER_ID}"}),
    Fault("http", status="200 OK", content_type=JSON, body=json.dumps({"error": f"{LAST} {SSN}"})),
    Fault("envelope", codes=["ReceiverIDIllegal"], message=f"{LAST} {MEMBER_ID}"),
    Fault("acknowledgement", codes=["999"]),
    Fault("truncated", bytes=450),
    Fault("hang_up"),
    Fault("wrong_member"),
    Fault("not_a_number", body=f"{MEMBER_ID}"),
)
"""What the payer does to the members whose ids end in 0, 1, 2 and so on."""


def play() -> list[Scenario]:
    """Write the payer's members: one for whom all goes well, and one for each fault."""
    people = [Person(LAST, FIRST, f"{MEMBER_ID}{number}", BORN, "F") for number in ("", *range(len(FAULTS)))]
    plan = Plan(group_number=WORDS["group"], group_name=LAST)
    return [
        Scenario(f"canary {person.id}", "A canary.", person, plan=plan, benefits=BENEFITS, fault=fault)
        for person, fault in zip(people, (None, *FAULTS), strict=True)
    ]


def inquire(member: dict[str, Any], **more: Any) -> dict[str, Any]:  # noqa: ANN401 - JSON
    named = {"id": MEMBER_ID, "first_name": FIRST, "last_name": LAST, "birth_date": BORN.isoformat()}
    return examples.INQUIRY | {"facility": FACILITY, "member": named | member} | more


INQUIRIES: Final = (
    inquire({}),
    inquire({"ssn": SSN, "group_number": WORDS["group"]}),
    *(inquire({"id": f"{MEMBER_ID}{number}"}) for number in range(len(FAULTS))),
    inquire({"id": f"{MEMBER_ID}-unknown", "middle_name": SUFFIXED, "last_name": SUFFIXED}),
    inquire({"last_name": WORDS["name in another script"]}),
    inquire({}, payer=MEMBER_ID),
    inquire({}, facility=LAST),
    inquire({}, consent_id=MEMBER_ID),
    inquire({"birth_date": f"{BORN:%m/%d/%Y}"}),
    inquire({"ssn": f"{SSN}x", "sex": LAST, "unexpected": NOTE}),
    inquire(
        {},
        patient={
            "relationship": "child",
            "first_name": CHILD,
            "last_name": LAST,
            "birth_date": BORN.isoformat(),
        },
    ),
    inquire({}, payer="sim-tricare", tricare={"sponsor_id": SPONSOR}),
    inquire({}, payer="sim-tricare-east", tricare={"plan": "select", "beneficiary": "retiree_family"}),
    inquire({}, payer="sim-va", va={"referral_number": REFERRAL, "access_token": WORDS["token"]}),
)


@dataclass
class Service:
    """The running service and everything it may have written to."""

    folder: Path
    port: int
    key: str
    code: pyotp.TOTP
    statuses: set[int] = field(default_factory=set)
    told: list[bytes] = field(default_factory=list)  # addresses and error bodies that went back
    heads: list[HTTPMessage] = field(default_factory=list)
    reached: set[str] = field(default_factory=set)
    metrics: bytes = b""
    dump: bytes = b""
    running: dict[str, bytes] = field(default_factory=dict)

    def send(self, method: str, path: str, body: bytes | str = b"", **headers: str) -> tuple[int, bytes]:
        """Send a request with canaries in its headers; note what must not hold any."""
        words = urlencode(WORDS)
        given = {
            "User-Agent": words,
            "Referer": f"https://host.invalid/?{words}",
            "X-Request-Id": MEMBER_ID,
            "X-Correlation-Id": LAST,
            "Accept": f"{JSON}, {LAST}/{FIRST}",
            "Authorization": f"Bearer {self.key}",
        } | {name.replace("_", "-"): value for name, value in headers.items()}
        with closing(HTTPConnection("127.0.0.1", self.port, timeout=60)) as connection:
            connection.request(
                method, path, body or None, {name: value for name, value in given.items() if value}
            )
            response = connection.getresponse()
            content = response.read()
        self.statuses.add(response.status)
        self.heads.append(response.headers)
        self.told.append(str(response.headers).encode())
        if response.headers["Content-Type"] == "application/problem+json":
            self.told.append(content)
        return response.status, content

    def redis(self) -> bytes:
        """Return every key and value of the embedded server."""
        found = []
        with closing(Redis(unix_socket_path=str(self.folder / "data" / "valkey.sock"))) as redis:
            for name in redis.scan_iter():
                found += [name, redis.dump(name) or b""]
                found += [redis.get(name) or b""] if redis.type(name) == b"string" else []
        return b"\n".join(found)

    def files(self) -> dict[str, bytes]:
        """Return every file of the data directory, the temporary ones and the log, by its name."""
        return {
            str(path.relative_to(self.folder)): str(path).encode() + path.read_bytes()
            for path in self.folder.rglob("*")
            if path.is_file()
        }


@contextmanager
def serve(folder: Path, simulator: Simulator) -> Iterator[Service]:
    """Run the service in *folder*; somebody and some program may come in."""
    for name in ("data", "tmp", "loud"):
        (folder / name).mkdir()
    (folder / "loud" / "sitecustomize.py").write_text(LOUD)
    ours = {"VERIFIER_DATA": str(folder / "data"), "VERIFIER_SIMULATOR_URL": simulator.url}
    with CommandRooms(ours).staffing("test") as (staffing, context):
        everywhere = Facilities.of(["*"])
        enrolment = staffing.add_user(
            context, WORDS["e-mail address"], WORDS["password"], [*Role], everywhere
        )
        _, key = staffing.create_key(context, "canary", frozenset(Scope), everywhere, life=timedelta(days=1))
    code = pyotp.parse_uri(enrolment.authenticator)
    assert isinstance(code, pyotp.TOTP)
    port = free_port()
    own = ours | {"TMPDIR": str(folder / "tmp"), "PYTHONPATH": f"{folder / 'loud'}{os.pathsep}{ROOT}"}
    command = [sys.executable, "-c", "from verifier.bootstrap import command_line; command_line()", "serve"]
    with (folder / "log").open("wb") as log:
        server = subprocess.Popen(  # noqa: S603 - our own
            [*command, "--port", str(port)], env=os.environ | own, stdout=log, stderr=log
        )
        try:
            await_until(lambda: server.poll() is not None or answers(port), 60)
            yield Service(folder, port, key, code)
        finally:
            server.send_signal(signal.SIGTERM)
            server.wait(timeout=60)


def disguise(body: object, ids: dict[str, str]) -> str:
    """Write the table's body with canaries for its invented people and real ids for its marks."""
    text = body if isinstance(body, str) else json.dumps(body)
    for plain, canary in {**INSTEAD, **ids}.items():
        text = text.replace(plain, canary)
    return text


def fill(rule: str, path: dict[str, str], ids: dict[str, str], other: str = "") -> str:
    """Fill a rule's parts in, or put *other* in each of them."""
    return re.sub(
        r"<(?:\w+:)?(\w+)>", lambda part: quote(other or disguise(path.get(part[1], "x"), ids)), rule
    )


def write(sent: Sent, ids: dict[str, str]) -> str:
    """Write the body that a route is meant to get."""
    if sent.data is not None:
        return sent.data
    return disguise(sent.json, ids) if sent.json is not None else ""


def send_everything(service: Service, route: str, sent: Sent, ids: dict[str, str]) -> None:
    """Send one route what it is meant to get, and then canaries wherever a request has room for them."""
    method, rule = route.split(" ")
    meant, words = fill(rule, sent.path, ids), json.dumps(WORDS)
    typed = {"Content-Type": JSON, **sent.headers}
    body = write(sent, ids)
    key = {"Idempotency-Key": f"{MEMBER_ID} {LAST} {route}"} if method == "POST" else {}
    status, _ = service.send(method, meant, body, **typed, **key)
    service.reached.add(f"{route} {status}")
    service.send(
        method, f"{meant}?{urlencode(WORDS | {'q': LAST, 'before': MEMBER_ID, 'limit': SSN})}", body, **typed
    )
    for word in (MEMBER_ID, LAST, BORN.isoformat(), SUFFIXED):
        service.send(method, fill(rule, sent.path, ids, word), body, **typed)
    service.send(method, meant, body, **typed, Authorization=f"Bearer {WORDS['token']}")
    service.send(
        method, meant, body, **typed, Authorization="", Cookie=f"__Host-verifier-session={WORDS['token']}"
    )
    service.send("TRACE", meant, words, **typed)
    if method == "GET":
        return
    for bad in (words, words[:-9], f"[{words}]", f"ISA{words}", "\0" + words, words + " " * 1024 * 1024):
        with contextlib.suppress(OSError, HTTPException):  # too large a body may be cut off
            service.send(method, meant, bad, **typed)
    service.send(method, meant, urlencode(WORDS), Content_Type="application/x-www-form-urlencoded")
    service.send(method, meant, words, Content_Type=f"text/{LAST}", Idempotency_Key="x" * 300 + MEMBER_ID)


def sign_in(service: Service) -> None:
    """Sign in rightly and wrongly, by the API and by the page."""
    said = {"email": WORDS["e-mail address"], "password": WORDS["password"], "code": service.code.now()}
    status, _ = service.send("POST", "/v1/session", json.dumps(said), Content_Type=JSON, Authorization="")
    assert status == 201
    for wrong in ({"code": "000000"}, {"email": f"{LAST}@canary.example"}, {"password": NOTE}):
        service.send("POST", "/v1/session", json.dumps(said | wrong), Content_Type=JSON, Authorization="")
        form = {"Content-Type": "application/x-www-form-urlencoded", "Authorization": ""}
        service.send("POST", "/staff/sign-in", urlencode(said | wrong), **form)


def break_the_database(service: Service) -> None:
    """Take the table of verifications away under the running service, and ask for all that needs it."""
    with closing(sqlite3.connect(service.folder / "data" / "verifier.db", timeout=30)) as database:
        database.execute("ALTER TABLE verifications RENAME TO taken_away")
        database.commit()
    for inquiry in INQUIRIES[:3]:
        service.send("POST", "/v1/verifications", json.dumps(inquiry), Content_Type=JSON)
    service.send("GET", f"/v1/verifications/{MEMBER_ID}")
    with closing(sqlite3.connect(service.folder / "data" / "verifier.db", timeout=30)) as database:
        database.execute("ALTER TABLE taken_away RENAME TO verifications")
        database.commit()


def spread(service: Service, app: Flask) -> None:
    """Send canaries everywhere."""
    ids = {"{facility}": FACILITY}
    for number, inquiry in enumerate(INQUIRIES):
        asked = {"Prefer": "wait=20", "Idempotency-Key": f"{LAST}-{number}", "Content-Type": JSON}
        status, content = service.send("POST", "/v1/verifications", json.dumps(inquiry), **asked)
        if status == 201:
            ids.setdefault("{record}", json.loads(content)["id"])
    consent = disguise(examples.CONSENT_GIVEN, ids)
    ids["{consent}"] = json.loads(service.send("POST", "/v1/consents", consent, Content_Type=JSON)[1])["id"]
    for route in sorted(routes(app)):
        send_everything(service, route, SENT[route], ids)
    service.send("GET", f"/{MEMBER_ID}/{LAST}?{urlencode(WORDS)}")
    service.send("GET", "/livez", Host=f"{MEMBER_ID}.invalid")
    service.send(MEMBER_ID, "/livez")
    sign_in(service)
    break_the_database(service)


@pytest.fixture(scope="module", name="service")
def _service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    folder = tmp_path_factory.mktemp("c")
    with Simulator(scenarios=play()) as simulator, serve(folder, simulator) as service:
        spread(service, create_failing_app(folder))
        service.metrics = service.send("GET", "/metrics", Authorization=f"Bearer {service.key}")[1]
        service.dump = service.redis()
        service.running = service.files()
        yield service


class Failing:
    """A port whose every method fails with words it should not have said."""

    def __getattr__(self, name: str) -> object:
        if name.startswith("__"):
            raise AttributeError(name)

        def fail(*_: object, **__: object) -> object:
            raise RuntimeError(f"{name}: {json.dumps(WORDS)} {BORN}")

        return fail


def create_failing_app(folder: Path) -> Flask:
    """Build the application over rooms that all fail; its log is the one that is shipped."""
    reception = open_reception(folder)
    app = create_app(open_office(Failing()), Failing(), reception.access, registry=CollectorRegistry())  # type: ignore[arg-type]
    app.extensions["key"] = reception.key()
    return app


@pytest.mark.parametrize("write", [str, str.upper, quote, json.dumps, lambda text: text.encode().hex()])
@pytest.mark.parametrize("word", [*WORDS.values(), *write_dates(BORN)])
def test_the_search_would_find_each_word_however_it_is_written(
    word: str, write: Callable[[str], str]
) -> None:
    assert find(b"before " + write(word).encode() + b" after")
    assert all(find(base64.b64encode(b"." * shift + word.encode() + b"!")) for shift in range(3))
    assert find(b"nothing of anybody, 2026-11-25, VA0012345678") == []


def test_the_search_finds_what_is_planted_where_it_looks(service: Service) -> None:
    (service.folder / "tmp" / "planted").write_text(f"x{LAST.upper()}x")
    with closing(Redis(unix_socket_path=str(service.folder / "data" / "valkey.sock"))) as redis:
        redis.set("planted", MEMBER_ID)
        found = service.redis()
        redis.delete("planted")

    assert find(service.files()["tmp/planted"]) == ["last name"]
    assert find(found) == ["member id"]
    (service.folder / "tmp" / "planted").unlink()


def test_every_route_was_sent_canaries_and_every_kind_of_error_came_about(service: Service) -> None:
    app = create_failing_app(service.folder)

    assert {each.rpartition(" ")[0] for each in service.reached} == set(routes(app)) == set(SENT)
    assert {200, 201, 400, 401, 403, 404, 405, 413, 415, 422, 503} <= service.statuses


def test_nothing_of_them_is_in_the_log_the_metrics_addresses_or_errors(service: Service) -> None:
    log = service.running["log"]

    assert log.count(b'"event": "request"') > 10 * len(SENT)
    assert log.count(b"DEBUG:") > 100
    assert find(log) == []
    assert b"http_requests_total" in service.metrics
    assert find(service.metrics) == []
    assert [told for told in service.told if find(told)] == []


def test_no_answer_may_be_stored_or_given_to_another_caller(service: Service) -> None:
    seen = {(head["Cache-Control"], head["Vary"]) for head in service.heads}
    referring = {head["Referrer-Policy"] for head in service.heads}

    assert len(service.heads) > 10 * len(SENT)
    assert seen == {("no-store", "Authorization, Cookie, Prefer")}
    assert referring == {"no-referrer", "same-origin"}  # pages with forms tell this host where they are from


def test_nothing_of_them_is_in_redis(service: Service) -> None:
    assert b"verifier:coverage:" in service.dump
    assert find(service.dump) == []


def test_nothing_of_them_is_in_any_file(service: Service) -> None:
    assert {"data/verifier.db", "data/verifier.db-wal"} <= service.running.keys()
    found = {name: find(content) for name, content in service.running.items()}
    assert {name: words for name, words in found.items() if words} == {}


def test_a_crash_in_any_route_says_nothing_of_them(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    app = create_failing_app(tmp_path)
    client, ids = bearing(app.test_client(), app.extensions["key"]), {"{facility}": FACILITY}
    crashed = {}
    for route in sorted(routes(app)):
        method, rule = route.split(" ")
        sent = SENT[route]
        headers = {"Content-Type": JSON, **sent.headers}
        address, body = fill(rule, sent.path, ids), write(sent, ids)
        response = client.open(address, method=method, data=body, headers=headers, buffered=True)
        if response.status_code == 500:
            crashed[route] = find(response.data) + find(str(response.headers).encode())
    logged = capfd.readouterr().err

    assert len(crashed) >= 10
    assert set(map(tuple, crashed.values())) == {()}
    assert logged.count('"event": "fault"') == len(crashed)
    assert find(logged.encode()) == []
