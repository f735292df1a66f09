"""How long a refusal takes does not tell whether the record exists.

Each pair is measured side by side and in turns, and what is compared is how often one of them takes longer: a
busy machine slows both, and half is half however long they take.
"""

import random
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from tests.access import bearing
from tests.store.support import inquire
from tests.web.house import OTHER, OWN, WebHouse, open_web

PAIRS = 200
EVEN = (0.32, 0.68)  # five standard deviations of as many pairs that do not differ
UNKNOWN = "ver_8f14e45fceea167a5a36de"


@pytest.fixture
def house(tmp_path: Path) -> Iterator[WebHouse]:
    with open_web(tmp_path) as opened:
        yield opened


@pytest.fixture
def client(house: WebHouse) -> FlaskClient:
    return bearing(house.app.test_client(), house.reception.key(facilities=[OWN]))


def time_call(act: Callable[[], object]) -> float:
    began = time.perf_counter()
    act()
    return time.perf_counter() - began


def share_longer(one: Callable[[], object], other: Callable[[], object]) -> float:
    """Tell in which share of the pairs *one* takes longer than *other*."""
    chance, longer = random.Random(7), 0  # noqa: S311 - repeatable on purpose
    for _ in range(PAIRS):
        pair: Sequence[Callable[[], object]] = (one, other)
        turns = list(pair) if chance.random() < 0.5 else list(reversed(pair))
        took = {act: time_call(act) for act in turns}
        longer += took[one] > took[other]
    return longer / PAIRS


def get(client: FlaskClient, address: str) -> Callable[[], object]:
    return lambda: client.get(address)


@pytest.mark.parametrize("form", ["/v1/verifications/{}", "/v1/verifications/{}/x12"])
def test_a_hidden_record_is_refused_as_fast_as_an_unknown_one(
    house: WebHouse, client: FlaskClient, form: str
) -> None:
    hidden = house.verifier.verify(inquire(facility=OTHER)).id

    share = share_longer(get(client, form.format(hidden)), get(client, form.format(UNKNOWN)))

    assert EVEN[0] < share < EVEN[1]


def test_what_takes_longer_would_be_seen(house: WebHouse, client: FlaskClient) -> None:
    own = house.verifier.verify(inquire(facility=OWN)).id
    longer, shorter = (get(client, f"/v1/verifications/{each}") for each in (own, UNKNOWN))

    assert share_longer(longer, shorter) > EVEN[1]
