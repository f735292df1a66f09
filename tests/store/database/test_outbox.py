"""Messages on their way to webhooks, on both databases, to a real receiver."""

import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

import pytest
from sqlalchemy import func, select

from payers.opening import open_post
from tests.receiver import Receiver
from tests.store.database import killed_deliverer
from tests.store.support import NOON
from verifier.access.fence import within
from verifier.access.principal import Facilities
from verifier.credentials.webhook_signing import StandardSigning
from verifier.errors import NotFound
from verifier.news.delivering import AT_ONCE, LEASE, RETRIES, Deliverer
from verifier.news.webhook import (
    EVERYWHERE,
    DeliveryState,
    Disabled,
    EventType,
    Message,
    SigningKey,
    Webhook,
)
from verifier.settings import Settings
from verifier.store.database.data_keys import DataKeys
from verifier.store.database.engine import Database
from verifier.store.database.outbox import DatabaseOutbox
from verifier.store.database.tables.webhooks import messages
from verifier.store.database.tables.webhooks import webhooks as table
from verifier.store.database.webhooks import DatabaseWebhooks

ROOT: Final = Path(__file__).parents[3]
SIGNING: Final = StandardSigning()
CHANGED, COMPLETED, FINISHED = (
    EventType.COVERAGE_CHANGED,
    EventType.VERIFICATION_COMPLETED,
    EventType.REVERIFICATION_FINISHED,
)
SETTINGS: Final = Settings(Path("/nowhere"), webhook_hosts=("localhost",))


@pytest.fixture
def webhooks(database: Database, keys: DataKeys) -> DatabaseWebhooks:
    return DatabaseWebhooks(database, keys)


@pytest.fixture
def outbox(database: Database, keys: DataKeys) -> DatabaseOutbox:
    return DatabaseOutbox(database, keys)


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with Receiver() as listening:
        yield listening


@pytest.fixture
def deliverer(outbox: DatabaseOutbox) -> Iterator[Deliverer]:
    with open_post(SETTINGS) as post:
        yield Deliverer(outbox, SIGNING, post)


def hook(
    name: str,
    address: str = "https://hooks.invalid/",
    facility: str = "abita-springs",
    events: frozenset[EventType] = frozenset(EventType),
) -> Webhook:
    return Webhook(name, address, events, facility, NOON, (SigningKey(SIGNING.new_secret()),))


def told(name: str, facility: str = "abita-springs", event: EventType = CHANGED) -> Message:
    return Message(name, event, facility, NOON, {"verification_id": f"ver_{name}"})


def waiting(outbox: DatabaseOutbox, webhook_id: str) -> list[str]:
    return sorted(each.message.id for each in outbox.deliveries(webhook_id, limit=100))


def test_a_webhook_comes_back_whole_and_its_secrets_are_sealed(
    database: Database, webhooks: DatabaseWebhooks
) -> None:
    kept = hook("whk_1", "https://user.example/token-in-path")
    webhooks.keep(kept)

    assert webhooks.find("whk_1") == kept
    with database.read() as connection:
        (row,) = connection.execute(select(table)).all()
    assert "token-in-path" not in str(row)
    assert kept.keys[0].secret.removeprefix("whsec_")[:20] not in str(row)


def test_a_webhook_out_of_reach_or_removed_does_not_exist(webhooks: DatabaseWebhooks) -> None:
    for webhook in (hook("whk_1"), hook("whk_2", facility="covington"), hook("whk_3", facility=EVERYWHERE)):
        webhooks.keep(webhook)

    with within(Facilities.of(["covington"])):
        assert [each.id for each in webhooks.listing()] == ["whk_2"]
        for hidden in ("whk_1", "whk_3"):
            with pytest.raises(NotFound):
                webhooks.remove(hidden, NOON)
    webhooks.remove("whk_1", NOON)
    assert [each.id for each in webhooks.listing()] == ["whk_2", "whk_3"]
    with pytest.raises(NotFound):
        webhooks.find("whk_1")


def test_a_message_goes_to_those_who_want_it(webhooks: DatabaseWebhooks, outbox: DatabaseOutbox) -> None:
    for webhook in (
        hook("whk_own"),
        hook("whk_all", facility=EVERYWHERE),
        hook("whk_other", facility="covington"),
        hook("whk_deaf", events=frozenset({FINISHED})),
    ):
        webhooks.keep(webhook)
    outbox.announce(told("msg_1"))
    outbox.announce(told("msg_2", EVERYWHERE, FINISHED))
    outbox.announce(told("msg_3", ""))

    assert {each.id: waiting(outbox, each.id) for each in webhooks.listing()} == {
        "whk_own": ["msg_1", "msg_2"],
        "whk_all": ["msg_1", "msg_2", "msg_3"],
        "whk_other": ["msg_2"],
        "whk_deaf": ["msg_2"],
    }


def test_what_nobody_wants_to_be_told_is_not_kept(database: Database, outbox: DatabaseOutbox) -> None:
    outbox.announce(told("msg_1"))

    with database.read() as connection:
        assert connection.scalar(select(func.count()).select_from(messages)) == 0


def test_tries_follow_the_schedule_from_five_seconds_to_two_days(
    webhooks: DatabaseWebhooks, outbox: DatabaseOutbox, deliverer: Deliverer, receiver: Receiver
) -> None:
    receiver.statuses = [503]
    webhooks.keep(hook("whk_1", receiver.address))
    outbox.announce(told("msg_1"))
    now = NOON
    for number, pause in enumerate(RETRIES, 1):
        assert deliverer.deliver_due(now - timedelta(seconds=1)) == 0
        assert deliverer.deliver_due(now) == 1
        (delivery,) = outbox.deliveries("whk_1", limit=5)
        assert (delivery.state, delivery.tries, delivery.outcome) == (DeliveryState.WAITING, number, "503")
        now += pause
        assert delivery.next_at == now
    assert (RETRIES[0], now - NOON) == (timedelta(seconds=5), timedelta(hours=48, seconds=5))

    assert deliverer.deliver_due(now) == 1
    (delivery,) = outbox.deliveries("whk_1", limit=5)
    assert (delivery.state, delivery.next_at, delivery.ended_at) == (DeliveryState.GIVEN_UP, None, now)
    kept = webhooks.find("whk_1")
    assert (kept.disabled_at, kept.disabled_why) == (now, Disabled.FAILING)
    assert {each.id for each in receiver.received} == {"msg_1"}
    assert len(receiver.received) == len(RETRIES) + 1


def test_one_message_that_is_never_taken_switches_nobody_off_who_takes_others(
    webhooks: DatabaseWebhooks, outbox: DatabaseOutbox, deliverer: Deliverer, receiver: Receiver
) -> None:
    receiver.statuses = [500, 204, 500]
    webhooks.keep(hook("whk_1", receiver.address))
    outbox.announce(told("msg_1"))
    assert deliverer.deliver_due(NOON) == 1
    outbox.announce(told("msg_2"))
    assert deliverer.deliver_due(NOON) == 1
    now = NOON
    for pause in RETRIES:
        now += pause
        deliverer.deliver_due(now)

    states = {each.message.id: each.state for each in outbox.deliveries("whk_1", limit=5)}
    assert states == {"msg_1": DeliveryState.GIVEN_UP, "msg_2": DeliveryState.DELIVERED}
    assert webhooks.find("whk_1").disabled_at is None


def test_who_is_gone_is_told_nothing_any_more(
    webhooks: DatabaseWebhooks, outbox: DatabaseOutbox, deliverer: Deliverer, receiver: Receiver
) -> None:
    receiver.statuses = [410]
    webhooks.keep(hook("whk_1", receiver.address))
    outbox.announce(told("msg_1"))
    deliverer.deliver_due(NOON)
    outbox.announce(told("msg_2"))

    assert webhooks.find("whk_1").disabled_why is Disabled.GONE
    assert waiting(outbox, "whk_1") == ["msg_1"]
    assert deliverer.deliver_due(NOON + timedelta(days=3)) == 0


@pytest.mark.parametrize(
    ("address", "outcome"),
    [
        ("http://localhost:1/", "unreachable"),
        ("https://nobody.invalid/", "unreachable"),
        ("http://127.0.0.1:1/", "unreachable"),
        ("http://10.0.0.1/", "address_refused"),
    ],
)
def test_what_goes_wrong_is_named(
    address: str, outcome: str, webhooks: DatabaseWebhooks, outbox: DatabaseOutbox, deliverer: Deliverer
) -> None:
    webhooks.keep(hook("whk_1", address))
    outbox.announce(told("msg_1"))
    deliverer.deliver_due(NOON)

    assert [each.outcome for each in outbox.deliveries("whk_1", limit=5)] == [outcome]


def test_what_was_given_up_goes_out_again_under_its_own_id(
    webhooks: DatabaseWebhooks, outbox: DatabaseOutbox, deliverer: Deliverer, receiver: Receiver
) -> None:
    webhooks.keep(hook("whk_1", receiver.address))
    outbox.announce(told("msg_1"))
    deliverer.deliver_due(NOON)
    outbox.announce(told("msg_2"))
    outbox.give_up("whk_1", Disabled.BY_HAND, NOON)
    assert deliverer.deliver_due(NOON) == 0
    webhooks.keep(hook("whk_1", receiver.address))

    assert outbox.replay("whk_1", NOON + timedelta(seconds=1), NOON, taken=True) == 0
    assert outbox.replay("whk_1", NOON, NOON, taken=False) == 1
    assert deliverer.deliver_due(NOON) == 1
    assert outbox.replay("whk_1", NOON, NOON, taken=True) == 2
    assert deliverer.deliver_due(NOON) == 2
    assert sorted(each.id for each in receiver.received) == ["msg_1", "msg_1", "msg_2", "msg_2"]


def test_many_deliverers_at_once_deliver_each_message_once(
    webhooks: DatabaseWebhooks, outbox: DatabaseOutbox, deliverer: Deliverer, receiver: Receiver
) -> None:
    webhooks.keep(hook("whk_1", receiver.address))
    names = [f"msg_{number:02}" for number in range(2 * AT_ONCE)]
    for name in names:
        outbox.announce(told(name))
    counts: list[int] = []
    threads = [threading.Thread(target=lambda: counts.append(deliverer.deliver_due(NOON))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sum(counts) == len(names)
    assert sorted(each.id for each in receiver.received) == names


def test_a_deliverer_killed_between_post_and_record_is_taken_over_under_the_same_id(
    database_url: str,
    webhooks: DatabaseWebhooks,
    outbox: DatabaseOutbox,
    deliverer: Deliverer,
    receiver: Receiver,
) -> None:
    webhooks.keep(hook("whk_1", receiver.address))
    outbox.announce(told("msg_1"))
    command = [sys.executable, "-m", killed_deliverer.__name__, database_url]
    killed = subprocess.run(command, cwd=ROOT, check=False)  # noqa: S603 - our own file
    assert killed.returncode == -signal.SIGKILL
    assert [each.id for each in receiver.received] == ["msg_1"]

    now = datetime.now(UTC)
    assert deliverer.deliver_due(now) == 0, "the lease is still on"
    assert deliverer.deliver_due(now + LEASE) == 1
    assert [each.id for each in receiver.received] == ["msg_1", "msg_1"]
    (delivery,) = outbox.deliveries("whk_1", limit=5)
    assert (delivery.state, delivery.tries) == (DeliveryState.DELIVERED, 2)


def test_who_was_taken_over_writes_nothing(webhooks: DatabaseWebhooks, outbox: DatabaseOutbox) -> None:
    webhooks.keep(hook("whk_1"))
    outbox.announce(told("msg_1"))
    (late,) = outbox.claim(NOON, lease=LEASE, limit=5)
    (taken_over,) = outbox.claim(NOON + LEASE, lease=LEASE, limit=5)

    assert outbox.settle(late.delivery) is False
    assert outbox.settle(taken_over.delivery) is True


def test_old_messages_are_forgotten(
    database: Database, webhooks: DatabaseWebhooks, outbox: DatabaseOutbox
) -> None:
    webhooks.keep(hook("whk_1"))
    outbox.announce(told("msg_1"))

    assert outbox.forget(NOON) == 0
    assert outbox.forget(NOON + timedelta(seconds=1)) == 1
    assert waiting(outbox, "whk_1") == []
