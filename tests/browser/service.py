"""The real service as a process of its own, the payer simulator behind it, and staff of every role."""

import os
import secrets
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final
from urllib.error import URLError
from urllib.request import urlopen

import pyotp

from verifier.access.principal import Facilities
from verifier.access.roles import Role
from verifier.access.staffing import Enrolment
from verifier.bootstrap import CommandRooms

PASSWORD: Final = "correct horse battery staple"
ELSEWHERE: Final = "elsewhere"  # of another facility
LEAVING: Final = "leaving"  # whoever signs out ends the session that the role's other tests share
PATIENCE: Final = 90.0  # seconds a service may take to start on a busy machine
HURRIED: Final = "hurried"  # breaks the glass
OTHERS: Final = {
    ELSEWHERE: (Role.ADMISSIONS, "bayou-house"),
    LEAVING: (Role.AUDITOR, "*"),
    HURRIED: (Role.ADMISSIONS, "bayou-house"),
}
FACILITIES: Final = """
[facilities.abita-springs]
name = "Abita Springs Recovery"
npi = "1234567893"
tax_id = "000000000"
state = "LA"
place_of_service = "22"
time_zone = "America/Chicago"
schedule = { weekdays = ["mon", "wed", "fri"], weeks = 8, hours_per_session = "3" }
programs = [{ code = "H0015", billed_amount = "950.00" }]

[facilities.bayou-house]
name = "Bayou House"
npi = "1245319599"
state = "LA"
part2 = true
"""


@dataclass(frozen=True)
class Staff:
    """Somebody who signs in, with their authenticator."""

    enrolment: Enrolment

    @property
    def email(self) -> str:
        return self.enrolment.user.email

    def code(self) -> str:
        totp = pyotp.parse_uri(self.enrolment.authenticator)
        assert isinstance(totp, pyotp.TOTP)
        return totp.at(datetime.now(UTC))


@dataclass(frozen=True)
class Service:
    """A running service: where it is, who works there, where it keeps its data."""

    url: str
    staff: Mapping[str, Staff]  # by role, and those of `OTHERS`
    data: Path
    environ: Mapping[str, str]

    @property
    def rooms(self) -> CommandRooms:
        """Return the commands over the same data."""
        return CommandRooms(self.environ)


@contextmanager
def running(folder: Path, **variables: str) -> Iterator[Service]:
    """Run the service over an empty database in *folder*, with one person of each role, and `OTHERS`."""
    (folder / "facilities.toml").write_text(FACILITIES)
    ours = {"VERIFIER_DATA": str(folder), "VERIFIER_FACILITIES": str(folder / "facilities.toml")} | variables
    staff = dict(_employ(CommandRooms(ours), {role.value: (role, "*") for role in Role} | OTHERS))
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("VERIFIER_")}
    port = _free_port()
    with (folder / "serve.log").open("wb") as log:
        process = subprocess.Popen(  # noqa: S603 - our own
            [Path(sys.executable).with_name("verifier"), "serve", "--port", str(port)],
            env=inherited | ours,
            stdout=log,
            stderr=log,
        )
        try:
            url = f"http://127.0.0.1:{port}"
            _await(f"{url}/readyz", process)
            yield Service(url, staff, folder, ours)
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(30)


def _employ(rooms: CommandRooms, people: Mapping[str, tuple[Role, str]]) -> Iterator[tuple[str, Staff]]:
    with rooms.staffing("test") as (staffing, context):
        for name, (role, facility) in people.items():
            email = f"{name}-{secrets.token_hex(3)}@riverbend.example"
            user = staffing.add_user(context, email, PASSWORD, [role], Facilities.of([facility]))
            yield name, Staff(user)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _await(url: str, process: "subprocess.Popen[bytes]") -> None:
    give_up = time.monotonic() + PATIENCE
    while time.monotonic() < give_up:
        assert process.poll() is None, "the service ended; see serve.log"
        with suppress(URLError, ConnectionError), urlopen(url, timeout=30):  # noqa: S310 - loopback
            return
        time.sleep(0.1)
    raise AssertionError("the service did not start")
