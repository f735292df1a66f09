"""Whom a reply names that is to be asked next: the plan that pays in the payer's place, an administrator.

Sources: 005010X279A1 loops 2110 and 2120; CMS HETS companion guide for how Medicare names a Medicare
Advantage plan (EB*R with the plan's type). Medicaid programs name the managed care organization by EB*MC or
beside what they say is active.
"""

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Final, NamedTuple

from payers.kit.joining import WHOLE_PLAN, is_behavioral
from verifier.codes import service_types
from verifier.model.coverage import (
    CarveOut,
    Contact,
    Coverage,
    Entity,
    OtherCoverage,
    Source,
)
from verifier.model.vocabulary import BenefitKind, CoverageStatus

ADMINISTRATOR: Final = "administrator"
MEDICARE_ADVANTAGE: Final = "medicare_advantage"
MEDICAID_PLAN: Final = "medicaid_managed_care"
REGION: Final = "tricare_region"  # the contractor of the other region, which a wrong one names as the payer
PLAN_KINDS: Final[Mapping[str, str]] = MappingProxyType(
    {"medicare": MEDICARE_ADVANTAGE, "medicaid": MEDICAID_PLAN}
)
REPLACING: Final[Mapping[str, frozenset[str]]] = MappingProxyType(
    {  # insurance types (EB04 or its word) of one that pays in place of a payer of this line, not beside it
        "medicare": frozenset(
            {"HM", "HN", "IN", "PR", "PS", "HMO", "HMO Medicare risk", "Indemnity", "PPO", "POS"}
        ),
        "medicaid": frozenset({"HM", "MC", "HMO", "Medicaid"}),
    }
)
OWN_TYPES: Final[Mapping[str, str]] = MappingProxyType(
    {  # insurance types that make the payer named beside an active benefit such a plan
        "HN": MEDICARE_ADVANTAGE,
        "HMO Medicare risk": MEDICARE_ADVANTAGE,
        "MC": MEDICAID_PLAN,
        "Medicaid": MEDICAID_PLAN,
    }
)
PAYERS: Final = frozenset({"PR", "PRP"})  # NM101
SHARES: Final = frozenset({BenefitKind.COPAY, BenefitKind.COINSURANCE})
ANSWERED: Final = frozenset({CoverageStatus.ACTIVE, CoverageStatus.INACTIVE})


class Lead(NamedTuple):
    """Somebody to ask next; *payer* is the id in the payer directory where it is the directory that tells."""

    kind: str
    name: str | None
    id: str | None
    source: Source
    contacts: tuple[Contact, ...] = ()
    member_id: str | None = None
    payer: str | None = None


def find_leads(coverage: Coverage, line: str, track: str | None) -> Iterator[Lead]:
    """Find whom *coverage*, told by a payer of this *line* of business, names for a program of *track*.

    The plan that actually pays comes before administrators: it may have others.
    """
    if line == "tricare" and coverage.status is not CoverageStatus.UNKNOWN:
        yield from _find_region(coverage)
    if coverage.status in ANSWERED and coverage.actual_payer is None:
        yield from _find_other_plans(coverage, line)
        yield from _find_own_plans(coverage)
    if coverage.status is CoverageStatus.ACTIVE:
        for carve_out in coverage.open_carve_outs:
            if _concerns(carve_out, track) and (carve_out.administrator or carve_out.administrator_id):
                yield _follow(carve_out, ADMINISTRATOR)


def answers_for_behavioral(coverage: Coverage, track: str | None) -> bool:
    """Tell whether nobody else has to be asked: cost shares are told, or somebody else was named."""
    tells_shares = any(row.kind in SHARES and is_behavioral(row.services) for row in coverage.benefits)
    return tells_shares or any(_concerns(each, track) for each in coverage.carve_outs)


def _find_region(coverage: Coverage) -> Iterator[Lead]:
    """Take whom a TRICARE contractor names as the payer: each answers for the other's patients, too."""
    payer = coverage.payer
    if coverage.actual_payer is None and (payer.name or payer.id):
        yield Lead(REGION, payer.name, payer.id, Source(None, "the payer that the reply names"))


def _find_other_plans(coverage: Coverage, line: str) -> Iterator[Lead]:
    if line not in REPLACING:
        return
    for other in coverage.other_coverage:
        if other.insurance_type in REPLACING[line] and (other.payer or other.payer_id):
            yield _follow_other(other, PLAN_KINDS[line])
    for carve_out in coverage.carve_outs:
        if _is_whole(carve_out) and (carve_out.administrator or carve_out.administrator_id):
            yield _follow(carve_out, PLAN_KINDS[line])


def _find_own_plans(coverage: Coverage) -> Iterator[Lead]:
    """Find a Medicaid or Medicare plan of another name beside an active benefit."""
    for row in coverage.benefits:
        kind = OWN_TYPES.get(row.insurance_type or "")
        if row.kind is BenefitKind.ACTIVE and kind:
            for entity in row.entities:
                if entity.code in PAYERS and not _is_self(entity, coverage):
                    yield Lead(kind, entity.name, entity.id, entity.source, entity.contacts)


def _is_self(entity: Entity, coverage: Coverage) -> bool:
    same_id = entity.id is not None and entity.id == coverage.payer.id
    return same_id or entity.name is None or entity.name == coverage.payer.name


def _follow_other(other: OtherCoverage, kind: str) -> Lead:
    return Lead(kind, other.payer, other.payer_id, other.source, member_id=other.member_id)


def _follow(carve_out: CarveOut, kind: str) -> Lead:
    return Lead(
        kind, carve_out.administrator, carve_out.administrator_id, carve_out.source, carve_out.contacts
    )


def _is_whole(carve_out: CarveOut) -> bool:
    return not carve_out.services or WHOLE_PLAN in carve_out.services


def _concerns(carve_out: CarveOut, track: str | None) -> bool:
    """Tell whether services like the program's are carved out."""
    return not carve_out.services or any(
        service_types.rank(code, track) is not None for code in carve_out.services
    )
