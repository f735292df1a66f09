"""The whole service under Schemathesis: ``python -m tests.faults.fuzzing [CASES [SEED]]``.

The service is `verifier serve` in a process of its own, with the payer simulator behind it. It is sent, over
HTTP and by somebody who may do everything, what its own OpenAPI document allows and forbids; every check that
Schemathesis has is made of every answer. What is asked of the checks stands in ``schemathesis.toml``.
"""

import itertools
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

import pyotp
import requests

from tests.store.support import await_until
from tests.web.test_real_server import answers, free_port
from verifier.access.principal import Facilities
from verifier.access.roles import Role, Scope
from verifier.access.staffing import Enrolment
from verifier.bootstrap import CommandRooms

HERE: Final = Path(__file__).parent
ROOT: Final = HERE.parents[1]
CONFIGURED: Final = HERE / "schemathesis.toml"
CASES: Final = 20_000
EMAIL: Final = "fuzzing@riverbend.example"
PASSWORD: Final = "correct horse battery staple"
# A person is sent through all but the end of their session, which would be the end of the test. The cookie
# given is always sent along, so what would be told of credentials left out is asked for with a key only.
FOR_PEOPLE: Final = (
    "--exclude-operation-id=signOut",
    "--exclude-checks=ignored_auth,negative_data_rejection",
)
EXAMPLES: Final = 100  # an operation and phase, beside the edge cases of each


@dataclass(frozen=True)
class Report:
    """How many requests were sent, how many operations that reached, and what was said of it."""

    cases: int
    operations: int
    failures: tuple[str, ...]
    text: str


@dataclass(frozen=True)
class Served:
    """A running service: its address, and what a program and a person who may do everything send along."""

    address: str
    program: dict[str, str]
    enrolment: Enrolment

    def sign_in(self) -> dict[str, str]:
        """Begin a session, and return what a page of it would send along."""
        code = pyotp.parse_uri(self.enrolment.authenticator)
        assert isinstance(code, pyotp.TOTP)
        said = {"email": EMAIL, "password": PASSWORD, "code": code.now()}
        answer = requests.post(f"{self.address}/v1/session", json=said, timeout=60)
        answer.raise_for_status()
        cookies = "; ".join(f"{name}={value}" for name, value in answer.cookies.items())
        return {"Cookie": cookies, "X-CSRF-Token": answer.json()["csrf_token"]}


@contextmanager
def serve(folder: Path) -> Iterator[Served]:
    """Run the service in *folder*."""
    data = folder / "data"
    data.mkdir()
    ours = {"VERIFIER_DATA": str(data), "VERIFIER_REQUESTS_PER_MINUTE": "1000000"}
    with CommandRooms(ours).staffing("test") as (staffing, context):
        everywhere, life = Facilities.of(["*"]), timedelta(days=1)
        _, key = staffing.create_key(context, "fuzzing", frozenset(Scope), everywhere, life=life)
        enrolment = staffing.add_user(context, EMAIL, PASSWORD, [*Role], everywhere)
    port = free_port()
    command = [sys.executable, "-c", "from verifier.bootstrap import command_line; command_line()", "serve"]
    with (folder / "log").open("wb") as log:
        server = subprocess.Popen(  # noqa: S603 - our own
            [*command, "--port", str(port)], env=os.environ | ours, cwd=ROOT, stdout=log, stderr=log
        )
        try:
            await_until(lambda: server.poll() is not None or answers(port), 60)
            yield Served(f"http://127.0.0.1:{port}", {"Authorization": f"Bearer {key}"}, enrolment)
        finally:
            server.send_signal(signal.SIGTERM)
            server.wait(timeout=60)


def fuzz(folder: Path, address: str, headers: dict[str, str], *options: str) -> Report:
    """Send what *options* of Schemathesis ask for, with *headers*; by default all phases."""
    lines = folder / "events.ndjson"
    command = [str(Path(sys.executable).with_name("schemathesis")), f"--config-file={CONFIGURED}", "run"]
    command += [f"{address}/openapi.json", *(f"--header={name}: {text}" for name, text in headers.items())]
    command += options
    command += ["--no-color", "--report=ndjson", f"--report-ndjson-path={lines}"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)  # noqa: S603 - our own
    return read_report(lines, done.stdout + done.stderr)


def read_report(lines: Path, text: str) -> Report:
    """Count what was sent, and gather what failed and what could not be sent."""
    sent, reached, failed = 0, set[str](), list[str]()
    with lines.open() as events:
        for line in events:
            ((kind, event),) = json.loads(line).items()
            if kind == "NonFatalError":
                failed.append(f"{event['label']}: {event['value']}")
            if recorder := event.get("recorder"):
                sent += len(recorder.get("interactions", {}))
                reached.add(recorder["label"])
                failed += list(list_failures(recorder))
    return Report(sent, len(reached), tuple(failed), text)


def list_failures(recorder: dict[str, Any]) -> Iterator[str]:
    """Name the checks that failed, each with the operation it failed for."""
    for checks in recorder.get("checks", {}).values():
        for check in checks:
            if check["status"] != "success":
                yield f"{recorder['label']}: {check['name']}"


def main(cases: str = str(CASES), seed: str = "1") -> None:
    """Send requests until at least *cases* were sent, and say how it went."""
    sent, failed, began = 0, list[str](), time.monotonic()
    with tempfile.TemporaryDirectory(prefix="fuzz-") as name, serve(Path(name)) as served:
        # each turn of a person has a session of its own, as one would end while a program's turn goes on
        turns = itertools.cycle([(lambda: served.program, ()), (served.sign_in, FOR_PEOPLE)])
        for turn, (find_headers, ours) in enumerate(turns, int(seed)):
            options = (f"--seed={turn}", f"--max-examples={EXAMPLES}", *ours)
            report = fuzz(Path(name), served.address, find_headers(), *options)
            sent, failed = sent + report.cases, [*failed, *report.failures]
            print(f"{sent:,} requests, {report.operations} operations, {len(failed)} failures", flush=True)  # noqa: T201 - for who waits
            if failed or sent >= int(cases) or not report.cases:
                break
    print(f"{time.monotonic() - began:.0f} s", report.text if failed or not report.cases else "")  # noqa: T201 - as above
    sys.exit(bool(failed) or sent < int(cases))


if __name__ == "__main__":
    main(*sys.argv[1:])
