"""What if: two plans of care beside each other, each with its cost, its picture and its plan years."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Final, NamedTuple

from schemas.plans import PlanOfCare
from verifier.model.estimate import Estimate, PeriodCost
from verifier.model.program import Program, Weekday
from verifier.model.vocabulary import Network
from verifier.web.forms import Field, table
from verifier.web.staff.result.chart import Chart, draw, is_priced, milestones
from verifier.web.staff.result.glance import Pays, tell_pays
from verifier.wording import counted, plain, us_day

SIDES: Final = {"a": "Plan A", "b": "Plan B"}


class Year(NamedTuple):
    """One plan year of the program; ``patient`` is ``None`` where nobody knows it."""

    begins: str
    sessions: str
    patient: Decimal | None


@dataclass(frozen=True, slots=True)
class Plan:
    """One plan of care as the page shows it."""

    side: str
    title: str
    words: str
    pays: Pays | None
    chart: Chart | None
    years: tuple[Year, ...]
    stones: tuple[str, ...]
    confidence: str


FIELDS: Final[Mapping[str, Field]] = table(
    *(
        field
        for side in SIDES
        for field in (
            Field(
                f"{side}.weekdays",
                "Days it meets",
                "checkboxes",
                choices=[(str(day), str(day).capitalize()) for day in Weekday],
            ),
            Field(f"{side}.weeks", "Weeks", "number", longest=2),
            Field(f"{side}.start_date", "First day", "date"),
            Field(f"{side}.allowed_amount", "Allowed a session", "money", is_optional=True),
            Field(
                f"{side}.network",
                "Network",
                "select",
                choices=(("in", "In network"), ("out", "Out of network"), ("unknown", "Not known")),
            ),
        )
    )
)


def first_values(program: Program, network: Network) -> dict[str, tuple[str, ...]]:
    """Return what the form holds to begin with: both plans as it was asked."""
    weeks = program.weeks or -(-program.session_count // max(1, len(program.weekdays)))
    amount = () if program.allowed_amount is None else (str(program.allowed_amount),)
    both = {
        "weekdays": tuple(str(day) for day in program.weekdays),
        "weeks": (str(weeks),),
        "start_date": (program.start_date.isoformat(),),
        "allowed_amount": amount,
        "network": (network.value,),
    }
    return {f"{side}.{name}": value for side in SIDES for name, value in both.items()}


def change_program(program: Program, plan: PlanOfCare) -> Program:
    """Give *program* the days, length and price of *plan*; a price that stayed is still the contract's."""
    stayed = plan.allowed_amount == program.allowed_amount
    return replace(
        program,
        start_date=plan.start_date,
        weekdays=plan.weekdays,
        weeks=plan.weeks,
        sessions=None,
        allowed_amount=plan.allowed_amount,
        contract=program.contract if stayed else None,
    )


def describe_plan(side: str, plan: PlanOfCare, estimate: Estimate) -> Plan:
    """Work out what the page shows of one plan."""
    days = counted(len(plan.weekdays), "day")
    words = f"{days} a week, {counted(plan.weeks, 'week')}, from {us_day(plan.start_date)}"
    return Plan(
        side,
        SIDES[side],
        words,
        tell_pays(estimate),
        draw(estimate),
        tuple(_tell_years(estimate)),
        tuple(f"{what} on {us_day(day)}" for day, what in milestones(estimate)),
        plain(estimate.confidence.level.value),
    )


def compare_plans(a: Plan, b: Plan) -> Decimal | None:
    """Return how much more *b* costs the patient than *a*; ``None`` where that is not known."""
    if a.pays is None or b.pays is None or a.pays.is_incomplete or b.pays.is_incomplete:
        return None
    return b.pays.expected - a.pays.expected


def _tell_years(estimate: Estimate) -> Iterator[Year]:
    for year in estimate.plan_years:
        yield Year(us_day(year.begins), counted(year.sessions, "session"), _patient_in(estimate, year))


def _patient_in(estimate: Estimate, year: PeriodCost) -> Decimal | None:
    sessions = (each for each in estimate.sessions if year.begins <= each.date <= year.ends)
    return year.shares.patient if all(is_priced(each.shares) for each in sessions) else None
