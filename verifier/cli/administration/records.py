"""`verifier admin records`."""

import click

from verifier.cli.rooms import Rooms


@click.group()
def records() -> None:
    """Look after how long verifications are kept."""


@records.command()
@click.pass_obj
def purge(rooms: Rooms) -> None:
    """Delete every verification older than VERIFIER_RETENTION, but for those under legal hold.

    Run it from the nightly schedule: past their retention they are not shown any more, purged or not.
    """
    with rooms.custody("admin records purge") as custody:
        click.echo(f"Verifications purged: {custody.purge()}.")


@records.command()
@click.argument("ids", nargs=-1, required=True)
@click.option("--reason", required=True, help="Which matter the hold is for, or why it ends; recorded.")
@click.option("--lift", is_flag=True, help="End the hold.")
@click.pass_obj
def hold(rooms: Rooms, ids: tuple[str, ...], reason: str, *, lift: bool) -> None:
    """Keep the verifications with these IDS past their retention, until the hold is lifted."""
    with rooms.custody("admin records hold") as custody:
        click.echo(f"Verifications changed: {custody.hold(ids, held=not lift, why=reason)}.")
