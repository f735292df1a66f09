"""Facts VA's interfaces state, kept as benefit rows that price nothing, each with where it was read.

A row names no service: what VA says of a Veteran is no benefit of a plan, and none of these interfaces tells
enrolment, priority group or a referral.
"""

from collections.abc import Iterator
from enum import StrEnum

from payers.kit.json_text import Node
from verifier.model.coverage import Benefit, Coverage, Reference, Source, bare_benefit
from verifier.model.vocabulary import BenefitKind


class Fact(StrEnum):
    """The facts there are, by the name that finds them in a coverage."""

    STATUS = "veteran_status"
    REASON = "not_confirmed_reason"
    RATING = "combined_disability_rating"  # percent
    RATED_FROM = "combined_effective_date"
    CODES = "community_care_codes"  # with a blank between them
    ELIGIBLE = "community_care_eligible"  # true or false; absent where VA's tool could not tell
    PROCESSING = "community_care_processing"
    NEAREST = "nearest_va_drive_minutes"  # least and most, with a hyphen between them
    PACT = "pact_status"


def write_fact(name: Fact, value: str, node: Node, *words: str) -> Benefit:
    """Keep that *name* has this *value*, as read at *node*."""
    source = Source(None, node.write(), node.pointer)
    told = (Reference(name, value, None),)
    return bare_benefit(BenefitKind.DESCRIPTION, source, code=name, messages=words, references=told)


def find_fact(coverage: Coverage, name: Fact) -> str | None:
    """Find the value of *name*; ``None``: VA did not say."""
    return next(_find_all(coverage, name), None)


def _find_all(coverage: Coverage, name: Fact) -> Iterator[str]:
    for row in coverage.benefits:
        for reference in row.references:
            if reference.qualifier == name:
                yield reference.value
