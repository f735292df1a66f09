"""`verifier serve` and `verifier simulator`: the long-running commands."""

import ipaddress
import os
import time
from typing import Final

import click

from verifier.cli.rooms import Rooms
from verifier.errors import BadInput

MOST_WORKERS: Final = 4  # unless said otherwise: each holds threads, connections and tables of its own
GUARDED: Final = "Credentials are required: see verifier admin users and verifier admin api-keys."
OPEN: Final = (
    "OPEN: no credentials are asked for, because only the simulator answers, only this machine reaches it, "
    "and nobody was given access yet. Use invented people."
)


@click.command()
@click.option("--host", help="Address to listen on; else VERIFIER_HTTP_HOST, else 127.0.0.1.")
@click.option("--port", type=click.IntRange(1, 65535), help="Else VERIFIER_HTTP_PORT, else 8000.")
@click.option(
    "--workers", type=click.IntRange(1, 64), help=f"Processes; else one a processor, at most {MOST_WORKERS}."
)
@click.option(
    "--nightly",
    default=0,
    show_default=True,
    type=click.IntRange(0, 64),
    help="Processes for the nightly run, and its schedule, beside it.",
)
@click.pass_obj
def serve(rooms: Rooms, host: str | None, port: int | None, workers: int | None, nightly: int) -> None:
    """Run the API, with the payer simulator behind it unless payers are configured.

    Credentials are required: a sign-in, an API key, a bearer token. The one exception is the simulator on
    loopback before anybody was given access: to try things out, with invented people. An address beyond
    this machine needs VERIFIER_HOSTS, and something in front that speaks TLS.
    """
    usual_host, usual_port = rooms.address()
    host, port = host or usual_host, port or usual_port
    terms = OPEN if rooms.is_open(host) else GUARDED
    click.echo(f"Listening on http://{host}:{port} (docs at /docs). {terms}")
    rooms.serve(host, port, workers or min(MOST_WORKERS, os.cpu_count() or 1), nightly)


@click.command()
@click.option(
    "--processes",
    default=4,
    show_default=True,
    type=click.IntRange(1, 64),
    help="Questions at once; each payer is asked one at a time for each facility.",
)
@click.option(
    "--schedule/--no-schedule", default=True, show_default=True, help="Run the schedule beside it too."
)
@click.option("--with-parent", is_flag=True, hidden=True)
@click.pass_obj
def worker(rooms: Rooms, processes: int, *, schedule: bool, with_parent: bool) -> None:
    """Work at the nightly runs, and make them: the run of each date, by the schedule.

    Start as many workers as you like, on as many machines as reach the same database (DATABASE_URL) and the
    same Redis (REDIS_URL). Each may run the schedule: however many do, there is one run for each date.
    SIGTERM lets it finish what is under way. One that is killed loses nobody: others take over within a
    minute.
    """
    rooms.work(processes, schedule=schedule, with_parent=with_parent)


@click.command()
@click.option("--with-parent", is_flag=True, hidden=True)
@click.pass_obj
def scheduler(rooms: Rooms, *, with_parent: bool) -> None:
    """Run the schedule of the nightly runs alone, without working at them."""
    rooms.schedule(with_parent=with_parent)


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Loopback address to listen on.")
@click.option(
    "--port", default=8271, show_default=True, type=click.IntRange(0, 65535), help="0 picks a free one."
)
@click.pass_obj
def simulator(rooms: Rooms, host: str, port: int) -> None:
    """Run the payer simulator alone: real CAQH CORE wires, invented people, scripted faults."""
    _require_loopback(host)
    with rooms.simulate(host, port) as running:
        click.echo(
            f"Simulated payers at {running.url}; scenarios at {running.url}/scenarios. Ctrl-C ends it."
        )
        _wait_for_interrupt()


def _require_loopback(host: str) -> None:
    try:
        is_loopback = ipaddress.ip_address("127.0.0.1" if host == "localhost" else host).is_loopback
    except ValueError as error:
        raise BadInput(f"--host takes an address such as 127.0.0.1, not {host!r}.") from error
    if not is_loopback:
        raise BadInput(
            "--host must be a loopback address: the simulator knows no sign-in to protect any other."
        )


def _wait_for_interrupt() -> None:
    try:
        while True:
            time.sleep(3600)
    except KeyboardInterrupt:
        click.echo("")
