"""Several replies about one patient made one coverage, with nothing of any of them lost.

Each source says which reply it is from and who sent that. What a payer repeats word for word in every reply
is listed once, and a warning counts what was left out.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import fields, replace
from functools import reduce
from types import MappingProxyType
from typing import Final, NamedTuple, TypeVar

from verifier.model.coverage import (
    AnsweredBy,
    Benefit,
    CarveOut,
    Coverage,
    Entity,
    OtherCoverage,
    PayerName,
    Plan,
    Rejection,
    Source,
    Trace,
)
from verifier.model.coverage import Warning as Oddity
from verifier.model.vocabulary import CoverageStatus

Record = TypeVar("Record", Plan, PayerName)
Item = TypeVar("Item")
Row = TypeVar("Row", Benefit, CarveOut, OtherCoverage, Rejection, Entity)

# what wins when replies differ: a yes was said by the payer; a no too; a refusal says nothing of coverage
RANKS: Final = (
    CoverageStatus.ACTIVE,
    CoverageStatus.INACTIVE,
    CoverageStatus.REJECTED,
    CoverageStatus.UNKNOWN,
)


def merge(coverages: Sequence[Coverage]) -> Coverage:
    """Merge *coverages*, at least one, in order; of payer, plan and persons the first word counts.

    They may be merged ones themselves, of one payer or of several.
    """
    answerers = _unique(coverage.answered_by for coverage in coverages)
    numbered = list(_number_all(coverages, answerers))
    if len(numbered) == 1:
        return numbered[0]
    benefits, repeated = _join_rows([coverage.benefits for coverage in numbered])
    said_twice = [_count_repeated(repeated)] if repeated else []
    return Coverage(
        status=min((coverage.status for coverage in numbered), key=RANKS.index),
        payer=reduce(_fill, (coverage.payer for coverage in numbered)),
        answered_by=answerers,
        subscriber=next((each.subscriber for each in numbered if each.subscriber), None),
        patient=next((each.patient for each in numbered if each.patient), None),
        plan=reduce(_fill, (coverage.plan for coverage in numbered)),
        benefits=benefits,
        rejections=tuple(rejection for coverage in numbered for rejection in coverage.rejections),
        other_coverage=_join_rows([coverage.other_coverage for coverage in numbered])[0],
        carve_outs=_join_rows([coverage.carve_outs for coverage in numbered])[0],
        warnings=_unique([*(coverage.warnings for coverage in numbered), said_twice]),
        asked=_unique(coverage.asked for coverage in numbered),
        answered=_unique(coverage.answered for coverage in numbered),
        messages=_unique(coverage.messages for coverage in numbered),
        trace=_join_traces([coverage.trace for coverage in numbered]),
        extras=MappingProxyType(dict(_join_extras(numbered))),
        superseded=tuple(row for coverage in numbered for row in coverage.superseded),
        actual_payer=next((each.actual_payer for each in numbered if each.actual_payer), None),
    )


def _number_all(coverages: Sequence[Coverage], answerers: Sequence[AnsweredBy]) -> Iterator[Coverage]:
    """Number replies and answerers through; those of the first stay as they are."""
    replies = 0
    for coverage in coverages:
        senders = [answerers.index(each) for each in coverage.answered_by]
        yield _move(coverage, _Move(replies, tuple(senders))) if replies else coverage
        rows = [*coverage.benefits, *coverage.superseded]
        sources = [*(row.source for row in rows), *(row.source for row in coverage.rejections)]
        replies += 1 + max((source.reply for source in sources), default=0)


class _Move(NamedTuple):
    """How far the numbers of replies move, and what becomes of those of the answerers."""

    replies: int
    senders: tuple[int, ...]

    def apply(self, source: Source) -> Source:
        return source._replace(
            reply=source.reply + self.replies, answered_by=self.find_sender(source.answered_by) or 0
        )

    def find_sender(self, sender: int | None) -> int | None:
        return self.senders[sender] if sender is not None and sender < len(self.senders) else sender


def _move(coverage: Coverage, move: _Move) -> Coverage:
    actual = coverage.actual_payer
    return replace(
        coverage,
        benefits=tuple(_move_row(row, move) for row in coverage.benefits),
        rejections=tuple(_move_row(row, move) for row in coverage.rejections),
        carve_outs=tuple(
            _move_row(row, move)._replace(answered_by=move.find_sender(row.answered_by))
            for row in coverage.carve_outs
        ),
        other_coverage=tuple(_move_row(row, move) for row in coverage.other_coverage),
        superseded=tuple(_move_row(row, move) for row in coverage.superseded),
        actual_payer=actual
        and actual._replace(
            source=move.apply(actual.source), answered_by=move.find_sender(actual.answered_by)
        ),
    )


def _move_row(row: Row, move: _Move) -> Row:
    """Say of *row*, and of the entities in it, from which reply it is and who sent it."""
    moved = row._replace(source=move.apply(row.source))
    if isinstance(moved, Benefit):
        return moved._replace(entities=tuple(_move_row(each, move) for each in moved.entities))
    return moved


def _forget_place(row: Row) -> Row:
    """Forget where in which reply *row* stands, to compare; who sent it counts."""
    placeless = row._replace(source=row.source._replace(segment=None, pointer=None, reply=0))
    if isinstance(placeless, Benefit):
        return placeless._replace(entities=tuple(map(_forget_place, placeless.entities)))
    return placeless


def _join_rows(replies: Sequence[Sequence[Row]]) -> tuple[tuple[Row, ...], int]:
    """Join the rows of each reply, but those that an earlier reply has word for word, children included."""
    known: set[object] = set()
    joined: list[Row] = []
    repeated = 0
    for rows in replies:
        keyed = [(_forget_place(row), row) for row in rows]
        fresh = [row for key, row in keyed if key not in known]
        repeated += len(rows) - len(fresh)
        joined += fresh
        known.update(key for key, _ in keyed)
    return tuple(joined), repeated


def _count_repeated(count: int) -> Oddity:
    lines = (
        "benefit line that a later reply repeats" if count == 1 else "benefit lines that later replies repeat"
    )
    return Oddity(
        "BENEFITS_REPEATED", f"{count} {lines} word for word {'is' if count == 1 else 'are'} listed once."
    )


def _fill(first: Record, second: Record) -> Record:
    """Take from *second* what *first* does not say."""
    missing = {each.name for each in fields(first) if not getattr(first, each.name)}
    return replace(first, **{name: getattr(second, name) for name in missing})


def _unique(groups: Iterable[Iterable[Item]]) -> tuple[Item, ...]:
    return tuple(dict.fromkeys(item for group in groups for item in group))


def _join_traces(traces: Sequence[Trace]) -> Trace:
    return replace(traces[0], numbers=_unique(trace.numbers for trace in traces))


def _join_extras(coverages: Sequence[Coverage]) -> Iterator[tuple[str, str]]:
    for place, coverage in enumerate(coverages):
        for name, value in coverage.extras.items():
            yield name if place == 0 else f"{name} (reply {place})", value
