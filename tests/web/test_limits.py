"""Each caller's requests are counted, told, and refused beyond the limit, with Redis and without."""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from structlog.testing import CapturingLogger

from tests.access import Reception, bearing
from tests.store.support import Server, open_office
from verifier.model.audit import Action
from verifier.web.app import create_app
from verifier.web.limits import MEMORY, Rate

Open = Callable[[str], FlaskClient]
MOST = 3


@pytest.fixture(scope="module")
def redis(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    server = Server(tmp_path_factory.mktemp("v"))
    yield server
    server.kill()


@pytest.fixture
def open_web(service: object, reception: Reception) -> Open:
    key = reception.key()

    def build(counted_at: str) -> FlaskClient:
        app = create_app(
            open_office(service),  # type: ignore[arg-type]
            None,  # type: ignore[arg-type]
            reception.access,
            log=CapturingLogger(),
            rate=Rate(MOST, counted_at),
        )
        return bearing(app.test_client(), key)

    return build


def look(client: FlaskClient, address: str = "/v1/service-codes", **headers: str) -> int:
    return client.get(address, headers=headers).status_code


def test_each_answer_says_what_is_left(open_web: Open) -> None:
    client = open_web(MEMORY)

    told = [client.get("/v1/service-codes").headers for _ in range(MOST)]

    assert {each["RateLimit-Policy"] for each in told} == {'"minute";q=3;w=60'}
    assert [each["RateLimit"].split(";t=")[0] for each in told] == [
        '"minute";r=2',
        '"minute";r=1',
        '"minute";r=0',
    ]


def test_one_too_many_is_refused_with_the_time_to_come_again(open_web: Open, reception: Reception) -> None:
    client = open_web(MEMORY)
    for _ in range(MOST):
        look(client)

    refused = client.get("/v1/service-codes")

    assert (refused.status_code, refused.json["code"]) == (429, "throttled")
    assert 1 <= int(refused.headers["Retry-After"]) <= 60
    assert refused.headers["RateLimit"].startswith('"minute";r=0;t=')
    assert look(client, Authorization=f"Bearer {reception.key()}") == 200
    assert {look(client, probe) for probe in ("/livez", "/readyz", "/metrics") for _ in range(MOST)} == {200}


@pytest.mark.parametrize(
    "headers", [{"Authorization": ""}, {"Authorization": "Bearer vk_guessed"}, {"Authorization": "Basic x"}]
)
def test_who_is_not_known_is_counted_by_where_they_come_from_and_then_refused_unasked(
    open_web: Open, reception: Reception, headers: dict[str, str]
) -> None:
    client = open_web(MEMORY)
    del client.environ_base["HTTP_AUTHORIZATION"]
    given = {name: text for name, text in headers.items() if text}

    assert [look(client, **given) for _ in range(MOST + 2)] == [401, 401, 401, 429, 429]
    assert len(reception.told(Action.DENIAL)) == MOST
    assert look(client, Authorization=f"Bearer {reception.key()}") == 200


def test_all_processes_count_together(open_web: Open, redis: Server) -> None:
    first, second = open_web(redis.url), open_web(redis.url)

    assert [look(first), look(second), look(first), look(second)] == [200, 200, 200, 429]


def test_while_redis_is_away_each_process_counts_for_itself(open_web: Open, tmp_path: Path) -> None:
    client = open_web(f"unix://{tmp_path / 'nobody.sock'}")

    assert [look(client) for _ in range(MOST + 1)] == [200, 200, 200, 429]


def test_of_many_requests_that_find_redis_gone_at_once_none_fails(open_web: Open, tmp_path: Path) -> None:
    app, key = (client := open_web(f"unix://{tmp_path / 'nobody.sock'}")).application, client.environ_base
    at_once = threading.Barrier(16)

    def come(_: int) -> int:
        own = app.test_client()
        own.environ_base |= key
        at_once.wait()
        return look(own)

    with ThreadPoolExecutor(at_once.parties) as threads:
        assert set(threads.map(come, range(at_once.parties))) <= {200, 429}


@pytest.mark.parametrize("address", ["/v1/service-codes", "/v1/verifications", "/v1/nothing", "/livez"])
def test_no_answer_may_be_stored_and_each_varies_by_its_caller(client: FlaskClient, address: str) -> None:
    headers = client.get(address).headers

    assert headers["Cache-Control"] == "no-store"
    assert {"Authorization", "Cookie"} <= set(headers["Vary"].split(", "))
