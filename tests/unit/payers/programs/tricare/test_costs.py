"""Every price there can be in 2024 to 2026, against a table written by hand from the published figures."""

import csv
import json
from decimal import Decimal
from itertools import product
from pathlib import Path
from typing import Any

import pytest

from payers.programs.tricare.shelf import Shelf
from payers.programs.tricare.table import Key, Table
from payers.programs.tricare.tariff import FOLLOWS, WORDS, Person, price
from verifier.model.estimate import Counted, DeductibleRule, Figure, Terms
from verifier.model.findings import FigureStatus
from verifier.model.military import Beneficiary, EnlistmentGroup, TricarePlan

YEARS = (2024, 2025, 2026)
HERE = Path(__file__).parent
MATERIAL = Path(__file__).parents[5].parent / "shared" / "data" / "military" / "tricare_costs.json"
Row = dict[str, str]
B, FAMILY, RETIRED = "B", Beneficiary.ACTIVE_DUTY_FAMILY, Beneficiary.RETIREE_FAMILY

# whose rows, of which group and for whom where the plan itself says so
EXPECTED_PLANS: dict[TricarePlan, tuple[str, str | None, Beneficiary | None]] = {
    TricarePlan.PRIME: ("prime", None, None),
    TricarePlan.PRIME_REMOTE: ("prime", None, None),
    TricarePlan.FAMILY_HEALTH_PLAN: ("prime", None, None),
    TricarePlan.SELECT: ("select", None, None),
    TricarePlan.RESERVE_SELECT: ("select", B, FAMILY),
    TricarePlan.RETIRED_RESERVE: ("select", B, RETIRED),
    TricarePlan.YOUNG_ADULT_PRIME: ("prime", B, None),
    TricarePlan.YOUNG_ADULT_SELECT: ("select", B, None),
    TricarePlan.CONTINUED_HEALTH_CARE: ("select", B, None),
}
WHO = {
    Beneficiary.ACTIVE_DUTY_FAMILY: "family",
    Beneficiary.TRANSITIONAL_SURVIVOR: "family",
    Beneficiary.RETIREE: "retiree",
    Beneficiary.RETIREE_FAMILY: "retiree",
    Beneficiary.MEDICALLY_RETIRED: "protected",
    Beneficiary.SURVIVOR: "protected",
}


def read_expected() -> dict[tuple[str, ...], Row]:
    with (HERE / "expected_costs.tsv").open() as file:
        rows = list(csv.DictReader(file, delimiter="\t"))
    return {(row["year"], row["group"], row["plan"], row["who"], row["network"]): row for row in rows}


EXPECTED = read_expected()


def find_expected(year: int, person: Person) -> Row:
    plan, group, beneficiary = EXPECTED_PLANS[person.plan]
    who, own_group = WHO[beneficiary or person.beneficiary], group or person.group
    if plan == "prime":
        return EXPECTED[str(year), own_group, plan, "retiree" if who == "protected" else who, "any"]
    if who == "family":
        who = "family_e4" if person.is_junior else "family_e5"
    if who == "protected" and own_group == B:
        who = "retiree"
    return EXPECTED[str(year), own_group, plan, who, "in" if person.in_network else "out"]


def a_table(year: int) -> Table:
    table = Shelf().find(year)
    assert table is not None
    return table


def figure(figures: tuple[Figure, ...], cost: str) -> Figure:
    (found,) = [each for each in figures if each.what == WORDS[cost]]
    return found


def amount(text: str) -> Decimal | None:
    return None if text == "-" else Decimal(text)


def check_terms(terms: Terms, row: Row) -> None:
    assert terms.deductible.individual.remaining == amount(row["deductible"])
    assert terms.deductible.family.remaining == amount(row["family"])
    assert terms.out_of_pocket.family.remaining == amount(row["cap"])
    assert terms.out_of_pocket.individual.remaining is None
    first = DeductibleRule.DEDUCTIBLE_FIRST if amount(row["deductible"]) else DeductibleRule.WAIVED
    assert terms.deductible_rule is first
    assert terms.counts_to_out_of_pocket == frozenset(Counted)
    if row["share"].endswith("%"):
        assert (terms.coinsurance, terms.copay) == (Decimal(row["share"][:-1]) / 100, None)
        assert (terms.network, terms.balance_limit) == ("out", Decimal("0.15"))
    else:
        assert terms.copay is not None
        assert (terms.copay.amount, terms.coinsurance) == (Decimal(row["share"]), None)
        assert (terms.network, terms.balance_billing) == ("in", False)


PEOPLE = [
    Person(plan, who, group, is_junior, in_network, has_referral=True, medicare_covers=False)
    for plan, who, group, is_junior, in_network in product(
        EXPECTED_PLANS, WHO, EnlistmentGroup, (True, False), (True, False)
    )
]


@pytest.mark.parametrize("year", YEARS)
@pytest.mark.parametrize("plan", EXPECTED_PLANS, ids=str)
def test_every_cell_prices_as_published(year: int, plan: TricarePlan) -> None:
    for person in (each for each in PEOPLE if each.plan is plan):
        row = find_expected(year, person)
        terms, figures = price(person, a_table(year))
        cost = "coinsurance" if row["share"].endswith("%") else "specialty"
        share = figure(figures, cost)
        if row["share"] == "?":
            assert (terms, share.value) == (None, None), person
        else:
            assert terms is not None, person
            check_terms(terms, row)
        is_family_health = plan is TricarePlan.FAMILY_HEALTH_PLAN and row["share"] == "0.00"
        status = "inferred" if is_family_health else row["status"]
        assert (share.rule.year, share.rule.status) == (year, status), person


def test_the_table_written_by_hand_is_used_to_its_last_row() -> None:
    used = {id(find_expected(year, person)) for year in YEARS for person in PEOPLE}
    rest = [key for key, row in EXPECTED.items() if id(row) not in used]

    assert {who for _, _, _, who, _ in rest} == {"active_duty"}
    assert set(FOLLOWS) == {*EXPECTED_PLANS, TricarePlan.FOR_LIFE}


@pytest.mark.parametrize("year", YEARS)
@pytest.mark.parametrize("group", EnlistmentGroup)
def test_active_duty_pays_nothing_and_only_with_a_referral(year: int, group: EnlistmentGroup) -> None:
    person = Person(
        TricarePlan.PRIME,
        Beneficiary.ACTIVE_DUTY,
        group,
        is_junior=False,
        in_network=True,
        has_referral=True,
        medicare_covers=False,
    )

    terms, _ = price(person, a_table(year))
    assert terms is not None
    assert terms.copay is not None
    assert terms.copay.amount == Decimal(EXPECTED[str(year), group, "prime", "active_duty", "any"]["share"])

    without = Person(
        person.plan,
        person.beneficiary,
        group,
        is_junior=False,
        in_network=True,
        has_referral=False,
        medicare_covers=False,
    )
    assert price(without, a_table(year)).terms is None


@pytest.mark.parametrize("year", YEARS)
@pytest.mark.parametrize(("in_network", "rate"), [(True, "0.20"), (False, "0.25")])
def test_for_life_has_the_older_shares_where_medicare_does_not_pay(
    year: int, *, in_network: bool, rate: str
) -> None:
    person = Person(
        TricarePlan.FOR_LIFE,
        Beneficiary.RETIREE,
        EnlistmentGroup.A,
        is_junior=False,
        in_network=in_network,
        has_referral=True,
        medicare_covers=False,
    )
    terms, figures = price(person, a_table(year))

    assert terms is not None
    assert (terms.coinsurance, terms.copay) == (Decimal(rate), None)
    assert terms.deductible.individual.total == Decimal(150)
    assert terms.deductible.family.total == Decimal(300)
    assert terms.out_of_pocket.family.total == Decimal(3000)
    assert {each.rule.status for each in figures} == {FigureStatus.UNCONFIRMED}


@pytest.mark.parametrize("year", YEARS)
@pytest.mark.parametrize("plan", [TricarePlan.PRIME, TricarePlan.PRIME_REMOTE, TricarePlan.YOUNG_ADULT_PRIME])
@pytest.mark.parametrize("group", EnlistmentGroup)
def test_point_of_service_is_one_price_for_all(year: int, plan: TricarePlan, group: EnlistmentGroup) -> None:
    for who in WHO:
        person = Person(
            plan, who, group, is_junior=False, in_network=True, has_referral=False, medicare_covers=False
        )
        terms, figures = price(person, a_table(year))
        assert terms is not None
        assert terms.coinsurance == Decimal("0.50")
        assert terms.deductible.individual.total == Decimal(300)
        assert terms.deductible.family.total == Decimal(600)
        assert terms.out_of_pocket.family.total is None
        assert terms.counts_to_out_of_pocket == frozenset()
        assert {each.rule.status for each in figures} == {FigureStatus.PRINTED}


STATUSES = {
    "verified": "printed",
    "verified_undated": "printed",
    "derived": "derived",
    "derived_corroborated": "derived",
    "unverified": "unconfirmed",
    "third_party_only": "unconfirmed",
    "verified_number_year_uncertain": "unconfirmed",
    "unknown": "unknown",
}
BENEFICIARIES = {"active_duty_family": "active_duty_family", "retiree_and_family": "retiree"}
COSTS = {
    "enrollment_fee/individual": ("any", "enrollment_individual"),
    "enrollment_fee/family": ("any", "enrollment_family"),
    "deductible/individual": ("any", "deductible_individual"),
    "deductible/family": ("any", "deductible_family"),
    "deductible/network/individual": ("in", "deductible_individual"),
    "deductible/network/family": ("in", "deductible_family"),
    "deductible/non_network/individual": ("out", "deductible_individual"),
    "deductible/non_network/family": ("out", "deductible_family"),
    "catastrophic_cap_family": ("any", "cap_family"),
    "copay/outpatient_specialty": ("any", "specialty"),
    "network_copay/outpatient_specialty": ("in", "specialty"),
    "non_network_coinsurance": ("out", "coinsurance"),
}
GRADES = {"deductible/E4_and_below": "_e4", "deductible/E5_and_above": "_e5"}


def list_cells(tree: Any, path: str = "") -> list[tuple[str, dict[str, Any]]]:  # noqa: ANN401 - JSON
    if not isinstance(tree, dict):
        return []
    if "value" in tree:
        return [(path.strip("/"), tree)]
    return [cell for name, branch in tree.items() for cell in list_cells(branch, f"{path}/{name}")]


def place(path: str) -> tuple[str, str, str] | None:
    """Say for whom, in which network and for which cost a path of the material is."""
    suffix = next((grade for words, grade in GRADES.items() if path.startswith(words)), "")
    plain = path.replace("/E4_and_below", "").replace("/E5_and_above", "")
    return (suffix, *COSTS[plain]) if plain in COSTS else None


@pytest.mark.skipif(not MATERIAL.exists(), reason="the material is not here")
@pytest.mark.parametrize("year", YEARS)
def test_every_cell_of_the_material_is_in_the_table_as_it_stands_there(year: int) -> None:
    material, table, compared = json.loads(MATERIAL.read_text())[str(year)], a_table(year), 0
    for group, plan, (name, who) in product("AB", ("prime", "select"), BENEFICIARIES.items()):
        for path, cell in list_cells(material[f"group_{group}"][plan][name]):
            if (found := place(path)) is None:
                continue
            suffix, network, cost = found
            ours = table.cells[Key(group, plan, who + suffix, network, cost)]
            expected = None if cell["value"] is None else Decimal(str(cell["value"]))
            assert ours.value == expected, (path, cell)
            assert ours.status == STATUSES[cell["status"]], (path, cell)
            compared += 1
    assert compared > 50
