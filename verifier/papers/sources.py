"""Where a figure stands, in words to follow: a segment of a reply, a published rule, a word given."""

import re
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Final

from verifier.model.coverage import AnsweredBy, Source
from verifier.model.estimate import Step
from verifier.model.findings import Rule
from verifier.money import read_rate
from verifier.wording import dollars, percent, plain

MOST: Final = 40  # of a list that others fill
WORKED_OUT: Final = "worked out, not told"
ISO_DAY: Final = re.compile(r"\b(\d{4})-(\d{2})-(\d{2})\b", re.ASCII)
AMOUNT: Final = re.compile(r"\d+\.\d{2}", re.ASCII)


def cite(source: Source | None, answered_by: Sequence[AnsweredBy] = ()) -> str:
    """Name the place in the reply, and who sent it where several did."""
    if source is None:
        return ""
    place = f"segment {source.segment}" if source.segment is not None else source.pointer or "the reply"
    sender = _sender(source, answered_by) if len(answered_by) > 1 else ""
    return f"{place}{sender}: {source.text}"


def cite_rule(rule: Rule) -> str:
    """Name program, year, status and source of a published rule."""
    year = f" {rule.year}" if rule.year is not None else ""
    return f"{rule.program}{year}, {rule.status}: {rule.source}"


def cite_step(step: Step, answered_by: Sequence[AnsweredBy]) -> str:
    """Say where a value of the estimate came from."""
    told = (cite(step.source, answered_by), cite_rule(step.rule) if step.rule else "", step.note or "")
    return "; ".join(part for part in told if part) or WORKED_OUT


def say(text: str) -> str:
    """Write the days in a text of ours as people here read them: ``12/07/2026``."""
    return ISO_DAY.sub(r"\2/\3/\1", text)


def say_all(texts: Iterable[str]) -> tuple[str, ...]:
    """Write texts of ours for people, as many as a page bears."""
    return some(map(say, texts))


def some(texts: Iterable[str]) -> tuple[str, ...]:
    """Return as many texts as a page bears; how many more there are is said."""
    said = list(texts)
    return (*said[:MOST], *((f"and {len(said) - MOST} more",) if len(said) > MOST else ()))


def value_of(step: Step) -> str:
    """Write the value of a step: dollars for an amount, percent for a rate, else its words."""
    if AMOUNT.fullmatch(step.value):
        return dollars(Decimal(step.value))
    rate = read_rate(step.value) if step.what == "coinsurance" else None
    return say(plain(step.value)) if rate is None else percent(rate)


def _sender(source: Source, answered_by: Sequence[AnsweredBy]) -> str:
    known = source.answered_by < len(answered_by)
    name = answered_by[source.answered_by].payer if known else None
    return f" of reply {source.reply + 1}" + (f" ({name})" if name else "")
