"""`Flow`: pages filled from top to bottom, with the structure that a screen reader goes by."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple

from verifier.press.ink import BOTTOM, LEFT, TOP, Colour, Style
from verifier.press.letters import letters, width

LONGEST: Final = 3000  # letters of one text; what is longer is cut, and says so

Canvas = Any  # of reportlab, which is untyped
Draw = Callable[[Canvas], None]


class Mark(NamedTuple):
    """A marked part of a page: page and number from 0."""

    page: int
    number: int


@dataclass(slots=True)
class Element:
    """A node of the document's structure: what it is (as PDF names it), what it holds, what it shows."""

    tag: str
    children: list["Element | Mark"] = field(default_factory=list)
    alternative: str = ""

    def add(self, tag: str, alternative: str = "") -> "Element":
        """Open a node within this one."""
        child = Element(tag, alternative=alternative)
        self.children.append(child)
        return child


class Piece(NamedTuple):
    """Something drawn, and its place in the structure; ``None`` is ornament, which is not read out."""

    element: Element | None
    draw: Draw


class Flow:
    """Where the next line goes; turns to a new page when this one is full."""

    def __init__(self, scale: float = 1.0) -> None:
        """Begin on the first page; drawn at a *scale* below 1 it holds more."""
        self.scale = scale
        self._bottom = TOP - (TOP - BOTTOM) / scale
        self.pages: list[list[Piece]] = [[]]
        self.root = Element("Document")
        self.y = TOP

    def turn(self) -> None:
        """Go on on a new page."""
        self.pages.append([])
        self.y = TOP

    def need(self, height: float) -> bool:
        """Turn to a new page unless *height* is left on this one; tell whether it turned."""
        is_short = self.y - height < self._bottom and self.y < TOP
        if is_short:
            self.turn()
        return is_short

    def skip(self, height: float) -> None:
        """Leave *height* free, but none at the top of a page."""
        self.y -= height if self.y < TOP else 0

    def put(self, element: Element | None, draw: Draw) -> None:
        """Draw on this page."""
        self.pages[-1].append(Piece(element, draw))

    def line(self, element: Element | None, at: tuple[float, float], text: str, style: Style) -> None:
        """Set one line of letters at a baseline."""
        self.put(element, lambda canvas: set_line(canvas, at, text, style))

    def box(self, corner: tuple[float, float], size: tuple[float, float], fill: Colour) -> None:
        """Fill a box, given its lower left corner."""
        self.put(None, lambda canvas: fill_box(canvas, corner, size, fill))

    def rule(self, y: float, x: float, across: float, ink: Colour) -> None:
        """Draw a thin line."""
        self.box((x, y), (across, 0.6), ink)

    def write(self, element: Element, text: str, style: Style, across: float, x: float = LEFT) -> None:
        """Set a text from *x* on within the width *across*, over as many pages as it takes."""
        for line in wrap(text, style, across):
            self.need(style.leading)
            self.y -= style.leading
            self.line(element, (x, self.y + style.leading - style.size), line, style)


def set_line(canvas: Canvas, at: tuple[float, float], text: str, style: Style) -> None:
    """Set letters as they are: the page's own language has no markup that they could hold."""
    use_ink(canvas, style.ink)
    face = style.face, style.size
    if getattr(canvas, "face", None) != face:
        canvas.setFont(*face)
        canvas.face = face
    canvas.drawString(*at, text)


def fill_box(canvas: Canvas, corner: tuple[float, float], size: tuple[float, float], fill: Colour) -> None:
    """Fill a box with a colour."""
    use_ink(canvas, fill)
    canvas.rect(*corner, *size, stroke=0, fill=1)


def use_ink(canvas: Canvas, ink: Colour) -> None:
    """Fill with a colour from here on, unless that is so already."""
    if getattr(canvas, "ink", None) != ink:
        canvas.setFillColorRGB(*ink)
        canvas.ink = ink


def wrap(text: str, style: Style, across: float, most: int = LONGEST) -> list[str]:
    """Break a text into lines of letters no wider than *across*, at spaces where there are any."""
    lines: list[str] = []
    line, used, space = "", 0.0, width(" ", style.face, style.size)
    for word in _words(letters(text, most), style, across):
        length = width(word, style.face, style.size)
        if line and used + space + length > across:
            lines.append(line)
            line, used = word, length
        else:
            used += (space if line else 0) + length
            line = f"{line} {word}" if line else word
    return [*lines, line] if line else lines


def _words(text: str, style: Style, across: float) -> Iterator[str]:
    for word in text.split():
        if width(word, style.face, style.size) <= across:
            yield word
        else:
            yield from _chop(word, style, across)


def _chop(word: str, style: Style, across: float) -> Iterator[str]:
    """Break a word that is wider than a line."""
    part, used = "", 0.0
    for letter in word:
        length = width(letter, style.face, style.size)
        if part and used + length > across:
            yield part
            part, used = "", 0.0
        part, used = part + letter, used + length
    yield part


def height_of(lines: Sequence[str], style: Style) -> float:
    """Tell how high so many lines are."""
    return len(lines) * style.leading
