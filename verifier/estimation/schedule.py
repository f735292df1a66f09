"""The days of a program, from its first session to its last."""

from collections.abc import Iterator
from datetime import date, timedelta
from itertools import islice
from typing import Final

from verifier.errors import BadInput
from verifier.model.program import WEEKDAYS, Program

MOST_SESSIONS: Final = 400
SLACK: Final = timedelta(weeks=104)  # how far closed days may push the last session of a weekly program
EARLIEST: Final = date(2000, 1, 1)
LATEST: Final = date(2100, 1, 1)


def session_dates(program: Program) -> tuple[date, ...]:
    """List the session days: one a day, on the program's weekdays from its start date on, but no closed days.

    A start date on another weekday moves the first session to the next weekday listed.

    Raises:
        BadInput: no such days can be found; ``errors`` names the field to change.
    """
    _refuse_the_impossible(program)
    dates = tuple(islice(_open_days(program), program.session_count))
    if len(dates) < program.session_count:
        raise _bad("closed", "leaves too few open days for the sessions planned")
    return dates


def _open_days(program: Program) -> Iterator[date]:
    weekdays = {WEEKDAYS.index(day) for day in program.weekdays}
    closed = set(program.closed)
    horizon = (SLACK + timedelta(weeks=program.session_count)).days
    for offset in range(horizon):
        day = program.start_date + timedelta(days=offset)
        if day.weekday() in weekdays and day not in closed:
            yield day


def _refuse_the_impossible(program: Program) -> None:
    if not EARLIEST <= program.start_date < LATEST:
        raise _bad("start_date", f"lies outside {EARLIEST.year} to {LATEST.year - 1}")
    if not program.weekdays:
        raise _bad("weekdays", "names no day of the week")
    if not 1 <= program.session_count <= MOST_SESSIONS:
        name = "weeks" if program.sessions is None else "sessions"
        raise _bad(name, f"gives {program.session_count} sessions; 1 to {MOST_SESSIONS} can be planned")


def _bad(name: str, problem: str) -> BadInput:
    return BadInput(f"No schedule: `{name}` {problem}.", {f"/program/{name}": problem})
