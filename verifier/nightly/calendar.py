"""Which run is to be made now: one for each date of the organization, whatever the clocks do.

The date is the organization's own, told by one time zone. A date has a run from its first moment on; whoever
looks later makes it then, and dates that nobody looked at at all get none: the run that is made next asks
about everybody who was due meanwhile (`verifier.nightly.due`), once.
"""

from collections.abc import Iterable
from datetime import date, datetime

from verifier.model.inquiry import Facility
from verifier.nightly.hours import EASTERN, local_date


def find_organization_zone(facilities: Iterable[Facility]) -> str:
    """Return the time zone the organization goes by: that of its first facility that has one."""
    return next((each.time_zone for each in facilities if each.time_zone), EASTERN)


def find_date(moment: datetime, zone: str) -> date:
    """Return the date of the run that belongs to *moment*."""
    return local_date(moment, zone)


def is_missing(day: date, latest: date | None) -> bool:
    """Tell whether the run of *day* is still to be made, when the *latest* one is known.

    A clock that was put back, by hand or by another machine, makes no second run for a date gone by.
    """
    return latest is None or day > latest
