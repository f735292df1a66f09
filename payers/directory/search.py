"""Finds payers by what people have in hand: a name, a former name, an id, the words on an insurance card."""

import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from typing import Final, NamedTuple

from rapidfuzz import fuzz, process

from payers.directory.directory import Directory, Payer

LONGEST: Final = 200
LEAST_SCORE: Final = 60.0
EXACT: Final = 100.0
NEARLY_EXACT: Final = 99.0  # no resemblance counts as much as the thing itself
SHORTEST_ID: Final = 3


class Match(NamedTuple):
    """A payer that resembles the text: *score* 0 to 100, *matched_on* the name, alias, id or card text."""

    payer: Payer
    score: float
    matched_on: str


class _Key(NamedTuple):
    text: str
    shown: str
    payer: Payer
    is_id: bool

    @property
    def is_number(self) -> bool:
        """Tell whether this is an id that stands out among the words of a card."""
        return self.is_id and any(map(str.isdecimal, self.text))


def search(directory: Directory, text: str, limit: int = 10) -> list[Match]:
    """Return the payers that resemble *text*, best first, at most *limit*; a typing error does no harm."""
    wanted = _plain(text[:LONGEST])
    best: dict[str, Match] = {}
    for match in _score(_index(directory), wanted) if wanted else ():
        known = best.get(match.payer.id)
        if known is None or match.score > known.score:
            best[match.payer.id] = match
    return sorted(best.values(), key=lambda match: (-match.score, match.payer.name))[:limit]


def _score(keys: tuple[_Key, ...], wanted: str) -> Iterator[Match]:
    words = frozenset(wanted.split())
    for key in keys:
        if key.text == wanted or (key.is_number and key.text in words):
            yield Match(key.payer, EXACT, key.shown)
    names = {place: key.text for place, key in enumerate(keys) if not key.is_id}
    for name, score, place in process.extract(
        wanted, names, scorer=fuzz.WRatio, score_cutoff=LEAST_SCORE, limit=None
    ):
        # two names may hold the same words; the one that is alike as a whole comes first
        whole = 0.8 * score + 0.2 * fuzz.token_sort_ratio(wanted, name)
        yield Match(keys[place].payer, round(min(whole, NEARLY_EXACT), 1), keys[place].shown)


@lru_cache(maxsize=4)
def _index(directory: Directory) -> tuple[_Key, ...]:
    return tuple(key for payer in directory for key in _list_keys(payer))


def _list_keys(payer: Payer) -> Iterator[_Key]:
    for shown in (payer.name, *payer.aliases, *payer.card_texts):
        yield _Key(_plain(shown), shown, payer, is_id=False)
    for shown in (payer.id, *payer.payer_ids, *(route.payer_id for route in payer.routes)):
        if len(shown) >= SHORTEST_ID:
            yield _Key(_plain(shown), shown, payer, is_id=True)


def _plain(text: str) -> str:
    folded = unicodedata.normalize("NFKD", text).casefold()
    letters = "".join(each if each.isalnum() else " " for each in folded if not unicodedata.combining(each))
    return " ".join(letters.split())
