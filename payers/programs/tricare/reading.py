"""Which TRICARE plan a reply tells: by the words of EB05 and MSG, since no code list of plans is published.

``plan_texts.tsv`` maps words to plans, the first row that fits counts. Contractors' texts are not published
either, so words that no row knows are never guessed at: they are shown, for somebody to look at.
"""

import re
from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from payers.programs.tricare.table import ROOM
from verifier.codes.table import read_rows
from verifier.model.coverage import Benefit, Coverage
from verifier.model.military import TricarePlan
from verifier.model.vocabulary import BenefitKind

PLANS: Final = tuple(
    (f" {row['words']} ", TricarePlan(row["plan"])) for row in read_rows("plan_texts.tsv", ROOM)
)
OF_ONE_PLAN: Final = {
    "tricare-for-life": TricarePlan.FOR_LIFE,
    "usfhp-": TricarePlan.FAMILY_HEALTH_PLAN,
}
NO_WORD: Final = re.compile(r"[^A-Z0-9]+")
YOUNG: Final = (" TYA ", " YOUNG ADULT ")  # of these, only the whole names are in the table


class PlanReading(NamedTuple):
    """The plan a reply tells, and the texts nobody knows; no plan where it tells none or several."""

    plan: TricarePlan | None
    unread: tuple[str, ...] = ()

    @property
    def needs_review(self) -> bool:
        """Tell whether somebody has to look at the reply's texts."""
        return bool(self.unread)


def read_plan(coverage: Coverage) -> PlanReading:
    """Read the plan from what *coverage* says is active, plan texts before messages."""
    active = [row for row in coverage.benefits if row.kind is BenefitKind.ACTIVE]
    named = [text for text in (coverage.plan.name, *(row.plan_text for row in active)) if text]
    known = {text: match_plan(text) for text in dict.fromkeys([*named, *_list_messages(active)])}
    plans = {plan for plan in known.values() if plan}
    if len(plans) == 1:
        return PlanReading(plans.pop(), tuple(text for text in named if known[text] is None))
    return PlanReading(None, tuple(known))


def plan_of(payer: str) -> TricarePlan | None:
    """Return the plan of a *payer* of the directory that has but one."""
    return next((plan for beginning, plan in OF_ONE_PLAN.items() if payer.startswith(beginning)), None)


def match_plan(text: str) -> TricarePlan | None:
    """Return the plan whose words stand in *text*, as whole words."""
    words = f" {NO_WORD.sub(' ', text.upper()).strip()} "
    found = next(((phrase, plan) for phrase, plan in PLANS if phrase in words), None)
    if found is None or (any(each in words for each in YOUNG) and "young" not in found[1]):
        return None
    return found[1]


def _list_messages(rows: Sequence[Benefit]) -> Iterator[str]:
    return (message for row in rows for message in row.messages)
