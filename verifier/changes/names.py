"""Whether two spellings name the same plan or payer."""

import unicodedata
from typing import Final

LEGAL_FORMS: Final = frozenset(
    {"inc", "incorporated", "llc", "corp", "corporation", "co", "company", "ltd", "the", "of", "and"}
)


def plain(text: str) -> str:
    """Reduce *text* to its letters and digits, without case or accent."""
    return "".join(_words(text))


def is_same_name(one: str, other: str) -> bool:
    """Tell whether two names differ in spelling only: case, accents, punctuation, spaces, legal form."""
    return plain(one) == plain(other) or _core(one) == _core(other)


def is_same_number(one: str, other: str) -> bool:
    """Tell whether two numbers differ in leading zeros and punctuation only."""
    return plain(one).lstrip("0") == plain(other).lstrip("0")


def is_same_or_shorter(one: str, other: str) -> bool:
    """Tell whether one name is the other with words left out, as another wire may have it."""
    core, longer = sorted((frozenset(_core(one)), frozenset(_core(other))), key=len)
    return is_same_name(one, other) or (bool(core) and core <= longer)


def _core(text: str) -> tuple[str, ...]:
    return tuple(word for word in _words(text) if word not in LEGAL_FORMS)


def _words(text: str) -> list[str]:
    apart = unicodedata.normalize("NFKD", text.casefold().replace("&", " and "))
    kept = "".join(sign for sign in apart if not unicodedata.combining(sign))
    return "".join(sign if sign.isalnum() else " " for sign in kept.replace(".", "").replace("'", "")).split()
