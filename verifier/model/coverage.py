"""`Coverage`: what any payer's reply becomes, whatever its wire.

Words follow X12 005010X279A1 (271), CAQH CORE and FHIR. ``None`` always means "the payer did not
say", never zero and never no. Each benefit keeps the place in the reply that it was read from.

`Benefit` and the records in it are named tuples and not dataclasses: a reply holds hundreds, and a
named tuple is built five times as fast as a frozen dataclass of its size.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from types import MappingProxyType
from typing import Any, Final, NamedTuple

from verifier.model.vocabulary import (
    Authorization,
    BenefitKind,
    CoverageLevel,
    CoverageStatus,
    Network,
    Period,
    RejectionClass,
    Retry,
)


class Source(NamedTuple):
    """Where in a reply something was read.

    ``segment`` is the 1-based position in its transaction (ST = 1), ``text`` the segment as sent without
    its terminator; for a JSON wire ``pointer`` is the JSON pointer. ``reply`` numbers the replies of a
    merged coverage from 0, ``answered_by`` says who of `Coverage.answered_by` sent it.
    """

    segment: int | None
    text: str
    pointer: str | None = None
    reply: int = 0
    answered_by: int = 0


class DateSpan(NamedTuple):
    """A dated fact: ``begins`` and ``ends`` are both the day itself for a single date.

    ``ends`` is ``None`` for an open end; both are ``None`` when the text is no date (``text`` keeps it).
    """

    qualifier: str  # the word for DTP01, or the raw code where there is no word
    begins: date | None
    ends: date | None
    text: str


class Delivery(NamedTuple):
    """One HSD segment: how much of a service, how often, over which period."""

    quantity: Decimal | None
    qualifier: str | None  # word for HSD01/EB09, e.g. visits, days; the raw code where there is no word
    per: str | None  # word for HSD03/HSD04, e.g. week, month
    period: Period | None  # HSD05
    period_count: Decimal | None  # HSD06
    text: str


class Contact(NamedTuple):
    """One way to reach an entity (PER)."""

    name: str | None
    kind: str  # phone, fax, email, url, extension, or the raw code
    value: str


class Entity(NamedTuple):
    """Somebody a payer names beside a benefit (loop 2120): an administrator, another payer, a provider."""

    role: str  # word for NM101, e.g. payer, vendor, provider; the raw code where there is no word
    code: str  # NM101 as sent
    name: str | None
    id_qualifier: str | None
    id: str | None
    contacts: tuple[Contact, ...]
    address: str | None
    source: Source


class Reference(NamedTuple):
    """An identifier attached to a benefit or person (REF)."""

    qualifier: str
    value: str
    description: str | None


class Benefit(NamedTuple):
    """One EB segment with everything attached to it, in the order of the reply."""

    kind: BenefitKind
    code: str
    services: tuple[str, ...]
    procedure: str | None
    level: CoverageLevel | None
    network: Network
    period: Period | None
    amount: Decimal | None
    rate: Decimal | None
    quantity: Decimal | None
    quantity_qualifier: str | None
    authorization: Authorization
    unlimited: bool
    insurance_type: str | None
    plan_text: str | None
    delivery: tuple[Delivery, ...]
    places_of_service: tuple[str, ...]
    messages: tuple[str, ...]
    dates: tuple[DateSpan, ...]
    references: tuple[Reference, ...]
    entities: tuple[Entity, ...]
    source: Source


def bare_benefit(kind: BenefitKind, source: Source, **said: Any) -> Benefit:  # noqa: ANN401 - any of its fields
    """Build a benefit of which nothing is known but what is *said*."""
    return _NOTHING_SAID._replace(kind=kind, source=source, **said)


_NOTHING_SAID: Final = Benefit(
    kind=BenefitKind.OTHER,
    code="",
    services=(),
    procedure=None,
    level=None,
    network=Network.UNKNOWN,
    period=None,
    amount=None,
    rate=None,
    quantity=None,
    quantity_qualifier=None,
    authorization=Authorization.UNKNOWN,
    unlimited=False,
    insurance_type=None,
    plan_text=None,
    delivery=(),
    places_of_service=(),
    messages=(),
    dates=(),
    references=(),
    entities=(),
    source=Source(None, ""),
)


class Rejection(NamedTuple):
    """One refusal (AAA), or one a payer put into words only (``code`` is then ``None``)."""

    code: str | None
    meaning: str
    follow_up: str | None
    loop: str | None
    category: RejectionClass
    retry: Retry
    advice: str
    source: Source


class Warning(NamedTuple):  # noqa: A001 - the contract's own word; never used as the built-in here
    """Something odd in a reply that did not stop it from being read."""

    code: str
    text: str


class CarveOut(NamedTuple):
    """Services that someone else administers; ``answered_by`` is set once that one was asked and answered."""

    administrator: str | None
    administrator_id: str | None
    services: tuple[str, ...]
    contacts: tuple[Contact, ...]
    source: Source
    answered_by: int | None = None  # place in `Coverage.answered_by`


class OtherCoverage(NamedTuple):
    """Another payer that a reply mentions (EB*R); a mention, not a proof."""

    payer: str | None
    payer_id: str | None
    role: str | None
    insurance_type: str | None
    member_id: str | None
    group_number: str | None
    begins: date | None
    ends: date | None
    source: Source


class ActualPayer(NamedTuple):
    """The plan that pays instead of the payer asked: a Medicare Advantage or a Medicaid managed care plan."""

    name: str | None
    id: str | None  # as the reply has it
    payer: str | None  # its id in the payer directory, where it is known there
    kind: str  # medicare_advantage, medicaid_managed_care, tricare_region
    source: Source  # where it is named
    answered_by: int | None = None  # place in `Coverage.answered_by`; none: not asked, or no answer


@dataclass(frozen=True, slots=True)
class PayerName:
    """The payer as the reply names it."""

    name: str | None = None
    id: str | None = None


@dataclass(frozen=True, slots=True)
class AnsweredBy:
    """Who answered, over which wire."""

    payer: str | None
    channel: str


@dataclass(frozen=True, slots=True, repr=False)
class CoveredPerson:
    """The subscriber or patient as the payer returned them."""

    relationship: str = "unknown"  # self, spouse, child, other, unknown
    id: str | None = None
    id_qualifier: str | None = None
    first_name: str | None = None
    middle_name: str | None = None
    last_name: str | None = None
    suffix: str | None = None
    birth_date: date | None = None
    sex: str | None = None
    address: str | None = None
    references: tuple[Reference, ...] = ()

    def __repr__(self) -> str:
        """Say only that this is a person: a representation reaches logs."""
        return f"CoveredPerson(relationship={self.relationship!r})"


@dataclass(frozen=True, slots=True)
class Plan:
    """The plan as the reply describes it."""

    name: str | None = None
    group_number: str | None = None
    group_name: str | None = None
    insurance_type: str | None = None
    begins: date | None = None
    ends: date | None = None
    premium_paid_to: date | None = None
    dates: tuple[DateSpan, ...] = ()


@dataclass(frozen=True, slots=True)
class Trace:
    """What ties a reply to its question: control numbers and trace numbers as returned."""

    interchange: str | None = None  # ISA13
    group: str | None = None  # GS06
    transaction: str | None = None  # ST02
    reference: str | None = None  # BHT03
    numbers: tuple[str, ...] = ()  # TRN02 of each TRN


@dataclass(frozen=True, slots=True)
class Coverage:
    """A payer's answer about one patient, normalized, with nothing of it lost."""

    status: CoverageStatus
    payer: PayerName = field(default_factory=PayerName)
    answered_by: tuple[AnsweredBy, ...] = ()
    subscriber: CoveredPerson | None = None
    patient: CoveredPerson | None = None
    plan: Plan = field(default_factory=Plan)
    benefits: tuple[Benefit, ...] = ()
    rejections: tuple[Rejection, ...] = ()
    other_coverage: tuple[OtherCoverage, ...] = ()
    carve_outs: tuple[CarveOut, ...] = ()
    warnings: tuple[Warning, ...] = ()
    asked: tuple[str, ...] = ()  # service types put to the payer
    answered: tuple[str, ...] = ()  # of those, the ones some benefit names
    messages: tuple[str, ...] = ()  # MSG segments outside any benefit
    trace: Trace = field(default_factory=Trace)
    extras: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    superseded: tuple[Benefit, ...] = ()  # said by one payer where another's word counts; not to price by
    actual_payer: ActualPayer | None = None

    @property
    def open_carve_outs(self) -> tuple[CarveOut, ...]:
        """Return the carve-outs whose administrator has not answered."""
        names = {answer.payer for answer in self.answered_by} - {None}
        return tuple(
            each for each in self.carve_outs if each.answered_by is None and each.administrator not in names
        )


def unknown_coverage(*warnings: Warning, payer: PayerName | None = None) -> Coverage:
    """Build the answer for "nobody can say": an outage, a time-out, garbage."""
    return Coverage(CoverageStatus.UNKNOWN, payer=payer or PayerName(), warnings=warnings)
