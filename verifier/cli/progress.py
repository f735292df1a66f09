"""How far a run is, on a terminal as a bar, elsewhere (cron, a log) as a plain line now and then."""

import time
from collections import deque
from collections.abc import Callable, Iterator
from typing import Final

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from verifier.model.reverification import ItemState, RunState
from verifier.model.reverification import Progress as Standing

LOOK_EVERY: Final = 1.0  # seconds
LINE_EVERY: Final = 30.0
OVER: Final = frozenset({RunState.FINISHED, RunState.CANCELLED, RunState.PAUSED})

Look = Callable[[], Standing]


def follow(look: Look, *, quiet: bool = False, console: Console | None = None) -> Standing:
    """Show how far the run is that *look* tells of, until it is over, and return how it stands then."""
    console = console or Console(stderr=True)
    if quiet:
        return _exhaust(_watch(look))
    return _draw(look, console) if console.is_terminal else _write(look)


def _watch(look: Look) -> Iterator[Standing]:
    while True:
        standing = look()
        yield standing
        if standing.state in OVER:
            return
        time.sleep(LOOK_EVERY)


def _draw(look: Look, console: Console) -> Standing:
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[speed]:.1f}/s"),
        TextColumn("changed {task.fields[changed]}"),
        TextColumn("failed {task.fields[failed]}"),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=console) as bar:
        task = bar.add_task("asking", total=None, speed=0.0, changed=0, failed=0)
        for standing, speed in _measure(look):
            bar.update(
                task,
                total=standing.people or None,
                completed=standing.people - standing.open,
                speed=speed,
                changed=standing.changed,
                failed=standing.not_reached,
            )
    return standing


def _write(look: Look) -> Standing:
    last = float("-inf")
    for standing, speed in _measure(look):
        if time.monotonic() - last >= LINE_EVERY or standing.state in OVER:
            last = time.monotonic()
            click.echo(describe(standing, speed))
    return standing


def describe(standing: Standing, speed: float) -> str:
    """Say in one line how far a run is."""
    done = standing.people - standing.open
    left = f"about {standing.open / speed:.0f} s left" if speed and standing.open else "none left"
    left = left if speed or not standing.open else "time left unknown"
    answered = standing.counts.get(ItemState.DONE, 0)
    return (
        f"{standing.state}: {done} of {standing.people} finished ({answered} answered), "
        f"{standing.changed} changed, {standing.not_reached} failed, {speed:.1f}/s, {left}"
    )


def _measure(look: Look) -> Iterator[tuple[Standing, float]]:
    """Tell how the run stands, and how many a second were finished since this began."""
    began, first = time.monotonic(), None
    for standing in _watch(look):
        done = standing.people - standing.open
        first = done if first is None else first
        yield standing, (done - first) / max(time.monotonic() - began, LOOK_EVERY)


def _exhaust(standings: Iterator[Standing]) -> Standing:
    return deque(standings, maxlen=1)[0]
    *_, last = standings
    return last
