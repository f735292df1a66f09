"""Cuts the body of an interchange into segments, and mends what payers' editors and wrappers did to it."""

import re
from functools import lru_cache
from typing import Final, NamedTuple

from payers.x12.envelope import SURROUNDED, Separators
from verifier.model.coverage import Warning as Remark

MOST_SEGMENTS: Final = 26_000  # read, they cost three quarters of a kilobyte each
MOST_REMARKS: Final = 100  # of one interchange or transaction; nobody reads more
SEGMENT_ID: Final = re.compile(r"[A-Z][A-Z0-9]{1,2}", re.ASCII)
LINES: Final = re.compile(r"[\r\n]+")
FRAME: Final = " \t\r\n\x03\0"
ENVELOPE: Final = ("ST", "SE", "GS", "GE", "IEA", "TA1")
# Only these may begin in the middle of what looks like one segment; any other line continues it.
KNOWN: Final = frozenset(
    (
        *(
            "AAA",
            "AK1",
            "AK2",
            "AK3",
            "AK4",
            "AK5",
            "AK9",
            "BHT",
            "CTX",
            "DMG",
            "DTP",
            "EB",
            "EQ",
            "GE",
            "GS",
        ),
        *("HI", "HL", "HSD", "IEA", "III", "IK3", "IK4", "IK5", "INS", "ISA", "LE", "LS", "MPI", "MSG", "N1"),
        *("N2", "N3", "N4", "NM1", "PER", "PRV", "REF", "SE", "ST", "TA1", "TRN"),
    )
)


class Cut(NamedTuple):
    """A body cut into segments; *marks* are the positions of those that belong to the envelope."""

    segments: list[str]
    marks: list[int]
    remarks: list[Remark]


def cut_segments(body: str, separators: Separators) -> Cut:
    """Cut *body* at its terminator into segments as sent, without blanks or line breaks around them.

    Clean bodies pay only for looking at how each segment begins. Lists are built for their speed.
    """
    element, terminator = separators.element, separators.segment
    message, remarks = _cut_trailer(body, separators)
    segments = message.split(terminator, MOST_SEGMENTS)
    if len(segments) > MOST_SEGMENTS:
        segments.pop()
        remarks.append(Remark("SEGMENT_LIMIT", f"Only the first {MOST_SEGMENTS} segments were read."))
    has_lines = "\n" in message or "\r" in message
    if has_lines or f" {terminator}" in message or f"{terminator} " in message:
        segments = [segment for piece in segments if (segment := piece.strip())]
    starts = [segment[:3] for segment in segments]
    if not known_starts(element).issuperset(starts) or (has_lines and _has_line_inside(segments)):
        segments, mended = _mend(segments, element)
        remarks += mended
        starts = [segment[:3] for segment in segments]
    marks = mark_starts(element)
    return Cut(segments, [position for position, start in enumerate(starts) if start in marks], remarks)


@lru_cache(maxsize=64)
def known_starts(element: str) -> frozenset[str]:
    """Return the first three characters of every known segment."""
    return frozenset(f"{name}{element}"[:3] for name in KNOWN)


@lru_cache(maxsize=64)
def mark_starts(element: str) -> frozenset[str]:
    """Return the first three characters of every envelope segment."""
    return frozenset(f"{name}{element}"[:3] for name in ENVELOPE)


@lru_cache(maxsize=64)
def _last_segment(element: str) -> re.Pattern[str]:
    return re.compile(rf"IEA(?:{re.escape(element)}[A-Za-z0-9 ]*)*")


def _has_line_inside(segments: list[str]) -> bool:
    return any(["\n" in segment or "\r" in segment for segment in segments])  # noqa: C419 - a list is faster here


def _cut_trailer(body: str, separators: Separators) -> tuple[str, list[Remark]]:
    """Leave out what follows the last IEA segment."""
    element = separators.element
    start = body.rfind(f"IEA{element}")
    if start < 0:
        return body, []
    found = _last_segment(element).match(body, start)
    end = found.end() if found else len(body)
    remarks = [SURROUNDED] if body[end:].strip(separators.segment + FRAME) else []
    return body[:end], remarks


def _mend(segments: list[str], element: str) -> tuple[list[str], list[Remark]]:
    """Join segments wrapped by line breaks, part those whose terminator is missing, leave out prose."""
    mended: list[str] = []
    wrapped = prose = 0
    for segment in segments:
        lines = [line for line in LINES.split(segment) if line.strip()]
        found = _join_lines(lines, element)
        starts = sum(1 for piece in found if piece)
        mended += [piece for piece in found if piece]
        prose += len(found) - starts
        wrapped += len(lines) - len(found)
    return mended, _describe_mending(wrapped, prose)


def _join_lines(lines: list[str], element: str) -> list[str]:
    """Make segments of *lines*; an empty one stands for a line of prose."""
    found: list[list[str]] = []
    for line in lines:
        name = _identify(line, element)
        is_open = bool(found and found[-1])
        if name and (name in KNOWN or not is_open):
            found.append([line.lstrip()])
        elif is_open:
            found[-1].append(_continue(found[-1][-1], line))
        else:
            found.append([])
    return ["".join(pieces).strip() for pieces in found]


def _identify(line: str, element: str) -> str:
    """Return the segment id *line* begins with, or nothing."""
    text = line.strip()
    name, separator, _ = text[:4].partition(element)
    is_whole = bool(separator) or len(text) == len(name)
    return name if is_whole and SEGMENT_ID.fullmatch(name) else ""


def _continue(before: str, line: str) -> str:
    """Return what *line* adds to the one before; an indented word needs the blank that the break took."""
    text = line.lstrip()
    is_word = line[:1].isspace() and before[-1:].isalnum() and text[:1].isalnum()
    return f" {text}" if is_word else text


def _describe_mending(wrapped: int, prose: int) -> list[Remark]:
    remarks = []
    if wrapped:
        remarks.append(Remark("LINES_JOINED", f"{wrapped} line breaks inside segments were taken out."))
    if prose:
        remarks.append(Remark("TEXT_IGNORED", f"{prose} pieces of text between the segments were left out."))
    return remarks
