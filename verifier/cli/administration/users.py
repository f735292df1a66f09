"""`verifier admin users`: who may sign in."""

from typing import Any

import click
from rich.table import Table

from verifier.access.people import User
from verifier.access.principal import Facilities
from verifier.access.roles import Role
from verifier.access.staffing import Enrolment
from verifier.cli.output import print_json, print_table
from verifier.cli.rooms import Rooms

ROLES = click.option(
    "--role",
    "roles",
    multiple=True,
    required=True,
    type=click.Choice([role.value for role in Role]),
    help="Repeatable.",
)
FACILITIES = click.option(
    "--facility", "facilities", multiple=True, required=True, help="Id, or * for every one; repeatable."
)


@click.group()
def users() -> None:
    """Give people access, and take it away."""


@users.command()
@click.argument("email")
@ROLES
@FACILITIES
@click.option(
    "--password", envvar="VERIFIER_NEW_PASSWORD", prompt=True, hide_input=True, confirmation_prompt=True
)
@click.pass_obj
def add(rooms: Rooms, email: str, roles: tuple[str, ...], facilities: tuple[str, ...], password: str) -> None:
    """Let the person with this EMAIL sign in; prints what they need for the second factor, this once.

    The password is asked for, or taken from VERIFIER_NEW_PASSWORD.
    """
    with rooms.staffing("admin users add") as (staffing, context):
        given = Facilities.of(facilities)
        enrolment = staffing.add_user(context, email, password, map(Role, roles), given)
    _print_enrolment(enrolment)


@users.command()
@click.argument("email")
@click.pass_obj
def disable(rooms: Rooms, email: str) -> None:
    """Shut the person with this EMAIL out, from their next request on; keys they own too."""
    with rooms.staffing("admin users disable") as (staffing, context):
        staffing.disable_user(context, email)
    click.echo("They are shut out.")


@users.command()
@click.argument("email")
@ROLES
@FACILITIES
@click.pass_obj
def change(rooms: Rooms, email: str, roles: tuple[str, ...], facilities: tuple[str, ...]) -> None:
    """Give the person with this EMAIL these roles and facilities instead, from their next request on."""
    with rooms.staffing("admin users change") as (staffing, context):
        staffing.change_user(context, email, map(Role, roles), Facilities.of(facilities))
    click.echo("It holds from their next request on.")


@users.command("reset-totp")
@click.argument("email")
@click.option("--new-password", is_flag=True, help="Ask for a new password too.")
@click.pass_obj
def reset_totp(rooms: Rooms, email: str, *, new_password: bool) -> None:
    """Give the person with this EMAIL a new second factor, and end their sessions."""
    password = click.prompt("Password", hide_input=True, confirmation_prompt=True) if new_password else None
    with rooms.staffing("admin users reset-totp") as (staffing, context):
        enrolment = staffing.enrol_anew(context, email, password)
    _print_enrolment(enrolment)


@users.command("list")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_obj
def list_users(rooms: Rooms, *, as_json: bool) -> None:
    """List everybody who was ever given access."""
    with rooms.staffing("admin users list") as (staffing, _):
        everybody = staffing.list_users()
    if as_json:
        print_json([_describe(user) for user in everybody])
        return
    table = Table("e-mail", "id", "roles", "facilities", "state", box=None)
    for user in everybody:
        roles, facilities = " ".join(sorted(user.roles)), " ".join(user.facilities.listing())
        state = f"disabled {user.disabled_at:%Y-%m-%d}" if user.disabled_at else "active"
        table.add_row(user.email, user.id, roles, facilities, state)
    print_table(table, empty="Nobody yet: verifier admin users add")


def _describe(user: User) -> dict[str, Any]:
    return {
        "id": user.id,
        "email": user.email,
        "roles": sorted(user.roles),
        "facilities": user.facilities.listing(),
        "disabled_at": user.disabled_at.isoformat() if user.disabled_at else None,
    }


def _print_enrolment(enrolment: Enrolment) -> None:
    click.echo("For the authenticator (this is shown once):")
    click.echo(f"  {enrolment.authenticator}")
    click.echo("Recovery codes, each good for one sign-in (these too):")
    for code in enrolment.recovery_codes:
        click.echo(f"  {code}")
