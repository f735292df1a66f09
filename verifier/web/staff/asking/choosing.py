"""Choosing a payer, the same way on every page: by what the card says, with how asking it went lately."""

from dataclasses import dataclass, field
from typing import Final

from flask import request

from verifier.web.rooms import rooms
from verifier.web.staff.asking.payer import Chosen, describe_payer
from verifier.web.staff.asking.typed import Typed, begin_with, join_matches

MATCHES: Final = 8
LONGEST_SEARCH: Final = 200


@dataclass(frozen=True, slots=True)
class Search:
    """What was looked for, and the payers that resemble it; the words may be a person's, so not shown."""

    text: str = field(default="", repr=False)
    matches: tuple[Typed, ...] = ()


def search_for(text: str) -> Search:
    """Look for the payers that resemble what the card says."""
    if not text.strip():
        return Search()
    payers = rooms().payers
    typed = begin_with(payers.listing(), text, MATCHES)
    reachable = [each.id for each, _ in typed if payers.is_reachable(each.id)]
    return Search(text, tuple(join_matches(typed, payers.search(text, MATCHES), reachable, MATCHES)))


def search_as_sent() -> Search:
    """Look for the payers that resemble what was typed."""
    return search_for(request.form.get("q", "").strip()[:LONGEST_SEARCH])


def describe(payer_id: str) -> Chosen:
    """Describe the payer that was chosen.

    Raises:
        NotFound: there is none under this id.
    """
    payers = rooms().payers
    payer = payers.find(payer_id)
    return describe_payer(payer, payers.health(payer.id), is_reachable=payers.is_reachable(payer.id))
