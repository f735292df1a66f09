"""Reads a 270 as a strict payer does: one question about one patient, or a refusal.

Kept apart from `payers.x12` on purpose: whatever that writes is read here by other eyes
(ASC X12 005010X279A1; CAQH CORE vC2.2.0 real-time mode: one inquiry a call).
"""

import re
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import pairwise
from typing import Final

Segment = list[str]

VERSION: Final = "005010X279A1"
ISA_WIDTHS: Final = (3, 2, 10, 2, 10, 2, 15, 2, 15, 6, 4, 1, 5, 9, 1, 1, 1)
ISA_LENGTH: Final = sum(ISA_WIDTHS) + len(ISA_WIDTHS) - 1  # without the terminator
MOST_SEGMENTS: Final = 200
RESERVED: Final = frozenset("*~^:")  # what this payer delimits its own replies with
COMPOSITE: Final = frozenset(
    {"EQ", "HI", "III"}
)  # may repeat or compose; an answer repeats none of their values
PRINTABLE: Final = re.compile(r"[ -~]*", re.ASCII)
HEAD: Final = ("ISA", "GS", "ST", "BHT")
TAIL: Final = ("SE", "GE", "IEA")
FIXED: Final = (
    ("ISA", 12, "00501"),
    ("GS", 1, "HS"),
    ("GS", 8, VERSION),
    ("ST", 1, "270"),
    ("ST", 3, VERSION),
    ("BHT", 1, "0022"),
    ("BHT", 2, "13"),
    ("GE", 1, "1"),
    ("IEA", 1, "1"),
)
TWINS: Final = (("ISA", 13, "IEA", 2), ("GS", 6, "GE", 2), ("ST", 2, "SE", 2))
LEVELS: Final = (
    ["HL", "1", "", "20"],
    ["HL", "2", "1", "21"],
    ["HL", "3", "2", "22"],
    ["HL", "4", "3", "23"],
)
KNOWN: Final = frozenset(
    {"HL", "NM1", "PRV", "TRN", "REF", "N3", "N4", "DMG", "INS", "HI", "DTP", "EQ", "AMT", "III"}
)


class InquiryFault(Exception):
    """A 270 this payer does not take; the text says which rule it breaks and holds none of its values."""


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody as a 270 or a scenario names them."""

    last_name: str = field(default="", repr=False)
    first_name: str = field(default="", repr=False)
    id: str = field(default="", repr=False)
    birth_date: date | None = field(default=None, repr=False)
    sex: str = field(default="", repr=False)
    relationship: str = "self"


@dataclass(frozen=True, slots=True)
class EligibilityInquiry:
    """What one 270 asks, with the numbers its answer has to bear."""

    sender: tuple[str, str] = field(repr=False)  # ISA05, ISA06 as padded
    receiver: tuple[str, str] = field(repr=False)  # ISA07, ISA08
    application: tuple[str, str] = field(repr=False)  # GS02, GS03
    usage: str  # ISA15
    interchange: str  # ISA13
    group: str  # GS06
    transaction: str  # ST02
    reference: str  # BHT03
    payer_id: str
    provider: tuple[str, ...] = field(repr=False)  # the NM1 of loop 2100B
    trace: tuple[str, ...]  # TRN02 and, where sent, TRN03 and TRN04
    subscriber: Person
    dependent: Person | None
    service_types: tuple[str, ...] = field(repr=False)

    @property
    def patient(self) -> Person:
        """Name the person asked about."""
        return self.dependent or self.subscriber


def read_inquiry(text: str) -> EligibilityInquiry:
    """Read the one question in *text*.

    Raises:
        InquiryFault: it is no 270 as the implementation guide wants it.
    """
    segments, repetition = _split(text)
    ends = _check_ends(segments)
    loops = _split_loops(segments[len(HEAD) : -len(TAIL)])
    isa, gs = ends["ISA"], ends["GS"]
    people = [_read_person(loop, code) for loop, code in zip(loops[2:], ("IL", "03"), strict=False)]
    return EligibilityInquiry(
        sender=(isa[5], isa[6]),
        receiver=(isa[7], isa[8]),
        application=(gs[2], gs[3]),
        usage=isa[15],
        interchange=isa[13],
        group=gs[6],
        transaction=ends["ST"][2],
        reference=_element(ends["BHT"], 3),
        payer_id=_read_payer(loops[0]),
        provider=tuple(_find(loops[1], "NM1", "1P")),
        trace=_read_trace(loops[-1]),
        subscriber=people[0],
        dependent=people[1] if len(people) > 1 else None,
        service_types=_read_services(loops[-1], repetition),
    )


def _refuse_unless(condition: object, rule: str) -> None:
    if not condition:
        raise InquiryFault(rule)


def _split(text: str) -> tuple[list[Segment], str]:
    _refuse_unless(
        text.startswith("ISA") and len(text) > ISA_LENGTH, "A 270 begins with an ISA of 106 characters."
    )
    separator, repetition, component, terminator = (text[at] for at in (3, 82, ISA_LENGTH - 1, ISA_LENGTH))
    delimiters = {separator, repetition, component, terminator}
    _refuse_unless(len(delimiters) == 4, "The four delimiters of the ISA differ from each other.")  # noqa: PLR2004
    _refuse_unless(
        not any(character.isalnum() or character == " " for character in delimiters),
        "A delimiter is punctuation.",
    )
    *lines, rest = text.split(terminator)
    _refuse_unless(not rest.strip(), "Nothing follows the IEA.")
    _refuse_unless(len(lines) <= MOST_SEGMENTS, "A real-time 270 asks about one patient.")
    segments = [line.strip("\r\n").split(separator) for line in lines]
    _refuse_unless(tuple(map(len, segments[0])) == ISA_WIDTHS, "The ISA has 16 elements of fixed width.")
    _check_characters(segments)
    return segments, repetition


def _check_characters(segments: list[Segment]) -> None:
    """See that every value can be printed, and that those an answer repeats cannot break its segments."""
    _refuse_unless(
        all(PRINTABLE.fullmatch("".join(segment)) for segment in segments), "Values are printable ASCII."
    )
    repeated = (segments[0][:11], *(segment for segment in segments[1:] if segment[0] not in COMPOSITE))
    _refuse_unless(
        all(RESERVED.isdisjoint("".join(segment)) for segment in repeated),
        "A value holds a character this payer uses as a delimiter.",
    )


def _check_ends(segments: list[Segment]) -> dict[str, Segment]:
    names = tuple(segment[0] for segment in segments)
    _refuse_unless(
        names[: len(HEAD)] == HEAD and names[-len(TAIL) :] == TAIL,
        "ISA, GS, ST, BHT come first and SE, GE, IEA last.",
    )
    ends = {segment[0]: segment for segment in (*segments[: len(HEAD)], *segments[-len(TAIL) :])}
    for name, at, value in FIXED:
        _refuse_unless(_element(ends[name], at) == value, f"{name}{at:02} is {value}.")
    for name, at, twin, twin_at in TWINS:
        number = _element(ends[name], at)
        _refuse_unless(
            number and number == _element(ends[twin], twin_at),
            f"{name}{at:02} and {twin}{twin_at:02} are the same.",
        )
    _refuse_unless(len(ends["GS"]) == 9, "The GS has eight elements.")  # noqa: PLR2004 - with its name
    counted = str(len(segments) - 4)  # all but ISA, GS, GE, IEA
    _refuse_unless(_element(ends["SE"], 1) == counted, "SE01 counts the segments from ST to SE.")
    return ends


def _split_loops(segments: list[Segment]) -> list[list[Segment]]:
    _refuse_unless(all(segment[0] in KNOWN for segment in segments), "A segment has no place in a 270.")
    starts = [at for at, segment in enumerate(segments) if segment[0] == "HL"]
    levels = [segments[at][:4] for at in starts]
    _refuse_unless(
        levels in (list(LEVELS[:3]), list(LEVELS)) and starts[0] == 0,
        "HL levels are 20, 21, 22 and, for a dependent, 23, each the child of the one before.",
    )
    return [segments[begin:end] for begin, end in pairwise((*starts, len(segments)))]


def _element(segment: Segment, at: int) -> str:
    return segment[at] if at < len(segment) else ""


def _find(loop: list[Segment], name: str, code: str) -> Segment:
    found = [segment for segment in loop if segment[0] == name and _element(segment, 1) == code]
    _refuse_unless(len(found) == 1, f"HL level {loop[0][3]} has one {name}*{code}.")
    return found[0]


def _read_payer(loop: list[Segment]) -> str:
    payer_id = _element(_find(loop, "NM1", "PR"), 9)
    _refuse_unless(payer_id, "NM109 of the payer is its id.")
    return payer_id


def _read_trace(loop: list[Segment]) -> tuple[str, ...]:
    trace = tuple(_find(loop, "TRN", "1")[2:5])
    _refuse_unless(trace and trace[0], "TRN02 is a trace number.")
    _refuse_unless(len(trace) == 1 or len(trace[1]) == 10, "TRN03 has ten characters.")  # noqa: PLR2004 - said
    return trace


def _read_person(loop: list[Segment], code: str) -> Person:
    name = _find(loop, "NM1", code)
    demographics = next((segment for segment in loop if segment[0] == "DMG"), [])
    return Person(
        last_name=_element(name, 3),
        first_name=_element(name, 4),
        id=_element(name, 9),
        birth_date=_read_date(_element(demographics, 2)),
        sex=_element(demographics, 3),
    )


def _read_date(text: str) -> date | None:
    try:
        return datetime.strptime(text, "%Y%m%d").date() if text else None  # noqa: DTZ007 - a date has no zone
    except ValueError:
        raise InquiryFault("DMG02 is a date, CCYYMMDD.") from None


def _read_services(loop: list[Segment], repetition: str) -> tuple[str, ...]:
    asked = [_element(segment, 1) for segment in loop if segment[0] == "EQ"]
    _refuse_unless(asked, "The patient's loop has an EQ.")
    return tuple(code for codes in asked for code in codes.split(repetition) if code)
