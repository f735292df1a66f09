"""Names as X12 and the payers' matching rules want them: ASCII, upper case, without titles."""

import re
import unicodedata
from typing import Final

QUOTES: Final = dict.fromkeys("\u2018\u2019\u201a\u201b\u2032\u02b9\u02bb\u02bc\u02bd\u00b4`", "'")
DOUBLE_QUOTES: Final = dict.fromkeys("\u201c\u201d\u201e\u201f\u2033", '"')
DASHES: Final = dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2015\u2212", "-")
LETTERS: Final = {"Æ": "AE", "Œ": "OE", "Ø": "O", "Ł": "L", "Đ": "D", "Ð": "D", "Þ": "TH", "Ħ": "H"}
SPELLINGS: Final = str.maketrans(QUOTES | DOUBLE_QUOTES | DASHES | LETTERS)

TITLES: Final = (
    "JR",
    "SR",
    *("I", "II", "III", "IV", "V"),
    "RN",
    "MD",
    "MR",
    "MS",
    "DR",
    "MRS",
    "PHD",
    "REV",
    "ESQ",
)
ANY_TITLE: Final = "|".join(r"\.?".join([*title, ""]) for title in TITLES)
TITLE: Final = re.compile(rf"(?<=[ ,/])(?:{ANY_TITLE})(?= |$)")
DELIMITERS: Final = " ,/"
PUNCTUATION: Final = re.compile(r"[^\w ]|_")
POINTS: Final = re.compile(r"[^\w ,/]|_")
SPACES: Final = re.compile(" +")
DOUBLE: Final = 2


def fold(text: str) -> str:
    """Spell *text* in upper-case ASCII as far as its letters, quotes and dashes have such a spelling.

    Accents are dropped, ligatures written out, curly quotes and long dashes made plain, compatibility forms
    (full-width letters, for one) made ordinary. What has no such spelling is left for the caller to refuse:
    a letter dropped in silence is another name.
    """
    spread = unicodedata.normalize("NFKD", text.translate(SPELLINGS))
    bare = "".join(letter for letter in spread if not unicodedata.combining(letter))
    return bare.upper().translate(SPELLINGS)


def strip_titles(name: str) -> str:
    """Fold a last name and remove titles from it: ``Smith, Jr.`` is ``SMITH``.

    A listed string, with or without full stops, goes only where a space, comma or slash stands before it and
    a space or the end after it (CAQH CORE 258 §4.2), so a name that is one of them, ``V`` or ``Dr``, stays
    whole. The list of strings and the list of delimiters are unconfirmed: they were taken second-hand, not
    from the rule.
    """
    whole = fold(name).strip(DELIMITERS)
    return SPACES.sub(" ", TITLE.sub("", whole)).strip(DELIMITERS)


def normalize_last_name(name: str) -> str:
    """Write a last name as both sides compare it: ``O'Donnell-Griswold III`` is ``ODONNELLGRISWOLD``.

    By CAQH CORE 258 titles go (see `strip_titles`), then every character but letters, digits and spaces. It
    is for comparing names and for a second try, not for a first question: a payer that does not normalize
    its own side knows ``O'DONNELL``.
    """
    bare = strip_titles(POINTS.sub("", fold(name)))
    return SPACES.sub(" ", PUNCTUATION.sub("", bare)).strip()


def list_spellings(name: str) -> tuple[str, ...]:
    """List how else a payer may have a last name on file, the likeliest first, none of them as given.

    Without titles and punctuation; of a double name, hyphened or not, each half alone, the halves changed
    about, and a space for the hyphen: ``Lopez-Garcia`` is ``LOPEZGARCIA``, ``GARCIA``, ``LOPEZ``,
    ``GARCIA LOPEZ``, ``LOPEZ GARCIA``.
    """
    whole = strip_titles(name)
    halves = re.split(r"[ -]+", whole)
    spellings = [normalize_last_name(name)]
    if len(halves) == DOUBLE:
        first, second = halves
        spellings += [second, first, f"{second} {first}", f"{first} {second}"]
    return tuple(each for each in dict.fromkeys(spellings) if each and each != whole)
