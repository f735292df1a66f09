"""What the program of an inquiry costs: by published rules where there are, else by the payer's reply."""

from datetime import date

from verifier.errors import BadInput
from verifier.estimation.estimator import estimate_coverage
from verifier.estimation.published import estimate_published
from verifier.model.coverage import Coverage
from verifier.model.estimate import Estimate
from verifier.model.inquiry import Inquiry
from verifier.model.published import Published
from verifier.model.vocabulary import CoverageStatus, Network


def settle_network(inquiry: Inquiry) -> Network:
    """Tell the facility's standing: by its contract, else by what the desk said of TRICARE's network."""
    said = inquiry.tricare.network if inquiry.tricare else None
    if inquiry.network is not Network.UNKNOWN or said is None:
        return inquiry.network
    return Network.IN if said else Network.OUT


def price(
    inquiry: Inquiry, coverage: Coverage, published: Published | None, as_of: date | None
) -> Estimate | None:
    """Price the program by published rules, else by the reply; ``None``: neither says what it costs.

    Rules hold whether the payer could answer or not, but nobody prices a coverage that is not active.
    """
    if published and published.is_priced and coverage.status is not CoverageStatus.INACTIVE:
        return estimate_published(published, inquiry.program, coverage, as_of=as_of)
    if coverage.status is not CoverageStatus.ACTIVE:
        return None
    return estimate_coverage(coverage, inquiry.program, network=inquiry.network, as_of=as_of)


def price_if_possible(
    inquiry: Inquiry, coverage: Coverage, published: Published | None, as_of: date
) -> Estimate | None:
    """Price the program; ``None`` too where no schedule can be made of it."""
    try:
        return price(inquiry, coverage, published, as_of)
    except BadInput:  # what was paid for is shown all the same; the decision says that the cost is missing
        return None
