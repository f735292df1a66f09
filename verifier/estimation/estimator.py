"""What a program will cost the patient: from given terms, or from a payer's reply."""

from dataclasses import replace
from datetime import date
from typing import Final

from verifier.errors import BadInput
from verifier.estimation.assumptions import assume, confidence_in
from verifier.estimation.findings import Findings
from verifier.estimation.ranges import Pricing, Range, price_program, span
from verifier.estimation.readings import Corner, Reading, read_terms
from verifier.estimation.schedule import session_dates
from verifier.estimation.setting import describe, doubts_of
from verifier.estimation.summaries import add_up, by_plan_year, by_week
from verifier.estimation.verdicts import networks_to_read
from verifier.model.coverage import Coverage
from verifier.model.estimate import Estimate, Terms
from verifier.model.program import Program
from verifier.model.vocabulary import CoverageStatus, Network

ANSWERS: Final = frozenset({CoverageStatus.ACTIVE, CoverageStatus.INACTIVE})
LEFT_OUT: Final = frozenset({"RATE_UNKNOWN", "BALANCE_NOT_PRICED"})  # assumptions that leave a part out


def estimate_terms(terms: Terms, program: Program) -> Estimate:
    """Price *program* under *terms*, taken as they are; low, expected and high are one.

    Without an allowed amount the billed one stands in; without either only fixed copays are priced and the
    estimate is ``incomplete``.

    Raises:
        BadInput: the program's days cannot be planned.
    """
    pricing = price_program(program, session_dates(program))
    findings = Findings()
    _note_terms(terms, findings)
    note_rate(pricing, findings)
    note_balance(terms, pricing, findings)
    ledger = pricing.walk(Corner(terms))
    return _conclude(Range(Reading(terms, findings), ledger, ledger.patient, ledger.patient))


def estimate_coverage(
    coverage: Coverage,
    program: Program,
    *,
    network: Network,
    balance_billing: bool = True,
    as_of: date | None = None,
) -> Estimate:
    """Price *program* under what a payer replied: a range, with each value's source and each assumption.

    *network* is the provider's by its contract; ``UNKNOWN`` lets a message of the payer decide, else both
    networks enter the range. *balance_billing* says whether an out-of-network provider may ask for what
    is billed above the allowed amount. *as_of* is the day the payer answered, for plan years that begin
    before the first session; the program's start date unless given.

    Raises:
        BadInput: the program's days cannot be planned, or the reply is rejected or unknown: of a payer that
            did not answer no figure can be told, so ask before estimating.
    """
    if coverage.status not in ANSWERS:
        raise BadInput(f"No estimate: the coverage is {coverage.status}. Verify it first.")
    pricing = price_program(program, session_dates(program))
    readings = _readings(coverage, program, network, as_of, pricing)
    chosen = span([_bill(reading, allowed=balance_billing) for reading in readings], pricing)
    findings, terms = chosen.reading.findings, chosen.reading.terms
    if terms.network == Network.OUT and pricing.allowed is not None:
        findings.assume("RATE_NOT_CONTRACTED")
    note_rate(pricing, findings)
    note_balance(terms, pricing, findings)
    return _conclude(chosen)


def _readings(
    coverage: Coverage, program: Program, network: Network, as_of: date | None, pricing: Pricing
) -> list[Reading]:
    setting = describe(program, pricing.dates[-1])
    findings = Findings()
    findings.assume(*doubts_of(program, setting))
    networks = networks_to_read(coverage, network, findings)
    if coverage.status is CoverageStatus.INACTIVE:
        findings.assume("NOT_COVERED")
        return [Reading(Terms(networks[0], covered=False), findings)]
    since = as_of or program.start_date
    readings: list[Reading] = []
    for each in networks:
        own = findings.copy()
        if "NETWORK_UNKNOWN" in own.codes:
            own.use("network", each, note="one of those told of; nobody said which is the provider's")
        readings += read_terms(coverage, setting, each, since, own)
    return readings


def _bill(reading: Reading, *, allowed: bool) -> Reading:
    if not allowed or reading.terms.network != Network.OUT:
        return reading
    return replace(reading, terms=replace(reading.terms, balance_billing=True))


def note_rate(pricing: Pricing, findings: Findings) -> None:
    """Note which price was used, and what the lack of one means."""
    if pricing.allowed is not None:
        findings.use_amount("allowed amount a session", pricing.allowed, note=pricing.contract or "as given")
    else:
        findings.assume("RATE_UNKNOWN" if pricing.billed is None else "RATE_ESTIMATED")
    findings.use_amount("billed amount a session", pricing.billed, note="as given")


def note_balance(terms: Terms, pricing: Pricing, findings: Findings) -> None:
    """Note what an out-of-network provider may ask for beyond the allowed amount."""
    if terms.network != Network.OUT or not terms.balance_billing or not terms.covered:
        return
    if pricing.billed is None:
        findings.assume("BALANCE_NOT_PRICED")
    elif pricing.allowed is not None and pricing.billed > pricing.allowed:
        findings.assume("BALANCE_INCLUDED")


def _note_terms(terms: Terms, findings: Findings) -> None:
    """Note the values of given terms; they came from the caller."""
    note = "as given"
    for what, pair in (("deductible", terms.deductible), ("out-of-pocket maximum", terms.out_of_pocket)):
        findings.use_amount(f"{what}, individual, remaining", pair.individual.remaining, note=note)
        findings.use_amount(f"{what}, family, remaining", pair.family.remaining, note=note)
    findings.use("deductible rule", terms.deductible_rule, note=note)
    if terms.copay:
        findings.use_amount(f"copay a {terms.copay.per}", terms.copay.amount, note=note)
    findings.use_rate("coinsurance", terms.coinsurance, note=note)
    if terms.visits_remaining is not None:
        findings.use("visits left", str(terms.visits_remaining), note=note)


def _conclude(priced: Range) -> Estimate:
    reading, costs = priced.reading, priced.ledger.sessions
    codes = reading.findings.codes
    totals = add_up(costs)
    return Estimate(
        low=priced.low,
        expected=totals.patient,
        high=priced.high,
        confidence=confidence_in(codes),
        totals=totals,
        sessions=costs,
        weeks=by_week(costs),
        plan_years=by_plan_year(costs, reading.terms.resets, reading.year),
        milestones=priced.ledger.milestones,
        collectable_by_provider=totals.patient,
        assumptions=tuple(assume(code) for code in codes),
        steps=tuple(reading.findings.steps),
        incomplete=reading.is_incomplete or not LEFT_OUT.isdisjoint(codes),
        terms=reading.terms,
    )
