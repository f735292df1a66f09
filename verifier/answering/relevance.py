"""Which benefits of a coverage are about the planned program, for this facility's network."""

from collections.abc import Iterator
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from verifier.codes import procedures, service_types
from verifier.model.coverage import Benefit, Coverage
from verifier.model.inquiry import Inquiry
from verifier.model.vocabulary import BenefitKind, Network

OTHER_NETWORK: Final = MappingProxyType({Network.IN: Network.OUT, Network.OUT: Network.IN})
WHOLE_PLAN: Final = "30"


@dataclass(frozen=True, slots=True)
class Relevant:
    """An inquiry beside the benefits that are about its program."""

    inquiry: Inquiry
    coverage: Coverage
    track: str | None
    benefits: tuple[Benefit, ...]

    def of_kind(self, *kinds: BenefitKind) -> Iterator[Benefit]:
        """Give the relevant benefits of these kinds."""
        return (benefit for benefit in self.benefits if benefit.kind in kinds)

    def names_program(self, benefit: Benefit) -> bool:
        """Tell whether a benefit names the program's own services, and not only the plan as a whole."""
        return benefit.procedure is not None or set(benefit.services) != {WHOLE_PLAN}


def select_relevant(inquiry: Inquiry, coverage: Coverage) -> Relevant:
    """Set apart the benefits that may decide about the program of *inquiry*."""
    track = track_of(inquiry)
    benefits = tuple(benefit for benefit in coverage.benefits if _concerns(benefit, inquiry, track))
    return Relevant(inquiry, coverage, track, benefits)


def track_of(inquiry: Inquiry) -> str | None:
    """Tell what the program treats: ``sud``, ``mh``, or ``None`` when its code does not say."""
    procedure = procedures.find(inquiry.program.code)
    return procedure.track if procedure else None


def _concerns(benefit: Benefit, inquiry: Inquiry, track: str | None) -> bool:
    if benefit.network is OTHER_NETWORK.get(inquiry.network):
        return False
    if benefit.procedure is not None:
        return benefit.procedure.upper() == inquiry.program.code.upper()
    return any(service_types.rank(service, track) for service in benefit.services)
