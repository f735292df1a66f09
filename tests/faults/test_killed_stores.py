"""kill -9 of Redis and of PostgreSQL, in turn, while the service writes: nothing acknowledged is lost.

Without Redis everything goes on, dearer. Without the database the service refuses, saying so and when to come
again, and goes on by itself once the database is back.
"""

import os
import random
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from payers.simulator.server import Simulator
from tests.faults.mortal_server import INQUIRY
from tests.store.database.support import PostgresServer
from tests.store.support import Server, await_until
from verifier.bootstrap import CommandRooms, build
from verifier.web.api import examples

KILLS = int(os.environ.get("KILLS", "5"))  # of each store
CLIENTS = 3
REFUSALS = {"unavailable", "audit_unavailable"}
ENOUGH = 60.0  # seconds


@dataclass
class House:
    """The service over stores of its own, and what its callers were told."""

    app: Flask
    environ: dict[str, str]
    redis: Server
    postgres: PostgresServer
    told: dict[str, Any] = field(default_factory=dict)
    refused: list[str] = field(default_factory=list)
    wrong: list[tuple[int, str]] = field(default_factory=list)

    def post(self, key: str) -> int:
        """Ask under *key* and note the answer."""
        weeks = 1 + int(key.rpartition("-")[2]) % 4
        body = INQUIRY | {"program": examples.PROGRAM | {"weeks": weeks}}
        answer = self.app.test_client().post("/v1/verifications", json=body, headers={"Idempotency-Key": key})
        if answer.status_code == 201:
            self.told[key] = answer.json
        elif answer.status_code == 503 and answer.json["code"] in REFUSALS and answer.headers["Retry-After"]:
            self.refused.append(key)
        else:
            self.wrong.append((answer.status_code, answer.text[:300]))
        return answer.status_code


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    redis, postgres = Server(tmp_path), PostgresServer(durable=True)
    with Simulator() as simulator:
        environ = {
            "VERIFIER_DATA": str(tmp_path / "data"),
            "VERIFIER_SIMULATOR_URL": simulator.url,
            "REDIS_URL": redis.url,
            "DATABASE_URL": postgres.create("service"),
        }
        CommandRooms(environ).upgrade_database()
        app = build(environ)
        assert isinstance(app, Flask)
        with closing(app.extensions["house"]):
            yield House(app, environ, redis, postgres)
    postgres.stop()
    redis.kill()


def write_on(house: House, prefix: str, over: threading.Event) -> None:
    for number in range(1_000_000):
        if over.is_set():
            return
        house.post(f"{prefix}-{number}")


def kill_again_and_again(house: House, kill: Callable[[], None], restart: Callable[[], None]) -> None:
    """Let clients write while a store is killed and started `KILLS` times."""
    over, chance = threading.Event(), random.Random(7)  # noqa: S311 - repeatable on purpose
    clients = [threading.Thread(target=write_on, args=(house, f"c{one}", over)) for one in range(CLIENTS)]
    for client in clients:
        client.start()
    for _ in range(KILLS):
        before = len(house.told)
        await_until(lambda before=before: len(house.told) > before + CLIENTS or house.wrong, ENOUGH)
        threading.Event().wait(chance.uniform(0.0, 0.05))
        kill()
        threading.Event().wait(chance.uniform(0.0, 0.3))
        restart()
    over.set()
    for client in clients:
        client.join()


def assert_kept(house: House) -> None:
    """Check that everything acknowledged is there as it was told, and is done only once."""
    assert house.wrong == []
    assert len(house.told) > KILLS * CLIENTS
    client = house.app.test_client()
    for key, told in house.told.items():
        assert client.get(f"/v1/verifications/{told['id']}").json == told
        before = dict(house.told)
        assert house.post(key) == 201
        assert house.told == before
    with CommandRooms(house.environ).audit() as office:
        assert office.verify().flaw is None


@pytest.mark.timeout(120 + 10 * KILLS)
def test_a_killed_redis_loses_nothing_and_refuses_nobody(house: House) -> None:
    kill_again_and_again(house, house.redis.kill, house.redis.start)

    assert house.refused == []
    assert_kept(house)


@pytest.mark.timeout(120 + 10 * KILLS)
def test_a_killed_database_loses_nothing_acknowledged_and_comes_back_by_itself(house: House) -> None:
    kill_again_and_again(house, house.postgres.kill, house.postgres.restart)

    assert house.refused, "the service noticed nothing"
    assert_kept(house)
    for key in house.refused[-CLIENTS:]:  # who was refused may try again under the same key
        assert house.post(key) in {201, 409}
