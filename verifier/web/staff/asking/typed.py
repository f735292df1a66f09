"""Payers while somebody types: those whose name begins so, word for word, before those that resemble it."""

import re
from collections.abc import Iterable, Sequence
from typing import Final, NamedTuple

from schemas.payers import Match, Payer

WORD: Final = re.compile(r"\w+")


class Typed(NamedTuple):
    """A payer to choose from; ``matched_on`` is the name that fits, where it is another."""

    id: str
    name: str
    matched_on: str | None
    reachable: bool


def begin_with(payers: Iterable[Payer], text: str, limit: int) -> Sequence[tuple[Payer, str]]:
    """Find the payers with a name whose words begin with those of *text*, in their order, at most *limit*."""
    wanted = _words(text)
    found: list[tuple[Payer, str]] = []
    for payer in payers:
        name = next((each for each in (payer.name, *payer.aliases) if _fits(_words(each), wanted)), None)
        if name and wanted:
            found.append((payer, name))
        if len(found) == limit:
            break
    return found


def join_matches(
    typed: Sequence[tuple[Payer, str]], alike: Sequence[Match], reachable: Iterable[str], limit: int
) -> list[Typed]:
    """Put those that begin so before those that are *alike*, each once; *reachable* ids can be asked."""
    can_be_asked = frozenset(reachable)
    first = [Typed(each.id, each.name, name, each.id in can_be_asked) for each, name in typed]
    known = {each.id for each in first}
    rest = [
        Typed(each.id, each.name, each.matched_on, each.reachable) for each in alike if each.id not in known
    ]
    return [*first, *rest][:limit]


def _words(text: str) -> list[str]:
    return WORD.findall(text.casefold())


def _fits(words: Sequence[str], wanted: Sequence[str]) -> bool:
    """Tell whether each word wanted begins a word, one after the other."""
    rest = iter(words)
    return all(any(word.startswith(each) for word in rest) for each in wanted)
