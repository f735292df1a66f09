"""Where interchanges begin in a text, and which separators each one uses.

The separators are told by the ISA segment (X12.5), which payers send shortened, padded, wrapped or not at
all. So its sixteen elements are walked and never counted in characters, and a text without ISA tells its
separators by how its segments look.
"""

import re
from functools import lru_cache
from itertools import islice
from typing import Final, NamedTuple

from verifier.errors import UnreadableReply
from verifier.model.coverage import Warning as Remark

ISA: Final = "ISA"
HEADER: Final = re.compile(r"ISA([^A-Za-z0-9 \t\r\n])[A-Za-z0-9 ]{0,10}\1")
MOST_INTERCHANGES: Final = 1_000  # of more, the last one read holds the rest
HEADER_ELEMENTS: Final = 16
HEADER_LENGTH: Final = 105
LONGEST_HEADER: Final = 600  # characters in which a damaged ISA is searched for its end
USUAL_TERMINATOR: Final = "~"
USUAL_COMPONENT: Final = ":"
USUAL_REPETITION: Final = "^"
FIRST_REPETITION: Final = "00402"  # before this version ISA11 names a standards body
BLANKS: Final = " \t\r\n"
INVISIBLE: Final = "\ufeff\x01\x02 \t\r\n\0"
SURROUNDED: Final = Remark("TEXT_AROUND_ENVELOPE", "Text before or after the X12 message was left out.")

# What a segment of an eligibility reply looks like when no ISA has told the element separator.
LONE_SEGMENT: Final = re.compile(
    r"(?<![A-Za-z0-9])(?:"
    r"(?:ST(?P<st>[*|^!+\x1d])\d{3}(?![A-Za-z0-9]))|"
    r"(?:GS(?P<gs>[*|^!+\x1d])[A-Z]{2}(?P=gs))|"
    r"(?:TA1(?P<ta>[*|^!+\x1d])[^*|]{1,15}(?P=ta))|"
    r"(?:BHT(?P<bht>[*|^!+\x1d])\d{4}(?P=bht))|"
    r"(?:HL(?P<hl>[*|^!+\x1d])\d{1,6}(?P=hl))|"
    r"(?:NM1(?P<nm>[*|^!+\x1d])[A-Z0-9]{2,3}(?P=nm)[12](?P=nm))|"
    r"(?:AAA(?P<aaa>[*|^!+\x1d])[YN](?P=aaa))|"
    r"(?:EB(?P<eb>[*|^!+\x1d])[A-Z0-9]{1,2}(?![A-Za-z0-9 ]))"
    r")",
    re.ASCII,
)
NEXT_SEGMENTS: Final = (
    "BHT|HL|NM1|TRN|N3|N4|DMG|DTP|REF|EB|AAA|MSG|AK1|AK2|AK9|ST|SE|GS|GE|IEA|LS|LE|PER|INS|III|HSD"
)


class Separators(NamedTuple):
    """The four characters that make a text into segments, elements, components and repetitions."""

    element: str
    component: str
    repetition: str
    segment: str


class Envelope(NamedTuple):
    """One interchange, not yet cut: separators, elements of its ISA (empty: no ISA), and what follows it."""

    separators: Separators
    header: tuple[str, ...]
    body: str
    remarks: tuple[Remark, ...]


def find_envelopes(text: str) -> list[Envelope]:
    """Find every interchange in *text*, in order.

    Raises:
        UnreadableReply: nothing in it looks like X12.
    """
    if text.startswith(ISA) and text.find(ISA, len(ISA)) < 0 and HEADER.match(text):  # one, as nearly always
        return [_open_envelope(text)]
    headers = (found.start() for found in HEADER.finditer(text) if _is_segment_start(text, found))
    starts = list(islice(headers, MOST_INTERCHANGES))
    if not starts:
        return [_find_lone_segments(text)]
    bounds = zip(starts, [*starts[1:], len(text)], strict=True)
    envelopes = [_open_envelope(text[start:end]) for start, end in bounds]
    if text[: starts[0]].strip(INVISIBLE):  # what comes after is left out, and told, when the body is cut
        envelopes[0] = envelopes[0]._replace(remarks=(SURROUNDED, *envelopes[0].remarks))
    return envelopes


def _is_segment_start(text: str, found: re.Match[str]) -> bool:
    before = text[found.start() - 1 : found.start()]
    return not before.isalnum() and before != found[1]


def _open_envelope(text: str) -> Envelope:
    element = text[3]
    header = text.split(element, HEADER_ELEMENTS)
    end = _find_header_end(header, element)
    if end is None:
        return _open_damaged_envelope(text, element)
    mark, blanks = end[1].strip(BLANKS), end[2]
    body = header[-1][end.end(2) :]
    length = len(text) - len(header[-1]) + 1
    terminator = _read_terminator(mark, blanks, element, body)
    component = mark[0] if mark and mark[0] != terminator else USUAL_COMPONENT
    repetition, remarks = _read_repetition(header[11], header[12])
    if length != HEADER_LENGTH:
        remarks.append(Remark("ISA_LENGTH_WRONG", f"The ISA segment has {length} characters instead of 105."))
    separators = Separators(element, component, repetition, terminator)
    elements = tuple([part.strip() for part in header[:HEADER_ELEMENTS]])
    return Envelope(separators, elements, body, tuple(remarks))


def _find_header_end(header: list[str], element: str) -> re.Match[str] | None:
    """Match ISA16 and the terminator: the few characters that stand before the next segment.

    ISA14 and ISA15 are one character each; where they are not, the sixteen elements reach into the next
    segment.
    """
    if len(header) <= HEADER_ELEMENTS or len(header[14].strip()) > 1 or len(header[15].strip()) > 1:
        return None
    return _header_end(element).match(header[-1])


@lru_cache(maxsize=64)
def _header_end(element: str) -> re.Pattern[str]:
    return re.compile(
        rf"([^A-Za-z0-9]{{0,6}}?)([ \t\r\n]*)(?:(?=[A-Z][A-Z0-9]{{1,2}}{re.escape(element)})|$)"
    )


def _read_terminator(mark: str, blanks: str, element: str, body: str) -> str:
    if len(mark) > 1 or mark == USUAL_TERMINATOR:
        told = mark[-1]
    elif "\n" in blanks or "\r" in blanks:
        told = "\n" if "\n" in blanks else "\r"
    else:
        told = mark or USUAL_TERMINATOR
    if told in body or not body:
        return told if told not in BLANKS or not _uses(USUAL_TERMINATOR, element, body) else USUAL_TERMINATOR
    return guess_terminator(body, element)


def _uses(terminator: str, element: str, body: str) -> bool:
    """Tell whether *terminator* stands before a segment near the start of *body*."""
    pattern = rf"{re.escape(terminator)}[ \t\r\n]*(?:{NEXT_SEGMENTS}){re.escape(element)}"
    return re.search(pattern, body[:LONGEST_HEADER]) is not None


def guess_terminator(body: str, element: str) -> str:
    """Guess the segment terminator from what stands before the second segment of *body*."""
    if _uses(USUAL_TERMINATOR, element, body):
        return USUAL_TERMINATOR
    quoted = re.escape(element)
    found = re.search(
        rf"([^A-Za-z0-9 \t{quoted}])[ \t\r\n]*(?:{NEXT_SEGMENTS}){quoted}", body[1:LONGEST_HEADER]
    )
    if found:
        return found[1] if found[1] != "\r" or "\n" not in body else "\n"
    return USUAL_TERMINATOR if USUAL_TERMINATOR in body or "\n" not in body else "\n"


def _read_repetition(told: str, version: str) -> tuple[str, list[Remark]]:
    if len(told) == 1 and not told.isalnum() and told not in BLANKS:
        return told, []
    if version.strip() < FIRST_REPETITION:
        return USUAL_REPETITION, []
    return USUAL_REPETITION, [
        Remark("REPETITION_SEPARATOR_MISSING", "ISA11 names no repetition separator; ^ was taken.")
    ]


def _open_damaged_envelope(text: str, element: str) -> Envelope:
    """Read an ISA that has not sixteen elements: its end is where GS or another segment begins."""
    quoted = re.escape(element)
    found = re.search(rf"[ \t\r\n]*(?:GS|ST|TA1|IEA){quoted}", text[:LONGEST_HEADER])
    start = found.start() if found else min(len(text), LONGEST_HEADER)
    body = text[start:]
    before = text[:start].rstrip(BLANKS)[-1:]
    terminator = before if found and before and not before.isalnum() and before != element else ""
    remark = Remark(
        "ISA_DAMAGED", "The ISA segment has not its sixteen elements; separators were taken from the text."
    )
    separators = Separators(
        element, USUAL_COMPONENT, USUAL_REPETITION, terminator or guess_terminator(body, element)
    )
    return Envelope(separators, (), body, (remark,))


def _find_lone_segments(text: str) -> Envelope:
    found = LONE_SEGMENT.search(text)
    if not found:
        raise UnreadableReply(
            "There is no X12 message in it; send the payer's reply exactly as it was received."
        )
    element = next(separator for separator in found.groups() if separator)
    body = text[found.start() :]
    remarks = [
        *([SURROUNDED] if text[: found.start()].strip(INVISIBLE) else []),
        Remark(
            "ENVELOPE_MISSING",
            "The message came without its ISA envelope; separators were taken from the text.",
        ),
    ]
    separators = Separators(element, USUAL_COMPONENT, USUAL_REPETITION, guess_terminator(body, element))
    return Envelope(separators, (), body, tuple(remarks))
