"""The program as a picture: cost a week, and cumulative cost above it, each on a scale of its own.

Everything is placed here, in units of the picture; the template only draws. What nobody knows is no bar of
height zero: the week is marked as unknown, and the line does not go on over it.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_CEILING, Decimal
from itertools import accumulate, takewhile
from typing import Final, NamedTuple

from verifier.model.estimate import Estimate, PeriodCost, Shares
from verifier.money import ZERO
from verifier.wording import counted, dollars, round_dollars, us_day

WIDTH: Final = Decimal(640)
LEFT: Final = Decimal(56)
RIGHT: Final = Decimal(12)
TOP: Final = Decimal(26)  # of the line; above it stand the names of the marks
LINE_HEIGHT: Final = Decimal(120)
BARS_TOP: Final = Decimal(186)
BARS_HEIGHT: Final = Decimal(90)
BAR: Final = Decimal("0.64")  # of a week's width
STEPS: Final = (Decimal(1), Decimal(2), Decimal("2.5"), Decimal(5), Decimal(10))
MOST_LABELS: Final = 10


class Tick(NamedTuple):
    """A line of a scale, and its label."""

    y: Decimal
    label: str


class Bar(NamedTuple):
    """One week; ``is_known`` false: nobody knows what the patient pays in it."""

    x: Decimal
    y: Decimal
    width: Decimal
    height: Decimal
    is_known: bool
    label: str
    label_x: Decimal
    is_labelled: bool


class Mark(NamedTuple):
    """A day that changes what a session costs."""

    x: Decimal
    label: str
    anchor: str  # end, start
    row: int  # marks near each other have their names one above the other


class Row(NamedTuple):
    """The week in the table behind the picture; ``patient`` and ``so_far`` ``None`` where not known."""

    begins: date
    sessions: int
    patient: Decimal | None
    so_far: Decimal | None


@dataclass(frozen=True, slots=True)
class Chart:
    """What the template draws, and the words of it for whoever does not see it."""

    bars: tuple[Bar, ...]
    line: str  # points of a polyline
    bar_ticks: tuple[Tick, ...]
    line_ticks: tuple[Tick, ...]
    marks: tuple[Mark, ...]
    rows: tuple[Row, ...]
    description: str


def is_priced(shares: Shares) -> bool:
    """Tell whether somebody's share of the price is known; a session without any costs an unknown amount."""
    return not shares.allowed or bool(shares.patient or shares.plan)


def draw(estimate: Estimate) -> Chart | None:
    """Place the weeks of *estimate*; ``None`` without any."""
    if not estimate.weeks:
        return None
    weeks, step = estimate.weeks, (WIDTH - LEFT - RIGHT) / len(estimate.weeks)
    patient = [_patient_in(estimate, week) for week in weeks]
    known = list(takewhile(lambda amount: amount is not None, patient))
    so_far = list(accumulate(amount or ZERO for amount in known))
    most_a_week, most = _ceiling(patient), _ceiling(so_far)
    rows = tuple(
        Row(week.begins, week.sessions, paid, so_far[index] if index < len(so_far) else None)
        for index, (week, paid) in enumerate(zip(weeks, patient, strict=True))
    )
    return Chart(
        tuple(_bar(index, row, step, most_a_week, len(rows)) for index, row in enumerate(rows)),
        " ".join(_points(so_far, step, most)),
        tuple(_ticks(most_a_week, BARS_TOP, BARS_HEIGHT)),
        tuple(_ticks(most, TOP, LINE_HEIGHT)),
        tuple(_marks(estimate, step)),
        rows,
        _describe(estimate, rows),
    )


def _patient_in(estimate: Estimate, week: PeriodCost) -> Decimal | None:
    """Return what the patient pays in a week; ``None`` where a session of it has no known price."""
    sessions = [each for each in estimate.sessions if week.begins <= each.date <= week.ends]
    return week.shares.patient if all(is_priced(each.shares) for each in sessions) else None


def _ceiling(amounts: Iterable[Decimal | None]) -> Decimal:
    """Return a round amount that none of *amounts* is above."""
    most = max((amount for amount in amounts if amount), default=ZERO)
    if most <= 0:
        return Decimal(100)
    power = Decimal(10) ** most.adjusted()
    return next(step * power for step in STEPS if step * power >= most)


def _ticks(most: Decimal, top: Decimal, height: Decimal) -> Iterable[Tick]:
    for part in range(3):
        share = Decimal(part) / 2
        yield Tick(_round(top + height * (1 - share)), round_dollars(most * share))


def _bar(index: int, row: Row, step: Decimal, most: Decimal, count: int) -> Bar:
    width = step * BAR
    height = BARS_HEIGHT if row.patient is None else BARS_HEIGHT * row.patient / most
    middle = LEFT + step * index + step / 2
    every = (Decimal(count) / MOST_LABELS).to_integral_value(ROUND_CEILING)
    return Bar(
        _round(middle - width / 2),
        _round(BARS_TOP + BARS_HEIGHT - height),
        _round(width),
        _round(height),
        row.patient is not None,
        f"{row.begins:%m/%d}",
        _round(middle),
        index % int(every) == 0,
    )


def _points(so_far: Sequence[Decimal], step: Decimal, most: Decimal) -> Iterable[str]:
    yield f"{LEFT},{_round(TOP + LINE_HEIGHT)}"
    for index, amount in enumerate(so_far, 1):
        yield f"{_round(LEFT + step * index)},{_round(TOP + LINE_HEIGHT * (1 - amount / most))}"


def milestones(estimate: Estimate) -> Sequence[tuple[date, str]]:
    """List the days that change what a session costs, in order, with what happens on each."""
    stones = estimate.milestones
    named = [
        (stones.deductible_met_on, "Deductible met"),
        (stones.out_of_pocket_met_on, "Maximum met"),
        (stones.visits_exhausted_on, "Visits used up"),
        *((year.begins, "New plan year") for year in estimate.plan_years[1:]),
    ]
    return sorted((day, what) for day, what in named if day)


def _marks(estimate: Estimate, step: Decimal) -> Iterable[Mark]:
    previous, row = Decimal(-1000), 0
    for day, what in milestones(estimate):
        x = _round(_place(estimate.weeks, day, step))
        row = (row + 1) % 2 if x - previous < WIDTH / 4 else 0
        previous = x
        yield Mark(x, f"{what} {day:%m/%d}", "end" if x > WIDTH * 2 / 3 else "start", row)


def _place(weeks: Sequence[PeriodCost], day: date, step: Decimal) -> Decimal:
    """Place a day within its week, Monday at the left edge."""
    index = next((place for place, week in enumerate(weeks) if day <= _sunday(week)), len(weeks) - 1)
    return LEFT + step * (index + Decimal(day.weekday()) / 7)


def _sunday(week: PeriodCost) -> date:
    return week.begins + timedelta(days=6 - week.begins.weekday())


def _round(number: Decimal) -> Decimal:
    return number.quantize(Decimal("0.1"))


def _describe(estimate: Estimate, rows: Sequence[Row]) -> str:
    unknown = sum(row.patient is None for row in rows)
    parts = [f"{counted(len(rows), 'week')}, {counted(len(estimate.sessions), 'session')}."]
    known = [row.so_far for row in rows if row.so_far is not None]
    if known:
        doubt = ", as far as it is known" if unknown or estimate.incomplete else ""
        parts.append(f"The patient pays {dollars(known[-1])} in all{doubt}.")
    if unknown:
        parts.append(f"For {counted(unknown, 'week')} nobody knows it.")
    parts += [f"{what} on {us_day(day)}." for day, what in milestones(estimate)]
    return " ".join(parts)
