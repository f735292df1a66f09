"""`verifier demo`: invented patients, a payer that speaks the real wire, and what they will owe."""

from collections.abc import Callable, Mapping
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
REFERRAL: Final = timedelta(days=180)


Facts = Mapping[str, Mapping[str, object]]  # a block of the inquiry by its name


class Patient(NamedTuple):
    """An invented person of the simulator's scenarios, and why they are shown."""

    story: str
    payer: str
    member: dict[str, str]
    know: Callable[[date], Facts] = lambda _: {}  # what the desk knows, for a program from this day on


def _know_retiree(_: date) -> Facts:
    return {"tricare": {"sponsor_id": "900100003", "beneficiary": "retiree", "group": "B", "state": "GA"}}


def _know_veteran(start: date) -> Facts:
    facts = {
        "icn": "1012000001V100001",
        "referral_number": "VA0012345678",
        "referral_begins": start.isoformat(),
        "referral_ends": (start + REFERRAL).isoformat(),
        "visits_authorized": 20,
        "visits_used": 0,
        "priority_group": "6",
        "is_service_connected_care": False,
        "is_copay_exempt": False,
        "mental_health_visits_this_year": 1,
        "state": "LA",
    }
    return {"va": facts}


PATIENTS: Final = (
    Patient(
        "Commercial plan: 20 % after a deductible that is partly met",
        "sim-commercial",
        {"id": "SIM100001", "first_name": "Jordan", "last_name": "Avery", "birth_date": "1988-04-12"},
    ),
    Patient(
        "TRICARE Select: the reply tells the plan, published rules tell what a retiree of group B pays",
        "sim-tricare",
        {"first_name": "Cyrus", "last_name": "Weatherby", "birth_date": "1979-03-08"},
        _know_retiree,
    ),
    Patient(
        "VA community care: nothing to collect, four sessions more than the referral has visits",
        "sim-va",
        {"first_name": "Winona", "last_name": "Ward", "birth_date": "1979-05-14"},
        _know_veteran,
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

    The simulator listens on a free loopback port: it answers X12 270 inquiries with X12 271 replies in CAQH
    CORE envelopes, and is VA Lighthouse for the Veteran. Nothing leaves this machine.
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
            Text(f"{simulation.ledger.received} calls went over HTTP to {simulation.url}."),
        )


def inquiry(patient: Patient) -> dict[str, Any]:
    """Write the inquiry about *patient*: eight weeks, three days a week, from a Monday two weeks ahead."""
    start = _next_monday(datetime.now(UTC).date() + LEAD_TIME)
    return {
        "payer": patient.payer,
        "member": patient.member,
        **patient.know(start),
        "facility": "abita-springs",
        "network": "in",
        "program": {
            "code": "H0015",
            "start_date": start.isoformat(),
            "weekdays": ["mon", "wed", "fri"],
            "weeks": 8,
            "hours_per_session": 3,
            "allowed_amount": "325.00",
            "billed_amount": "950.00",
        },
    }


def _next_monday(day: date) -> date:
    return day + timedelta(days=-day.weekday() % 7)
