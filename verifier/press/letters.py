"""The typeface, and how any text becomes letters that it has.

Source Sans 3 (Adobe, SIL Open Font License 1.1, beside this file) knows Latin with every accent, Greek and
Cyrillic. A sign it does not know, and one that would steer the text instead of standing in it, is printed as
a box: whoever reads the paper sees that something is there.
"""

import unicodedata
from functools import cache
from importlib.resources import as_file, files
from typing import Final

from reportlab import rl_config  # type: ignore[import-untyped]
from reportlab.pdfbase import pdfmetrics  # type: ignore[import-untyped]
from reportlab.pdfbase.ttfonts import TTFont  # type: ignore[import-untyped]

from verifier.model.paper import Weight

FACES: Final = {"SourceSans3": "SourceSans3-Regular.ttf", "SourceSans3-SemiBold": "SourceSans3-SemiBold.ttf"}
FACE_OF: Final = {
    Weight.NORMAL: "SourceSans3",
    Weight.STRONG: "SourceSans3-SemiBold",
    Weight.QUIET: "SourceSans3",
}
BOX: Final = "\N{WHITE SQUARE}"
MORE: Final = "\N{HORIZONTAL ELLIPSIS} (+{count:,})"
SPACES: Final = frozenset("\t\n\v\f\r\N{NO-BREAK SPACE}")


def load_faces() -> None:
    """Make the typeface known to the press, once, and let it write bytes as they are."""
    rl_config.useA85 = 0
    for name, file in FACES.items():
        if name not in pdfmetrics.getRegisteredFontNames():
            with as_file(files(__package__) / "fonts" / file) as path:
                pdfmetrics.registerFont(TTFont(name, str(path)))


def letters(text: str, most: int) -> str:
    """Put *text* into letters of the typeface; what is longer than *most* is cut, and says by how much."""
    kept = text if len(text) <= most else text[:most] + MORE.format(count=len(text) - most)
    return "".join(map(_letter, unicodedata.normalize("NFC", kept)))


def width(text: str, face: str, size: float) -> float:
    """Measure a line of letters, in points."""
    widths = _widths(face)
    return sum(widths[letter] for letter in text) * size / 1000


@cache
def _letter(sign: str) -> str:
    if sign in SPACES:
        return " "
    known = ord(sign) in _glyphs() and unicodedata.category(sign)[0] != "C"
    return sign if known else BOX


@cache
def _glyphs() -> frozenset[int]:
    load_faces()
    return frozenset.intersection(*(frozenset(pdfmetrics.getFont(name).face.charToGlyph) for name in FACES))


class _Widths(dict[str, float]):
    """The width of each letter in thousandths of its size, looked up once."""

    def __init__(self, face: str) -> None:
        load_faces()
        super().__init__()
        self._face = pdfmetrics.getFont(face).face

    def __missing__(self, letter: str) -> float:
        self[letter] = found = float(self._face.getCharWidth(ord(letter)))
        return found


@cache
def _widths(face: str) -> _Widths:
    return _Widths(face)
