"""Finds payers by what people have in hand: a name, a former name, an id, the words on an insurance card.

Words count by how few payers share them, and each meets the word it sounds and looks most like; so neither
the order of the words, nor a missing blank, nor a typing error does harm. A state somebody names
counts for payers that insure there, whether or not their name says so.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from functools import lru_cache
from math import log
from typing import Final, NamedTuple

from rapidfuzz import fuzz, process

from payers.directory.directory import Directory, Payer
from payers.directory.words import name_states, plain, sound, spell_out

LONGEST: Final = 200
MOST_WORDS: Final = 16
LEAST_SCORE: Final = 60.0
EXACT: Final = 100.0
NEARLY_EXACT: Final = 99.0  # no resemblance counts as much as the thing itself
SHORTEST_ID: Final = 3
SHORTEST_TYPED: Final = 4  # shorter words have no letter to spare
LEAST_LIKE: Final = 72.0
LEAST_LIKE_WHOLE: Final = 78.0
RECALL: Final = 0.7  # weight of how much of the text is in the name, against how much of the name in the text
UNKNOWN_WEIGHT: Final = 3.5  # of a word nobody has: about that of one of twenty payers
UNKNOWN_SHORT_WEIGHT: Final = 1.0  # of a group's number, a stray letter
WHOLE: Final = 0.95  # letters in a row know nothing of which words matter


class Match(NamedTuple):
    """A payer that resembles the text: *score* 0 to 100, *matched_on* the name, alias, id or card text."""

    payer: Payer
    score: float
    matched_on: str


class _Name(NamedTuple):
    """One thing a payer is called: its words by sound, what they weigh, and all of them in one."""

    payer: Payer
    shown: str
    words: tuple[str, ...]
    together: str
    weight: float


class _Index(NamedTuple):
    """Everything a search looks into, made once for a directory."""

    exact: dict[str, list[tuple[Payer, str]]]  # plain name or id
    numbers: dict[str, list[tuple[Payer, str]]]  # ids that stand out among the words of a card
    names: tuple[_Name, ...]
    together: list[str]
    places: dict[str, list[int]]  # word by sound: the names that have it
    states: dict[str, list[int]]  # state by sound: the names of payers there
    weights: dict[str, float]
    order: dict[str, int]


def search(directory: Directory, text: str, limit: int = 10) -> list[Match]:
    """Return the payers that resemble *text*, best first, at most *limit*; a typing error does no harm."""
    wanted = plain(text[:LONGEST])
    if not wanted:
        return []
    index = _index(directory)
    best: dict[str, Match] = {}
    for match in (*_find_exact(index, wanted), *_find_alike(index, wanted)):
        known = best.get(match.payer.id)
        if known is None or match.score > known.score:
            best[match.payer.id] = match
    return sorted(best.values(), key=lambda match: (-match.score, index.order[match.payer.id]))[:limit]


def _find_exact(index: _Index, wanted: str) -> Iterator[Match]:
    for payer, shown in index.exact.get(wanted, ()):
        yield Match(payer, EXACT, shown)
    for word in wanted.split():
        for payer, shown in index.numbers.get(word, ()):
            yield Match(payer, EXACT, shown)


def _find_alike(index: _Index, wanted: str) -> Iterator[Match]:
    words = wanted.split()[:MOST_WORDS]
    scores: dict[int, float] = {}
    for variant in _vary(index, words):
        for place, score in _score_words(index, variant):
            scores[place] = max(score, scores.get(place, 0.0))
    for place, score in _score_whole(index, words):
        scores[place] = max(score, scores.get(place, 0.0))
    for place, score in scores.items():
        if score >= LEAST_SCORE:
            name = index.names[place]
            yield Match(name.payer, round(min(score, NEARLY_EXACT), 1), name.shown)


def _vary(index: _Index, words: Sequence[str]) -> set[tuple[str, ...]]:
    """Read what was written as it is, and with two words as one where the directory has that one."""
    spelled = spell_out(words)
    joined = tuple(_join_known(index, words))
    return {tuple(map(sound, spelled)), tuple(map(sound, spell_out(joined)))}


def _join_known(index: _Index, words: Sequence[str]) -> Iterator[str]:
    place = 0
    while place < len(words):
        together = "".join(words[place : place + 2])
        is_known = place + 1 < len(words) and sound(together) in index.weights
        yield together if is_known else words[place]
        place += 2 if is_known else 1


def _score_words(index: _Index, words: Sequence[str]) -> Iterator[tuple[int, float]]:
    """Score names by the words they share with *words*: how much of each is in the other."""
    likes = {word: _find_like(index, word) for word in words}
    asked = sum(_weigh_asked(index, word, found) for word, found in likes.items())
    got: defaultdict[int, float] = defaultdict(float)
    held: defaultdict[int, float] = defaultdict(float)
    for found in likes.values():
        _add_best(index, found, got, held)
    for place, weight in got.items():
        recall = min(1.0, weight / asked)
        precision = min(1.0, held[place] / index.names[place].weight)
        yield place, EXACT * recall**RECALL * precision ** (1 - RECALL)


def _weigh_asked(index: _Index, word: str, found: Sequence[tuple[str, float]]) -> float:
    """Weigh a word that was written: as its likest known word, or a little where nobody has one."""
    unknown = UNKNOWN_WEIGHT if len(word) >= SHORTEST_TYPED else UNKNOWN_SHORT_WEIGHT
    return max((index.weights[known] * like for known, like in found), default=unknown)


def _find_like(index: _Index, word: str) -> list[tuple[str, float]]:
    """Find the words that sound and look like *word*, with the likeness of each, 0 to 1."""
    if word in index.weights:
        return [(word, 1.0)]
    if len(word) < SHORTEST_TYPED:
        return []
    found = process.extract(word, index.weights.keys(), scorer=fuzz.ratio, score_cutoff=LEAST_LIKE, limit=8)
    return [(known, like / 100) for known, like, _ in found]


def _add_best(
    index: _Index, found: Sequence[tuple[str, float]], got: dict[int, float], held: dict[int, float]
) -> None:
    """Add to each name what one word brings: the likest of its words, else a state of the payer."""
    brought: dict[int, tuple[float, bool]] = {}
    for word, like in found:
        for places, is_own in ((index.places.get(word, ()), True), (index.states.get(word, ()), False)):
            weight = index.weights[word] * like
            for place in places:
                if place not in brought or brought[place][0] < weight:
                    brought[place] = (weight, is_own)
    for place, (weight, is_own) in brought.items():
        got[place] += weight
        held[place] += weight if is_own else 0.0


def _score_whole(index: _Index, words: Sequence[str]) -> Iterator[tuple[int, float]]:
    """Score names as a whole, whatever the blanks."""
    wanted = sound("".join(spell_out(words)))
    if len(wanted) < SHORTEST_TYPED:
        return
    for _, score, place in process.extract(
        wanted, index.together, scorer=fuzz.ratio, score_cutoff=LEAST_LIKE_WHOLE, limit=20
    ):
        yield place, WHOLE * score


@lru_cache(maxsize=4)
def _index(directory: Directory) -> _Index:
    called = [(payer, shown) for payer in directory for shown in _list_names(payer)]
    words = [tuple(map(sound, spell_out(plain(shown).split()))) for _, shown in called]
    weights = _weigh(directory, [(payer, each) for (payer, _), each in zip(called, words, strict=True)])
    names = tuple(
        _Name(payer, shown, each, "".join(each), sum(weights[word] for word in set(each)) or 1.0)
        for (payer, shown), each in zip(called, words, strict=True)
    )
    index = _Index({}, {}, names, [name.together for name in names], {}, {}, weights, {})
    for place, name in enumerate(names):
        _enter(index, place, name)
    for number, payer in enumerate(directory):
        index.order[payer.id] = number
        _enter_exact(index, payer)
    return index


def _weigh(directory: Directory, called: Sequence[tuple[Payer, tuple[str, ...]]]) -> dict[str, float]:
    """Weigh each word by how few payers have it."""
    held = Counter(word for _, word in {(payer.id, word) for payer, words in called for word in words})
    states = Counter(sound(name) for payer in directory for name in name_states(payer.states))
    counts = held | states
    return {word: log(1 + len(directory) / count) for word, count in counts.items()}


def _enter(index: _Index, place: int, name: _Name) -> None:
    for word in set(name.words):
        index.places.setdefault(word, []).append(place)
    for state in name_states(name.payer.states):
        index.states.setdefault(sound(state), []).append(place)


def _enter_exact(index: _Index, payer: Payer) -> None:
    for shown in _list_names(payer):
        index.exact.setdefault(plain(shown), []).append((payer, shown))
    for shown in dict.fromkeys((payer.id, *payer.payer_ids, *(route.payer_id for route in payer.routes))):
        text = plain(shown)
        if len(shown) >= SHORTEST_ID:
            index.exact.setdefault(text, []).append((payer, shown))
            if any(map(str.isdecimal, text)):
                index.numbers.setdefault(text, []).append((payer, shown))


def _list_names(payer: Payer) -> tuple[str, ...]:
    return (payer.name, *payer.aliases, *payer.card_texts)
