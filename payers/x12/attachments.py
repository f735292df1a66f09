"""What follows an EB segment and belongs to it (loops 2110C/D and 2120C/D of 005010X279A1)."""

from collections.abc import Callable
from typing import Final, NamedTuple

from payers.x12.entities import (
    EntityDraft,
    pick_name,
    read_contacts,
    read_reference,
    read_street,
    read_town,
)
from payers.x12.tables import (
    PERIODS,
    QUANTITIES,
    UNITS,
)
from payers.x12.values import (
    LONGEST,
    read_quantity,
    read_span,
)
from verifier.model.coverage import (
    DateSpan,
    Delivery,
    Reference,
    Source,
)

PADDING: Final = ("",) * 9
LONGEST_DATE: Final = 48
PLACE: Final = "ZZ"
PLACE_LENGTH: Final = 2
# Words in the place of a provider: NM1*P3*2*PCP SELECTION NOT REQUIRED.
NO_PROVIDER: Final = ("NOT REQUIRED", "NOT NEEDED", "NOT SELECTED", "NOT ASSIGNED")


class Attached(NamedTuple):
    """What came after an EB segment; *messages* also takes words found in other segments."""

    messages: list[str]
    places: list[str]
    dates: list[DateSpan]
    delivery: list[Delivery]
    references: list[Reference]
    entities: list[EntityDraft]


def read_message(text: str) -> str:
    """Return all that stands after ``MSG*``: payers put into their words what are separators elsewhere."""
    return text[4:].rstrip(text[3:4]).strip()


def attach_date(attached: Attached, elements: list[str], _text: str, _position: int) -> None:
    """DTP that is not as short and whole as usual."""
    if span := read_dated(elements):
        attached.dates.append(span)


def read_dated(elements: list[str]) -> DateSpan | None:
    """Read a DTP of any length; ``None`` when it holds no date at all."""
    qualifier, form, value = (*elements[1:4], *PADDING)[:3]
    if not value and form[:1].isdigit():  # DTP02 is sometimes left out
        value = form
    value = value.strip()[:LONGEST_DATE]
    return read_span(qualifier.strip()[:LONGEST], value) if value else None


def attach_delivery(attached: Attached, elements: list[str], text: str, _position: int) -> None:
    """HSD: ``VS*20***23*1`` is twenty visits a calendar year, ``VS*1*WK*2`` one visit every two weeks."""
    elements += PADDING
    _, measure, count, unit, every, period, periods = elements[:7]
    per = UNITS[unit] if unit else None
    attached.delivery.append(
        Delivery(
            read_quantity(count[:LONGEST]) if count else None,
            QUANTITIES[measure] if measure else None,
            f"{every} {per}s" if per and every not in ("", "1") else per,
            PERIODS[period],
            read_quantity(periods[:LONGEST]) if periods else None,
            text,
        )
    )


def attach_place(attached: Attached, elements: list[str], _text: str, _position: int) -> None:
    """III other than a plain place of service: another industry code, a category, words."""
    qualifier, code, _, *words = (*elements[1:], *PADDING)[:9]
    if code and qualifier not in (PLACE, ""):
        attached.references.append(Reference(qualifier, code, None))
    elif code and len(code) <= PLACE_LENGTH:
        attached.places.append(code.zfill(PLACE_LENGTH))
    elif code:
        words.insert(0, code)
    attached.messages.extend(text for word in words if (text := word.strip()))


def attach_reference(attached: Attached, elements: list[str], _text: str, _position: int) -> None:
    """REF, and PRV, which names a specialty or a number the same way."""
    attached.references.append(read_reference(elements))


def attach_name(attached: Attached, elements: list[str], text: str, position: int) -> None:
    """NM1 of loop 2120, with or without LS around it."""
    _, _, _, name, *_, identifier = pick_name(elements)
    if name and identifier is None and any(words in name.upper() for words in NO_PROVIDER):
        attached.messages.append(name)
    else:
        attached.entities.append(EntityDraft(elements, Source(position, text)))


def _find_entity(attached: Attached, text: str, position: int) -> EntityDraft:
    """Return the entity that an N3, N4 or PER is about; payers send PER without an NM1 before it, too."""
    if not attached.entities:
        attached.entities.append(EntityDraft([], Source(position, text)))
    return attached.entities[-1]


def attach_street(attached: Attached, elements: list[str], text: str, position: int) -> None:
    """N3."""
    _find_entity(attached, text, position).street += read_street(elements)


def attach_town(attached: Attached, elements: list[str], text: str, position: int) -> None:
    """N4."""
    _find_entity(attached, text, position).street += read_town(elements)


def attach_contacts(attached: Attached, elements: list[str], text: str, position: int) -> None:
    """PER."""
    _find_entity(attached, text, position).contacts += read_contacts(elements)


Attach = Callable[[Attached, list[str], str, int], None]
ATTACHING: Final[dict[str, Attach]] = {
    "DTP": attach_date,
    "HSD": attach_delivery,
    "III": attach_place,
    "N3": attach_street,
    "N4": attach_town,
    "NM1": attach_name,
    "PER": attach_contacts,
    "PRV": attach_reference,
    "REF": attach_reference,
}
