"""Sizes and colours: letter paper, one typeface, one accent, and four tones that also stand in words."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, NamedTuple

from verifier.model.paper import Tone, Weight
from verifier.press.letters import FACE_OF

WIDTH: Final = 612.0  # points; US letter
HEIGHT: Final = 792.0
LEFT: Final = 54.0
RIGHT: Final = WIDTH - 54.0
TOP: Final = HEIGHT - 50.0
BOTTOM: Final = 62.0
ACROSS: Final = RIGHT - LEFT

Colour = tuple[float, float, float]


def colour(code: str) -> Colour:
    """Read a colour written as six hexadecimal digits."""
    red, green, blue = bytes.fromhex(code)
    return red / 255, green / 255, blue / 255


INK: Final = colour("1b2430")
QUIET: Final = colour("56616d")
RULE: Final = colour("c8d0d8")
PALE: Final = colour("f3f6f8")
ACCENT: Final = colour("1d4f64")
SOFT: Final = colour("b9cfd8")


class Style(NamedTuple):
    """How a line is set; *leading* from line to line, both in points."""

    face: str
    size: float
    leading: float
    ink: Colour = INK

    def weighing(self, weight: Weight) -> "Style":
        """Set it louder or quieter."""
        return self._replace(face=FACE_OF[weight], ink=QUIET if weight is Weight.QUIET else self.ink)


BODY: Final = Style(FACE_OF[Weight.NORMAL], 9.5, 13.0)
CELL: Final = Style(FACE_OF[Weight.NORMAL], 8.6, 11.0)
SMALL: Final = Style(FACE_OF[Weight.NORMAL], 7.6, 9.8, QUIET)
LABEL: Final = Style(FACE_OF[Weight.STRONG], 7.6, 9.8, QUIET)
TITLE: Final = Style(FACE_OF[Weight.STRONG], 21, 25, ACCENT)
SUBTITLE: Final = Style(FACE_OF[Weight.NORMAL], 10.5, 14, QUIET)
SUM: Final = Style(FACE_OF[Weight.NORMAL], 17, 20)
MAIN_SUM: Final = Style(FACE_OF[Weight.STRONG], 25, 28, ACCENT)
VERDICT: Final = Style(FACE_OF[Weight.STRONG], 13, 17)
HEADINGS: Final[Mapping[int, Style]] = MappingProxyType(
    {
        1: Style(FACE_OF[Weight.STRONG], 12.5, 16, ACCENT),
        2: Style(FACE_OF[Weight.STRONG], 10, 13.5, INK),
        3: Style(FACE_OF[Weight.STRONG], 9, 12, QUIET),
    }
)
TONES: Final[Mapping[Tone, tuple[Colour, Colour]]] = MappingProxyType(
    {
        Tone.PLAIN: (colour("44515e"), colour("eef1f4")),
        Tone.GOOD: (colour("1f6b4a"), colour("e8f3ee")),
        Tone.CARE: (colour("7d5200"), colour("fbf3e2")),
        Tone.GRAVE: (colour("9b2c2c"), colour("faebea")),
    }
)
