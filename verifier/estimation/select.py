"""Which of a payer's rows speak of the program: the hard filters, and the order of what is left.

A row's `standing` is compared element by element, smaller first; the first difference decides. Its first
five elements name the service the row is for, the others only how well the row fits.
"""

from collections.abc import Iterable, Iterator, Mapping
from itertools import chain
from types import MappingProxyType
from typing import Final, NamedTuple

from verifier.codes import places_of_service, service_types
from verifier.codes.places_of_service import PlaceSetting
from verifier.codes.procedures import LevelOfCare
from verifier.codes.service_types import ServiceSetting
from verifier.estimation.messages import Remark, join, says
from verifier.estimation.setting import Setting
from verifier.model.coverage import Benefit, Coverage, DateSpan
from verifier.model.vocabulary import BenefitKind, CoverageLevel, Network

WHOLE_PLAN: Final = "30"
PLAN_RANK: Final = 10
UNRANKED: Final = 11
WEAK_RANK: Final = 6  # from here on a service type is only loosely the program's
HOSPITAL_INSURANCE: Final = frozenset({"MA", "Medicare Part A"})  # pays stays; outpatient care is part B's
LEVELS: Final[Mapping[CoverageLevel | None, int]] = MappingProxyType(
    {CoverageLevel.INDIVIDUAL: 0, None: 1, CoverageLevel.EMPLOYEE: 1}
)
FITTING_NETWORKS: Final[Mapping[Network, Mapping[Network, int]]] = MappingProxyType(
    {
        Network.IN: {Network.IN: 0, Network.BOTH: 1, Network.UNKNOWN: 2},
        Network.OUT: {Network.OUT: 0, Network.BOTH: 1, Network.UNKNOWN: 2},
        Network.UNKNOWN: {Network.BOTH: 0, Network.UNKNOWN: 1},
    }
)
LIMITS: Final = frozenset({BenefitKind.DEDUCTIBLE, BenefitKind.OUT_OF_POCKET})
RELEVANT: Final = LIMITS | {
    BenefitKind.ACTIVE,
    BenefitKind.COINSURANCE,
    BenefitKind.COPAY,
    BenefitKind.COVERAGE_BASIS,
    BenefitKind.EXCLUSION,
    BenefitKind.LIMITATION,
    BenefitKind.NOT_COVERED,
    BenefitKind.UNLIMITED,
}


class Candidate(NamedTuple):
    """A row that may speak of the program, its standing and what its messages say in one text."""

    standing: tuple[int, ...]  # procedure, words, office, rank, place | network, tier, level, plan
    rank: int
    text: str
    benefit: Benefit

    @property
    def service(self) -> tuple[int, ...]:
        """Tell for which service the row is, as four elements: procedure, words, office, rank."""
        return self.standing[:4]

    @property
    def nearness(self) -> tuple[int, ...]:
        """Tell how near that service is to the program, whoever's visit it prices."""
        return (*self.standing[:2], self.rank)

    @property
    def is_named(self) -> bool:
        """Tell whether the row names the program, by procedure or in words."""
        return self.standing[:2] != (1, 1)

    @property
    def is_office(self) -> bool:
        """Tell whether the row is an office visit's, and the program is not."""
        return self.standing[2] > 0

    @property
    def place(self) -> int:
        """Tell how the row's place fits: 0 it is ours, 1 it names none, 2 it is another facility."""
        return self.standing[4]


def candidates(coverage: Coverage, setting: Setting, network: Network) -> list[Candidate]:
    """List the rows that may speak of a program in *setting* by a provider of *network*, best first."""
    plans = _plans(coverage.benefits)
    fitting = FITTING_NETWORKS[network]
    found = []
    for benefit in coverage.benefits:
        if benefit.kind in RELEVANT and benefit.network in fitting:
            candidate = _consider(benefit, setting, fitting[benefit.network], plans)
            if candidate:
                found.append(candidate)
    return sorted(found, key=lambda candidate: candidate.standing)


def _consider(
    benefit: Benefit, setting: Setting, network: int, plans: frozenset[str | None]
) -> Candidate | None:
    place = _place_order(benefit.places_of_service, setting)
    if place is None or benefit.insurance_type in HOSPITAL_INSURANCE:
        return None
    if benefit.procedure and benefit.procedure.upper() != setting.code:
        return None
    text = join(benefit.messages)
    is_named = bool(text) and _names_program(text, setting)
    rank = _rank(benefit, setting, is_named=is_named or bool(benefit.procedure))
    if rank is None or _is_elsewhere(benefit, text, rank, setting) or _is_outdated(benefit.dates, setting):
        return None
    standing = (
        0 if benefit.procedure else 1,
        0 if is_named else 1,
        int(_is_office_copay(benefit, text, setting)),
        rank,
        place,
        network,
        int(bool(text) and says(text, Remark.SPECIAL_TIER)),
        LEVELS.get(benefit.level, 2),
        int(not plans.issuperset((benefit.plan_text, benefit.insurance_type))),
    )
    return Candidate(standing, rank, text, benefit)


def _plans(benefits: Iterable[Benefit]) -> frozenset[str | None]:
    """Collect how the active rows call their plans and insurance types; a row that calls none fits any."""
    active = [row for row in benefits if row.kind is BenefitKind.ACTIVE]
    return frozenset({None, *(row.plan_text for row in active), *(row.insurance_type for row in active)})


def _rank(benefit: Benefit, setting: Setting, *, is_named: bool) -> int | None:
    """Rank the row's nearest service type; one for another service counts only if it names the program."""
    ranks = [_service_rank(code, setting) for code in benefit.services or (WHOLE_PLAN,)]
    known = [rank for rank in ranks if rank is not None]
    if known:
        return min(known)
    return UNRANKED if is_named and not _is_inpatient(benefit.services) else None


def _service_rank(code: str, setting: Setting) -> int | None:
    if setting.level == LevelOfCare.PHP and code == "BB":
        return 1
    return service_types.rank(code, setting.track)


def _is_inpatient(codes: Iterable[str]) -> bool:
    found = [service_types.find(code) for code in codes]
    return all(row is not None and row.setting is ServiceSetting.INPATIENT for row in found)


def _place_order(places: tuple[str, ...], setting: Setting) -> int | None:
    """Order by place of service: ours, none named, another outpatient facility; ``None`` for all others."""
    if not places:
        return 1
    if setting.place in places:
        return 0
    named = (places_of_service.find(place) for place in places)
    return 2 if any(place and place.setting is PlaceSetting.FACILITY for place in named) else None


def _names_program(text: str, setting: Setting) -> bool:
    if setting.level == LevelOfCare.PHP:
        return says(text, Remark.PARTIAL_HOSPITALIZATION)
    return says(text, Remark.OUR_PROGRAM)


def _is_elsewhere(benefit: Benefit, text: str, rank: int, setting: Setting) -> bool:
    """Tell whether the row's words put it into another setting; limits of the whole plan hold in any."""
    if not text or (benefit.kind in LIMITS and rank >= PLAN_RANK) or benefit.kind is BenefitKind.ACTIVE:
        return False
    if _names_program(text, setting) or says(text, Remark.OUTPATIENT):
        return False
    is_remote = setting.place_setting is PlaceSetting.TELEHEALTH
    return (
        says(text, Remark.OTHER_SETTING)
        or (says(text, Remark.TELEHEALTH) and not is_remote)
        or (says(text, Remark.PARTIAL_HOSPITALIZATION) and setting.level != LevelOfCare.PHP)
    )


def _is_office_copay(benefit: Benefit, text: str, setting: Setting) -> bool:
    """Tell whether the row is an office visit's; a facility program follows it only if nothing else is given.

    Parity rules let a plan price office visits apart from all other outpatient care (29 CFR 2590.712).
    """
    if not setting.is_facility or benefit.kind not in {BenefitKind.COPAY, BenefitKind.COINSURANCE}:
        return False
    if text and says(text, Remark.OFFICE):
        return True
    return benefit.kind is BenefitKind.COPAY and _best_is_office(benefit.services, setting)


def _best_is_office(codes: tuple[str, ...], setting: Setting) -> bool:
    ranked = [code for code in codes if _service_rank(code, setting) is not None]
    types = [service_types.find(code) for code in ranked]
    return bool(types) and all(row is not None and row.setting is ServiceSetting.OFFICE for row in types)


def _is_outdated(dates: tuple[DateSpan, ...], setting: Setting) -> bool:
    return any(_misses(span, setting) for span in dates)


def _misses(span: DateSpan, setting: Setting) -> bool:
    """Tell whether a dated row ended before the program or begins after it; a single day bounds one side."""
    is_single = span.begins is not None and span.begins == span.ends
    starts = None if is_single and not span.qualifier.endswith("begin") else span.begins
    stops = None if is_single and not span.qualifier.endswith("end") else span.ends
    return (starts is not None and starts > setting.last_day) or (
        stops is not None and stops < setting.first_day
    )


def of_kind(rows: Iterable[Candidate], *kinds: BenefitKind) -> Iterator[Candidate]:
    """Pick the rows of these kinds, keeping their order."""
    return (row for row in rows if row.benefit.kind in kinds)


def texts(coverage: Coverage) -> Iterator[str]:
    """Yield what the payer says of the plan as a whole."""
    plans = (row.plan_text for row in coverage.benefits if row.kind is BenefitKind.ACTIVE)
    return (text for text in chain((coverage.plan.name,), plans, coverage.messages) if text)
