"""Sets of words as the database keeps them: in order, with blanks between."""

from collections.abc import Iterable

from verifier.access.principal import Facilities


def write_words(words: Iterable[str]) -> str:
    """Write a set of words, none of which holds a blank."""
    return " ".join(sorted(words))


def write_facilities(facilities: Facilities) -> str:
    """Write which facilities; ``*`` for every one."""
    return write_words(facilities.listing())


def read_facilities(text: str) -> Facilities:
    """Read which facilities."""
    return Facilities.of(text.split())
