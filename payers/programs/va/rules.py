"""What VA's published rules say of a Veteran and a planned program: who pays what, and what to do next."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cached_property
from itertools import chain, groupby
from typing import Final

from payers.lighthouse.facts import Fact, find_fact
from payers.lighthouse.veterans import CONFIRMED
from payers.programs.va import billing, referral
from payers.programs.va.access import LONGEST_WAIT, Access, read_access
from payers.programs.va.billing import Bill, Copayer, charge_days, end_of_crisis
from payers.programs.va.copays import PROGRAM, cite
from payers.programs.va.referral import Referral, Standing
from payers.programs.va.regions import ADMINISTRATORS, find_region
from verifier.estimation.schedule import session_dates
from verifier.model.coverage import Coverage
from verifier.model.estimate import Copay, DeductibleRule, Figure, Terms
from verifier.model.findings import FigureStatus, Remark, Rule, Unknown, Verdict
from verifier.model.inquiry import Inquiry, Relationship
from verifier.model.military import VaFacts
from verifier.model.program import Program
from verifier.model.published import Phase, Published, Variant
from verifier.model.vocabulary import Network
from verifier.money import ZERO, write_amount

NOTHING: Final = Terms(
    Network.IN, deductible_rule=DeductibleRule.WAIVED, copay=Copay(ZERO), coinsurance=Decimal(0)
)
HANDBOOK: Final = Rule(PROGRAM, None, FigureStatus.PRINTED, cite("handbook"))
COLLECTABLE: Final = Figure("what the provider may collect from a Veteran", write_amount(ZERO), HANDBOOK)
STANDARD: Final = Rule(PROGRAM, None, FigureStatus.PRINTED, cite("access"))
CRISIS: Final = Rule(PROGRAM, None, FigureStatus.PRINTED, cite("usc-1720j"))
FAMILY: Final = Rule(PROGRAM, None, FigureStatus.PRINTED, cite("usc-1781"))
TITLE_38: Final = Rule(PROGRAM, None, FigureStatus.PRINTED, cite("title-38"))
REGIONS: Final = Rule(PROGRAM, 2026, FigureStatus.PRINTED, cite("regions"))
PAYER_IDS: Final = Rule(PROGRAM, None, FigureStatus.UNCONFIRMED, cite("payer-ids"))
ACCESS: Final = {
    Access.PROBABLE: "Probably eligible for community care",
    Access.IMPROBABLE: "Probably not eligible for community care by what is known",
    Access.UNKNOWN: "Whether the Veteran is eligible for community care is not known",
}


@dataclass(frozen=True)
class Case:
    """What the desk and VA say of one Veteran, beside the planned program."""

    facts: VaFacts
    coverage: Coverage
    program: Program
    is_veteran: bool  # the patient is the member

    @cached_property
    def days(self) -> tuple[date, ...]:
        """List the planned sessions' days."""
        return session_dates(self.program)

    @cached_property
    def referral(self) -> Referral:
        """Set the referral beside the planned days."""
        return Referral(self.facts, self.days)

    @cached_property
    def percent(self) -> int | None:
        """Return the combined rating: as VA tells it, else as the desk does."""
        told = find_fact(self.coverage, Fact.RATING)
        return self.facts.service_connected_percent if told is None else int(told)

    @cached_property
    def crisis_ends(self) -> date | None:
        """Return the last day of care in an acute crisis; ``None``: there is none that anybody told of."""
        return end_of_crisis(self.days[0]) if self.facts.is_acute_crisis else None

    @cached_property
    def agreed(self) -> frozenset[date]:
        """Collect the days that VA pays: by its referral, or in an acute crisis by law."""
        crisis = (day for day in self.days if self.crisis_ends and day <= self.crisis_ends)
        return frozenset((*self.referral.authorized, *crisis))

    @cached_property
    def copayer(self) -> Copayer:
        """Gather what decides the copay."""
        return Copayer(self.facts, self.percent, self.crisis_ends)

    @cached_property
    def bill(self) -> Bill:
        """Charge the planned days."""
        return charge_days(self.copayer, self.days)


def publish(inquiry: Inquiry, coverage: Coverage) -> Published:
    """Apply VA's rules; pure.

    Raises:
        BadInput: no schedule can be made of the program.
    """
    is_veteran = inquiry.patient.relationship is Relationship.SELF
    case = Case(inquiry.va or VaFacts(), coverage, inquiry.program, is_veteran)
    return Published(
        PROGRAM,
        variants=(Variant("VA community care", tuple(_set_out_phases(case))),),
        questions=tuple(_list_questions(case)),
        remarks=tuple(chain(referral.find_shortfall(case.referral), *(tell(case) for tell in TELLING))),
        actions=tuple(chain(_act_on_crisis(case), referral.list_actions(case.referral))),
        collectable=ZERO,
        later_bill=case.bill.write(),
        proof=referral.prove(case.referral),
    )


def _set_out_phases(case: Case) -> Iterator[Phase]:
    """Tell the days VA has agreed to pay from the others, for which nobody has agreed to pay anything."""
    for is_agreed, days in groupby(case.days, key=case.agreed.__contains__):
        terms, unpaid = (NOTHING, None) if is_agreed else (None, "VA has not authorized them")
        yield Phase(next(days), terms, (COLLECTABLE,), unpaid=unpaid)


def _list_questions(case: Case) -> Iterator[Unknown]:
    yield from referral.list_questions(case.referral, case.program.code)
    yield from billing.list_questions(case.copayer, case.bill)
    if case.facts.state is None:
        yield Unknown("va_region", "In which state does the Veteran live?")


def _tell_crisis(case: Case) -> Iterator[Remark]:
    """Tell of emergency care for acute suicidal crisis (COMPACT Act)."""
    if case.crisis_ends is None:
        return
    yield Remark(
        "ACUTE_CRISIS",
        "In an acute suicidal crisis VA pays without enrollment: up to 30 days of inpatient or crisis "
        "residential care, or where that is not fitting up to 90 days of outpatient care; VA may extend "
        "them. Do not turn the Veteran away for want of a referral.",
        rule=CRISIS,
    )
    if beyond := [day for day in case.days if day > case.crisis_ends]:
        yield Remark(
            "CRISIS_CARE_ENDS",
            f"The 90 days of crisis care end on {case.crisis_ends}; {len(beyond)} planned sessions come "
            f"after, the first on {beyond[0]}.",
            Verdict.CAUTION,
            CRISIS,
        )


def _tell_patient(case: Case) -> Iterator[Remark]:
    """Tell that a Veteran's family is not covered by what VA pays for the Veteran."""
    if not case.is_veteran:
        words = "VA pays community care for the Veteran alone; ask whether the patient has CHAMPVA instead."
        yield Remark("PATIENT_IS_NOT_THE_VETERAN", words, Verdict.CAUTION, FAMILY)


def _tell_status(case: Case) -> Iterator[Remark]:
    """Tell what VA says of the Veteran, and what that does not mean."""
    status, reason = (find_fact(case.coverage, fact) for fact in (Fact.STATUS, Fact.REASON))
    if status == CONFIRMED:
        words = "VA confirms a Veteran; that is neither enrollment nor an authorization of care."
        yield Remark("VETERAN_CONFIRMED", words, rule=TITLE_38)
    elif status and case.coverage.rejections:
        doubt = case.coverage.rejections[0]
        words = f'{doubt.meaning} ({reason or "no reason"}): the check is open, and no "no". {doubt.advice}'
        yield Remark("VETERAN_NOT_CHECKED", words, rule=TITLE_38)


def _tell_rating(case: Case) -> Iterator[Remark]:
    """Tell that the desk and VA know different ratings."""
    said = case.facts.service_connected_percent
    if said is not None and said != case.percent:
        words = f"The desk noted a combined rating of {said} %, VA says {case.percent} %, which is used."
        yield Remark("RATING_DIFFERS", words)


def _tell_access(case: Case) -> Iterator[Remark]:
    """Tell how access to community care looks, as long as VA has not referred the Veteran."""
    reading = read_access(case.facts, case.coverage)
    if reading is None:
        return
    wait = (
        "" if case.facts.wait_days is not None else f"the wait for an appointment ({LONGEST_WAIT} days) and "
    )
    words = (
        f"{ACCESS[reading.access]}: {reading.because}. VA decides; {wait}the Veteran's best medical interest "
        f"{'are' if wait else 'is'} not in this."
    )
    yield Remark(f"ACCESS_{reading.access.name}", words, rule=STANDARD)


def _tell_region(case: Case) -> Iterator[Remark]:
    """Tell who administers the region, and under which payer id claims go there."""
    region = find_region(case.facts.state or "")
    if region is None:
        return
    administrator = ADMINISTRATORS[region]
    yield Remark(
        "CARE_NETWORK",
        f"{case.facts.state} is in region {region} of VA's community care network, which "
        f"{administrator.name} administers. VA is letting the contracts anew: confirm who has them.",
        rule=REGIONS,
    )
    yield Remark(
        "CLAIMS_PAYER_ID",
        f"Claims go to {administrator.name}, payer id {administrator.payer_id}: not confirmed, ask the "
        "clearinghouse.",
        rule=PAYER_IDS,
    )


def _act_on_crisis(case: Case) -> Iterator[str]:
    if case.crisis_ends and case.referral.standing is not Standing.GOOD:
        yield "Tell VA at once of the acute crisis, and ask it to authorize the care under the COMPACT Act."


TELLING: Final = (_tell_patient, _tell_crisis, _tell_status, _tell_rating, _tell_access, _tell_region)
