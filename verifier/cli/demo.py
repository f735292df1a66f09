"""`verifier demo`: invented patients, a payer that speaks the real wire, and what they will owe."""

from datetime import UTC, date, datetime, timedelta
from typing import Any, Final, NamedTuple

import click
from rich.rule import Rule
from rich.text import Text

from schemas.inquiry import load_inquiry
from schemas.verification import dump_verification
from verifier.cli import render
from verifier.cli.output import print_json, show
from verifier.cli.rooms import Rooms

FREE_PORT: Final = 0
LEAD_TIME: Final = timedelta(days=14)


class Patient(NamedTuple):
    """An invented person of the simulator's scenarios, and why they are shown."""

    story: str
    payer: str
    member: dict[str, str]


PATIENTS: Final = (
    Patient(
        "Commercial plan: 20 % after a deductible that is partly met",
        "sim-commercial",
        {"id": "SIM100001", "first_name": "Jordan", "last_name": "Avery", "birth_date": "1988-04-12"},
    ),
    Patient(
        "The same question while the payer is down: unknown, never 'not covered'",
        "sim-commercial",
        {"id": "SIM200008", "first_name": "Ezra", "last_name": "Outage", "birth_date": "1990-01-01"},
    ),
)


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print the verifications as JSON.")
@click.pass_obj
def demo(rooms: Rooms, *, as_json: bool) -> None:
    """Verify invented patients against a simulated payer over real HTTP, and print what they will owe.

    The simulator listens on a free loopback port and answers X12 270 inquiries with X12 271 replies in
    CAQH CORE envelopes; nothing leaves this machine.
    """
    with rooms.simulate("127.0.0.1", FREE_PORT) as simulation, rooms.verifier(simulation.url) as service:
        answers = [service.verify(load_inquiry(inquiry(patient))) for patient in PATIENTS]
        if as_json:
            print_json([dump_verification(answer) for answer in answers])
            return
        for patient, answer in zip(PATIENTS, answers, strict=True):
            show(Rule(style="dim"), Text(patient.story, style="bold"), *render.verification(answer))
        show(
            Rule(style="dim"),
            Text(f"{simulation.ledger.received} X12 inquiries went over HTTP to {simulation.url}."),
        )
        show(Text("TRICARE and VA patients are not in this version: their rules are not built yet."))


def inquiry(patient: Patient) -> dict[str, Any]:
    """Write the inquiry about *patient*: eight weeks, three days a week, from a Monday two weeks ahead."""
    return {
        "payer": patient.payer,
        "member": patient.member,
        "facility": "abita-springs",
        "network": "in",
        "program": {
            "code": "H0015",
            "start_date": _next_monday(datetime.now(UTC).date() + LEAD_TIME).isoformat(),
            "weekdays": ["mon", "wed", "fri"],
            "weeks": 8,
            "hours_per_session": 3,
            "allowed_amount": "325.00",
            "billed_amount": "950.00",
        },
    }


def _next_monday(day: date) -> date:
    return day + timedelta(days=-day.weekday() % 7)
