"""A reply can often be read in several ways: each reading is plan terms with what else may be true."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, NamedTuple

from verifier.estimation.accumulators import Limits, hold_to_law, read_limits, structure_of
from verifier.estimation.cost_share import (
    Choice,
    Share,
    choose,
    coinsurance_of,
    copay_of,
    rule_on_deductible,
)
from verifier.estimation.doubts import NO_CHANGE, Fields, doubts_of
from verifier.estimation.findings import Findings
from verifier.estimation.messages import Remark, counts_to_out_of_pocket, says
from verifier.estimation.plan_years import CALENDAR_YEAR, YearStart, resets_on, year_start
from verifier.estimation.select import PLAN_RANK, WEAK_RANK, Candidate, candidates, of_kind, texts
from verifier.estimation.setting import Setting
from verifier.estimation.verdicts import judge_coverage, note_circumstances
from verifier.estimation.visits import visits_remaining
from verifier.model.coverage import Coverage
from verifier.model.estimate import Counted, DeductibleRule, Terms
from verifier.model.vocabulary import BenefitKind, Network


class Corner(NamedTuple):
    """One way to price: terms, and whether a session that pays into the deductible also owes a copay."""

    terms: Terms
    copay_beside_deductible: bool = True


@dataclass(frozen=True, slots=True)
class Reading:
    """Plan terms as read, the fields that differ in the cheapest and the dearest case, and the findings."""

    terms: Terms
    findings: Findings
    year: YearStart = CALENDAR_YEAR
    cheaper: Fields = field(default_factory=lambda: NO_CHANGE)
    dearer: Fields = field(default_factory=lambda: NO_CHANGE)
    is_expected: bool = True
    is_incomplete: bool = False

    def corners(self) -> Iterator[Corner]:
        """Yield the terms as read, and what the cheapest and the dearest case make of them."""
        yield Corner(self.terms)
        cheap = replace(self.terms, **self.cheaper) if self.cheaper else self.terms
        has_order = cheap.copay is not None and cheap.deductible_rule is DeductibleRule.DEDUCTIBLE_FIRST
        if self.cheaper or has_order:
            yield Corner(cheap, copay_beside_deductible=not has_order)
        if self.dearer:
            yield Corner(replace(self.terms, **self.dearer))


@dataclass(slots=True)
class _Outlook:
    """What all readings of one network have in common."""

    rows: list[Candidate]
    limits: tuple[Limits, Limits]  # deductible, out-of-pocket
    terms: Terms
    year: YearStart
    findings: Findings
    has_savings_account: bool
    dearer: dict[str, Any] = field(default_factory=dict)


def read_terms(
    coverage: Coverage, setting: Setting, network: Network, since: date, findings: Findings
) -> Iterator[Reading]:
    """Read *coverage* as terms for a provider of *network*: the expected readings, then others that may hold.

    *since* is the day for which the payer told what is left; *findings* are added to.
    """
    outlook = _look(coverage, setting, network, since, findings)
    if not outlook.terms.covered:
        yield Reading(outlook.terms, outlook.findings, outlook.year)
        return
    choice = choose(outlook.rows)
    _note_choice(choice, outlook)
    for share in choice.expected:
        yield _read(share, outlook, is_expected=True)
    for share in choice.others:
        yield _read(share, outlook, is_expected=False)


def _look(
    coverage: Coverage, setting: Setting, network: Network, since: date, findings: Findings
) -> _Outlook:
    rows = candidates(coverage, setting, network)
    covered = judge_coverage(rows, findings)
    note_circumstances(coverage, rows, setting, findings)
    deductible = read_limits(rows, BenefitKind.DEDUCTIBLE, findings)
    out_of_pocket = read_limits(rows, BenefitKind.OUT_OF_POCKET, findings)
    limits = deductible.pair, out_of_pocket.pair
    year = year_start(deductible.row or out_of_pocket.row, coverage.plan, findings)
    days = year.after(since, setting.last_day) if deductible.row or out_of_pocket.row else ()
    terms = Terms(
        network=network,
        covered=covered.is_covered,
        structure=structure_of(deductible, rows),
        deductible=limits[0],
        out_of_pocket=hold_to_law(limits[1], network, since, findings),
        visits_remaining=visits_remaining(rows, findings),
        resets=resets_on(days, limits, network, findings),
    )
    has_savings_account = any(says(text, Remark.HIGH_DEDUCTIBLE_PLAN) for text in texts(coverage))
    dearer = {"covered": False} if covered.is_doubtful else {}
    return _Outlook(rows, (deductible, out_of_pocket), terms, year, findings, has_savings_account, dearer)


def _note_choice(choice: Choice, outlook: _Outlook) -> None:
    """Note how well the chosen cost share fits."""
    if len(choice.expected) > 1:
        outlook.findings.assume("COST_SHARE_TIED")
    best = choice.expected[0].best
    if best is None:
        outlook.findings.assume("COST_SHARE_UNKNOWN")
        return
    if best.is_office:
        outlook.findings.assume("OFFICE_COPAY_USED")
    elif best.rank == PLAN_RANK:
        outlook.findings.assume("STC_FALLBACK_30")
    elif best.rank >= WEAK_RANK and not best.is_named:
        outlook.findings.assume("SERVICE_TYPE_WEAK")
    if not best.is_office and any(row.is_office for row in of_kind(outlook.rows, BenefitKind.COPAY)):
        outlook.findings.assume("OFFICE_COPAY_SET_ASIDE")
    if best.benefit.network is Network.UNKNOWN:
        outlook.findings.assume("ROW_NETWORK_UNKNOWN")


def _read(share: Share, outlook: _Outlook, *, is_expected: bool) -> Reading:
    findings = outlook.findings.copy()
    text = f"{_limit_texts(outlook.rows)}{share.text}"
    ruling = rule_on_deductible(share, outlook.rows, has_savings_account=outlook.has_savings_account)
    terms = replace(
        outlook.terms,
        deductible_rule=ruling.rule,
        first_visits_waived=ruling.first_visits_waived,
        copay=copay_of(share.copay, findings),
        coinsurance=coinsurance_of(share.coinsurance, Network(outlook.terms.network), findings),
        **_counting(text),
    )
    findings.use("deductible rule", ruling.rule, ruling.row.benefit if ruling.row else None)
    cheaper, dearer = doubts_of(terms, ruling, text, outlook.limits, findings)
    return Reading(
        terms,
        findings,
        outlook.year,
        cheaper=cheaper,
        dearer={**dearer, **outlook.dearer},
        is_expected=is_expected,
        is_incomplete=share.best is None or "DEDUCTIBLE_NOT_STATED" in findings.codes,
    )


def _counting(text: str) -> dict[str, Any]:
    """Read what counts to which limit; all counts to the out-of-pocket maximum unless told otherwise."""
    counted = frozenset(part for part in Counted if counts_to_out_of_pocket(text, part) is not False)
    return {
        "counts_to_out_of_pocket": counted,
        "copay_counts_to_deductible": says(text, Remark.COPAY_TO_DEDUCTIBLE),
    }


def _limit_texts(rows: Sequence[Candidate]) -> str:
    limits = of_kind(rows, BenefitKind.OUT_OF_POCKET, BenefitKind.DEDUCTIBLE)
    return "".join(f"{text}\n" for text in dict.fromkeys(row.text for row in limits) if text)
