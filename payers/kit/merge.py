"""Several replies about one patient made one coverage, with nothing of any of them lost.

Each source keeps its reply's number. What payers repeat word for word in every reply is listed once, and a
warning counts what was left out.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import fields, replace
from functools import reduce
from types import MappingProxyType
from typing import Final, TypeVar

from verifier.model.coverage import (
    Benefit,
    CarveOut,
    Coverage,
    CoverageStatus,
    Entity,
    OtherCoverage,
    PayerName,
    Plan,
    Rejection,
    Trace,
)
from verifier.model.coverage import Warning as Oddity

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
    """Merge *coverages*, at least one, in order; of payer, plan and persons the first word counts."""
    numbered = [_number(coverage, place) for place, coverage in enumerate(coverages)]
    if len(numbered) == 1:
        return numbered[0]
    benefits, repeated = _join_rows([coverage.benefits for coverage in numbered])
    said_twice = [_count_repeated(repeated)] if repeated else []
    return Coverage(
        status=min((coverage.status for coverage in numbered), key=RANKS.index),
        payer=reduce(_fill, (coverage.payer for coverage in numbered)),
        answered_by=_unique(coverage.answered_by for coverage in numbered),
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
    )


def _number(coverage: Coverage, reply: int) -> Coverage:
    if reply == 0:
        return coverage
    return replace(
        coverage,
        benefits=tuple(_place(row, reply) for row in coverage.benefits),
        rejections=tuple(_place(row, reply) for row in coverage.rejections),
        carve_outs=tuple(_place(row, reply) for row in coverage.carve_outs),
        other_coverage=tuple(_place(row, reply) for row in coverage.other_coverage),
    )


def _place(row: Row, reply: int, *, segment: bool = True) -> Row:
    """Say of *row*, and of the entities in it, from which reply it is; or forget where, to compare."""
    source = row.source._replace(reply=reply)
    placed = row._replace(source=source if segment else source._replace(segment=None, pointer=None))
    if isinstance(placed, Benefit):
        return placed._replace(
            entities=tuple(_place(each, reply, segment=segment) for each in placed.entities)
        )
    return placed


def _join_rows(replies: Sequence[Sequence[Row]]) -> tuple[tuple[Row, ...], int]:
    """Join the rows of each reply, but those that an earlier reply has word for word, children included."""
    known: set[object] = set()
    joined: list[Row] = []
    repeated = 0
    for rows in replies:
        keyed = [(_place(row, 0, segment=False), row) for row in rows]
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
