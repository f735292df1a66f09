"""The administrator's commands for people and keys, over the real database."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from urllib.error import HTTPError, URLError
from urllib.request import Request, urlopen

import pyotp
import pytest
from click.testing import CliRunner, Result

from verifier.bootstrap import CommandRooms
from verifier.cli.main import main

ADD = ("admin", "users", "add", "ana@riverbend.example", "--role=admissions", "--facility=abita-springs")
KEY = ("admin", "api-keys", "create", "nightly", "--scope=read", "--facility=*", "--json")


@pytest.fixture(name="run")
def _run(tmp_path: Path) -> Callable[..., Result]:
    rooms = CommandRooms({"VERIFIER_DATA": str(tmp_path)})

    def run(*arguments: str, given: str = "") -> Result:
        return CliRunner().invoke(main, arguments, input=given, obj=rooms)

    return run


def test_a_person_is_added_listed_enrolled_anew_and_shut_out(run: Callable[..., Result]) -> None:
    added = run(*ADD, given="correct horse battery\ncorrect horse battery\n")
    again = run("admin", "users", "reset-totp", "ANA@riverbend.example")
    gone = run("admin", "users", "disable", "ana@riverbend.example")
    listed = json.loads(run("admin", "users", "list", "--json").stdout)

    assert [each.exit_code for each in (added, again, gone)] == [0, 0, 0]
    addresses = [
        line.strip() for each in (added, again) for line in each.stdout.splitlines() if "otpauth" in line
    ]
    assert len({pyotp.parse_uri(address).secret for address in addresses}) == 2
    assert "correct horse" not in added.stdout
    assert sum(len(line.strip()) == 16 for line in added.stdout.splitlines()) == 10
    (row,) = listed
    assert (row["email"], row["roles"], row["facilities"]) == (
        "ana@riverbend.example",
        ["admissions"],
        ["abita-springs"],
    )
    assert row["disabled_at"]


def test_a_key_is_shown_once_and_listed_by_its_first_characters(run: Callable[..., Result]) -> None:
    made = json.loads(run(*KEY).stdout)
    listed = run("admin", "api-keys", "list", "--json").stdout
    revoked = run("admin", "api-keys", "revoke", made["id"])
    table = run("admin", "api-keys", "list").stdout

    assert made["key"].startswith(f"{json.loads(listed)[0]['prefix']}")
    assert made["key"] not in listed + table
    assert (revoked.exit_code, "revoked" in table) == (0, True)


@pytest.mark.parametrize(
    ("arguments", "given", "named"),
    [
        (ADD, "short\nshort\n", "/password"),
        ((*ADD[:3], "nobody", *ADD[4:]), "correct horse battery\n" * 2, "/email"),
        (("admin", "users", "disable", "nobody@riverbend.example"), "", "Nobody"),
        (("admin", "api-keys", "revoke", "key_none"), "", "No key"),
        ((*KEY, "--owner=nobody@riverbend.example"), "", "Nobody"),
    ],
)
def test_what_cannot_be_done_is_said_in_one_line(
    run: Callable[..., Result], arguments: tuple[str, ...], given: str, named: str
) -> None:
    outcome = run(*arguments, given=given)

    assert outcome.exit_code == 2
    (line,) = (each for each in outcome.stderr.splitlines() if each.startswith("verifier: "))
    assert named in line


def test_each_of_it_is_in_the_audit_trail(run: Callable[..., Result]) -> None:
    run(*KEY)

    checked = run("admin", "audit", "verify")

    assert checked.exit_code == 0
    assert "1" in checked.stdout


def test_the_service_is_open_until_a_key_is_made_and_says_so(
    tmp_path: Path, run: Callable[..., Result]
) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environ = {name: value for name, value in os.environ.items() if not name.startswith("VERIFIER_")}
    log = (tmp_path / "serve.log").open("wb")
    server = subprocess.Popen(  # noqa: S603 - our own
        [Path(sys.executable).with_name("verifier"), "serve", "--port", str(port), "--workers", "2"],
        env=environ | {"VERIFIER_DATA": str(tmp_path)},
        stdout=log,
        stderr=log,
    )
    try:
        before = await_answer(port)
        key = json.loads(run(*KEY).stdout)["key"]
        after, with_key = ask(port), ask(port, Authorization=f"Bearer {key}")
        counted = [count_livez(port, key) for _ in range(8)]
    finally:
        server.send_signal(signal.SIGTERM)
        server.wait(30)
        log.close()

    assert (before, after, with_key) == (200, 401, 200)
    assert counted == list(range(1, 9))  # whichever process answers, it tells what all of them counted
    assert "OPEN" in (tmp_path / "serve.log").read_text()


def await_answer(port: int) -> int:
    give_up = time.monotonic() + 90
    while time.monotonic() < give_up:
        try:
            return ask(port)
        except (URLError, ConnectionError):
            time.sleep(0.2)
    raise AssertionError("the service did not start")


def count_livez(port: int, key: str) -> int:
    """Ask /livez once more, and read in /metrics how often it was asked."""
    with urlopen(f"http://127.0.0.1:{port}/livez", timeout=60):
        pass
    request = Request(f"http://127.0.0.1:{port}/metrics", headers={"Authorization": f"Bearer {key}"})
    with urlopen(request, timeout=60) as answer:  # noqa: S310 - loopback
        told = re.search(r'http_requests_total\{[^}]*"/livez"[^}]*\} (\d+)', answer.read().decode())
    assert told
    return int(told[1])


def ask(port: int, **headers: str) -> int:
    request = Request(f"http://127.0.0.1:{port}/v1/verifications", headers=headers)
    try:
        with urlopen(request, timeout=60) as answer:  # noqa: S310 - loopback
            return int(answer.status)
    except HTTPError as refused:
        return refused.code
