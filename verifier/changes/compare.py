"""`compare`: what a verification says otherwise than the one before, gravest first; noise is silent.

What a payer does not say any more is no change: the answer may have come by another wire, or in part. An
unknown answer changes nothing at all. Of what is left of a deductible or an out-of-pocket maximum only two
things matter: that nothing is left, and that more is left than before; in between it accrues as expected.
"""

from collections.abc import Callable, Iterator, Mapping
from itertools import chain
from types import MappingProxyType
from typing import Final

from verifier.changes import standing
from verifier.changes.facts import read_facts
from verifier.changes.names import plain
from verifier.changes.pair import Pair
from verifier.changes.prices import compare_limits, compare_shares
from verifier.model.change import PRICES, Change, ChangeKind, Fact, Facts, Severity, Topic
from verifier.model.verification import Verification
from verifier.model.vocabulary import CoverageStatus

ORDER: Final = tuple(ChangeKind)
GRAVITY: Final = tuple(Severity)
SEVERAL: Final = frozenset({Topic.CARVE_OUT, Topic.OTHER_COVERAGE})
ACTIVE, INACTIVE, REJECTED = CoverageStatus.ACTIVE, CoverageStatus.INACTIVE, CoverageStatus.REJECTED

Rule = Callable[[Pair], Iterator[Change]]


def compare(before: Verification, after: Verification) -> tuple[Change, ...]:
    """List what *after* says otherwise than *before*; nothing where *after* tells nothing.

    Where *before* tells nothing there is one thing to tell: that *after* denies coverage.
    """
    now = read_facts(after)
    return compare_facts(read_facts(before), now) if now else ()


def compare_facts(before: Facts | None, after: Facts) -> tuple[Change, ...]:
    """List what changed from the facts *before*, ``None`` where nothing was told, to those *after*."""
    known = before or Facts("", after.on)
    if all(fact.topic is Topic.STATUS for fact in known.facts) and not _denies(after):
        return ()  # the first answer there is changes nothing
    is_comparable = not (_is_reduced(known, after) or _is_other_program(known, after))
    pair = Pair(known, after if is_comparable else _leave_out_prices(after))
    rules = RULES.get(pair.words(Topic.STATUS), ())
    found = chain.from_iterable(rule(pair) for rule in rules)
    return tuple(sorted(found, key=lambda each: (GRAVITY.index(each.severity), ORDER.index(each.kind))))


def carry_over(before: Facts | None, after: Facts) -> Facts:
    """Return *after* with what *before* told of topics it is silent on, to compare the next answer with.

    A refusal so keeps all that was known but the status; a denial keeps nothing.
    """
    if before is None or _denies(after):
        return after
    if _is_other_program(before, after):
        before = _leave_out_prices(before)
    told = (_leave_out_prices(after) if _is_reduced(before, after) else after).facts
    topics = {fact.topic for fact in told} - SEVERAL
    named = {_spell(fact) for fact in told if fact.topic in SEVERAL}
    kept = (
        fact
        for fact in before.facts
        if fact.topic not in topics and not (fact.topic in SEVERAL and _spell(fact) in named)
    )
    return Facts(after.verification_id, after.on, (*told, *kept))


def _spell(fact: Fact) -> tuple[Topic, str]:
    return fact.topic, plain(fact.told.value)


def _denies(facts: Facts) -> bool:
    return any(fact.topic is Topic.STATUS and fact.told.value == INACTIVE for fact in facts.facts)


def _is_reduced(before: Facts, after: Facts) -> bool:
    """Tell whether services answered for before are missing, so that the plan's other prices stand in.

    They are left out once; when they are missing the next time too, they are compared.
    """
    answered = [
        {fact.told.value for fact in each.facts if fact.topic is Topic.ANSWERED} for each in (before, after)
    ]
    return not answered[0] <= answered[1]


def _is_other_program(before: Facts, after: Facts) -> bool:
    programs = Pair(before, after).both(Topic.PROGRAM)
    return programs is not None and programs[0] != programs[1]


def _leave_out_prices(facts: Facts) -> Facts:
    kept = tuple(fact for fact in facts.facts if fact.topic not in PRICES)
    return Facts(facts.verification_id, facts.on, kept)


WHILE_ACTIVE: Final[tuple[Rule, ...]] = (
    standing.compare_last_day,
    standing.compare_premium,
    standing.compare_payer,
    standing.compare_actual_payer,
    standing.compare_plan,
    standing.compare_network,
    standing.compare_carve_outs,
    standing.compare_other_coverage,
    standing.compare_authorization,
    standing.compare_covered,
    standing.compare_visits,
    compare_limits,
    compare_shares,
)
RULES: Final[Mapping[tuple[str | None, str | None], tuple[Rule, ...]]] = MappingProxyType(
    {
        (ACTIVE, ACTIVE): WHILE_ACTIVE,
        (REJECTED, ACTIVE): WHILE_ACTIVE,  # against what was known before the refusal
        (INACTIVE, ACTIVE): (standing.tell_beginning,),
        (ACTIVE, INACTIVE): (standing.tell_end, standing.compare_other_coverage),
        (INACTIVE, INACTIVE): (standing.compare_other_coverage,),
        (REJECTED, INACTIVE): (standing.tell_denial, standing.compare_other_coverage),
        (None, INACTIVE): (standing.tell_denial,),
        (ACTIVE, REJECTED): (standing.tell_refusal,),
    }
)
