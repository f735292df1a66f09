"""People and organizations: NM1 with the N3, N4, PER, REF, DMG and INS around it."""

from collections.abc import Sequence
from datetime import date
from typing import Final

from payers.x12.tables import CONTACTS, RELATIONSHIPS, ROLES
from payers.x12.values import read_day
from verifier.model.coverage import Contact, CoveredPerson, Entity, Reference, Source

OLDEST_YEAR: Final = 1880  # before it a birth date is a payer's filler, such as 10010101
SHIFTED: Final = frozenset({"MI", "II"})  # id qualifiers found in NM107 where one separator is missing
NAME_ELEMENTS: Final = 10  # of an NM1 with its id, up to NM109
REFERENCE_PADDING: Final = [""] * 3
NAME_PADDING: Final = [""] * NAME_ELEMENTS


def pick(elements: Sequence[str], position: int) -> str | None:
    """Return the element at *position* without padding, ``None`` where it is empty or missing."""
    return (elements[position].strip() or None) if position < len(elements) else None


def pick_name(name: list[str]) -> list[str | None]:
    """Return the ten elements of an NM1, ``None`` for the empty ones."""
    return [element.strip() or None if element else None for element in (name + NAME_PADDING)[:NAME_ELEMENTS]]


class EntityDraft:
    """An entity of loop 2120 while its segments come in."""

    __slots__ = ("contacts", "name", "source", "street")

    def __init__(self, name: list[str], source: Source) -> None:
        """Start with the elements of an NM1; none of them for an entity without a name."""
        self.name = name
        self.source = source
        self.street: list[str] = []
        self.contacts: list[Contact] = []

    def finish(self) -> Entity:
        """Build the entity."""
        _, code, _, last, first, middle, _, suffix, qualifier, identifier = pick_name(self.name)
        return Entity(
            role=ROLES[code or ""],
            code=code or "",
            name=join_name(first, middle, last, suffix),
            id_qualifier=qualifier,
            id=identifier,
            contacts=tuple(self.contacts),
            address=", ".join(self.street) or None,
            source=self.source,
        )


def join_name(*parts: str | None) -> str | None:
    """Write a name as it is spoken."""
    return " ".join([part for part in parts if part]) or None


def read_street(elements: Sequence[str]) -> list[str]:
    """Read an N3: the lines of a street address."""
    return [text for element in elements[1:3] if (text := element.strip())]


def read_town(elements: Sequence[str]) -> list[str]:
    """Read an N4 as one line: town, state, postal code."""
    words = [text for element in elements[1:4] if (text := element.strip())]
    return [" ".join(words)] if words else []


def read_contacts(elements: Sequence[str]) -> list[Contact]:
    """Read a PER: up to three ways to reach somebody."""
    name = pick(elements, 2)
    pairs = [(elements[place].strip(), pick(elements, place + 1)) for place in range(3, len(elements), 2)]
    return [Contact(name, CONTACTS[kind], value) for kind, value in pairs if value]


def read_reference(elements: list[str]) -> Reference:
    """Read a REF, or a PRV, whose number stands in the place of a REF's description."""
    _, qualifier, value, description = (elements + REFERENCE_PADDING)[:4]
    return Reference(qualifier.strip(), value.strip(), description.strip() or None)


def read_relationship(elements: Sequence[str]) -> str:
    """Read INS02: self, spouse, child, other, unknown."""
    code = pick(elements, 2)
    return RELATIONSHIPS[code] if code else "unknown"


def read_birth_date(demographics: Sequence[str]) -> date | None:
    """Read DMG02; ``None`` for a filler such as 10010101."""
    day = read_day(pick(demographics, 2) or "")
    return day if day and day.year >= OLDEST_YEAR else None


class PersonDraft:
    """The subscriber or dependent of one HL loop while its segments come in."""

    __slots__ = ("demographics", "name", "references", "relationship", "street")

    def __init__(self, relationship: str) -> None:
        """Start with what the loop alone tells."""
        self.relationship = relationship
        self.name: list[str] = []
        self.demographics: list[str] = []
        self.street: list[str] = []
        self.references: list[Reference] = []

    def finish(self) -> CoveredPerson:
        """Build the person."""
        _, _, _, last, first, middle, _, suffix, qualifier, identifier = pick_name(self.name)
        if identifier is None and suffix in SHIFTED:
            suffix, qualifier, identifier = None, suffix, qualifier
        return CoveredPerson(
            relationship=self.relationship,
            id=identifier,
            id_qualifier=qualifier,
            first_name=first,
            middle_name=middle,
            last_name=last,
            suffix=suffix,
            birth_date=read_birth_date(self.demographics),
            sex=pick(self.demographics, 3),
            address=", ".join(self.street) or None,
            references=tuple(self.references),
        )
