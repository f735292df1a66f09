"""The same application behind the server it is shipped with."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from http.client import HTTPConnection, HTTPResponse
from pathlib import Path

import pytest

from verifier.web.api import examples
from verifier.web.headers import HEADERS

HERE = Path(__file__).parent
JSON = {"Content-Type": "application/json"}
MIB = 1024 * 1024


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def answers(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


@pytest.fixture(scope="module")
def log_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("server") / "log.jsonl"


@pytest.fixture(scope="module")
def port(log_file: Path) -> Iterator[int]:
    number = free_port()
    command = [sys.executable, "-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1"]
    command += ["--port", str(number), "--no-log", "served:app"]
    paths = os.pathsep.join((str(HERE.parents[1]), str(HERE)))
    with log_file.open("wb") as log:
        server = subprocess.Popen(command, env=os.environ | {"PYTHONPATH": paths}, cwd=HERE, stderr=log)  # noqa: S603 - our own
    try:
        deadline = time.monotonic() + 60
        while not answers(number):
            assert server.poll() is None, log_file.read_text()
            assert time.monotonic() < deadline
            time.sleep(0.05)
        yield number
    finally:
        server.send_signal(signal.SIGTERM)
        server.wait(timeout=30)


def ask(
    port: int, method: str, path: str, body: object = None, headers: dict[str, str] | None = None
) -> tuple[HTTPResponse, bytes]:
    with closing(HTTPConnection("127.0.0.1", port, timeout=30)) as connection:
        connection.request(method, path, body, headers or {}, encode_chunked=True)  # type: ignore[arg-type]
        response = connection.getresponse()
        return response, response.read()


def test_a_verification_goes_through(port: int) -> None:
    body = json.dumps(examples.INQUIRY)
    response, content = ask(port, "POST", "/v1/verifications", body, JSON | {"Prefer": "wait=0"})
    assert (response.status, json.loads(content)["status"]) == (202, "pending")
    response, content = ask(port, "GET", response.headers["Location"])
    assert (response.status, json.loads(content)["status"]) == (200, "pending")


def test_the_headers_protect_and_name_no_software(port: int) -> None:
    response, _ = ask(port, "GET", "/livez")
    assert {name: response.headers[name] for name in HEADERS} == HEADERS
    assert "granian" not in str(response.headers).lower()


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/nothing", 404),
        ("GET", "//v1//payers", 404),
        ("GET", "//evil.example/%2e%2e", 404),
        ("GET", "/docs/..%2f..%2fapp.py", 404),
        ("TRACE", "/livez", 405),
        ("POST", "/v1/estimates", 415),
    ],
)
def test_errors_are_problems_here_too(port: int, method: str, path: str, status: int) -> None:
    response, content = ask(port, method, path)
    assert (response.status, response.headers["Content-Type"]) == (status, "application/problem+json")
    assert json.loads(content)["status"] == status


@pytest.mark.parametrize(("path", "limit"), [("/v1/estimates", MIB), ("/v1/normalizations", 10 * MIB)])
def test_a_chunked_body_is_read_whole_or_refused(port: int, path: str, limit: int) -> None:
    chunked = JSON | {"Transfer-Encoding": "chunked"}
    small = json.dumps(examples.ESTIMATE_REQUEST).encode() if path == "/v1/estimates" else b"ISA~ST*271~"
    response, content = ask(port, "POST", path, iter([small[:20], small[20:]]), chunked)
    assert response.status == 200, content
    response, _ = ask(port, "POST", path, iter([b" " * MIB] * (limit // MIB) + [small]), chunked)
    assert response.status == 413


def test_the_log_holds_one_json_line_a_request_and_no_person(port: int, log_file: Path) -> None:
    ask(port, "GET", "/v1/payers?q=Exampleton")
    ask(port, "GET", "/v1/payers/Exampleton")
    lines = [json.loads(line) for line in log_file.read_text().splitlines()]
    known = {"event", "level", "time", "method", "route", "status", "ms", "request_id"}
    assert [line for line in lines if line.keys() != known] == []
    assert lines[-1]["route"] == "/v1/payers/<payer_id>"
    assert "Exampleton" not in log_file.read_text()
