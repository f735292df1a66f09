"""`verifier payers`: the payer directory."""

import click
from rich.table import Table

from schemas.payers import dump_match
from verifier.cli.output import print_json, print_table
from verifier.cli.rooms import Rooms


@click.group()
def payers() -> None:
    """Look into the payer directory."""


@payers.command()
@click.argument("text", nargs=-1, required=True)
@click.option("--limit", default=10, show_default=True, type=click.IntRange(1, 100), help="At most so many.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_obj
def search(rooms: Rooms, text: tuple[str, ...], limit: int, *, as_json: bool) -> None:
    """Find payers by name, alias, payer id or the text on an insurance card, best match first."""
    matches = rooms.search_payers(" ".join(text), limit)
    if as_json:
        print_json([dump_match(match) for match in matches])
        return
    table = Table("payer", "name", "match", "matched on", "reachable", box=None)
    for match in matches:
        reachable = "yes" if match.reachable else "no route configured"
        table.add_row(match.id, match.name, f"{match.score:.0f}", match.matched_on, reachable)
    print_table(table, empty="No payer resembles that. Try the words on the front of the card.")
