"""`verifier admin rates`."""

import click

from verifier.cli.files import read_bytes
from verifier.cli.rooms import Rooms
from verifier.errors import BadInput


@click.group()
def rates() -> None:
    """Look after what payers allow by contract."""


@rates.command("import")
@click.argument("file")
@click.pass_obj
def import_rates(rooms: Rooms, file: str) -> None:
    """Keep the contract rates of a CSV FILE (- for standard input); a row that is none is named.

    Its first line names the columns facility, payer, network, code, amount, valid_from and valid_to. A
    rate takes the place of one that begins on the same day. The exit code is 2 when a row was not used.
    """
    sheet = rooms.import_rates(read_bytes(file))
    for error in sheet.errors:
        click.echo(f"line {error.line}: {error.column} {error.problem}", err=True)
    click.echo(f"Contract rates kept: {len(sheet.rates)}.")
    if sheet.errors:
        raise BadInput(f"Rows that could not be used: {len(sheet.errors)}.")
