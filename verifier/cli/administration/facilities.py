"""`verifier admin facilities`: what they are, and whose word that is."""

from typing import Any

import click
from rich.table import Table

from verifier.cli.output import print_json, print_table
from verifier.cli.rooms import Rooms
from verifier.model.kept_facility import KeptFacility


@click.group()
def facilities() -> None:
    """Look at the facilities, and where the settings file says something else of them."""


@facilities.command("list")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_obj
def list_facilities(rooms: Rooms, *, as_json: bool) -> None:
    """List the facilities, who last changed each, and in which fields the settings file differs."""
    with rooms.housekeeping("admin facilities list") as housekeeping:
        kept = housekeeping.facilities()
    if as_json:
        print_json([_describe(each) for each in kept])
        return
    table = Table("id", "name", "npi", "changed", "the settings file differs in", box=None)
    for each in kept:
        changed = f"{each.changed_at:%Y-%m-%d} by {each.changed_by}" if each.changed_at else "as in the file"
        one = each.facility
        table.add_row(one.id, one.name, one.npi, changed, ", ".join(each.differs_in) or "nothing")
    print_table(table, empty="There is none.")


@facilities.command("follow-file")
@click.argument("facility_id", metavar="ID")
@click.pass_obj
def follow_file(rooms: Rooms, facility_id: str) -> None:
    """Take the settings file's word for the facility ID again, now and at each start.

    What people changed on the page is lost.
    """
    with rooms.housekeeping("admin facilities follow-file") as housekeeping:
        housekeeping.follow_file(facility_id)
    click.echo("The settings file says again what this facility is.")


def _describe(kept: KeptFacility) -> dict[str, Any]:
    return {
        "id": kept.facility.id,
        "name": kept.facility.name,
        "npi": kept.facility.npi,
        "changed_by": kept.changed_by,
        "changed_at": kept.changed_at.isoformat() if kept.changed_at else None,
        "differs_in": list(kept.differs_in),
    }
