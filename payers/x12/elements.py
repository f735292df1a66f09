"""Data elements on the way out: the one gate through which every value of an X12 message passes.

X12 has no escape character (X12.5 §4.3): a delimiter inside a value *is* structure, and a name such as
``DOE*JANE~EQ*98~NM1*IL*1*SMITH`` would ask about somebody else. So no value reaches a segment but through
`encode`.
"""

import re
from collections.abc import Callable
from dataclasses import astuple, dataclass, field
from enum import StrEnum
from string import ascii_letters, digits, punctuation
from typing import Final, NamedTuple

from payers.x12.names import SPACES, fold
from verifier.errors import BadInput

EXTENDED: Final = frozenset(ascii_letters + digits + " " + punctuation)  # X12.6, basic and extended set
SEPARATORS: Final = frozenset(punctuation + "\x1c\x1d\x1e\x1f")  # no letter, digit or padding among them
LONGEST_TEXT: Final = 256  # what is taken before it is cut to its element; nobody's name is longer
NAMED: Final = re.compile(r".*[A-Z0-9].*")


class Kind(StrEnum):
    """A data element's type (X12.6)."""

    TEXT = "AN"
    CODE = "ID"
    DATE = "DT"
    TIME = "TM"
    WHOLE = "N0"
    NUMBER = "R"


FORMS: Final = {
    Kind.TEXT: re.compile(r".+"),
    Kind.CODE: re.compile(r"[A-Za-z0-9]+"),
    Kind.DATE: re.compile(r"\d{6}|\d{8}", re.ASCII),
    Kind.TIME: re.compile(r"\d{4,8}", re.ASCII),
    Kind.WHOLE: re.compile(r"-?\d+", re.ASCII),
    Kind.NUMBER: re.compile(r"-?(\d+\.?\d*|\.\d+)", re.ASCII),
}


class Element(NamedTuple):
    """What a value may look like: type, shortest, longest and, where the type does not say enough, its form.

    *spell* is for names: it puts a value into ASCII; then delimiters become spaces and what is beyond the
    longest is cut off. A value without it identifies something, so it is taken as it stands or refused.
    """

    kind: Kind
    shortest: int
    longest: int
    form: re.Pattern[str] | None = None
    spell: Callable[[str], str] | None = None


def name_element(longest: int, spell: Callable[[str], str] = fold) -> Element:
    """Describe an element that holds a name: it has a letter or digit in it, and may be cut (005010 TR3)."""
    return Element(Kind.TEXT, 1, longest, NAMED, spell)


@dataclass(frozen=True, slots=True)
class Entry:
    """A value and the element it goes into; *pointer* is the JSON pointer of the caller's field."""

    value: str = field(repr=False)
    element: Element
    pointer: str


@dataclass(frozen=True, slots=True)
class Delimiters:
    """The four separators of an interchange: punctuation or FS, GS, RS, US, all different.

    Raises:
        ValueError: they are not that.
    """

    element: str = "*"
    component: str = ":"
    repetition: str = "^"
    segment: str = "~"

    def __post_init__(self) -> None:
        """Refuse separators that a reader could take for data or for each other."""
        if len(self.all) != len(astuple(self)) or not self.all <= SEPARATORS:
            raise ValueError("X12 delimiters are four different punctuation or separator characters")

    @property
    def all(self) -> frozenset[str]:
        """The four as a set."""
        return frozenset(astuple(self))


def encode(entry: Entry, delimiters: Delimiters) -> str:
    """Write one value so that it can only be a value.

    Raises:
        BadInput: the value is empty, too long or too short, of the wrong type, or holds what this interchange
            cannot carry; ``errors`` names its field, and no text ever holds the value.
    """
    value = _spell(entry.value, entry.element, delimiters).strip(" ")
    fault = _find_fault(value, entry.element, delimiters)
    if fault:
        raise BadInput("A value cannot be written in X12; correct the field named.", {entry.pointer: fault})
    return value


def _spell(value: str, element: Element, delimiters: Delimiters) -> str:
    if not element.spell or len(value) > LONGEST_TEXT:
        return value
    # Spelling comes first: it turns look-alikes such as a full-width asterisk into the delimiter itself.
    spaced = element.spell(value).translate(dict.fromkeys(map(ord, delimiters.all & EXTENDED), " "))
    return SPACES.sub(" ", spaced).strip(" ")[: element.longest]


def _find_fault(value: str, element: Element, delimiters: Delimiters) -> str | None:
    if not value:
        return "is empty"
    if len(value) > element.longest:
        return f"is longer than {element.longest} characters"
    if not EXTENDED.issuperset(value):
        return "holds a character X12 does not have"
    if not delimiters.all.isdisjoint(value):
        return "holds a character that separates X12 values"
    if len(value) < element.shortest:
        return f"is shorter than {element.shortest} characters"
    form = element.form or FORMS[element.kind]
    return None if form.fullmatch(value) else "does not have the form this field must have"
