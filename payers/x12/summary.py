"""What the benefits of one patient say together: the plan, other coverage, services run by somebody else.

Sources: 005010X279A1 loops 2100C/D, 2110C/D and 2120C/D; priorities between dates and identifiers are ours.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from itertools import chain
from typing import Final, TypeVar

from payers.x12.tables import INSURANCE_TYPES
from verifier.model.coverage import Benefit, CarveOut, DateSpan, Entity, OtherCoverage, Plan, Reference
from verifier.model.vocabulary import BenefitKind, Period

T = TypeVar("T")
ACTIVE: Final = BenefitKind.ACTIVE
INACTIVE: Final = BenefitKind.INACTIVE
ACCUMULATORS: Final = frozenset({BenefitKind.DEDUCTIBLE, BenefitKind.OUT_OF_POCKET, BenefitKind.LIMITATION})
WHOLE_PLAN: Final = "30"
LONGEST_TYPE: Final = 3  # characters of EB04; a longer one is a plan's name, one element too early
TYPE_NAMES: Final = frozenset(INSURANCE_TYPES.values())
GROUP: Final = ("6P", "1L", "18")  # REF01 of a group's number, likeliest first
MEMBER_ID: Final = ("1W", "F6", "HJ", "IG")  # REF01 of an id at another payer
PLAN_BEGINS: Final = ("plan_begin", "eligibility_begin", "plan", "benefit_begin")
PLAN_ENDS: Final = ("plan_end", "eligibility_end", "benefit_end", "plan")
ELIGIBILITY: Final = ("eligibility",)  # read last: some payers only repeat the range that was asked about
PREMIUM: Final = "premium_paid_to_end"
OTHER_BEGINS: Final = (
    "coordination_of_benefits",
    *PLAN_BEGINS,
    "benefit",
    "policy_effective",
    "period_begin",
)
OTHER_ENDS: Final = ("coordination_of_benefits", *PLAN_ENDS, "benefit", "policy_expiration", "period_end")
RANGES: Final = frozenset(
    {"coordination_of_benefits", "plan", "eligibility", "benefit"}
)  # one day of these ends nothing
PAYERS: Final = ("PRP", "SEP", "TTP", "PR", "P4", "OC", "P5", "2B", "GW")  # NM101, likeliest first
OTHER_PAYER: Final = "R"  # EB01
INSURED: Final = "IL"
ADMINISTRATORS: Final = ("VN", "X3", "Y2")  # NM101 of whoever runs a benefit for the payer
CARVED_OUT: Final = frozenset({"U", "MC", "N"})  # EB01 that may name an administrator of any kind
NAMELESS: Final = "U"  # the one of them that means something without a name
NEVER_CARVED_OUT: Final = frozenset({"R", "X", "L", "W"})  # EB01: other payers, providers and echoes


def describe_plan(
    benefits: Sequence[Benefit], references: Sequence[Reference], dates: Sequence[DateSpan]
) -> Plan:
    """Describe the plan from what stands at the person and, behind that, at the benefits that tell of it."""
    leading = [benefit for benefit in benefits if benefit.kind is ACTIVE]
    leading = leading or [benefit for benefit in benefits if benefit.kind is INACTIVE]
    whole = [benefit for benefit in leading if not benefit.services or WHOLE_PLAN in benefit.services]
    spans, held = list(dates), list(references)
    name = kind = None
    for benefit in whole:
        spans += benefit.dates
    for benefit in whole + leading:
        name = name or benefit.plan_text
        kind = kind or benefit.insurance_type
        held += benefit.references
    group = _find_reference(held, GROUP) if held else None
    begins, ends = _find_begin(spans, PLAN_BEGINS), _find_end(spans, PLAN_ENDS)
    return Plan(
        name=name or _find_misplaced_name(kind),
        group_number=group.value if group else None,
        group_name=group.description if group else None,
        insurance_type=kind,
        begins=begins or _find_begin(spans, ELIGIBILITY),
        ends=ends or (None if begins else _find_end(spans, ELIGIBILITY)),
        premium_paid_to=_find_premium_end(benefits, dates),
        dates=tuple(dates),
    )


def _find_premium_end(benefits: Iterable[Benefit], dates: Iterable[DateSpan]) -> date | None:
    dated = [benefit.dates for benefit in benefits if benefit.dates]
    for span in chain(dates, *dated):
        if span.qualifier == PREMIUM and span.ends:
            return span.ends
    return None


def _find_misplaced_name(kind: str | None) -> str | None:
    return kind if kind and len(kind) > LONGEST_TYPE and kind not in TYPE_NAMES else None


def _find_reference(references: Sequence[Reference], qualifiers: Sequence[str]) -> Reference | None:
    """Return the first reference of the qualifier that comes first in *qualifiers*."""
    held = {each.qualifier: each for each in reversed(references) if each.value}
    return _pick_first(held, qualifiers) if held else None


def _find_begin(spans: Sequence[DateSpan], words: Sequence[str]) -> date | None:
    begins = {span.qualifier: span.begins for span in reversed(spans) if span.begins}
    return _pick_first(begins, words) if begins else None


def _find_end(spans: Sequence[DateSpan], words: Sequence[str]) -> date | None:
    ends = {span.qualifier: span.ends for span in reversed(spans) if span.ends and _is_end(span)}
    return _pick_first(ends, words) if ends else None


def _pick_first(found: Mapping[str, T], words: Sequence[str]) -> T | None:
    for word in words:
        if word in found:
            return found[word]
    return None


def _is_end(span: DateSpan) -> bool:
    return span.qualifier not in RANGES or span.begins != span.ends


def describe_other_coverage(benefits: Iterable[Benefit]) -> tuple[OtherCoverage, ...]:
    """Describe every other payer that *benefits* mention (EB*R)."""
    return tuple([_describe_other(benefit) for benefit in benefits if benefit.code == OTHER_PAYER])


def _describe_other(benefit: Benefit) -> OtherCoverage:
    payer = _pick_entity(benefit, PAYERS)
    insured = next((entity for entity in benefit.entities if entity.code == INSURED), None)
    number = _find_reference(benefit.references, MEMBER_ID)
    group = _find_reference(benefit.references, GROUP)
    return OtherCoverage(
        payer=payer.name if payer else benefit.plan_text,
        payer_id=payer.id if payer else None,
        role=payer.role if payer else None,
        insurance_type=benefit.insurance_type,
        member_id=number.value if number else (insured.id if insured else None),
        group_number=group.value if group else None,
        begins=_find_begin(benefit.dates, OTHER_BEGINS),
        ends=_find_end(benefit.dates, OTHER_ENDS),
        source=benefit.source,
    )


def _pick_entity(benefit: Benefit, codes: Sequence[str]) -> Entity | None:
    """Return the entity whose role comes first in *codes*, else any that is not the insured person."""
    known = (entity for code in codes for entity in benefit.entities if entity.code == code)
    return next(known, None) or next((entity for entity in benefit.entities if entity.code != INSURED), None)


def describe_carve_outs(benefits: Iterable[Benefit]) -> tuple[CarveOut, ...]:
    """Describe the services that somebody else administers.

    They are told by EB*U, EB*MC and EB*N with the entity in their 2120 loop, or by a vendor or utilization
    manager beside any other benefit. EB*U says "ask somebody else" even where it names nobody; a bare EB*N
    says nothing.
    """
    told = [benefit for benefit in benefits if benefit.entities or benefit.code in CARVED_OUT]
    return tuple([found for benefit in told if (found := _describe_carve_out(benefit))])


def _describe_carve_out(benefit: Benefit) -> CarveOut | None:
    if benefit.code in NEVER_CARVED_OUT:
        return None
    is_told = benefit.code in CARVED_OUT
    entity = _pick_entity(benefit, ADMINISTRATORS)
    if entity and not is_told and entity.code not in ADMINISTRATORS:
        return None
    name = entity.name if entity else benefit.plan_text
    if not entity and not name and not (benefit.code == NAMELESS and benefit.services):
        return None
    return CarveOut(
        name,
        entity.id if entity else None,
        benefit.services,
        entity.contacts if entity else (),
        benefit.source,
    )


def mark_unlimited(benefits: list[Benefit]) -> list[Benefit]:
    """Take what remains of an accumulator without limit for no limit, too.

    A payer that writes 99999.99 for the total writes 99709.99 for what remains; such an amount alone may be
    real.
    """
    totals = {
        _name_accumulator(benefit)
        for benefit in benefits
        if benefit.unlimited and benefit.kind in ACCUMULATORS
    }
    if not totals:
        return benefits
    return [
        benefit._replace(amount=None, unlimited=True)
        if benefit.period is Period.REMAINING and benefit.amount and _name_accumulator(benefit) in totals
        else benefit
        for benefit in benefits
    ]


def _name_accumulator(benefit: Benefit) -> tuple[object, ...]:
    return benefit.code, benefit.services, benefit.level, benefit.network, benefit.quantity_qualifier
