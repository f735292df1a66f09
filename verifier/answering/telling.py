"""What was answered by phone of a military patient or of the network, told where the inquiry says nothing."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from types import MappingProxyType
from typing import Final, TypeVar

from verifier.answering.facts import last_words
from verifier.model.fact import ANSWER, Fact, FactCode
from verifier.model.inquiry import Inquiry
from verifier.model.military import Beneficiary, EnlistmentGroup, TricareFacts, TricarePlan, VaFacts
from verifier.model.vocabulary import Network

Facts = TypeVar("Facts", TricareFacts, VaFacts)
Fields = Mapping[str, tuple[str, Callable[[str], object]]]  # part of the answer → field, and how to read it


def tell(inquiry: Inquiry, facts: Sequence[Fact]) -> Inquiry:
    """Fill what the inquiry leaves open from what was answered: the network, and military facts."""
    words = last_words(facts)
    if FactCode.NETWORK in words and inquiry.network is Network.UNKNOWN:
        inquiry = replace(inquiry, network=Network(words[FactCode.NETWORK].value[ANSWER]))
    tricare, va = inquiry.tricare or TricareFacts(), inquiry.va or VaFacts()
    for code, fact in words.items():
        tricare = _fill(tricare, TRICARE.get(code), fact)
        va = _fill(va, VA.get(code), fact)
    return replace(
        inquiry,
        tricare=inquiry.tricare if tricare == TricareFacts() else tricare,
        va=inquiry.va if va == VaFacts() else va,
    )


def _fill(facts: Facts, fields: Fields | None, fact: Fact) -> Facts:
    told = {
        name: read(fact.value[part])
        for part, (name, read) in (fields or {}).items()
        if part in fact.value and getattr(facts, name) is None
    }
    return replace(facts, **told)  # type: ignore[arg-type]


def is_yes(text: str) -> bool:
    """Read a yes or no."""
    return text == "yes"


TRICARE: Final[Mapping[FactCode, Fields]] = MappingProxyType(
    {
        FactCode.TRICARE_PLAN: {ANSWER: ("plan", TricarePlan)},
        FactCode.TRICARE_BENEFICIARY: {ANSWER: ("beneficiary", Beneficiary)},
        FactCode.TRICARE_SURVIVOR_SINCE: {ANSWER: ("survivor_since", date.fromisoformat)},
        FactCode.TRICARE_GROUP: {ANSWER: ("group", EnlistmentGroup)},
        FactCode.TRICARE_PAY_GRADE: {ANSWER: ("is_junior_enlisted", lambda text: text == "e4_or_below")},
        FactCode.TRICARE_NETWORK: {ANSWER: ("network", is_yes)},
        FactCode.TRICARE_REFERRAL: {ANSWER: ("has_referral", is_yes)},
        FactCode.TRICARE_MEDICARE_PAYS: {ANSWER: ("medicare_covers", is_yes)},
    }
)
VA: Final[Mapping[FactCode, Fields]] = MappingProxyType(
    {
        FactCode.VA_REFERRAL: {ANSWER: ("referral_number", str)},
        FactCode.VA_EPISODE: {
            "begins": ("referral_begins", date.fromisoformat),
            "ends": ("referral_ends", date.fromisoformat),
            "visits": ("visits_authorized", int),
        },
        FactCode.VA_VISITS_USED: {ANSWER: ("visits_used", int)},
        FactCode.VA_REGION: {ANSWER: ("state", str)},
        FactCode.PRIORITY_GROUP: {
            "group": ("priority_group", str),
            "percent": ("service_connected_percent", int),
        },
        FactCode.COPAY_EXEMPTION: {
            "service_connected": ("is_service_connected_care", is_yes),
            "exempt": ("is_copay_exempt", is_yes),
        },
        FactCode.MENTAL_HEALTH_VISITS: {ANSWER: ("mental_health_visits_this_year", int)},
    }
)
