"""Strict X12: segments, envelope and control numbers of an interchange that holds one transaction.

A segment is its id followed by its items. An item is a code of ours (``str``), a value of somebody's
(`Entry`), a composite of these (``tuple``), or ``None`` for an element left empty.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from threading import Lock
from time import time_ns
from typing import Final, Literal, NamedTuple, Protocol, TypeAlias
from uuid import uuid4

from payers.x12.elements import Delimiters, Element, Entry, Kind, encode
from verifier.errors import BadInput

Item: TypeAlias = str | Entry | tuple["str | Entry", ...] | None
Segment: TypeAlias = Sequence[Item]

STANDARD: Final = Delimiters()
HIGHEST_NUMBER: Final = 999_999_999  # ISA13 and GS06 have nine digits; ISA13 may not be zero
NANOSECONDS_PER_TICK: Final = 1_000_000

CODE: Final = Element(Kind.CODE, 1, 35)
COUNT: Final = Element(Kind.WHOLE, 1, 10)
DATE: Final = Element(Kind.DATE, 8, 8)
TIME: Final = Element(Kind.TIME, 4, 8)
NO_INFORMATION: Final = " " * 10  # ISA02 and ISA04
QUALIFIER: Final = Element(Kind.CODE, 2, 2)
PARTNER: Final = Element(Kind.TEXT, 1, 15)  # ISA06, ISA08: padded to 15
PARTNER_CODE: Final = Element(Kind.TEXT, 2, 15)  # GS02, GS03
CONTROL_NUMBER: Final = Element(Kind.WHOLE, 9, 9, re.compile(r"(?!0+$)\d+", re.ASCII))
GROUP_NUMBER: Final = Element(Kind.WHOLE, 1, 9, re.compile(r"[1-9]\d*", re.ASCII))
TRANSACTION_NUMBER: Final = Element(Kind.TEXT, 4, 9, re.compile(r"(?!0+$)\d+", re.ASCII))
USAGE: Final = Element(Kind.CODE, 1, 1, re.compile("[PT]"))


@dataclass(frozen=True, slots=True)
class Control:
    """Who sends to whom, when, under which numbers: all of the envelope that is not the same each time.

    *sender_id* and *receiver_id* fill ISA06 and ISA08; *sender_code* and *receiver_code* fill GS02 and GS03,
    and are the ids again when not given. *created* is written as it stands, so give UTC. *reference* is
    BHT03, and TRN02 of a question that has no trace of its own. *usage* is ``P`` for production, ``T`` for
    test.
    """

    sender_id: str
    receiver_id: str
    interchange_number: int
    group_number: int
    transaction_number: int
    created: datetime
    reference: str = ""
    usage: Literal["P", "T"] = "P"
    sender_qualifier: str = "ZZ"
    receiver_qualifier: str = "ZZ"
    sender_code: str = ""
    receiver_code: str = ""

    @property
    def originator(self) -> str:
        """TRN03: ``9`` for a number of one's own choosing, then nine characters, taken from the sender id."""
        known = "".join(letter for letter in self.sender_id if letter.isascii() and letter.isalnum())
        return "9" + known[-9:].rjust(9, "0")


class Numbers(NamedTuple):
    """One set of control numbers, named as in `Control`: ``Control(..., **numbers._asdict())``."""

    interchange_number: int
    group_number: int
    transaction_number: int
    reference: str


class NumberSource(Protocol):
    """Where numbers come from: a counter in Redis or in a database, or the clock."""

    def next_number(self) -> int:
        """Return a whole number, zero or more, that nobody who shares this source was or will be given."""
        ...


@dataclass(slots=True)
class ClockSource:
    """Numbers from the clock, for processes that share nothing: milliseconds, interleaved by *slot*.

    Within a process no number comes twice, whatever the clock does: each is at least one tick beyond the one
    before, under a lock. Among processes, those with different slots (of the same number of *slots*) never
    meet, since each has a residue class of its own. Two with the same slot meet only when both ask within the
    same millisecond, or when one restarts after the clock was set back. Give each worker its slot where a
    payer minds.
    """

    slot: int = 0
    slots: int = 1
    clock: Callable[[], int] = time_ns
    _last: int = field(default=-1, init=False, repr=False)
    _lock: Lock = field(default_factory=Lock, init=False, repr=False)

    def __post_init__(self) -> None:
        """Refuse a slot that is not one of the slots."""
        if not 0 <= self.slot < self.slots:
            raise ValueError("slot must be at least zero and below slots")

    def next_number(self) -> int:
        """Return the tick now, or the one after the last, in this slot."""
        with self._lock:
            self._last = max(self._last + 1, self.clock() // NANOSECONDS_PER_TICK)
            return self._last * self.slots + self.slot


@dataclass(frozen=True, slots=True)
class ControlNumbers:
    """Issues control numbers; safe to share among threads.

    Nine digits cannot be unique for ever, so nothing depends on them alone. A reply is matched by
    *reference* (TRN02, BHT03): 122 bits drawn from the operating system each time (`uuid.uuid4`), so that
    neither a fork nor another machine repeats one; among a billion of them the chance of any repetition is 1
    in 10^19. It is upper case because payers echo in upper case. ISA13 and GS06 are the source's number,
    wrapped into 1 to 999,999,999: numbers that differ by less than that stay different. A counter wraps after
    as many questions; `ClockSource` after 11.5 days divided by its slots, so a payer that remembers numbers
    for longer wants a counter. ST02 is 1: an interchange of ours has one transaction.
    """

    source: NumberSource = field(default_factory=ClockSource)

    def issue(self) -> Numbers:
        """Issue the next set."""
        number = self.source.next_number() % HIGHEST_NUMBER + 1
        return Numbers(number, number, 1, uuid4().hex.upper())


class Guide(NamedTuple):
    """An implementation guide: transaction (ST01), functional group (GS01) and name (GS08, ST03)."""

    transaction: str
    group: str
    name: str


def write_interchange(
    guide: Guide, body: Sequence[Segment], control: Control, delimiters: Delimiters = STANDARD
) -> str:
    """Put *body*, the segments between ST and SE, into its envelope, with every count right.

    The interchange begins with an ISA segment of exactly 106 characters and is pure ASCII without line
    breaks.

    Raises:
        BadInput: a value cannot be written; ``errors`` names every field that is to blame.
    """
    group = Entry(str(control.group_number), GROUP_NUMBER, "/control/group_number")
    number = f"{control.transaction_number:04d}"
    transaction = Entry(number, TRANSACTION_NUMBER, "/control/transaction_number")
    segments: list[Segment] = [
        _group_header(guide, control, group),
        ("ST", guide.transaction, transaction, guide.name),
        *body,
        ("SE", Entry(str(len(body) + 2), COUNT, ""), transaction),
        ("GE", "1", group),
        ("IEA", "1", _interchange_number(control)),
    ]
    scribe = _Scribe(delimiters)
    written = [scribe.write_interchange_header(control), *map(scribe.write_segment, segments)]
    scribe.complain()
    return "".join(segment + delimiters.segment for segment in written)


def write_date(day: date, pointer: str) -> Entry:
    """Write a date as X12 has it, ``CCYYMMDD``."""
    return Entry(day.isoformat()[:10].replace("-", ""), DATE, pointer)


def write_moment(control: Control) -> tuple[Entry, Entry]:
    """Write when the interchange was created, as date and time of day, ``CCYYMMDD`` and ``HHMM``."""
    time = Entry(f"{control.created:%H%M}", TIME, "/control/created")
    return write_date(control.created, time.pointer), time


def _interchange_number(control: Control) -> Entry:
    return Entry(f"{control.interchange_number:09d}", CONTROL_NUMBER, "/control/interchange_number")


def _group_header(guide: Guide, control: Control, group: Entry) -> Segment:
    return (
        "GS",
        guide.group,
        _partner_code("sender", control.sender_code, control.sender_id),
        _partner_code("receiver", control.receiver_code, control.receiver_id),
        *write_moment(control),
        group,
        "X",
        guide.name,
    )


def _partner_code(side: str, code: str, identifier: str) -> Entry:
    return Entry(code or identifier, PARTNER_CODE, f"/control/{side}_{'code' if code else 'id'}")


@dataclass(slots=True)
class _Scribe:
    """Writes segments and remembers every field that could not be written."""

    delimiters: Delimiters
    errors: dict[str, str] = field(default_factory=dict)

    def complain(self) -> None:
        if self.errors:
            raise BadInput("Some values cannot be written in X12; correct the fields named.", self.errors)

    def write_segment(self, segment: Segment) -> str:
        return self.delimiters.element.join(map(self._write_item, segment)).rstrip(self.delimiters.element)

    def write_interchange_header(self, control: Control) -> str:
        items = (
            *("ISA", "00", NO_INFORMATION, "00", NO_INFORMATION),
            *self._write_partner("sender", control.sender_qualifier, control.sender_id),
            *self._write_partner("receiver", control.receiver_qualifier, control.receiver_id),
            f"{control.created:%y%m%d}",
            f"{control.created:%H%M}",
            *(self.delimiters.repetition, "00501", self._write_item(_interchange_number(control)), "0"),
            *(self._write_item(Entry(control.usage, USAGE, "/control/usage")), self.delimiters.component),
        )
        return self.delimiters.element.join(items)

    def _write_partner(self, side: str, qualifier: str, identifier: str) -> tuple[str, str]:
        role = self._write_item(Entry(qualifier, QUALIFIER, f"/control/{side}_qualifier"))
        partner = self._write_item(Entry(identifier, PARTNER, f"/control/{side}_id"))
        return role, partner.ljust(PARTNER.longest)

    def _write_item(self, item: Item) -> str:
        if item is None:
            return ""
        if isinstance(item, Entry):
            return self._write_entry(item)
        if isinstance(item, tuple):
            return self.delimiters.component.join(map(self._write_item, item))
        return self._write_entry(Entry(item, CODE, "/"))

    def _write_entry(self, entry: Entry) -> str:
        try:
            return encode(entry, self.delimiters)
        except BadInput as refusal:
            self.errors |= refusal.errors
            return ""
