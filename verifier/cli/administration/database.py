"""`verifier admin database`."""

import click

from verifier.cli.rooms import Rooms


@click.group()
def database() -> None:
    """Look after the database."""


@database.command()
@click.pass_obj
def upgrade(rooms: Rooms) -> None:
    """Bring the database to the form that this version needs; all of it or nothing, and again is harmless."""
    rooms.upgrade_database()
    click.echo("The database is in its present form.")
