"""The words of a payer's name in one form: abbreviations written out, states named, spelling by sound.

Both what the directory has and what people write go through `spell_out`, so that each meets the other.
"""

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from types import MappingProxyType
from typing import Final

from verifier.codes.table import read_rows

PACKAGE: Final = "payers.directory"
STATES: Final[Mapping[str, str]] = MappingProxyType(
    {row["code"]: row["name"].casefold().replace(" ", "") for row in read_rows("states.tsv", PACKAGE)}
)
STATES_TOGETHER: Final = frozenset(
    name.casefold().replace(" ", "")
    for name in (row["name"] for row in read_rows("states.tsv", PACKAGE))
    if " " in name
)
AMBIGUOUS: Final = frozenset(  # a state's code only at the end of a text; elsewhere a word of its own
    row["code"] for row in read_rows("states.tsv", PACKAGE) if row["is_word"] == "yes"
)
WRITTEN_OUT: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {row["short"]: tuple(row["words"].split()) for row in read_rows("abbreviations.tsv", PACKAGE)}
)
TOGETHER: Final = frozenset({("health", "care"), ("hlth", "care"), ("medi", "care"), ("medic", "aid")})
EMPTY: Final = frozenset({"a", "and", "company", "corp", "corporation", "for", "inc", "llc", "of", "the"})
PREFIXES: Final = ("bcbs", "bcbsof")  # written together with the state: BCBSTX
SOUNDS: Final = tuple(
    (re.compile(pattern), sound)
    for pattern, sound in (
        (r"ph", "f"),
        (r"ck|q", "k"),
        (r"x", "ks"),
        (r"c(?=[eiy])", "s"),
        (r"c(?!h)", "k"),
        (r"z", "s"),
        (r"ei|ie|ea|ee|y", "i"),
        (r"au|ou", "o"),
        (r"(.)\1+", r"\1"),
    )
)


def plain(text: str) -> str:
    """Write *text* in small letters, figures and single blanks, without accents."""
    folded = unicodedata.normalize("NFKD", text).casefold()
    letters = "".join(each if each.isalnum() else " " for each in folded if not unicodedata.combining(each))
    return " ".join(letters.split())


def spell_out(words: Sequence[str]) -> tuple[str, ...]:
    """Write plain *words* out: letters joined, abbreviations and states in full, empty words left out."""
    joined = tuple(_join(tuple(_join_letters(words))))
    last = len(joined) - 1
    return tuple(
        word
        for place, short in enumerate(joined)
        for word in _write_out(short, is_last=place == last and place > 0)
        if word not in EMPTY
    )


@lru_cache(maxsize=8192)
def sound(word: str) -> str:
    """Spell *word* as it sounds, roughly; words that sound alike are spelled nearly alike."""
    for pattern, written in SOUNDS:
        word = pattern.sub(written, word)
    return word


def name_states(codes: Sequence[str]) -> tuple[str, ...]:
    """Name states by their codes, each in one word."""
    return tuple(STATES.get(code.casefold(), code.casefold()) for code in codes)


def _join_letters(words: Sequence[str]) -> Iterator[str]:
    """Make single letters in a row, ``u m r``, one word."""
    letters = ""
    for word in words:
        if len(word) == 1 and word.isalpha():
            letters += word
            continue
        if letters:
            yield letters
            letters = ""
        yield word
    if letters:
        yield letters


def _join(words: Sequence[str]) -> Iterator[str]:
    """Make one word of two that belong together: ``health care``, ``north carolina``."""
    place = 0
    while place < len(words):
        pair = words[place : place + 2]
        together = "".join(pair)
        if len(pair) > 1 and (pair in TOGETHER or together in STATES_TOGETHER):
            yield together
            place += 2
        else:
            yield words[place]
            place += 1


def _write_out(short: str, *, is_last: bool) -> tuple[str, ...]:
    if short in WRITTEN_OUT:
        return WRITTEN_OUT[short]
    if short in STATES and (is_last or short not in AMBIGUOUS):
        return (STATES[short],)
    head, state = short[:-2], short[-2:]
    if head in PREFIXES and state in STATES:
        return (*WRITTEN_OUT["bcbs"], STATES[state])
    return (short,)
