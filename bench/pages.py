"""Time the pages for staff among many records: ``python bench/pages.py [ROWS [DATABASE_URL]]``.

`verifier serve` answers over HTTP as it does at work: session, fence, decryption, estimates, template, and
the event in the audit trail are in each figure; one caller asks at a time. Without an address an SQLite file
is seeded with so many verifications, as many requests and events, and the rest of a desk. An address names a
database that ``python bench/pages.py seed ROWS DATABASE_URL`` filled.
"""

import base64
import http.client
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final
from urllib.parse import quote

from bench import seed_desk, seed_records
from bench.seed_records import FACILITIES, member_of
from tests.access import OPERATOR
from tests.browser.service import _await, _free_port
from verifier.access.principal import EVERY
from verifier.access.roles import Role
from verifier.house import open_house
from verifier.settings import Settings

TIMES: Final = 100
BAR: Final = 100.0  # milliseconds at the 95th percentile
PEOPLE: Final = 40
PASSWORD: Final = "correct horse battery staple"
KEY: Final = base64.b64encode(bytes(range(32))).decode()  # that of the seeds
PLANS: Final = "&".join(
    f"{side}.start_date=2026-12-07&{side}.weekdays=mon&{side}.weeks={weeks}&{side}.network=in"
    for side, weeks in (("a", 8), ("b", 6))
)
ASKED: Final = (
    "payer=sim-multiple&facility=abita-springs&member.id=SIM100001&member.first_name=Jordan"
    "&member.last_name=Avery&member.birth_date=04/12/1988&program.code=H0015&program.start_date=2026-12-07"
    "&program.weekdays=mon&program.weeks=8&program.allowed_amount=325.00&network=in&once=bench"
)

Ask = Callable[[int], tuple[int, str]]


@dataclass
class Browser:
    """Somebody signed in, over one connection that is kept."""

    connection: http.client.HTTPConnection
    headers: Mapping[str, str]

    def get(self, address: str) -> tuple[int, str]:
        return self._send("GET", address)

    def post(self, address: str, data: str) -> tuple[int, str]:
        return self._send("POST", address, data)

    def _send(self, method: str, address: str, data: str | None = None) -> tuple[int, str]:
        form = {"Content-Type": "application/x-www-form-urlencoded"} if data is not None else {}
        self.connection.request(method, address, data, {**self.headers, **form})
        answer = self.connection.getresponse()
        text = answer.read().decode()
        return answer.status, answer.getheader("Location") or text


def measure(name: str, ask: Ask, rows: int) -> float:
    chance, took = random.Random(7), []  # noqa: S311 - repeatable on purpose
    ask(0)
    for _ in range(TIMES):
        number = chance.randrange(rows)
        began = time.perf_counter()
        status, text = ask(number)
        took.append(1000 * (time.perf_counter() - began))
        assert status == 200, (name, status, text[:300])
    took.sort()
    p50, p95, p99 = (took[int(TIMES * share)] for share in (0.5, 0.95, 0.99))
    print(f"{name:36} p50 {p50:6.1f} ms   p95 {p95:6.1f} ms   p99 {p99:6.1f} ms", flush=True)
    return p95


def pages(browser: Browser, answer: str) -> Mapping[str, Ask]:
    """Name each page and how it is asked for."""

    def of_person(number: int) -> tuple[int, str]:
        member = member_of(number)
        born = f"{member.birth_date:%m/%d/%Y}"
        return browser.post(
            "/staff/verifications/", f"member.last_name={quote(member.last_name)}&member.birth_date={born}"
        )

    def at(address: str) -> Ask:
        return lambda number: browser.get(address.format(number=number))

    def sent(address: str, data: str) -> Ask:
        return lambda number: browser.post(address, data.format(number=number))

    return {
        "start": at("/staff/"),
        "new verification": at("/staff/verifications/new"),
        "payers while typing": sent("/staff/verifications/new/payers", "q=blue cross of lou"),
        "answer": at(answer),
        "answer seeded": at("/staff/verifications/ver_{number:09}"),
        "what if, two plans": sent(f"{answer}/what-if", PLANS),
        "newest verifications": at("/staff/verifications/"),
        "older verifications": at("/staff/verifications/?before=ver_{number:09}"),
        "a person's, by name and birth date": of_person,
        "a person's history": at("/staff/verifications/ver_{number:09}/history"),
        "requests, open": at("/staff/requests/"),
        "requests, older": at("/staff/requests/?before=int_{number:022}"),
        "requests, in need of a call": at("/staff/requests/?state=needs_call"),
        "requests, done": at("/staff/requests/?state=done"),
        "requests, mine": at("/staff/requests/?whose=me"),
        "requests, nobody's": at("/staff/requests/?whose=nobody"),
        "one request": at("/staff/requests/int_{number:022}"),
        "nightly list": at("/staff/roster/"),
        "morning digest, last day": at("/staff/digest"),
        "morning digest, last week": at("/staff/digest?days=7"),
        "audit, newest": sent("/staff/audit/", ""),
        "audit, one verification": sent("/staff/audit/", "what=verification ver_{number:09}"),
        "audit, one person's deeds": sent("/staff/audit/", "who=clerk7@riverbend.example"),
        "audit, what is rare": sent("/staff/audit/", "action=break_glass"),
        "audit, a day": sent("/staff/audit/", "since=01/02/2026&until=01/02/2026"),
        "audit, about a patient": lambda number: browser.post(
            "/staff/audit/disclosures", f"member_id={member_of(number).id}&everything=yes"
        ),
        "people": at("/staff/people/"),
        "API keys": at("/staff/keys/"),
        "facilities and rates": at("/staff/facilities/"),
        "one facility": at(f"/staff/facilities/of/{FACILITIES[0]}"),
        "emergencies": at("/staff/emergencies/"),
        "payer health": at("/staff/payer-health/"),
    }


def settings(folder: Path, url: str) -> dict[str, str]:
    places = folder / "facilities.toml"
    places.write_text(
        "\n".join(f'[facilities.{each}]\nname = "{each}"\nnpi = "1234567893"' for each in FACILITIES)
    )
    told = {"VERIFIER_DATA": str(folder), "DATABASE_URL": url, "VERIFIER_KEY": KEY}
    told["VERIFIER_FACILITIES"] = str(places)
    return told | {"VERIFIER_RETENTION": "36500d", "VERIFIER_LOG_LEVEL": "error"}


def employ(environ: Mapping[str, str]) -> list[str]:
    """Give people access, and return their ids."""
    with open_house(Settings.from_environ(environ)) as house:
        staffing = house.access.staffing
        found = {user.email: user for user in staffing.list_users()}
        emails = [f"clerk{number}@riverbend.example" for number in range(PEOPLE)]
        for email in emails:
            if email not in found:
                found[email] = staffing.add_user(OPERATOR, email, PASSWORD, [*Role], EVERY).user
        return [found[email].id for email in emails]


@contextmanager
def at_work(environ: Mapping[str, str]) -> Iterator[Browser]:
    """Let `verifier serve` run, and somebody be signed in."""
    with open_house(Settings.from_environ(environ)) as house:
        user = house.access.staffing.find_user("clerk0@riverbend.example")
        token = house.access.sign_in._begin(user, None, OPERATOR).token
        headers = {
            "Cookie": f"__Host-verifier-session={token}",
            "X-CSRF-Token": house.access.gate.csrf(token),
        }
    port, command = _free_port(), Path(sys.executable).with_name("verifier")
    process = subprocess.Popen(  # noqa: S603 - our own
        [command, "serve", "--port", str(port)], env={**os.environ, **environ}
    )
    try:
        _await(f"http://127.0.0.1:{port}/readyz", process)
        yield Browser(http.client.HTTPConnection("127.0.0.1", port, timeout=60), headers)
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(30)


def seed(url: str, rows: int, folder: Path) -> None:
    seed_records.seed(url, rows)
    seed_desk.seed(url, rows, employ(settings(folder, url)))


def look(url: str, rows: int, folder: Path) -> None:
    with at_work(settings(folder, url)) as browser:
        status, answer = browser.post("/staff/verifications/new", ASKED)
        assert status == 303, (status, answer[:500])
        slow = [
            name
            for name, ask in pages(browser, answer.split("?")[0]).items()
            if measure(name, ask, rows) > BAR
        ]
    print(f"Beyond {BAR:.0f} ms at the 95th percentile: {', '.join(slow) or 'none'}.")


def main(*given: str) -> None:
    words = [word for word in given if word != "seed"]
    rows = int(words[0]) if words else 100_000
    with TemporaryDirectory(prefix="bench-") as folder:
        url = words[1] if len(words) > 1 else f"sqlite:///{folder}/pages.db"
        if "seed" in given or len(words) < 2:
            seed(url, rows, Path(folder))
        if "seed" not in given:
            look(url, rows, Path(folder))


if __name__ == "__main__":
    main(*sys.argv[1:])
