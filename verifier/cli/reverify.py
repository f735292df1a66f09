"""`verifier reverify`: the nightly run from the terminal, or from cron."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from typing import Final

import click
from rich.table import Table

from schemas.reverification import dump_clocks, dump_listed, dump_plan, dump_progress
from verifier.cli.output import print_json, print_table
from verifier.cli.progress import follow
from verifier.cli.rooms import Rooms
from verifier.errors import NotFound
from verifier.model.reverification import ItemState, Listed, Progress, RunState
from verifier.nightly.hours import Whose
from verifier.nightly.planning import PayerClock, Plan
from verifier.nightly.runs import RunDesk

EVERYBODY: Final = 0
SOMEBODY_MISSING: Final = 1  # 2 is bad input, as for every command
NOT_FINISHED: Final = 3
LISTED_AT_ONCE: Final = 200
UNREACHED: Final = (ItemState.FAILED, ItemState.STOPPED, ItemState.CANCELLED)
RUN: Final = click.argument("run_id", metavar="[RUN]", required=False)
JSON: Final = click.option("--json", "as_json", is_flag=True, help="Print JSON.")


@click.group()
def reverify() -> None:
    """Ask again about everybody on the roster: plan, run, watch and report the nightly run.

    \b
    Every night from cron, on one machine:
        0 3 * * *  verifier reverify run
    For good, on as many machines as you like, and no cron:
        verifier worker

    RUN is the id of a run; left out, it is the latest. There is one run for each date of the organization,
    which goes by the time zone of its first facility; starting it again goes on with it and asks about nobody
    twice. A payer is asked from 03:00 of its own clock on (VERIFIER_NIGHTLY_FROM), Medicare not from 07:00 to
    19:00 Eastern time on weekdays, one question at a time and at most so many a minute
    (VERIFIER_NIGHTLY_PER_MINUTE). A payer that does not answer is tried for eight hours
    (VERIFIER_NIGHTLY_WINDOW) and holds up nobody else's people.

    \b
    Exit codes of run, resume and status:
        0  finished, and every payer answered for everybody
        1  finished, and nobody could say anything about somebody: see verifier reverify report
        2  something given cannot be used
        3  not finished: it is under way, paused or cancelled
    """  # noqa: D301 - click takes the control character itself as "do not rewrap"


@reverify.command(name="plan")
@click.option("--date", "day", type=click.DateTime(["%Y-%m-%d"]), help="Of the coming year; else today.")
@JSON
@click.pass_obj
def plan_run(rooms: Rooms, day: datetime | None, *, as_json: bool) -> None:
    """Say who would be asked about, of which payers, why, and how many paid calls that is; ask nobody."""
    with rooms.reverifications("reverify plan") as desk:
        _show_plan(desk.preview(day.date() if day else None), as_json=as_json)


@reverify.command()
@click.option("--dry-run", is_flag=True, help="Only say how many paid calls it would make.")
@click.option(
    "--workers",
    default=4,
    show_default=True,
    type=click.IntRange(0, 64),
    help="Processes that ask, started for this run; 0 where `verifier worker` runs already.",
)
@JSON
@click.pass_obj
def run(rooms: Rooms, workers: int, *, dry_run: bool, as_json: bool) -> None:
    """Make today's run, or go on with it, and show how far it is until it is finished."""
    with rooms.reverifications("reverify run") as desk:
        if dry_run:
            _show_plan(desk.preview(), as_json=as_json)
            return
        started, _ = desk.start()
        _see_through(rooms, desk, started.run.id, workers, as_json=as_json)


@reverify.command()
@RUN
@click.option("--workers", default=4, show_default=True, type=click.IntRange(0, 64), help="As for run.")
@JSON
@click.pass_obj
def resume(rooms: Rooms, run_id: str | None, workers: int, *, as_json: bool) -> None:
    """Go on with a run that was paused, or whose machine was down."""
    with rooms.reverifications("reverify resume") as desk:
        chosen = _choose(desk, run_id)
        desk.resume(chosen)
        _see_through(rooms, desk, chosen, workers, as_json=as_json)


@reverify.command()
@RUN
@JSON
@click.pass_obj
def pause(rooms: Rooms, run_id: str | None, *, as_json: bool) -> None:
    """Ask about nobody more until it is resumed."""
    with rooms.reverifications("reverify pause") as desk:
        _show(desk.pause(_choose(desk, run_id)), as_json=as_json)


@reverify.command()
@RUN
@JSON
@click.pass_obj
def cancel(rooms: Rooms, run_id: str | None, *, as_json: bool) -> None:
    """Ask about nobody more in this run."""
    with rooms.reverifications("reverify cancel") as desk:
        _show(desk.cancel(_choose(desk, run_id)), as_json=as_json)


@reverify.command()
@RUN
@JSON
@click.pass_obj
def status(rooms: Rooms, run_id: str | None, *, as_json: bool) -> None:
    """Say how far a run is."""
    with rooms.reverifications("reverify status") as desk:
        progress = desk.progress(_choose(desk, run_id))
    _show(progress, as_json=as_json)
    raise SystemExit(find_exit(progress))


@reverify.command()
@RUN
@JSON
@click.pass_obj
def report(rooms: Rooms, run_id: str | None, *, as_json: bool) -> None:
    """Name everybody of whom nobody could say anything, with the payer and the reason.

    It names patients: print it where only those see it who may.
    """
    with rooms.reverifications("reverify report") as desk:
        chosen = _choose(desk, run_id)
        progress = desk.progress(chosen)
        missing = [each for state in UNREACHED for each in _list_all(desk, chosen, state)]
        clocks = desk.clocks(chosen)
    if as_json:
        more = {"not_reached": [dump_listed(each) for each in missing], "clocks": dump_clocks(clocks)}
        print_json(dump_progress(progress) | more)
        return
    _show(progress, as_json=False)
    _show_clocks(clocks)
    table = Table("name", "payer", "facility", "what became of it", "reason", "asked")
    for each in missing:
        name = f"{each.last_name}, {each.first_name or ''}".rstrip(", ")
        item = each.item
        table.add_row(name, each.payer, item.facility, item.state, item.reason or "", str(item.attempts))
    print_table(table, empty="Every payer answered for everybody.")


def find_exit(progress: Progress) -> int:
    """Say in one number how a run stands; see `reverify`."""
    if progress.state is not RunState.FINISHED:
        return NOT_FINISHED
    return SOMEBODY_MISSING if progress.not_reached else EVERYBODY


def _see_through(rooms: Rooms, desk: RunDesk, run_id: str, workers: int, *, as_json: bool) -> None:
    """Show how far the run is until it is finished, with workers of its own unless others do it."""
    with rooms.working(workers):
        progress = follow(lambda: desk.progress(run_id), quiet=as_json)
    _show(progress, as_json=as_json)
    raise SystemExit(find_exit(progress))


def _choose(desk: RunDesk, run_id: str | None) -> str:
    if run_id:
        return run_id
    latest = desk.listing(limit=1)
    if not latest:
        raise NotFound("There is no run yet; make one with verifier reverify run.")
    return latest[0].id


def _list_all(desk: RunDesk, run_id: str, state: ItemState) -> Sequence[Listed]:
    found: list[Listed] = []
    after = None
    while some := desk.items(run_id, limit=LISTED_AT_ONCE, after=after, state=state):
        found += some
        after = some[-1].item.id
    return found


def _show_plan(plan: Plan, *, as_json: bool) -> None:
    if as_json:
        print_json(dump_plan(plan))
        return
    table = Table("payer", "people", title=f"Run of {plan.day}")
    for payer, people in plan.payers.most_common():
        table.add_row(payer, str(people))
    print_table(table, empty=f"Nobody is due on {plan.day}.")
    causes = ", ".join(f"{number} {cause}" for cause, number in plan.causes.most_common())
    click.echo(f"{plan.payers.total()} people{f' ({causes})' if causes else ''}, {plan.calls} paid calls.")
    _show_clocks(plan.clocks)


def _show_clocks(clocks: Counter[PayerClock]) -> None:
    """Say where payers are asked by a clock that is not known to be their own."""
    for (whose, zone), people in clocks.most_common():
        if whose is not Whose.PAYER:
            words = f"payer's time zone is not known: asked by the clock of the {whose} ({zone})"
            click.echo(f"{people} people whose {words}.")


def _show(progress: Progress, *, as_json: bool) -> None:
    if as_json:
        print_json(dump_progress(progress))
        return
    counts = ", ".join(f"{number} {state}" for state, number in sorted(progress.counts.items()))
    click.echo(f"Run {progress.run.id} of {progress.run.day}: {progress.state}")
    click.echo(f"{progress.people} people: {counts or 'nobody was due'}; {progress.changed} with changes")
    for payer, reason in sorted(progress.parked.items()):
        click.echo(f"{payer} is not asked at present: {reason}")
    if progress.repeats:
        click.echo(f"{progress.repeats} calls may have been made twice, because a worker died")
