"""Reject reasons (AAA03) and follow-up actions (AAA04) of 005010X279A1, with advice in plain words."""

from collections.abc import Mapping
from functools import cache
from types import MappingProxyType
from typing import NamedTuple

from verifier.codes.table import read_rows


class RejectReason(NamedTuple):
    """One AAA03 code: who must act (*category*) and whether asking again can help (*retry*), as plain words.

    ``category`` is payer_unavailable, provider, member, request or other; ``retry`` is never, later or
    with_changes, and holds where the payer sends no follow-up action.
    """

    code: str
    meaning: str
    category: str
    retry: str
    advice: str
    source: str
    year: str


class FollowUp(NamedTuple):
    """One AAA04 code and the retry it asks for."""

    code: str
    meaning: str
    retry: str
    source: str
    year: str


def find(code: str) -> RejectReason | None:
    """Return the reason of *code*; ``None`` for a code that is not in the table."""
    return _reasons().get(code)


def find_follow_up(code: str) -> FollowUp | None:
    """Return the follow-up action of *code*; ``None`` for a code that is not in the table."""
    return _follow_ups().get(code)


def all_reasons() -> tuple[RejectReason, ...]:
    """Return every reason in the table."""
    return tuple(_reasons().values())


def all_follow_ups() -> tuple[FollowUp, ...]:
    """Return every follow-up action in the table."""
    return tuple(_follow_ups().values())


@cache
def _reasons() -> Mapping[str, RejectReason]:
    return MappingProxyType({row["code"]: RejectReason(**row) for row in read_rows("reject_reasons.tsv")})


@cache
def _follow_ups() -> Mapping[str, FollowUp]:
    return MappingProxyType({row["code"]: FollowUp(**row) for row in read_rows("reject_follow_ups.tsv")})
