"""`Inquiry`: what a caller wants to know; typed, validated values only.

Health data stays out of every representation: a ``repr`` reaches logs.
"""

from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, tzinfo
from enum import StrEnum
from zoneinfo import ZoneInfo

from verifier.model.military import TricareFacts, VaFacts
from verifier.model.payment import Cover, OtherPlan
from verifier.model.program import Offer, Program
from verifier.model.vocabulary import Network


class Sex(StrEnum):
    """DMG03 as X12 knows it."""

    FEMALE = "F"
    MALE = "M"
    UNKNOWN = "U"


class Relationship(StrEnum):
    """The patient's relationship to the member (INS02)."""

    SELF = "self"
    SPOUSE = "spouse"
    CHILD = "child"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Member:
    """The person who holds the insurance (subscriber)."""

    last_name: str = field(repr=False)
    birth_date: date | None = field(repr=False)
    first_name: str | None = field(default=None, repr=False)
    id: str | None = field(default=None, repr=False)
    middle_name: str | None = field(default=None, repr=False)
    suffix: str | None = field(default=None, repr=False)
    sex: Sex | None = field(default=None, repr=False)
    ssn: str | None = field(default=None, repr=False)
    group_number: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Patient:
    """Who is to be treated; the names are ``None`` when it is the member."""

    relationship: Relationship = Relationship.SELF
    first_name: str | None = field(default=None, repr=False)
    last_name: str | None = field(default=None, repr=False)
    middle_name: str | None = field(default=None, repr=False)
    suffix: str | None = field(default=None, repr=False)
    birth_date: date | None = field(default=None, repr=False)
    sex: Sex | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Facility:
    """A treatment program as payers know it."""

    id: str
    name: str
    npi: str
    tax_id: str | None = None
    state: str | None = None
    place_of_service: str | None = None
    time_zone: str | None = None  # IANA, such as America/Chicago
    schedule: Offer | None = None  # the usual days and length of a program
    programs: tuple[Offer, ...] = ()
    part2: bool = False  # a 42 CFR part 2 program: its name alone says what its patients are treated for
    phone: str | None = None  # for patients

    @property
    def zone(self) -> tzinfo:
        """The time zone it goes by; UTC where that is not known."""
        return ZoneInfo(self.time_zone) if self.time_zone else UTC

    def day(self, moment: datetime) -> date:
        """Tell which day it is there at *moment*."""
        return moment.astimezone(self.zone).date()


@dataclass(frozen=True, slots=True)
class Inquiry:
    """One question about one patient: which payer, which member, which planned program."""

    payer: str
    member: Member
    program: Program
    patient: Patient = field(default_factory=Patient)
    facility: str | None = None
    network: Network = Network.UNKNOWN  # by the provider's own contract; UNKNOWN when nobody said
    consent_id: str | None = None
    max_age: int | None = None  # seconds; ``None``: the service's default
    tricare: TricareFacts | None = None
    va: VaFacts | None = None
    own_coverage: Cover | None = None  # what the order of payment needs to know of this plan
    other_coverage: tuple[OtherPlan, ...] = ()

    def to_keep(self) -> "Inquiry":
        """Leave out what may be used and never kept: the Veteran's own token."""
        return self if self.va is None else replace(self, va=replace(self.va, access_token=None))
