"""Segments of one 271 in, its HL loops out: who speaks, of whom, and what is said outside any benefit.

Loops and segments are those of 005010X279A1. HL02 tells whose child a loop is; HL04 is often wrong and is
not read.
"""

from collections.abc import Callable
from typing import Final

from payers.x12.attachments import read_dated, read_message
from payers.x12.benefits import EB, MOST_ELEMENTS, Outlet, read_benefits
from payers.x12.entities import (
    PersonDraft,
    join_name,
    pick,
    pick_name,
    read_reference,
    read_relationship,
    read_street,
    read_town,
)
from payers.x12.reader import Transaction
from payers.x12.rejections import read_rejection
from verifier.model.coverage import Benefit, DateSpan, PayerName, Rejection, Source
from verifier.model.coverage import Warning as Remark

SOURCE, RECEIVER, SUBSCRIBER, DEPENDENT = "A", "B", "C", "D"  # as in 2000A to 2000D
LETTERS: Final = {"20": SOURCE, "21": RECEIVER, "22": SUBSCRIBER, "23": DEPENDENT}  # HL03
BELOW: Final = {
    "": SOURCE,
    SOURCE: RECEIVER,
    RECEIVER: SUBSCRIBER,
    SUBSCRIBER: DEPENDENT,
    DEPENDENT: DEPENDENT,
}
PEOPLE: Final = {"IL": SUBSCRIBER, "74": SUBSCRIBER, "03": DEPENDENT, "QC": DEPENDENT}  # NM101
PAYERS: Final = frozenset({"PR", "P5", "2B", "36", "GP"})  # NM101
SHOWN: Final = 10
HL_PADDING: Final = ["", "", ""]
NOBODY: Final = PayerName()


class Loop:
    """One HL loop and everything said in it outside any other."""

    def __init__(self, letter: str, parent: "Loop | None" = None, payer: PayerName | None = None) -> None:
        """Open a loop, *letter* A to D as in 2000A to 2000D; empty for what stands before any HL."""
        self.letter = letter
        self.is_person = letter == SUBSCRIBER or letter == DEPENDENT  # noqa: PLR1714 - a set costs more here
        self.parent = parent
        self.payer = payer or NOBODY
        self.person = PersonDraft("self" if letter == SUBSCRIBER else "unknown")
        self.is_named = False
        self.benefits: list[Benefit] = []
        self.rejections: list[Rejection] = []
        self.dates: list[DateSpan] = []
        self.messages: list[str] = []
        self.traces: list[str] = []

    def name_place(self, *, in_benefit: bool) -> str | None:
        """Name the loop in which an AAA stands, 2000A to 2110D."""
        if not self.letter:
            return None
        if in_benefit or self.benefits:
            return f"2110{self.letter}"
        return f"{'2100' if self.is_named else '2000'}{self.letter}"


class LoopReader:
    """Reads one transaction; ``loops``, ``reference`` (BHT03) and ``remarks`` hold what it found."""

    def __init__(self, transaction: Transaction) -> None:
        """Get ready to read *transaction*."""
        self.transaction = transaction
        self.loop = Loop("")
        self.loops = [self.loop]
        self.by_id: dict[str, Loop] = {}
        self.payer = NOBODY
        self.subscriber: Loop | None = None  # the last one
        self.reference: str | None = None
        self.is_in_benefit = False
        self.remarks: list[Remark] = []
        self.strange: set[str] = set()

    def read(self) -> None:
        """Read every segment once, in order."""
        element = self.transaction.separators.element
        stream = enumerate(self.transaction.segments, 1)
        for position, text in stream:
            elements = text.split(element, MOST_ELEMENTS)
            if elements[0] == EB:
                outlet = Outlet(element, self.loop.benefits, self.pass_on, self.remarks)
                self.is_in_benefit = True
                elements, text, position = read_benefits(stream, (elements, text, position), outlet)  # noqa: PLW2901
                self.is_in_benefit = False
            if handle := HANDLING.get(elements[0]):
                handle(self, elements, text, position)
            else:
                self.strange.add(elements[0][:3])
        if self.strange:
            names = ", ".join(sorted(self.strange)[:SHOWN])
            told = f"Segments a 271 does not have were left out: {names}."
            self.remarks.append(Remark("SEGMENT_UNKNOWN", told))

    def pass_on(self, elements: list[str], text: str, position: int) -> None:
        """Read a segment that belongs to its loop and to no benefit."""
        if handle := HANDLING.get(elements[0]):
            handle(self, elements, text, position)
        else:
            self.strange.add(elements[0][:3])

    def open_loop(self, letter: str, parent: Loop | None) -> None:
        """Go on in a new loop."""
        self.loop = Loop(letter, parent, self.payer)
        self.loops.append(self.loop)
        if letter == SUBSCRIBER:
            self.subscriber = self.loop


def skip(_reader: LoopReader, _elements: list[str], _text: str, _position: int) -> None:
    """Pass over a segment that was read with the envelope, or says nothing of coverage."""


def read_header(reader: LoopReader, elements: list[str], _text: str, _position: int) -> None:
    """BHT: the reference that comes back from the inquiry."""
    reader.reference = pick(elements, 3)


def read_hierarchy(reader: LoopReader, elements: list[str], _text: str, _position: int) -> None:
    """HL: a new loop, whose child HL02 says it is."""
    _, identifier, parent_id, level = (elements + HL_PADDING)[:4]
    parent = reader.by_id.get(parent_id)
    letter = LETTERS.get(level) or BELOW[parent.letter if parent else ""]
    if letter == DEPENDENT and (parent is None or not parent.is_person):
        parent = reader.subscriber
    reader.open_loop(letter, parent)
    reader.by_id[identifier] = reader.loop


def read_name(reader: LoopReader, elements: list[str], _text: str, _position: int) -> None:
    """NM1 outside a benefit: the payer, the asking provider, the subscriber or the dependent."""
    code = elements[1] if len(elements) > 1 else ""
    loop = reader.loop
    letter = PEOPLE.get(code)
    if letter and _stands_in_wrong_loop(loop, letter):
        reader.open_loop(letter, loop if loop.is_person else None)
        loop = reader.loop
    if not loop.is_named:
        loop.is_named = True
        if loop.is_person:
            loop.person.name = elements
        elif loop.letter == SOURCE or code in PAYERS:
            _, _, _, last, first, middle, _, suffix, _, identifier = pick_name(elements)
            reader.payer = loop.payer = PayerName(join_name(first, middle, last, suffix), identifier)


def _stands_in_wrong_loop(loop: Loop, letter: str) -> bool:
    """Tell whether a person is named where no HL has opened a loop for them."""
    return not loop.is_person or (loop.letter == SUBSCRIBER and letter == DEPENDENT and loop.is_named)


def read_street_line(reader: LoopReader, elements: list[str], _text: str, _position: int) -> None:
    """N3 of a person."""
    reader.loop.person.street += read_street(elements)


def read_town_line(reader: LoopReader, elements: list[str], _text: str, _position: int) -> None:
    """N4 of a person."""
    reader.loop.person.street += read_town(elements)


def read_demographics(reader: LoopReader, elements: list[str], _text: str, _position: int) -> None:
    """DMG."""
    reader.loop.person.demographics = elements


def read_insured(reader: LoopReader, elements: list[str], _text: str, _position: int) -> None:
    """INS: the patient's relationship to the subscriber."""
    if pick(elements, 2):
        reader.loop.person.relationship = read_relationship(elements)


def read_identifier(reader: LoopReader, elements: list[str], _text: str, _position: int) -> None:
    """REF of a person."""
    reader.loop.person.references.append(read_reference(elements))


def read_loop_date(reader: LoopReader, elements: list[str], _text: str, _position: int) -> None:
    """DTP that holds for every benefit of its loop."""
    if span := read_dated(elements):
        reader.loop.dates.append(span)


def read_loop_message(reader: LoopReader, _elements: list[str], text: str, _position: int) -> None:
    """MSG outside any benefit."""
    if message := read_message(text):
        reader.loop.messages.append(message)


def read_trace(reader: LoopReader, elements: list[str], _text: str, _position: int) -> None:
    """TRN: the trace numbers of the inquiry and of those who passed it on."""
    if number := pick(elements, 2):
        reader.loop.traces.append(number)


def read_refusal(reader: LoopReader, elements: list[str], text: str, position: int) -> None:
    """AAA, in whichever loop it stands; it does not end the benefit that it stands in."""
    place = reader.loop.name_place(in_benefit=reader.is_in_benefit)
    reader.loop.rejections.append(read_rejection(elements, place, Source(position, text)))


Handle = Callable[[LoopReader, list[str], str, int], None]
HANDLING: Final[dict[str, Handle]] = {
    **dict.fromkeys(("ST", "SE", "LS", "LE", "EQ", "HI", "HSD", "III", "MPI", "PER", "PRV"), skip),
    "AAA": read_refusal,
    "BHT": read_header,
    "DMG": read_demographics,
    "DTP": read_loop_date,
    "HL": read_hierarchy,
    "INS": read_insured,
    "MSG": read_loop_message,
    "N3": read_street_line,
    "N4": read_town_line,
    "NM1": read_name,
    "REF": read_identifier,
    "TRN": read_trace,
}
