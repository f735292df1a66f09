"""Disability rating: Veteran Service History and Eligibility v2.

Only the combined rating is kept. The single ratings name illnesses that have no part in this question.
"""

from collections.abc import Iterator
from typing import Final

from payers.kit.json_text import Node
from payers.lighthouse.facts import Fact, write_fact
from payers.lighthouse.veterans import VA
from verifier.errors import UnreadableReply
from verifier.model.coverage import Benefit, Coverage
from verifier.model.vocabulary import CoverageStatus

TYPE: Final = "disability-rating"
MOST: Final = 100


def read_rating(document: Node) -> Coverage:
    """Read the combined rating; a Veteran without one has no row of it.

    Raises:
        UnreadableReply: it is no rating, or one outside 0 to 100 percent.
    """
    attributes = document.at("data", "attributes")
    if document.at("data", "type").text != TYPE or not attributes.is_object:
        raise UnreadableReply("This is no answer about a disability rating.")
    return Coverage(CoverageStatus.ACTIVE, payer=VA, benefits=tuple(_list_rows(attributes)))


def _list_rows(attributes: Node) -> Iterator[Benefit]:
    rating, since = attributes.at("combined_disability_rating"), attributes.at("combined_effective_date")
    if rating.value is None:
        return
    if type(rating.value) is not int or not 0 <= rating.value <= MOST:
        raise UnreadableReply("A disability rating is a percentage.")
    words = f"VA rates the service-connected disabilities at {rating.value} percent combined."
    yield write_fact(Fact.RATING, str(rating.value), rating, words)
    if since.text:
        yield write_fact(Fact.RATED_FROM, since.text, since)
