"""Where a number on the page came from: one sentence, and the segment as it was sent, if there is one."""

from collections.abc import Iterable
from typing import NamedTuple

from verifier.model.coverage import Source
from verifier.model.estimate import Step
from verifier.model.findings import Rule


class Origin(NamedTuple):
    """A sentence, and the text of the segment or JSON value it speaks of."""

    text: str
    segment: str | None = None


def of_source(source: Source, note: str | None = None) -> Origin:
    """Say where in a reply, or in which phone call, something was said."""
    more = f" ({note})" if note else ""
    if source.segment is not None:
        return Origin(f"Segment {source.segment} of the payer's reply{more}.", source.text)
    if source.pointer and source.pointer.startswith("/facts/"):
        return Origin(f"Said {source.text}{more}.")
    return Origin(f"{source.pointer or 'Somewhere'} in the payer's reply{more}.", source.text)


def of_rule(rule: Rule) -> Origin:
    """Name the published rule, its year, and how well it is known."""
    year = "" if rule.year is None else f" of {rule.year}"
    return Origin(f"Published rule of {rule.program.upper()}{year}, {rule.status.value}: {rule.source}.")


def of_step(step: Step) -> Origin:
    """Say where a value of the estimate came from; the caller's word has neither source nor rule."""
    if step.source:
        return of_source(step.source, step.note)
    if step.rule:
        return of_rule(step.rule)
    return Origin(f"{(step.note or 'as given here').capitalize()}.")


def find_origin(steps: Iterable[Step], *names: str) -> Origin | None:
    """Return the origin of the first step whose name begins with one of *names*."""
    return next((of_step(step) for step in steps if step.what.startswith(names)), None)
