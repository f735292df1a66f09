"""The hot loop: segments of one 271 in, its HL loops out, every EB segment made one `Benefit`.

Loops and segments are those of 005010X279A1. HL02 tells whose child a loop is; HL04 is often wrong and not read.
"""

from collections.abc import Callable, Iterator
from typing import Final

from payers.x12.attachments import (
    ATTACHING,
    NO_CHILDREN,
    PLAIN_MESSAGE,
    Attached,
    freeze,
    new_tuple,
    read_dated,
    read_message,
    start_attaching,
)
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
from payers.x12.tables import (
    AUTHORIZATIONS,
    INSURANCE_TYPES,
    KINDS,
    LEVELS,
    NETWORKS,
    PERIODS,
    QUANTITIES,
)
from payers.x12.values import (
    LONGEST,
    NO_LIMIT_AMOUNT,
    NO_LIMIT_QUANTITY,
    read_dollars,
    read_procedure,
    read_quantity,
    read_services,
    split_services,
)
from verifier.model.coverage import Benefit, DateSpan, PayerName, Rejection, Source
from verifier.model.coverage import Warning as Remark
from verifier.money import read_rate

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
MOST_ELEMENTS: Final = 24  # more than any segment has; the rest of a hostile one stays uncut
SHOWN: Final = 10
COINSURANCE: Final = "A"
WITHOUT_LIMIT: Final = "H"
EB_ELEMENTS: Final = 14  # of an EB segment with its id; EB14 points to diagnoses asked about
MISSING: Final = [[""] * (EB_ELEMENTS - sent) for sent in range(EB_ELEMENTS + 1)]
LONGEST_EB: Final = 400  # characters; nothing of a longer one is worth remembering
UNCUT: Final = (3, 5)  # EB03 and EB05
END: Final = ["SE"]  # stands for the end of a transaction that breaks off
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
        self.reference: str | None = None
        self.is_in_benefit = False
        self.remarks: list[Remark] = []
        self.strange: set[str] = set()

    def read(self) -> None:
        """Read every segment once, in order: outside benefits here, an EB segment with its children in `_read_benefits`."""
        stream = enumerate(self.transaction.segments, 1)
        element = self.transaction.separators.element
        for position, text in stream:
            elements = text.split(element, MOST_ELEMENTS)
            if elements[0] == "EB":
                elements, text, position = self._read_benefits(stream, elements, text, position)  # noqa: PLW2901
            self.handle(elements, text, position)
        if self.strange:
            names = ", ".join(sorted(self.strange)[:SHOWN])
            self.remarks.append(
                Remark("SEGMENT_UNKNOWN", f"Segments a 271 does not have were left out: {names}.")
            )

    def handle(self, elements: list[str], text: str, position: int) -> None:
        """Read a segment that belongs to the loop and not to a benefit."""
        if handle := HANDLING.get(elements[0]):
            handle(self, elements, text, position)
        else:
            self.strange.add(elements[0][:3])

    def _read_benefits(
        self, stream: Iterator[tuple[int, str]], elements: list[str], text: str, position: int
    ) -> tuple[list[str], str, int]:
        """Read EB segments, each with what belongs to it, up to the next loop, whose HL it returns.

        These loops are what reading costs. So one runs inside the other over the same stream, MSG, the most frequent
        segment of all, is read in place, and the benefit is put together here, without calls.

        EB07 of nothing but nines and EB10 of 999 mean "no limit": the value is ``None``, and the benefit is unlimited
        unless its other measure does limit it. EB08 is the patient's share only for coinsurance; elsewhere (EB*D) it
        says what the plan covers, and stays in the source.
        """
        element = self.transaction.separators.element
        keep = self.loop.benefits.append
        self.is_in_benefit = True
        name = "EB"
        while name == "EB":
            eb, eb_text, eb_position = elements, text, position
            messages: list[str] = []
            attached: Attached | None = None
            for position, text in stream:
                elements = text.split(element, MOST_ELEMENTS)
                name = elements[0]
                if name == "MSG":
                    if (
                        message := elements[1].strip()
                        if len(elements) == PLAIN_MESSAGE
                        else read_message(text)
                    ):
                        messages.append(message)
                elif name == "EB":
                    break
                elif attach := ATTACHING.get(name):
                    if attached is None:
                        attached = start_attaching(messages)
                    attach(attached, elements, text, position)
                elif name == "HL":
                    break
                else:
                    self.handle(elements, text, position)
            else:
                name, elements = "", END
            sent = len(eb)
            if sent < EB_ELEMENTS:
                eb += MISSING[sent]
            elif sent > EB_ELEMENTS:
                del eb[EB_ELEMENTS:]
            is_long = len(eb_text) > LONGEST_EB
            if is_long:
                eb = shorten(eb)
            (
                _, code, level, services, insurance, plan, period, dollars, percent, measure, count, authorization,
                network, procedure,
            ) = eb  # fmt: skip
            amount = read_dollars(dollars) if dollars else None
            quantity = read_quantity(count) if count else None
            rate = read_rate(percent) if percent and code == COINSURANCE else None
            unlimited = code == WITHOUT_LIMIT
            if (dollars and amount is None) or (count and quantity is None) or (percent and rate is None):
                unlimited = judge_numbers(eb, eb_position, self.remarks) or unlimited
            if attached is None:
                delivery, places, dates, references, entities = NO_CHILDREN
            else:
                delivery, places, dates, references, entities = freeze(attached)
            keep(
                new_tuple(
                    Benefit,
                    (
                        KINDS[code],
                        code,
                        split_services(services) if is_long else read_services(services),
                        read_procedure(procedure) if procedure else None,
                        LEVELS[level],
                        NETWORKS[network],
                        PERIODS[period],
                        amount,
                        rate,
                        quantity,
                        QUANTITIES[measure] if measure else None,
                        AUTHORIZATIONS[authorization],
                        unlimited,
                        INSURANCE_TYPES[insurance] if insurance else None,
                        plan.strip() or None if plan else None,
                        delivery,
                        places,
                        tuple(messages),
                        dates,
                        references,
                        entities,
                        new_tuple(Source, (eb_position, eb_text, None, 0)),
                    ),
                )
            )
        self.is_in_benefit = False
        return elements, text, position

    def open_loop(self, letter: str, parent: Loop | None) -> None:
        """Go on in a new loop."""
        self.loop = Loop(letter, parent, self.payer)
        self.loops.append(self.loop)


def shorten(eb: list[str]) -> list[str]:
    """Cut what no element but a list or a text can be: whatever is remembered must be small."""
    return [part if place in UNCUT else part[:LONGEST] for place, part in enumerate(eb)]


def judge_numbers(elements: list[str], position: int, remarks: list[Remark]) -> bool:
    """Tell whether numbers that could not be read all say "no limit", and remark on one that says nothing."""
    code, dollars, percent, count = elements[1], elements[7], elements[8], elements[10]
    has_no_amount = NO_LIMIT_AMOUNT.fullmatch(dollars) is not None
    has_no_count = NO_LIMIT_QUANTITY.fullmatch(count) is not None
    if (
        (dollars and not has_no_amount and read_dollars(dollars) is None)
        or (count and not has_no_count and read_quantity(count) is None)
        or (percent and code == COINSURANCE and read_rate(percent) is None)
    ):
        remarks.append(
            Remark("NUMBER_UNREADABLE", f"Segment {position}: an amount, rate or quantity is no number.")
        )
    return (has_no_amount and (has_no_count or not count)) or (has_no_count and not dollars)


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
        parent = next((loop for loop in reversed(reader.loops) if loop.letter == SUBSCRIBER), None)
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
