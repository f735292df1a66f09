"""The task engine: Celery over Redis carries turns to workers; what is to be done stands in the database.

A message says which lane and which turn, by random ids. It may be lost, come late, or come twice: the turn is
taken in the database, where only one of many can, and the watch sends for lanes that nobody works at. So the
engine is set up to lose little, and nothing depends on it: a message is acknowledged when its work is done, a
worker that dies gives its message back, and no worker hoards messages (`docs/adr`).
"""

import os
import ssl
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from typing import Any, Final, TypeAlias

from celery import Celery, Task  # type: ignore[import-untyped]

from verifier.nightly.rooms import NightRooms
from verifier.nightly.shift import Next

WORK: Final = "nightly.work"
PLAN: Final = "nightly.plan"
WATCH: Final = "nightly.watch"
TURNS: Final = "nightly.turns"  # the queue of the lanes
UPKEEP: Final = "nightly.upkeep"  # of what must not stand behind them
LOOK_EVERY: Final = 5.0  # seconds
PLAN_EVERY: Final = 60.0
STALE_AFTER: Final = 30.0  # seconds after which a call to look is not worth carrying out
AT_ONCE: Final = 20.0  # seconds: a turn that is farther off is sent for by the watch, some seconds late
VISIBLE_AGAIN: Final = 180  # seconds: longer than any turn takes
ANSWERED_WITHIN: Final = (
    10  # seconds: after a restart of Redis a consumer may else read a dead reply for good
)
SETTINGS: Final[dict[str, Any]] = {
    "broker_connection_retry_on_startup": True,
    "broker_connection_max_retries": None,
    "task_acks_late": True,
    "task_reject_on_worker_lost": True,
    "task_ignore_result": True,
    "task_serializer": "json",
    "accept_content": ["json"],
    "task_default_queue": TURNS,
    "task_routes": {PLAN: {"queue": UPKEEP}, WATCH: {"queue": UPKEEP}},
    "worker_prefetch_multiplier": 1,
    "worker_enable_remote_control": False,
    "worker_send_task_events": False,
    "worker_hijack_root_logger": False,
    "worker_cancel_long_running_tasks_on_connection_loss": False,
    "beat_max_loop_interval": 1,
    "enable_utc": True,
    "timezone": "UTC",
}
SCHEDULE: Final = {
    "look": {"task": WATCH, "schedule": LOOK_EVERY, "options": {"expires": STALE_AFTER}},
    "plan": {"task": PLAN, "schedule": PLAN_EVERY, "options": {"expires": STALE_AFTER}},
}

Engine: TypeAlias = Celery
Open = Callable[[], AbstractContextManager[NightRooms]]


class Bench:
    """The rooms of this process, opened when its first job comes: what a fork inherits is not used."""

    def __init__(self, open_rooms: Open) -> None:
        """Open rooms by *open_rooms*."""
        self._open = open_rooms
        self._process = 0
        self._is_at_work = self._is_left = False
        self._rooms: NightRooms | None = None
        self._stack = ExitStack()

    @property
    def rooms(self) -> NightRooms:
        """Return the rooms of this process."""
        if self._rooms is None or self._process != os.getpid():
            self._stack = ExitStack()
            self._rooms, self._process = self._stack.enter_context(self._open()), os.getpid()
        return self._rooms

    def warm(self) -> None:
        """Open the rooms and let them go: what all processes read the same is read before they are forked."""
        with self._open():
            pass

    @contextmanager
    def working(self) -> Iterator[NightRooms]:
        """Do a job in the rooms of this process; one that was left meanwhile ends with it."""
        self._is_at_work = True
        try:
            yield self.rooms
        finally:
            self._is_at_work = False
            if self._is_left:
                os._exit(0)  # what is to last stands in the database

    def leave(self, *_: object) -> None:
        """Take note that whoever gives this process its jobs has died: it ends, after the one under way."""
        self._is_left = True
        if not self._is_at_work:
            os._exit(0)

    def close(self) -> None:
        """Let the rooms go."""
        if self._process == os.getpid():
            self._stack.close()
        self._rooms = None


def build_engine(redis_url: str, open_rooms: Open) -> tuple[Engine, Bench]:
    """Build the engine over the Redis at *redis_url*; each process opens its rooms by *open_rooms*."""
    engine, bench = Engine("verifier", broker=_broker(redis_url)), Bench(open_rooms)
    engine.conf.update(SETTINGS, beat_schedule=SCHEDULE)
    engine.conf.broker_transport_options = {
        "visibility_timeout": VISIBLE_AGAIN,
        "global_keyprefix": "verifier:nightly:",
        "socket_timeout": ANSWERED_WITHIN,
        "socket_connect_timeout": ANSWERED_WITHIN,
    }
    if redis_url.startswith("rediss://"):
        engine.conf.broker_use_ssl = {"ssl_cert_reqs": ssl.CERT_REQUIRED}
    work = engine.task(name=WORK, bind=True)(_work(bench))
    engine.task(name=PLAN)(_plan(bench))
    engine.task(name=WATCH)(_watch(bench, work))
    return engine, bench


def _work(bench: Bench) -> Callable[[Task, str, int], None]:
    def take_turn(self: Task, lane_id: str, turn: int) -> None:
        with bench.working() as rooms:
            following = rooms.shift().work(lane_id, turn)
            if following and following.delay <= AT_ONCE:
                _send(self, following)

    return take_turn


def _plan(bench: Bench) -> Callable[[], None]:
    def make_run() -> None:
        with bench.working() as rooms:
            rooms.watch().make_run()

    return make_run


def _watch(bench: Bench, work: Task) -> Callable[[], None]:
    def look() -> None:
        with bench.working() as rooms:
            rooms.watch().look(lambda lane_id, turn: _send(work, Next(lane_id, turn, 0.0)))

    return look


def _send(work: Task, following: Next) -> None:
    work.apply_async((following.lane_id, following.turn), countdown=following.delay or None)


def _broker(redis_url: str) -> str:
    """Write the address of a Redis as the engine's transport reads it."""
    return redis_url.replace("unix://", "redis+socket://", 1)
