"""From a patient of whom everything is known to the terms of one year: which row of the table prices them.

Sources of the rules, beside the table's own: premium plans follow Group B whatever the day of enlistment
(Health Net Federal Services, 2024); medically retired members (chapter 61) and survivors keep the older cap
in Group A (10 USC 1075(e)(3)); transitional assistance follows active duty families (Health Net Federal
Services); the deductible comes before the copay (the same, costs of office visits, 2024).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from types import MappingProxyType
from typing import Final, NamedTuple

from payers.programs.tricare.table import (
    CAP,
    COINSURANCE,
    DEDUCTIBLES,
    FAMILY,
    JUNIOR,
    POINT_OF_SERVICE,
    PROTECTED,
    RETIREE,
    SENIOR,
    SPECIALTY,
    Cell,
    Table,
    cite,
)
from verifier.model.estimate import (
    Accumulator,
    AccumulatorPair,
    Copay,
    Counted,
    DeductibleRule,
    Figure,
    Terms,
)
from verifier.model.findings import FigureStatus, Rule
from verifier.model.military import Beneficiary, EnlistmentGroup, TricarePlan
from verifier.model.vocabulary import Network
from verifier.money import ZERO, write_amount, write_rate

PROGRAM: Final = "tricare"
BALANCE_LIMIT: Final = Decimal("0.15")
BALANCE_SOURCE: Final = "tricare.mil, costs of active duty families, 2019"
MEDICARE_SOURCE: Final = (
    "Medicare pays for IOP since 2024, TRICARE For Life what Medicare leaves: confirm with both"
)
WORDS: Final[Mapping[str, str]] = MappingProxyType(
    {
        DEDUCTIBLES[0]: "individual deductible a year",
        DEDUCTIBLES[1]: "family deductible a year",
        CAP: "catastrophic cap of the family a year",
        SPECIALTY: "copay a day (row for specialty care and partial hospitalization)",
        COINSURANCE: "patient's share of the allowed amount",
    }
)
WEAKNESS: Final = tuple(FigureStatus)


@dataclass(frozen=True, slots=True)
class Person:
    """A TRICARE patient on one day, with nothing left open."""

    plan: TricarePlan
    beneficiary: Beneficiary
    group: EnlistmentGroup
    is_junior: bool  # sponsor of pay grade E-4 or below
    in_network: bool
    has_referral: bool
    medicare_covers: bool


class Follows(NamedTuple):
    """Whose rows a plan follows, and for whom where the plan itself says so."""

    rows: TricarePlan
    group: EnlistmentGroup | None = None
    beneficiary: Beneficiary | None = None
    mapping: FigureStatus = FigureStatus.PRINTED  # how well it is known that it does


class Scheme(NamedTuple):
    """Which cells price a session: rows of *plan* for *network*, with a copay or a share."""

    plan: str
    network: str
    share: str
    counts: bool = True  # to the catastrophic cap
    mapping: FigureStatus = FigureStatus.PRINTED


class Priced(NamedTuple):
    """The terms, ``None`` where a figure is unknown, and every figure looked up for them."""

    terms: Terms | None
    figures: tuple[Figure, ...]


FOLLOWS: Final[Mapping[TricarePlan, Follows]] = MappingProxyType(
    {
        TricarePlan.PRIME: Follows(TricarePlan.PRIME),
        TricarePlan.PRIME_REMOTE: Follows(TricarePlan.PRIME),
        TricarePlan.FAMILY_HEALTH_PLAN: Follows(TricarePlan.PRIME, mapping=FigureStatus.INFERRED),
        TricarePlan.SELECT: Follows(TricarePlan.SELECT),
        TricarePlan.RESERVE_SELECT: Follows(
            TricarePlan.SELECT, EnlistmentGroup.B, Beneficiary.ACTIVE_DUTY_FAMILY
        ),
        TricarePlan.RETIRED_RESERVE: Follows(
            TricarePlan.SELECT, EnlistmentGroup.B, Beneficiary.RETIREE_FAMILY
        ),
        TricarePlan.YOUNG_ADULT_PRIME: Follows(TricarePlan.PRIME, EnlistmentGroup.B),
        TricarePlan.YOUNG_ADULT_SELECT: Follows(TricarePlan.SELECT, EnlistmentGroup.B),
        TricarePlan.CONTINUED_HEALTH_CARE: Follows(TricarePlan.SELECT, EnlistmentGroup.B),
        TricarePlan.FOR_LIFE: Follows(TricarePlan.FOR_LIFE, EnlistmentGroup.A, Beneficiary.RETIREE_FAMILY),
    }
)
ROWS: Final[Mapping[Beneficiary, tuple[str, ...]]] = MappingProxyType(
    {
        Beneficiary.ACTIVE_DUTY: ("active_duty",),
        Beneficiary.ACTIVE_DUTY_FAMILY: (FAMILY,),
        Beneficiary.TRANSITIONAL_SURVIVOR: (FAMILY,),
        Beneficiary.RETIREE: (RETIREE,),
        Beneficiary.RETIREE_FAMILY: (RETIREE,),
        Beneficiary.MEDICALLY_RETIRED: (PROTECTED, RETIREE),
        Beneficiary.SURVIVOR: (PROTECTED, RETIREE),
    }
)
PRIMES: Final = frozenset({TricarePlan.PRIME, TricarePlan.PRIME_REMOTE, TricarePlan.YOUNG_ADULT_PRIME})


def choose_scheme(person: Person) -> Scheme:
    """Choose which cells price *person*'s sessions."""
    follows, network = FOLLOWS[person.plan], "in" if person.in_network else "out"
    if follows.rows is TricarePlan.FOR_LIFE:
        return Scheme(follows.rows, network, COINSURANCE)
    if person.beneficiary is not Beneficiary.ACTIVE_DUTY and is_point_of_service(person):
        return Scheme(POINT_OF_SERVICE, network, COINSURANCE, counts=False)
    if follows.rows is TricarePlan.PRIME or person.in_network:
        return Scheme(follows.rows, "in", SPECIALTY, mapping=follows.mapping)
    return Scheme(follows.rows, network, COINSURANCE, mapping=follows.mapping)


def is_point_of_service(person: Person) -> bool:
    """Tell whether care without a referral is priced as point of service: Prime, but not in USFHP."""
    return person.plan in PRIMES and not person.has_referral


def price(person: Person, table: Table) -> Priced:
    """Look up what *person* pays in the year of *table*."""
    if person.plan is TricarePlan.FOR_LIFE and person.medicare_covers:
        return _pay_nothing(table.year)
    if person.beneficiary is Beneficiary.ACTIVE_DUTY and not person.has_referral:
        return _leave_unpriced(table.year)
    scheme = choose_scheme(person)
    cells = _look_up(person, scheme, table)
    figures = [_show(cost, cell, scheme, table.year) for cost, cell in cells.items()]
    values = {cost: cell.value for cost, cell in cells.items() if cell.value is not None}
    terms = _write_terms(scheme, values) if values.keys() == cells.keys() else None
    if terms and terms.balance_billing:
        rule = Rule(PROGRAM, table.year, FigureStatus.UNCONFIRMED, BALANCE_SOURCE)
        figures.append(Figure("most a provider may charge beyond the allowed amount", "0.15", rule))
    return Priced(terms, tuple(figures))


def miss_year(year: int) -> Priced:
    """Say that no table of *year* is loaded."""
    rule = Rule(PROGRAM, year, FigureStatus.UNKNOWN, cite("LOAD"))
    return Priced(None, (Figure(f"TRICARE cost table of {year}", None, rule),))


def end_coverage(year: int, source: str) -> Priced:
    """Say that sessions are after the end of the coverage."""
    rule = Rule(PROGRAM, year, FigureStatus.UNKNOWN, source)
    return Priced(None, (Figure("coverage after its end", None, rule),))


def _pay_nothing(year: int) -> Priced:
    rule = Rule(PROGRAM, year, FigureStatus.UNCONFIRMED, MEDICARE_SOURCE)
    figure = Figure("patient's share after Medicare and TRICARE For Life", write_amount(ZERO), rule)
    return Priced(Terms(Network.IN, deductible_rule=DeductibleRule.WAIVED, copay=Copay(ZERO)), (figure,))


def _leave_unpriced(year: int) -> Priced:
    source = "unapproved care of active duty members is not paid: get referral and authorization first"
    rule = Rule(PROGRAM, year, FigureStatus.UNKNOWN, source)
    return Priced(None, (Figure("cost of care without referral and authorization", None, rule),))


def _look_up(person: Person, scheme: Scheme, table: Table) -> dict[str, Cell]:
    follows = FOLLOWS[person.plan]
    group = follows.group or person.group
    beneficiaries = _list_rows(person)

    def find(cost: str) -> Cell:
        return table.find(group, scheme.plan, beneficiaries, scheme.network, cost)

    share = find(scheme.share)
    if share.value == ZERO and scheme.share == SPECIALTY:
        return {scheme.share: share}  # nothing is paid, so no limit matters
    costs = (*DEDUCTIBLES, CAP) if scheme.counts else DEDUCTIBLES
    return {cost: find(cost) for cost in costs} | {scheme.share: share}


def _list_rows(person: Person) -> tuple[str, ...]:
    rows = ROWS[FOLLOWS[person.plan].beneficiary or person.beneficiary]
    return (JUNIOR if person.is_junior else SENIOR, *rows) if rows == (FAMILY,) else rows


def _show(cost: str, cell: Cell, scheme: Scheme, year: int) -> Figure:
    """Show a cell; that the row for specialty care prices an IOP day is itself inferred."""
    is_inferred = cost == SPECIALTY and cell.value != ZERO
    known = (cell.status, scheme.mapping, FigureStatus.INFERRED if is_inferred else cell.status)
    status = max(known, key=WEAKNESS.index)
    write: Callable[[Decimal], str] = write_rate if cost == COINSURANCE else write_amount
    value = None if cell.value is None else write(cell.value)
    return Figure(WORDS[cost], value, Rule(PROGRAM, year, status, cell.source))


def _write_terms(scheme: Scheme, values: Mapping[str, Decimal]) -> Terms:
    individual, family = (values.get(cost) or None for cost in DEDUCTIBLES)
    cap = values.get(CAP)
    is_out = scheme.network == "out"
    return Terms(
        Network.OUT if is_out else Network.IN,
        deductible_rule=DeductibleRule.DEDUCTIBLE_FIRST if individual else DeductibleRule.WAIVED,
        deductible=AccumulatorPair(Accumulator(individual, individual), Accumulator(family, family)),
        out_of_pocket=AccumulatorPair(family=Accumulator(cap, cap)),
        copay=Copay(values[SPECIALTY]) if scheme.share == SPECIALTY else None,
        coinsurance=values.get(COINSURANCE),
        counts_to_out_of_pocket=frozenset(Counted) if scheme.counts else frozenset(),
        balance_billing=is_out,
        balance_limit=BALANCE_LIMIT if is_out else None,
    )
