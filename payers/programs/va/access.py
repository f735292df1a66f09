"""Whether VA's access standard is probably missed, so that the Veteran may be sent into the community.

For mental health care it is 30 minutes' average drive or 20 days (38 CFR 17.4040). The drive is compared
here: VA's tool goes by 60 minutes. Neither it nor the drive knows waiting times or best medical interest, and
VA alone decides, so that every reading is a probable one.
"""

from decimal import Decimal
from enum import StrEnum
from typing import Final, NamedTuple

from payers.lighthouse.facts import Fact, find_fact
from verifier.model.coverage import Coverage
from verifier.model.military import VaFacts

STANDARD: Final = 30  # minutes
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
    processing = find_fact(coverage, Fact.PROCESSING)
    drive = _read_drive(coverage) or _take_drive(facts)
    if INELIGIBLE in codes:
        return Reading(Access.IMPROBABLE, "VA has the Veteran on file as not eligible (code X)")
    if found := sorted(codes & BY_CODE):
        return Reading(Access.PROBABLE, f"VA has a reason for it on file (code {', '.join(found)})")
    if drive:
        return _compare(drive)
    if find_fact(coverage, Fact.ELIGIBLE) == "true":
        return Reading(Access.PROBABLE, "VA's own tool says so by drive time")
    if processing and processing != GEOCODED:
        return Reading(Access.UNKNOWN, "VA's tool could not place the Veteran's address")
    return Reading(Access.UNKNOWN, "VA's tool names no drive time") if processing or codes else None


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
