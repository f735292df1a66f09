"""`verifier admin keys`."""

import click

from verifier.cli.rooms import Rooms


@click.group()
def keys() -> None:
    """Look after the keys that health data is sealed with."""


@keys.command()
@click.pass_obj
def rotate(rooms: Rooms) -> None:
    """Seal everything by a new key, while the service serves, and destroy the old one.

    Interrupt it as you like: run again, it goes on where it stopped. A key file is renewed too; a master key
    of the environment is when you put a new one first in VERIFIER_KEY before and drop the old one after.
    """
    retired = rooms.rotate_keys(_tell)
    click.echo(f"Everything is sealed by a new key. Old keys destroyed: {retired}.")


def _tell(table: str, done: int, total: int) -> None:
    click.echo(f"{table}: {done:,} of {total:,} rows sealed anew")
