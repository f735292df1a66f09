"""What must be settled before any price: is it covered, in which network, by whom, and who else may pay."""

from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple

from verifier.codes import service_types
from verifier.estimation.findings import Findings
from verifier.estimation.messages import provider_network
from verifier.estimation.select import PLAN_RANK, WEAK_RANK, Candidate, of_kind
from verifier.estimation.setting import Setting
from verifier.model.coverage import Benefit, CarveOut, Coverage
from verifier.model.vocabulary import Authorization, BenefitKind, Network

REFUSALS: Final = (BenefitKind.NOT_COVERED, BenefitKind.EXCLUSION)
PROMISES: Final = (BenefitKind.ACTIVE, BenefitKind.COPAY, BenefitKind.COINSURANCE)
PRICES: Final = frozenset(
    {BenefitKind.COPAY, BenefitKind.COINSURANCE, BenefitKind.DEDUCTIBLE, BenefitKind.OUT_OF_POCKET}
)
SPEAKING: Final = frozenset(
    {BenefitKind.ACTIVE, BenefitKind.DESCRIPTION, BenefitKind.COVERAGE_BASIS, BenefitKind.DISCLAIMER}
)


class Covered(NamedTuple):
    """Whether the program is covered, and whether the reply contradicts itself on it."""

    is_covered: bool
    is_doubtful: bool = False


def networks_to_read(coverage: Coverage, contract: Network, findings: Findings) -> tuple[Network, ...]:
    """Settle for which networks to read the rows: by the contract, else by a message, else all told of.

    EB12 says to which network a row applies and nothing of the provider who asks.
    """
    said = next(said_networks(coverage), None)
    if contract in {Network.IN, Network.OUT}:
        if said is not None and said[0] is not contract:
            findings.assume("NETWORK_CONTRADICTED")
        findings.use("network", contract, note="the provider's contract")
        return (contract,)
    if said is not None:
        findings.assume("NETWORK_FROM_MSG")
        findings.use("network", said[0], said[1], "a message of the payer")
        return (said[0],)
    findings.assume("NETWORK_UNKNOWN")
    told = {row.network for row in coverage.benefits if row.kind in PRICES}
    return tuple(network for network in (Network.IN, Network.OUT) if network in told) or (Network.UNKNOWN,)


def judge_coverage(rows: Iterable[Candidate], findings: Findings) -> Covered:
    """Tell whether the nearest rows that speak of coverage promise or refuse it.

    A refusal for the plan as a whole holds only where nothing is promised; one for a service that is only
    loosely the program's is a doubt.
    """
    speaking = list(of_kind(rows, *REFUSALS, *PROMISES))
    nearest = min((row.nearness for row in speaking), default=None)
    said = [row for row in speaking if row.nearness == nearest]
    refusals = list(of_kind(said, *REFUSALS))
    if not refusals:
        return Covered(is_covered=True)
    refusal = refusals[0]
    is_contradicted = len(refusals) < len(said)
    if is_contradicted and refusal.rank >= PLAN_RANK:
        return Covered(is_covered=True)
    if is_contradicted or WEAK_RANK <= refusal.rank < PLAN_RANK:
        findings.assume("COVERAGE_CONTRADICTED")
        return Covered(is_covered=True, is_doubtful=True)
    findings.assume("NOT_COVERED")
    findings.use("covered", "no", refusal.benefit)
    return Covered(is_covered=False)


def note_circumstances(
    coverage: Coverage, rows: Iterable[Candidate], setting: Setting, findings: Findings
) -> None:
    """Note what stands beside the price: an administrator, another payer, authorization, the plan's end."""
    needs = {
        "CARVE_OUT_UNRESOLVED": any(_concerns(carve_out, setting) for carve_out in coverage.open_carve_outs),
        "COB_ORDER_UNCONFIRMED": bool(coverage.other_coverage),
        "AUTHORIZATION_ASSUMED": any(
            row.benefit.authorization is Authorization.REQUIRED and row.rank < WEAK_RANK for row in rows
        ),
        "PLAN_ENDS_BEFORE_PROGRAM": coverage.plan.ends is not None and coverage.plan.ends < setting.last_day,
    }
    findings.assume(*(code for code, holds in needs.items() if holds))


def said_networks(coverage: Coverage) -> Iterator[tuple[Network, Benefit | None]]:
    """Yield what the payer's messages call the asking facility, each with the row it stands at."""
    for text, row in _spoken(coverage):
        network = provider_network(text)
        if network is not None:
            yield network, row


def _spoken(coverage: Coverage) -> Iterator[tuple[str, Benefit | None]]:
    for benefit in coverage.benefits:
        if benefit.kind in SPEAKING:
            for message in benefit.messages:
                yield message, benefit
    for message in coverage.messages:
        yield message, None


def _concerns(carve_out: CarveOut, setting: Setting) -> bool:
    """Tell whether services like the program's are carved out."""
    is_ours = any(service_types.rank(code, setting.track) for code in carve_out.services)
    return is_ours or not carve_out.services
