"""Time the pages for staff among many verifications: ``python bench/pages.py [ROWS [DATABASE_URL]]``.

The application itself answers, without a network: session, fence, decryption, estimates and template are in
each figure; the audit event is made, and written to memory. Without an address an SQLite file is seeded.
"""

import random
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from bench.seed_records import member_of, seed
from payers.listing import Listing
from payers.opening import open_gateway
from tests.access import reception_over
from tests.store.support import inquire
from tests.web.house import OWN, WebHouse, open_web
from verifier.access.roles import Role
from verifier.clock import SystemClock
from verifier.settings import Settings
from verifier.store.call_state import LocalCallState
from verifier.store.database.engine import Database
from verifier.web.rooms import EXTENSION

TIMES = 300
FOREVER = timedelta(days=36_500)
ANSWERED = 20  # verifications with an estimate, beside those that were seeded
FORM = "application/x-www-form-urlencoded"
PLANS = "&".join(
    f"{side}.start_date=2026-12-07&{side}.weekdays=mon&{side}.weeks={weeks}&{side}.network=in"
    for side, weeks in (("a", 8), ("b", 6))
)


def measure(name: str, ask: Callable[[int], TestResponse], rows: int) -> None:
    chance, took = random.Random(7), []  # noqa: S311 - repeatable on purpose
    ask(0)
    for _ in range(TIMES):
        number = chance.randrange(rows)
        began = time.perf_counter()
        answer = ask(number)
        took.append(1000 * (time.perf_counter() - began))
        assert answer.status_code == 200, (name, answer.status_code, answer.text[:300])
    took.sort()
    p50, p95, p99 = (took[int(TIMES * share)] for share in (0.5, 0.95, 0.99))
    print(f"{name:32} p50 {p50:6.1f} ms   p95 {p95:6.1f} ms   p99 {p99:6.1f} ms", flush=True)


def look(house: WebHouse, client: FlaskClient, rows: int) -> None:
    ids = [house.verifier.verify(inquire(facility=OWN)).id for _ in range(ANSWERED)]

    def of_person(number: int) -> TestResponse:
        member = member_of(number)
        assert member.birth_date
        data = f"member.last_name={member.last_name}&member.birth_date={member.birth_date}"
        return client.post("/staff/verifications/", data=data, content_type=FORM)

    def address(number: int) -> str:
        return f"/staff/verifications/{ids[number % ANSWERED]}"

    pages: dict[str, Callable[[int], TestResponse]] = {
        "start": lambda _: client.get("/staff/"),
        "new verification": lambda _: client.get("/staff/verifications/new"),
        "payers while typing": lambda _: client.post(
            "/staff/verifications/new/payers", data="q=blue cross of lou", content_type=FORM
        ),
        "answer": lambda number: client.get(address(number)),
        "answer seeded": lambda number: client.get(f"/staff/verifications/ver_{number:09}"),
        "what if, two plans": lambda number: client.post(
            f"{address(number)}/what-if", data=PLANS, content_type=FORM
        ),
        "newest verifications": lambda _: client.get("/staff/verifications/"),
        "older verifications": lambda number: client.get(f"/staff/verifications/?before=ver_{number:09}"),
        "a person's, by name and birth date": of_person,
        "a person's history": lambda number: client.get(f"/staff/verifications/ver_{number:09}/history"),
    }
    for name, ask in pages.items():
        measure(name, ask, rows)


@contextmanager
def at_work(url: str) -> Iterator[tuple[WebHouse, FlaskClient]]:
    """Open the application over *url*, with the shipped payer directory and somebody signed in."""
    clock = SystemClock()
    settings = Settings.from_environ({"VERIFIER_SIMULATOR_URL": "http://127.0.0.1:9"})
    reception = reception_over(Database.open(url))
    with (
        open_gateway(settings, clock, LocalCallState()) as gateway,
        open_web(Path(), reception=reception, retention=FOREVER) as house,
    ):
        rooms = house.app.extensions[EXTENSION]
        house.app.extensions[EXTENSION] = replace(rooms, payers=Listing(gateway))
        who = reception.add("bench@riverbend.example", Role.ADMISSIONS, Role.REVIEWER)
        headers = house.session(who.id)
        client = house.app.test_client(use_cookies=False)
        client.environ_base["HTTP_COOKIE"] = headers["Cookie"]
        client.environ_base["HTTP_X_CSRF_TOKEN"] = headers["X-CSRF-Token"]
        yield house, client


def main(rows: int, url: str | None) -> None:
    with TemporaryDirectory(prefix="bench-") as folder:
        address = url or f"sqlite:///{folder}/pages.db"
        if url is None:
            seed(address, rows)
        with at_work(address) as (house, client):
            look(house, client, rows)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 100_000, sys.argv[2] if len(sys.argv) > 2 else None)
