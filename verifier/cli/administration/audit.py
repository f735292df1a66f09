"""`verifier admin audit`: is the trail as it was written, and who was told of a patient."""

from datetime import datetime
from typing import Any, Final

import click

from verifier.cli.output import print_json
from verifier.cli.rooms import Rooms
from verifier.errors import BadInput
from verifier.model.audit import Action, Event, Person, TrailCheck

TOLD: Final = frozenset({Action.DISCLOSURE, Action.PAYER_CALL, Action.EXPORT})
BROKEN: Final = 1


@click.group()
def audit() -> None:
    """Keep watch over the audit trail."""


@audit.command()
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_obj
def verify(rooms: Rooms, *, as_json: bool) -> None:
    """Go through the whole trail and every signed anchor; exit code 1 and the first bad row if one is bad."""
    with rooms.audit() as office:
        found = office.verify()
    if as_json:
        print_json(_write_check(found))
    else:
        click.echo(_tell(found))
    if found.flaw:
        raise click.exceptions.Exit(BROKEN)


@audit.command()
@click.pass_obj
def anchor(rooms: Rooms) -> None:
    """Sign where the trail stands now, in the file that VERIFIER_AUDIT_ANCHORS names."""
    with rooms.audit() as office:
        click.echo(f"Anchored at event {office.anchor()}.")


@audit.command()
@click.option("--member", "member_id", help="Member id, however it is written.")
@click.option("--last-name", help="With --first-name and --birth-date, where there is no member id.")
@click.option("--first-name")
@click.option("--birth-date", type=click.DateTime(["%Y-%m-%d"]))
@click.option("--all", "everything", is_flag=True, help="Everything that was done, and not disclosures only.")
@click.pass_obj
def disclosures(  # noqa: PLR0913 - one option each
    rooms: Rooms,
    *,
    member_id: str | None,
    last_name: str | None,
    first_name: str | None,
    birth_date: datetime | None,
    everything: bool,
) -> None:
    """Print to whom one patient was disclosed, as JSON; asking for it is recorded too."""
    if not member_id and not (last_name and birth_date):
        raise BadInput("Give --member, or --last-name, --first-name and --birth-date.")
    person = Person(member_id, last_name, first_name, birth_date.date() if birth_date else None)
    with rooms.audit() as office:
        found = office.about(person)
    print_json([_write_event(each) for each in found if everything or each.action in TOLD])


def _tell(found: TrailCheck) -> str:
    if found.flaw:
        return f"Event {found.flaw.sequence} {found.flaw.reason}."
    return f"{found.events} events are as they were written; {found.anchors} signed anchors agree."


def _write_check(found: TrailCheck) -> dict[str, Any]:
    flaw = {"sequence": found.flaw.sequence, "reason": found.flaw.reason} if found.flaw else None
    return {"events": found.events, "anchors": found.anchors, "flaw": flaw}


def _write_event(event: Event) -> dict[str, Any]:
    context = event.context
    return {
        "at": event.at.isoformat(),
        "action": event.action,
        "what": event.what,
        "result": event.result,
        "who": context.who,
        "where": context.where,
        "why": context.why,
        "request_id": context.request_id,
    }
