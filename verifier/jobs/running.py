"""Workers and the scheduler, run until they are told to stop."""

import gc
import signal
from contextlib import suppress
from typing import Any, Final

from billiard.util import set_pdeathsig  # type: ignore[import-untyped]
from celery.beat import Scheduler  # type: ignore[import-untyped]
from celery.signals import (  # type: ignore[import-untyped]
    worker_process_init,
    worker_process_shutdown,
)

from verifier.jobs.engine import TURNS, UPKEEP, Bench, Engine

POOL: Final = "prefork"  # a process a turn: what kills one of them costs one turn
LEFT: Final = signal.SIGIO  # to a process whose engine died: one that the engine does not use itself


def run_worker(engine: Engine, bench: Bench, *, processes: int, level: str) -> None:
    """Work, *processes* turns at a time, until told to stop; what is under way is done first."""
    bench.warm()
    gc.collect()
    gc.freeze()  # else the first full collection of each process copies what it shares with this one
    _attend(bench)
    worker = engine.Worker(
        concurrency=processes,
        pool_cls=POOL,
        loglevel=_engine_level(level),
        quiet=True,
        queues=[UPKEEP, TURNS],
        without_gossip=True,
        without_mingle=True,
        without_heartbeat=True,
        optimization="fair",  # no turn waits behind one that is under way
    )
    worker.start()
    if worker.exitcode:  # it gave up, and whoever manages processes is to start it again
        raise SystemExit(worker.exitcode)


def _attend(bench: Bench) -> None:
    """Let each process outlive its engine by the job under way, and let its rooms go at its end."""

    def outlive(**_: Any) -> None:  # noqa: ANN401 - the signal's own
        signal.signal(LEFT, bench.leave)
        with suppress(OSError):  # not on Linux: the process ends when it looks for its next job
            set_pdeathsig(LEFT)  # the engine set SIGKILL, so that its own death cost each process a call

    def close(**_: Any) -> None:  # noqa: ANN401 - the signal's own
        bench.close()

    worker_process_init.connect(outlive, weak=False)
    worker_process_shutdown.connect(close, weak=False)


def run_scheduler(engine: Engine, *, level: str) -> None:
    """Let the watch look and plan, until told to stop; it keeps nothing, so any number may run."""
    engine.Beat(scheduler_cls=Scheduler, loglevel=_engine_level(level), quiet=True, pidfile=None).run()


def _engine_level(level: str) -> str:
    """Let the engine tell of each message only where somebody looks for a fault."""
    return "WARNING" if level == "info" else level.upper()
