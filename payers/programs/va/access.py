"""Whether VA's access standard is probably missed, so that the Veteran may be sent into the community.

For mental health care it is 30 minutes' average drive or 20 days (38 CFR 17.4040). The drive is compared
here: VA's tool goes by 60 minutes. It knows no waiting times, so that the desk tells the days; best medical
interest nobody can tell, and VA alone decides: every reading is a probable one.
"""

from decimal import Decimal
from enum import StrEnum
from typing import Final, NamedTuple

from payers.lighthouse.facts import Fact, find_fact
from verifier.model.coverage import Coverage
from verifier.model.military import VaFacts

STANDARD: Final = 30  # minutes
LONGEST_WAIT: Final = 20  # days
BY_CODE: Final = frozenset({"G", "N", "H"})  # grandfathered, no full-service facility, hardship
INELIGIBLE: Final = "X"  # whatever else is on file
GEOCODED: Final = "successful"


class Access(StrEnum):
    """How access to community care looks."""

    PROBABLE = "probable"
    IMPROBABLE = "improbable"
    UNKNOWN = "unknown"


class Drive(NamedTuple):
    """Least and most minutes to the nearest VA facility."""

    least: Decimal
    most: Decimal


class Reading(NamedTuple):
    """How access looks, and why, in words."""

    access: Access
    because: str


def read_access(facts: VaFacts, coverage: Coverage) -> Reading | None:
    """Read what VA's tool and the desk say; ``None``: nobody says anything."""
    codes = frozenset((find_fact(coverage, Fact.CODES) or "").split())
    drive = _read_drive(coverage) or _take_drive(facts)
    return (
        _read_file(codes)
        or _read_wait(facts.wait_days)
        or (_compare(drive) if drive else _read_tool(coverage, is_known=bool(codes)))
    )


def _read_file(codes: frozenset[str]) -> Reading | None:
    if INELIGIBLE in codes:
        return Reading(Access.IMPROBABLE, "VA has the Veteran on file as not eligible (code X)")
    if found := sorted(codes & BY_CODE):
        return Reading(Access.PROBABLE, f"VA has a reason for it on file (code {', '.join(found)})")
    return None


def _read_wait(days: int | None) -> Reading | None:
    if days is None or days <= LONGEST_WAIT:
        return None
    words = f"VA's first appointment is {days} days away and the standard is {LONGEST_WAIT}"
    return Reading(Access.PROBABLE, words)


def _read_tool(coverage: Coverage, *, is_known: bool) -> Reading | None:
    processing = find_fact(coverage, Fact.PROCESSING)
    if find_fact(coverage, Fact.ELIGIBLE) == "true":
        return Reading(Access.PROBABLE, "VA's own tool says so by drive time")
    if processing and processing != GEOCODED:
        return Reading(Access.UNKNOWN, "VA's tool could not place the Veteran's address")
    return Reading(Access.UNKNOWN, "VA's tool names no drive time") if processing or is_known else None


def _read_drive(coverage: Coverage) -> Drive | None:
    text = find_fact(coverage, Fact.NEAREST)
    return Drive(*map(Decimal, text.split("-"))) if text else None


def _take_drive(facts: VaFacts) -> Drive | None:
    minutes = facts.drive_minutes
    return None if minutes is None else Drive(minutes, minutes)


def _compare(drive: Drive) -> Reading:
    span = f"{drive.least:f}" if drive.least == drive.most else f"{drive.least:f} to {drive.most:f}"
    nearest = f"the nearest VA facility is {span} minutes away and the standard is {STANDARD}"
    if drive.most <= STANDARD:
        return Reading(Access.IMPROBABLE, nearest)
    if drive.least < STANDARD:
        return Reading(Access.UNKNOWN, nearest)
    return Reading(Access.PROBABLE, nearest)
