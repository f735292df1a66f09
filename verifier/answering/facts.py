"""What an answer by phone may say: the parts of each fact and their forms, in one table.

The same table checks JSON and forms, and tells the worksheet which fields to show. A part is plain text
in the form the JSON of this service has: money ``250.00``, a rate ``0.2``, a day ``2026-12-07``.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType
from typing import Final

from verifier.errors import BadInput
from verifier.model.estimate import CopayPer
from verifier.model.fact import ANSWER, NOT_KNOWN, Fact, FactCode
from verifier.model.military import Beneficiary, EnlistmentGroup, TricarePlan

LONGEST: Final = 500
AMOUNT: Final = re.compile(r"\d{1,7}(\.\d{2})?", re.ASCII)
FRACTION: Final = re.compile(r"0(\.\d{1,4})?|1(\.0{1,4})?", re.ASCII)
NUMBER: Final = re.compile(r"\d{1,3}", re.ASCII)
STATE: Final = re.compile(r"[A-Z]{2}", re.ASCII)
GROUP: Final = re.compile(r"[1-8]", re.ASCII)


@dataclass(frozen=True, slots=True)
class Part:
    """One part of an answer: its name, the words to choose from or the form, and what people call it."""

    name: str
    label: str
    words: tuple[str, ...] = ()
    form: str = "text"  # text, money, rate, count, day, state, group, or words
    needed: bool = field(default=False)


def _choice(name: str, label: str, *words: str, needed: bool = False) -> Part:
    return Part(name, label, tuple(words), "words", needed)


def _only(label: str, form: str = "text") -> tuple[Part, ...]:
    return (Part(ANSWER, label, (), form, needed=True),)


def _either(label: str, *words: str) -> tuple[Part, ...]:
    return (_choice(ANSWER, label, *(words or ("yes", "no")), needed=True),)


BOTH_SIDES: Final = (
    Part("individual", "Left for the person", form="money"),
    Part("family", "Left for the family", form="money"),
)
PERIODS: Final = (CopayPer.DAY.value, CopayPer.WEEK.value, CopayPer.EPISODE.value)
PARTS: Final[Mapping[FactCode, tuple[Part, ...]]] = MappingProxyType(
    {
        FactCode.COVERAGE: _either("Coverage is", "active", "inactive"),
        FactCode.COVERED: _either("The program is covered"),
        FactCode.ADMINISTRATOR: _only("Name and phone number"),
        FactCode.NETWORK: _either("The facility is", "in", "out"),
        FactCode.AUTHORIZATION: _either("Authorization is", "required", "not_required"),
        FactCode.AUTHORIZATION_WAY: _only("How it is requested, days given at first"),
        FactCode.COST_SHARE: (
            Part("copay", "Copay", form="money"),
            _choice("per", "The copay buys one", *PERIODS),
            Part("coinsurance", "Coinsurance: the patient's share", form="rate"),
            _choice("deductible", "The deductible", "applies", "waived"),
        ),
        FactCode.COPAY_PERIOD: _either("The copay buys one", *PERIODS),
        FactCode.VISIT_LIMIT: (
            _choice("limit", "There is a limit", "yes", "no", needed=True),
            Part("left", "Days or visits left", form="count"),
        ),
        FactCode.VISITS_LEFT: _only("Days or visits left", "count"),
        FactCode.DEDUCTIBLE_REMAINING: BOTH_SIDES,
        FactCode.OUT_OF_POCKET_REMAINING: BOTH_SIDES,
        FactCode.PAYMENT_ORDER: _only("Which plan pays first"),
        FactCode.PRIMARY_PAYMENT: _only("What is allowed and paid for a session"),
        FactCode.TRICARE_PLAN: _either("Plan", *TricarePlan),
        FactCode.TRICARE_BENEFICIARY: _either("The patient is", *Beneficiary),
        FactCode.TRICARE_PLAN_AFTER_CHANGE: _either("Plan from then on", *TricarePlan),
        FactCode.TRICARE_SURVIVOR_SINCE: _only("Day", "day"),
        FactCode.TRICARE_GROUP: _either("Group", *EnlistmentGroup),
        FactCode.TRICARE_PAY_GRADE: _either("Pay grade", "e4_or_below", "e5_or_above"),
        FactCode.TRICARE_NETWORK: _either("The facility is in the network"),
        FactCode.TRICARE_REFERRAL: _either("There is an approved referral"),
        FactCode.TRICARE_MEDICARE_PAYS: _either("Medicare pays this program"),
        FactCode.CHAMPVA_OTHER_COVERAGE: _only("Other insurance"),
        FactCode.VA_REFERRAL: _only("Number of the referral"),
        FactCode.VA_EPISODE: (
            Part("begins", "First day", form="day"),
            Part("ends", "Last day", form="day"),
            Part("visits", "Visits authorized", form="count"),
        ),
        FactCode.VA_VISITS_USED: _only("Visits used", "count"),
        FactCode.VA_EPISODE_SERVICES: _either("It names this program"),
        FactCode.VA_REGION: _only("State, two letters", "state"),
        FactCode.PRIORITY_GROUP: (
            Part("group", "Priority group, 1 to 8", form="group"),
            Part("percent", "Combined disability rating, percent", form="count"),
        ),
        FactCode.COPAY_EXEMPTION: (
            _choice("service_connected", "The condition is service-connected", "yes", "no"),
            _choice("exempt", "Exempt from copays for it", "yes", "no"),
        ),
        FactCode.MENTAL_HEALTH_VISITS: _only("Visits this year", "count"),
    }
)


def _is_day(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


FORMS: Final[Mapping[str, tuple[Callable[[str], object], str]]] = MappingProxyType(
    {
        "text": (lambda text: len(text) <= LONGEST and text.isprintable(), f"at most {LONGEST} characters"),
        "money": (AMOUNT.fullmatch, "dollars such as 250.00"),
        "rate": (FRACTION.fullmatch, 'a fraction from "0" to "1": 20 % is "0.20"'),
        "count": (NUMBER.fullmatch, "a whole number from 0 to 999"),
        "day": (_is_day, "a day such as 2026-12-07"),
        "state": (STATE.fullmatch, 'two capital letters such as "LA"'),
        "group": (GROUP.fullmatch, "a group from 1 to 8"),
    }
)


def read_value(code: FactCode, given: str | Mapping[str, str]) -> Mapping[str, str]:
    """Check an answer to the question *code*; one that has a single part may be that part alone.

    Raises:
        BadInput: some part cannot be used; ``errors`` names it by JSON pointer below the value.
    """
    said = {ANSWER: given} if isinstance(given, str) else dict(given)
    value = {name: text.strip() for name, text in said.items() if text and text.strip()}
    if value == {ANSWER: NOT_KNOWN}:
        return MappingProxyType(value)
    errors = dict(_find_faults(code, value))
    if errors:
        raise BadInput("An answer cannot be used; the errors say why.", errors)
    return MappingProxyType(value)


def last_words(facts: Sequence[Fact]) -> Mapping[FactCode, Fact]:
    """Return the last word on each question that was answered: that of the latest call.

    Two questions ask how many visits are left; the later answer counts.
    """
    latest = {fact.code: fact for fact in sorted(facts, key=lambda fact: fact.call.at)}
    known = {code: fact for code, fact in latest.items() if fact.is_known}
    visits = [known[code] for code in (FactCode.VISIT_LIMIT, FactCode.VISITS_LEFT) if code in known]
    if len(visits) > 1:
        del known[min(visits, key=lambda fact: fact.call.at).code]
    return known


def _find_faults(code: FactCode, value: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    parts = {part.name: part for part in PARTS[code]}
    names = ", ".join(parts)
    yield from (
        (f"/{name[:60]}", f"is no part of this answer; known: {names}") for name in value.keys() - parts
    )
    if not value:
        yield "", f'must hold one of: {names}; or be "{NOT_KNOWN}"'
        return
    for name, part in parts.items():
        if name not in value:
            if part.needed:
                yield f"/{name}", "is missing"
        elif fault := _fault(part, value[name]):
            yield f"/{name}", f"must be {fault}"
    yield from (_cross(code, value))


def _cross(code: FactCode, value: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Find what is well formed part by part and makes no answer together."""
    if code is FactCode.COST_SHARE and not value.keys() & {"copay", "coinsurance"}:
        yield "/copay", "is missing, and so is the coinsurance: give at least one of them"
    if code is FactCode.COST_SHARE and "copay" in value and "per" not in value:
        yield "/per", "is missing: how often is the copay owed?"
    if code is FactCode.VISIT_LIMIT and value.get("limit") == "yes" and "left" not in value:
        yield "/left", "is missing: how many are left?"
    if code is FactCode.PRIORITY_GROUP and "percent" in value and not _is_percent(value["percent"]):
        yield "/percent", "must be from 0 to 100"


def _is_percent(text: str) -> bool:
    return not NUMBER.fullmatch(text) or int(text) <= 100  # noqa: PLR2004 - a percentage


def _fault(part: Part, text: str) -> str | None:
    if part.words:
        return None if text in part.words else f"one of: {', '.join(part.words)}"
    fits, form = FORMS[part.form]
    return None if fits(text) else form
