"""The hot loop: EB segments and what follows each of them in, one `Benefit` each out.

Loops 2110C/D and 2120C/D of 005010X279A1.
"""

from collections.abc import Callable, Iterator
from typing import Final, NamedTuple

from payers.x12.attachments import (
    ATTACHING,
    LONGEST_DATE,
    PLACE,
    PLACE_LENGTH,
    Attached,
    read_message,
)
from payers.x12.segments import MOST_REMARKS
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
    read_span,
    split_services,
)
from verifier.model.coverage import Benefit, DateSpan, Delivery, Entity, Reference, Source
from verifier.model.coverage import Warning as Remark
from verifier.money import read_rate

EB: Final = "EB"
HL: Final = "HL"
END: Final = ["SE"]  # stands for the end of a transaction that breaks off
COINSURANCE: Final = "A"
WITHOUT_LIMIT: Final = "H"
ELEMENTS: Final = 14  # of an EB segment with its id; EB14 points to diagnoses asked about
MISSING: Final = [[""] * (ELEMENTS - sent) for sent in range(ELEMENTS + 1)]
MOST_ELEMENTS: Final = 24  # more than any segment has; the rest of a hostile one stays uncut
PLAIN_MESSAGE, PLAIN_PLACE, PLAIN_DATE = 2, 3, 4  # elements of a MSG, III, DTP such as nearly all are
LONGEST_EB: Final = 400  # characters; nothing of a longer one is worth remembering
UNCUT: Final = (3, 5)  # EB03 and EB05
SOURCE_DEFAULTS: Final = Source(None, "")[2:]

# A named tuple's own constructor is Python code and costs three times as much; a test counts the fields.
new_tuple: Final = tuple.__new__

NOTHING_ATTACHED: Final[tuple[tuple[Delivery, ...], tuple[Reference, ...], tuple[Entity, ...]]] = ((), (), ())

Segment = tuple[list[str], str, int]  # its elements, its text, its position
Stream = Iterator[tuple[int, str]]  # position and text of each segment


class Outlet(NamedTuple):
    """Where `read_benefits` puts benefits and remarks, and whom it passes other segments on to."""

    element: str  # the separator
    benefits: list[Benefit]
    pass_on: Callable[[list[str], str, int], None]
    remarks: list[Remark]


def read_benefits(stream: Stream, opening: Segment, outlet: Outlet) -> Segment:  # noqa: C901, PLR0912
    """Read EB segments, each with what belongs to it, up to the next HL segment, which is returned.

    EB07 of nothing but nines and EB10 of 999 mean "no limit": the value is ``None``, and the benefit is
    unlimited unless its other measure does limit it. EB08 is the patient's share only for coinsurance;
    elsewhere (EB*D) it says what the plan covers, and stays in the source.
    """
    # Two thirds of all reading time are spent in this function. Every call taken out of it is worth a few
    # hundredths of that, so the three most frequent segments are read in place, and the benefit is put
    # together here; `make bench` tells what a change costs.
    element, benefits, pass_on, remarks = outlet
    elements, text, position = opening
    name = EB
    while name == EB:
        eb, eb_text, eb_position = elements, text, position
        messages: list[str] = []
        places: list[str] = []
        dates: list[DateSpan] = []
        attached: Attached | None = None
        for position, text in stream:
            elements = text.split(element, MOST_ELEMENTS)
            name = elements[0]
            if name == EB:
                break
            if name == "MSG":
                message = elements[1].strip() if len(elements) == PLAIN_MESSAGE else read_message(text)
                if message:
                    messages.append(message)
            elif name == "DTP" and len(elements) == PLAIN_DATE and elements[3] and len(text) < LONGEST_DATE:
                dates.append(read_span(elements[1], elements[3]))
            elif (
                name == "III"
                and len(elements) == PLAIN_PLACE
                and elements[1] == PLACE
                and len(elements[2]) == PLACE_LENGTH
            ):
                places.append(elements[2])
            elif attach := ATTACHING.get(name):
                if attached is None:
                    attached = new_tuple(Attached, (messages, places, dates, [], [], []))
                attach(attached, elements, text, position)
            elif name == HL:
                break
            else:
                pass_on(elements, text, position)
        else:
            name, elements = "", END
        sent = len(eb)
        if sent < ELEMENTS:
            eb += MISSING[sent]
        elif sent > ELEMENTS:
            del eb[ELEMENTS:]
        is_long = len(eb_text) > LONGEST_EB
        if is_long:
            eb = _shorten(eb)
        (
            _, code, level, services, insurance, plan, period, dollars, percent, measure, count,
            authorization, network, procedure,
        ) = eb  # fmt: skip
        amount = read_dollars(dollars) if dollars else None
        quantity = read_quantity(count) if count else None
        rate = read_rate(percent) if percent and code == COINSURANCE else None
        unlimited = code == WITHOUT_LIMIT
        if (dollars and amount is None) or (count and quantity is None) or (percent and rate is None):
            unlimited = _judge_numbers(eb, eb_position, remarks) or unlimited
        delivery, references, entities = _freeze(attached) if attached else NOTHING_ATTACHED
        benefits.append(
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
                    tuple(places),
                    tuple(messages),
                    tuple(dates),
                    references,
                    entities,
                    new_tuple(Source, (eb_position, eb_text) + SOURCE_DEFAULTS),  # noqa: RUF005 - half the cost
                ),
            )
        )
    return elements, text, position


def _freeze(attached: Attached) -> tuple[tuple[Delivery, ...], tuple[Reference, ...], tuple[Entity, ...]]:
    drafts = attached.entities
    return (
        tuple(attached.delivery),
        tuple(attached.references),
        tuple([draft.finish() for draft in drafts]) if drafts else (),
    )


def _shorten(eb: list[str]) -> list[str]:
    """Cut what no element but a list or a text can be: whatever is remembered must be small."""
    return [part if place in UNCUT else part[:LONGEST] for place, part in enumerate(eb)]


def _judge_numbers(elements: list[str], position: int, remarks: list[Remark]) -> bool:
    """Tell whether numbers that could not be read all say "no limit", and remark on one that says nothing."""
    code, dollars, percent, count = elements[1], elements[7], elements[8], elements[10]
    has_no_amount = NO_LIMIT_AMOUNT.fullmatch(dollars) is not None
    has_no_count = NO_LIMIT_QUANTITY.fullmatch(count) is not None
    if (
        (dollars and not has_no_amount and read_dollars(dollars) is None)
        or (count and not has_no_count and read_quantity(count) is None)
        or (percent and code == COINSURANCE and read_rate(percent) is None)
    ) and len(remarks) < MOST_REMARKS:
        text = f"Segment {position}: an amount, rate or quantity is no number."
        remarks.append(Remark("NUMBER_UNREADABLE", text))
    return (has_no_amount and (has_no_count or not count)) or (has_no_count and not dollars)
