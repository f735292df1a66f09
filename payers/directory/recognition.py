"""Recognizes the payer that a reply names: only when there is no doubt, for its answer will be believed."""

from functools import lru_cache
from typing import Final

from payers.directory.directory import Directory, Payer
from payers.directory.search import EXACT, search
from payers.directory.words import plain, spell_out

SURE: Final = 92.0  # a likeness that is no accident
APART: Final = 6.0  # how far behind the next one has to be


def recognize(directory: Directory, name: str | None, payer_id: str | None) -> Payer | None:
    """Return the payer called *name* with the id *payer_id*, as a reply has them, or ``None`` in doubt.

    An id that several payers share is settled by the name; an id and a name of two payers are doubt.
    """
    by_id = _find_by_id(directory, payer_id) if payer_id else []
    by_name = _find_by_name(directory, name) if name else None
    if by_name and by_name in by_id:
        return by_name
    if len(by_id) == 1 and by_name is None:
        return by_id[0]
    return by_name if by_name and not by_id else None


def _find_by_id(directory: Directory, payer_id: str) -> list[Payer]:
    return _list_ids(directory).get(plain(payer_id), [])


def _find_by_name(directory: Directory, name: str) -> Payer | None:
    same = _list_names(directory).get(_spell(name), [])
    if same:
        return same[0] if len(same) == 1 else None
    matches = [match for match in search(directory, name, limit=3) if match.score < EXACT]
    if not matches or matches[0].score < SURE:
        return None
    best, *others = matches
    return best.payer if all(best.score - other.score >= APART for other in others) else None


@lru_cache(maxsize=4)
def _list_ids(directory: Directory) -> dict[str, list[Payer]]:
    found: dict[str, list[Payer]] = {}
    for payer in directory:
        for known in {
            plain(each) for each in (*payer.payer_ids, *(route.payer_id for route in payer.routes))
        }:
            found.setdefault(known, []).append(payer)
    return found


@lru_cache(maxsize=4)
def _list_names(directory: Directory) -> dict[tuple[str, ...], list[Payer]]:
    found: dict[tuple[str, ...], list[Payer]] = {}
    for payer in directory:
        for known in {_spell(each) for each in (payer.name, *payer.aliases)}:
            found.setdefault(known, []).append(payer)
    return found


def _spell(name: str) -> tuple[str, ...]:
    return spell_out(plain(name).split())
