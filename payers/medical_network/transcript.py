"""A 271 written down from JSON for the one reader of 271s; a segment remembers which JSON it came from."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Final, TypeVar

from payers.kit.json_text import Node
from verifier.errors import UnreadableReply
from verifier.model.coverage import Benefit, CarveOut, Coverage, Entity, OtherCoverage, Rejection, Source
from verifier.model.coverage import Warning as Remark

GUIDE: Final = "005010X279A1"
MOST_SEGMENTS: Final = 20_000
NO_NUMBER: Final = "000000000"
DELIMITERS: Final = ("*", "^", ":", "~")  # element, repetition, component, segment: those that payers use
SPARE: Final = ("|", "!", "`", "{", "}", "\\", "=", "@", "%", ";")  # instead of one that stands in a value
NOTHING: Final = " " * 10
HEADER: Final = (
    "ISA",
    "00",
    NOTHING,
    "00",
    NOTHING,
    "ZZ",
    f"{'JSON':15}",
    "ZZ",
    f"{'VERIFIER':15}",
    "000101",
    "0000",
)
GROUP: Final = ("GS", "HB", "JSON", "VERIFIER", "20000101", "0000", "1", "X", GUIDE)
UNPRINTABLE: Final = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")
ENVELOPE_LIKE: Final = re.compile(r"ISA(?=[^A-Za-z0-9 ])")  # words that a reader could take for an envelope
NUMBERED: Final = re.compile(r"Segment (\d+)")
REPEATED, COMPOSED = "\x01", "\x02"  # stand for the delimiters until those are chosen
Row = TypeVar("Row", Benefit, CarveOut, Entity, OtherCoverage, Rejection)


class Composite(str):
    """An element of several values, which `Transcript.write` parts with the delimiters it chooses."""

    __slots__ = ()


def repeat(values: Iterable[str]) -> Composite:
    """Write the repetitions of one element."""
    return Composite(REPEATED.join(map(_clean, values)))


def compose(*values: str | None) -> Composite:
    """Write the components of one element, without empty ones at its end."""
    return Composite(COMPOSED.join(_clean(value or "") for value in values).rstrip(COMPOSED))


def _clean(value: str) -> str:
    return ENVELOPE_LIKE.sub("ISA ", UNPRINTABLE.sub(" ", value)).strip()


@dataclass(slots=True)
class Transcript:
    """The segments from ST on, and the JSON that each came from."""

    segments: list[tuple[str, ...]] = field(default_factory=lambda: [("ST", "271", "0001", GUIDE)])
    places: dict[int, Node] = field(default_factory=dict)
    loops: dict[int, str | None] = field(default_factory=dict)  # of AAA segments, as the JSON has it
    element: str = DELIMITERS[0]

    def add(self, name: str, *elements: str | None, place: Node | None = None) -> None:
        """Write one segment.

        Raises:
            UnreadableReply: there are more of them than any answer has.
        """
        if len(self.segments) >= MOST_SEGMENTS:
            raise UnreadableReply("The reply holds more than any eligibility answer does.")
        values = (value if isinstance(value, Composite) else _clean(value or "") for value in elements)
        self.segments.append((name, *values))
        if place is not None:
            self.places[len(self.segments)] = place

    def add_refusal(self, code: str, action: str, place: Node, loop: str | None) -> None:
        """Write an AAA; *loop* is where the JSON says that it stands."""
        self.add("AAA", "N", "", code, action, place=place)
        self.loops[len(self.segments)] = loop

    def write(self) -> str:
        """Write the interchange, with delimiters that stand in no value as far as there are any."""
        trailer = (("SE", str(len(self.segments) + 1), "0001"), ("GE", "1", "1"), ("IEA", "1", NO_NUMBER))
        element, repetition, component, terminator = _choose_delimiters(self.segments)
        self.element = element
        finished = str.maketrans({REPEATED: repetition, COMPOSED: component})
        blanked = str.maketrans(dict.fromkeys(element + terminator, " "))
        lines = (
            element.join(value.translate(blanked) for value in each) for each in (*self.segments, *trailer)
        )
        texts = (_close(line.rstrip(element), element).translate(finished) for line in lines)
        header = element.join([*HEADER, repetition, "00501", NO_NUMBER, "0", "P", component])
        return terminator.join([header, element.join(GROUP), *texts, ""])

    def relocate(self, coverage: Coverage) -> Coverage:
        """Give *coverage*, read from what was written, the places in the JSON for those in the segments."""
        return replace(
            coverage,
            benefits=tuple(self._relocate_benefit(benefit) for benefit in coverage.benefits),
            rejections=tuple(self._relocate_rejection(rejection) for rejection in coverage.rejections),
            carve_outs=tuple(map(self._move, coverage.carve_outs)),
            other_coverage=tuple(map(self._move, coverage.other_coverage)),
            warnings=tuple(self._relocate_warning(warning) for warning in coverage.warnings),
        )

    def _relocate_benefit(self, benefit: Benefit) -> Benefit:
        usual = DELIMITERS[0]
        delivery = tuple(
            each._replace(text=each.text.replace(self.element, usual)) for each in benefit.delivery
        )
        entities = tuple(map(self._move, benefit.entities))
        return self._move(benefit)._replace(delivery=delivery, entities=entities)

    def _relocate_rejection(self, rejection: Rejection) -> Rejection:
        loop = self.loops.get(rejection.source.segment or 0, rejection.loop)
        return self._move(rejection)._replace(loop=loop)

    def _relocate_warning(self, warning: Remark) -> Remark:
        found = NUMBERED.match(warning.text)
        place = self.places.get(int(found[1])) if found else None
        return warning._replace(text=NUMBERED.sub(place.pointer, warning.text, count=1)) if place else warning

    def _move(self, row: Row) -> Row:
        place = self.places.get(row.source.segment or 0)
        return row._replace(source=Source(None, place.write(), place.pointer)) if place else row


def _choose_delimiters(segments: Iterable[tuple[str, ...]]) -> list[str]:
    used = set().union(*(value for segment in segments for value in segment))
    spare = [delimiter for delimiter in SPARE if delimiter not in used]
    return [spare.pop(0) if delimiter in used and spare else delimiter for delimiter in DELIMITERS]


def _close(line: str, element: str) -> str:
    """Keep one delimiter in a segment that has lost all: a reader knows a segment by it."""
    return line if element in line else line + element
