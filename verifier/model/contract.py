"""`ContractRate`: what a payer allows for one session by its contract with a facility."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from verifier.model.vocabulary import Network


@dataclass(frozen=True, slots=True)
class ContractRate:
    """Dollars for one whole session, on the days from *valid_from* to *valid_to* (``None``: without end)."""

    facility: str
    payer: str
    network: Network  # IN or OUT
    code: str
    amount: Decimal
    valid_from: date
    valid_to: date | None = None

    @property
    def origin(self) -> str:
        """Say where the amount comes from."""
        standing = "in network" if self.network is Network.IN else "out of network"
        return f"by the contract with {self.payer}, {standing}, from {self.valid_from}"
