"""`Paper`: a document as its words and figures, whatever it is put on: a printed page or a page of the web.

Everything is plain text. No markup is in it, so none that a payer or a person wrote can be taken for ours.
"""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import NamedTuple


class Tone(StrEnum):
    """How grave a thing is; a paper shows it by a word and a colour, never by the colour alone."""

    PLAIN = "plain"
    GOOD = "good"
    CARE = "care"
    GRAVE = "grave"


class Weight(StrEnum):
    """How loud a text is."""

    NORMAL = "normal"
    STRONG = "strong"
    QUIET = "quiet"


class Cell(NamedTuple):
    """One cell of a table, and what stands small below it."""

    text: str
    weight: Weight = Weight.NORMAL
    note: str = ""


class Column(NamedTuple):
    """One column: its heading, its share of the width, whether it holds figures."""

    title: str
    share: float = 1.0
    is_numeric: bool = False


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading of *level* 1 to 3; the title of the paper is none."""

    text: str
    level: int = 1


@dataclass(frozen=True, slots=True)
class Text:
    """A paragraph."""

    text: str
    weight: Weight = Weight.NORMAL


@dataclass(frozen=True, slots=True)
class Points:
    """A list, numbered where the order matters."""

    items: tuple[str, ...]
    is_numbered: bool = False


class Fact(NamedTuple):
    """A name and what it is; ``None``: nobody said."""

    name: str
    value: str | None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Facts:
    """Names with their values, in so many columns; *missing* stands where nobody said."""

    rows: tuple[Fact, ...]
    missing: str
    columns: int = 2


@dataclass(frozen=True, slots=True)
class Grid:
    """A table; *caption* says what it holds to those who do not see it."""

    caption: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]


@dataclass(frozen=True, slots=True)
class Banner:
    """The one thing to see first, with its reasons."""

    title: str
    tone: Tone
    points: tuple[str, ...] = ()


class Sum(NamedTuple):
    """An amount and what it is."""

    name: str
    amount: str
    is_main: bool = False


@dataclass(frozen=True, slots=True)
class Sums:
    """A few amounts side by side, and what they mean."""

    sums: tuple[Sum, ...]
    note: str = ""


class Bar(NamedTuple):
    """One bar of a chart: the patient's part and the plan's, in dollars."""

    label: str
    patient: Decimal
    plan: Decimal
    total: Decimal  # the patient's part of all bars so far


@dataclass(frozen=True, slots=True)
class Chart:
    """The cost by time and as it adds up; *text* says the same in words."""

    caption: str
    text: str
    bars: tuple[Bar, ...]
    names: tuple[str, str, str]  # of the patient's part, the plan's part, the patient's sum
    marks: tuple[tuple[int, str], ...] = ()  # a bar, from 0, and what happens in it


@dataclass(frozen=True, slots=True)
class Notice:
    """A statement that the law or prudence asks for."""

    text: str


Block = Heading | Text | Points | Facts | Grid | Banner | Sums | Chart | Notice


@dataclass(frozen=True, slots=True)
class Paper:
    """A whole document in the language of *language* (BCP 47); *foot* and the page number end each page."""

    title: str
    subtitle: str
    language: str
    blocks: tuple[Block, ...]
    foot: str
    page_words: str = "Page {page} of {pages}"
    is_one_page: bool = False  # set smaller rather than on a second page
