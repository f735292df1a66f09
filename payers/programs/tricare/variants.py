"""What nobody said, taken every way it may be: the variants, and the questions that would tell which is so.

A question is asked only where its answer changes the terms.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import date
from itertools import groupby
from typing import Final, NamedTuple

from payers.programs.tricare.course import Case, Span, Tables, add_years, follow_plan, lay_out
from payers.programs.tricare.tariff import FOLLOWS, PRIMES, is_point_of_service
from verifier.model.findings import Unknown
from verifier.model.inquiry import Relationship
from verifier.model.military import (
    Beneficiary,
    EnlistmentGroup,
    StatusChange,
    TricareFacts,
    TricarePlan,
)
from verifier.model.published import Phase, Variant

GROUP_B_SINCE: Final = date(2018, 1, 1)
BOTH: Final = (True, False)


class Known(NamedTuple):
    """What is known so far, beside the facts themselves."""

    facts: TricareFacts
    relationship: Relationship
    start: date


class Open(NamedTuple):
    """A fact that may be missing: in which ways it may be filled in, the likely ones first."""

    question: Unknown
    fill: Callable[[Known], Sequence[TricareFacts]]
    least_expected: int | None = None  # from which way on it is not what to expect


class Branch(NamedTuple):
    """One way of filling everything in: which way was taken at each open fact."""

    facts: TricareFacts
    ways: tuple[int, ...] = ()
    is_expected: bool = True


class Course(NamedTuple):
    """A branch and what it comes to."""

    branch: Branch
    phases: tuple[Phase, ...]

    @property
    def terms(self) -> tuple[object, ...]:
        """Return what the phases come to, without where the figures are from."""
        return tuple((each.begins, each.terms, each.carries) for each in self.phases)


class Outlook(NamedTuple):
    """Every variant that differs from the others, and what to ask to know which is so."""

    variants: tuple[Variant, ...]
    questions: tuple[Unknown, ...]


def look_out(facts: TricareFacts, relationship: Relationship, span: Span, tables: Tables) -> Outlook:
    """List how *facts* may come out over *span*."""
    branches = [Branch(_settle(facts))]
    for each in OPEN:
        branches = [way for branch in branches for way in _spread(branch, each, relationship, span)]
    is_child = relationship is Relationship.CHILD
    courses = [Course(each, lay_out(Case(each.facts, is_child), span, tables)) for each in branches]
    questions = tuple(each.question for place, each in enumerate(OPEN) if _matters(place, courses))
    return Outlook(tuple(_name_all(courses, span.begins)), questions)


def _settle(facts: TricareFacts) -> TricareFacts:
    """Take from *facts* what they say of each other."""
    group = facts.group
    if group is None and facts.enlisted_on:
        group = EnlistmentGroup.A if facts.enlisted_on < GROUP_B_SINCE else EnlistmentGroup.B
    facts = replace(facts, group=group, changes=tuple(map(_settle_change, facts.changes)))
    if facts.plan is TricarePlan.TRANSITIONAL:
        return replace(facts, plan=None, beneficiary=Beneficiary.ACTIVE_DUTY_FAMILY)
    fixed = FOLLOWS[facts.plan].beneficiary if facts.plan else None
    return replace(facts, beneficiary=fixed or facts.beneficiary)


def _settle_change(change: StatusChange) -> StatusChange:
    """Take transitional assistance for what it is priced as: an active duty family in Prime or Select."""
    if change.plan is not TricarePlan.TRANSITIONAL:
        return change
    return replace(change, plan=None, beneficiary=Beneficiary.ACTIVE_DUTY_FAMILY)


def _spread(branch: Branch, fact: Open, relationship: Relationship, span: Span) -> Iterator[Branch]:
    for way, facts in enumerate(fact.fill(Known(branch.facts, relationship, span.begins))):
        likely = fact.least_expected is None or way < fact.least_expected
        yield Branch(facts, (*branch.ways, way), branch.is_expected and likely)


def _matters(place: int, courses: Sequence[Course]) -> bool:
    """Tell whether two courses differ that went the same way everywhere but at *place*."""

    def elsewhere(course: Course) -> tuple[int, ...]:
        ways = course.branch.ways
        return (*ways[:place], *ways[place + 1 :])

    groups = groupby(sorted(courses, key=elsewhere), key=elsewhere)
    return any(len({course.terms for course in same}) > 1 for _, same in groups)


def _name_all(courses: Sequence[Course], day: date) -> Iterator[Variant]:
    """Make one variant of all courses that come to the same; it is expected if one of them is."""
    for terms in dict.fromkeys(course.terms for course in courses):
        same = [course for course in courses if course.terms == terms]
        label = _name(Case(same[0].branch.facts, is_child=False), day)
        yield Variant(label, same[0].phases, any(course.branch.is_expected for course in same))


def _name(case: Case, day: date) -> str:
    person = case.describe(day)
    words = [f"TRICARE {_say(person.plan)}", f"group {person.group}", _say(person.beneficiary)]
    words.append("in network" if person.in_network else "out of network")
    if person.beneficiary is Beneficiary.ACTIVE_DUTY_FAMILY and person.is_junior:
        words.append("sponsor E-4 or below")
    if is_point_of_service(person):
        words.append("without referral")
    return ", ".join(words)


def _say(word: str) -> str:
    return word.replace("_", " ")


def _fill_plan(known: Known) -> Sequence[TricareFacts]:
    facts = known.facts
    if facts.plan:
        return (facts,)
    if facts.has_medicare:
        return (replace(facts, plan=TricarePlan.FOR_LIFE, beneficiary=Beneficiary.RETIREE_FAMILY),)
    if facts.beneficiary is Beneficiary.ACTIVE_DUTY:
        return (replace(facts, plan=TricarePlan.PRIME),)
    return tuple(replace(facts, plan=plan) for plan in (TricarePlan.PRIME, TricarePlan.SELECT))


def _fill_beneficiary(known: Known) -> Sequence[TricareFacts]:
    facts = known.facts
    if facts.beneficiary:
        return (facts,)
    may_serve = known.relationship is Relationship.SELF and facts.plan in {
        TricarePlan.PRIME,
        TricarePlan.PRIME_REMOTE,
    }
    kinds = [Beneficiary.ACTIVE_DUTY_FAMILY, Beneficiary.RETIREE_FAMILY]
    if may_serve:
        kinds.append(Beneficiary.ACTIVE_DUTY)
    return tuple(replace(facts, beneficiary=kind) for kind in kinds)


def _fill_changed_plan(known: Known) -> Sequence[TricareFacts]:
    """Fill in the plan after each change of status; all that are open go the same way."""
    facts = known.facts
    choices = [follow_plan(facts.plan, change.beneficiary) for change in facts.changes if not change.plan]
    ways = max(map(len, choices), default=1)
    return tuple(_change_plans(facts, way) for way in range(ways))


def _change_plans(facts: TricareFacts, way: int) -> TricareFacts:
    changes = []
    for change in facts.changes:
        plans = (change.plan,) if change.plan else follow_plan(facts.plan, change.beneficiary)
        changes.append(replace(change, plan=plans[min(way, len(plans) - 1)]))
    return replace(facts, changes=tuple(changes))


def _fill_survivor(known: Known) -> Sequence[TricareFacts]:
    facts = known.facts
    if facts.beneficiary is not Beneficiary.TRANSITIONAL_SURVIVOR or facts.survivor_since:
        return (facts,)
    days = (known.start, add_years(known.start, -3))
    return tuple(replace(facts, survivor_since=day) for day in days)


def _fill_group(known: Known) -> Sequence[TricareFacts]:
    facts = known.facts
    if facts.group:
        return (facts,)
    return tuple(replace(facts, group=group) for group in EnlistmentGroup)


def _fill_referral(known: Known) -> Sequence[TricareFacts]:
    """Fill in the referral; active duty cannot be cared for without one, so its lack has to be said."""
    facts = known.facts
    serving = {facts.beneficiary, *(change.beneficiary for change in facts.changes)}
    if facts.has_referral is None and Beneficiary.ACTIVE_DUTY in serving:
        return (replace(facts, has_referral=True),)
    return _fill_flag("has_referral", _may_be_prime)(known)


def _may_be_prime(facts: TricareFacts) -> bool:
    return not PRIMES.isdisjoint({facts.plan, *(change.plan for change in facts.changes)})


def _may_be_family(facts: TricareFacts) -> bool:
    kinds = {facts.beneficiary, *(change.beneficiary for change in facts.changes)}
    return not kinds.isdisjoint({Beneficiary.ACTIVE_DUTY_FAMILY, Beneficiary.TRANSITIONAL_SURVIVOR})


def _may_be_for_life(facts: TricareFacts) -> bool:
    return TricarePlan.FOR_LIFE in {facts.plan, *(change.plan for change in facts.changes)}


def _fill_flag(
    name: str, applies: Callable[[TricareFacts], bool] | None = None
) -> Callable[[Known], Sequence[TricareFacts]]:
    """Fill in a yes or no, where it *applies*."""

    def fill(known: Known) -> Sequence[TricareFacts]:
        if getattr(known.facts, name) is not None or (applies and not applies(known.facts)):
            return (known.facts,)
        return tuple(replace(known.facts, **{name: way}) for way in BOTH)  # type: ignore[arg-type]

    return fill


OPEN: Final = (
    Open(
        Unknown(
            "tricare_plan",
            "In which TRICARE plan is the patient enrolled: Prime, Select, Reserve Select, Retired Reserve, "
            "Young Adult, For Life, or another?",
        ),
        _fill_plan,
    ),
    Open(
        Unknown(
            "tricare_beneficiary",
            "Is the sponsor on active duty or retired, and is the patient the sponsor, a family member or a "
            "survivor?",
        ),
        _fill_beneficiary,
    ),
    Open(
        Unknown("tricare_plan_after_change", "Which plan does the patient have once the status changes?"),
        _fill_changed_plan,
    ),
    Open(
        Unknown("tricare_survivor_since", "On which day did the sponsor die on active duty?"),
        _fill_survivor,
    ),
    Open(
        Unknown(
            "tricare_group",
            "When did the sponsor first enlist or receive a commission: before 2018-01-01 (Group A), or on "
            "that day or later (Group B)?",
        ),
        _fill_group,
    ),
    Open(
        Unknown("tricare_pay_grade", "Is the sponsor's pay grade E-4 or below, or E-5 or above?"),
        _fill_flag("is_junior_enlisted", _may_be_family),
    ),
    Open(
        Unknown("tricare_network", "Is the facility in the network of the TRICARE contractor?"),
        _fill_flag("network"),
    ),
    Open(
        Unknown(
            "tricare_referral",
            "Is there a referral from the primary care manager, approved by the contractor?",
        ),
        _fill_referral,
        least_expected=1,
    ),
    Open(
        Unknown(
            "tricare_medicare_pays",
            "Is the program one that Medicare pays: part of a hospital, a community mental health center, or "
            "else enrolled in Medicare for IOP?",
        ),
        _fill_flag("medicare_covers", _may_be_for_life),
    ),
)
