"""`verifier admin api-keys`: the keys that programs come with."""

from datetime import timedelta
from typing import Any

import click
from rich.table import Table

from verifier.access.people import ApiKey
from verifier.access.principal import Facilities
from verifier.access.roles import Scope
from verifier.cli.output import print_json, print_table
from verifier.cli.rooms import Rooms


@click.group("api-keys")
def api_keys() -> None:
    """Give programs access, and take it away."""


@api_keys.command()
@click.argument("name")
@click.option(
    "--scope",
    "scopes",
    multiple=True,
    required=True,
    type=click.Choice([scope.value for scope in Scope]),
    help="Repeatable.",
)
@click.option("--facility", "facilities", multiple=True, required=True, help="Id, or * for every one.")
@click.option("--days", default=90, show_default=True, type=click.IntRange(1, 366), help="Until it expires.")
@click.option("--owner", help="E-mail address of a person with whose account it dies.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_obj
def create(rooms: Rooms, /, name: str, *, as_json: bool, **terms: Any) -> None:  # noqa: ANN401 - click
    """Make a key called NAME and print it, this once."""
    scopes, facilities = frozenset(map(Scope, terms["scopes"])), Facilities.of(terms["facilities"])
    life = timedelta(days=terms["days"])
    with rooms.staffing("admin api-keys create") as (staffing, context):
        key, text = staffing.create_key(context, name, scopes, facilities, life=life, owner=terms["owner"])
    if as_json:
        print_json({"id": key.id, "key": text, "expires_at": key.expires_at.isoformat()})
        return
    click.echo(f"{key.id} expires {key.expires_at:%Y-%m-%d}. Send it as a bearer token; it is shown once:")
    click.echo(text)


@api_keys.command()
@click.argument("key_id")
@click.pass_obj
def revoke(rooms: Rooms, key_id: str) -> None:
    """End the key with this id, from the next request on."""
    with rooms.staffing("admin api-keys revoke") as (staffing, context):
        staffing.revoke_key(context, key_id)
    click.echo("It is revoked.")


@api_keys.command("list")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_obj
def list_keys(rooms: Rooms, *, as_json: bool) -> None:
    """List every key, by the few characters that tell it from another."""
    with rooms.staffing("admin api-keys list") as (staffing, _):
        keys = staffing.list_keys()
    if as_json:
        print_json([_describe(key) for key in keys])
        return
    table = Table("name", "id", "key", "scopes", "facilities", "until", box=None)
    for key in keys:
        scopes, facilities = " ".join(sorted(key.scopes)), " ".join(key.facilities.listing())
        until = f"revoked {key.revoked_at:%Y-%m-%d}" if key.revoked_at else f"{key.expires_at:%Y-%m-%d}"
        table.add_row(key.name, key.id, f"{key.prefix}…", scopes, facilities, until)
    print_table(table, empty="No key yet: verifier admin api-keys create")


def _describe(key: ApiKey) -> dict[str, Any]:
    return {
        "id": key.id,
        "name": key.name,
        "prefix": key.prefix,
        "scopes": sorted(key.scopes),
        "facilities": key.facilities.listing(),
        "expires_at": key.expires_at.isoformat(),
        "revoked_at": key.revoked_at.isoformat() if key.revoked_at else None,
    }
