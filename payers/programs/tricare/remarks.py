"""What the rules say of a TRICARE patient beside the price: referral, authorization, fees, contractor."""

from collections.abc import Iterator
from datetime import date
from typing import Final, NamedTuple

from payers.programs.tricare.reading import PlanReading
from payers.programs.tricare.regions import REGIONS
from payers.programs.tricare.table import ANY, PROTECTED, ROOM, Cell, Table
from payers.programs.tricare.tariff import FOLLOWS, PROGRAM, ROWS
from verifier.codes.table import read_rows
from verifier.model.findings import FigureStatus, Remark, Rule, Verdict
from verifier.model.inquiry import Facility
from verifier.model.military import Beneficiary, TricareFacts, TricarePlan
from verifier.money import write_amount

EVERY: Final = "*"
FEES: Final = (("premium", "monthly premium"), ("enrollment", "yearly enrollment fee"))
REFERRALS: Final = {True: "yes", False: "no", None: "unknown"}


class Noted(NamedTuple):
    """A remark, and what to do about it."""

    remark: Remark
    action: str | None = None


class Situation(NamedTuple):
    """Whom the remarks are about."""

    facts: TricareFacts  # as the desk told them, with the plan that the reply tells
    told: TricarePlan | None  # the plan as the desk told it
    reading: PlanReading
    facility: Facility
    day: date
    table: Table | None


def list_remarks(situation: Situation) -> Iterator[Noted]:
    """List every remark, the gravest kinds first."""
    yield from _note_plan(situation)
    yield from _note_rules(situation.facts)
    yield from _note_region(situation)
    if situation.table:
        yield from _note_fees(situation.facts, situation.table)


def _note_plan(situation: Situation) -> Iterator[Noted]:
    reading, told = situation.reading, situation.told
    if reading.needs_review:
        texts = "; ".join(reading.unread)
        text = f"The reply describes the plan in words that are not known for certain: {texts}."
        remark = Remark("TRICARE_PLAN_NEEDS_REVIEW", text, Verdict.CAUTION)
        yield Noted(remark, "Ask the contractor for the patient's TRICARE plan.")
    if reading.plan and told and reading.plan is not told:
        text = f"The reply tells the plan {_say(reading.plan)}, not {_say(told)} as given; the reply counts."
        yield Noted(Remark("TRICARE_PLAN_DIFFERS", text, Verdict.CAUTION))


def _note_rules(facts: TricareFacts) -> Iterator[Noted]:
    for row in RULES:
        if all(_fits(row[column], words) for column, words in _describe(facts).items()):
            year = int(row["year"]) if row["year"] else None
            rule = Rule(PROGRAM, year, FigureStatus(row["status"]), row["source"])
            verdict = Verdict(row["verdict"]) if row["verdict"] else None
            yield Noted(Remark(row["code"], row["text"], verdict, rule), row["action"] or None)


def _describe(facts: TricareFacts) -> dict[str, set[str]]:
    """Put *facts* into the words of the table; a plan that is open may be Prime or Select."""
    plans = {facts.plan} if facts.plan else {TricarePlan.PRIME, TricarePlan.SELECT}
    kinds = {facts.beneficiary, *(change.beneficiary for change in facts.changes)}
    who = {"active_duty" if kind is Beneficiary.ACTIVE_DUTY else "others" for kind in kinds}
    return {"plans": set(plans), "who": who, "referral": {REFERRALS[facts.has_referral]}}


def _fits(wanted: str, words: set[str]) -> bool:
    return wanted == EVERY or not words.isdisjoint(wanted.split())


def _note_region(situation: Situation) -> Iterator[Noted]:
    facts = situation.facts
    state = facts.state or situation.facility.state
    contract = REGIONS.find(state, facts.zip, situation.day)
    if contract is None or facts.plan in {TricarePlan.FOR_LIFE, TricarePlan.FAMILY_HEALTH_PLAN}:
        return
    place = "" if facts.state else ", going by the facility's state"
    text = f"Region {contract.region.title()}{place}: {contract.contractor}. Claims: {contract.claims}."
    rule = Rule(PROGRAM, contract.begins.year, FigureStatus.PRINTED, contract.source)
    yield Noted(Remark("TRICARE_CONTRACTOR", text, rule=rule))
    if REGIONS.is_uncertain(state, facts.zip):
        text = f"A few ZIP codes of {state} belong to the other region; whom the reply names is the payer."
        yield Noted(Remark("TRICARE_REGION_BY_ZIP", text, Verdict.CAUTION, rule))


def _note_fees(facts: TricareFacts, table: Table) -> Iterator[Noted]:
    """Name the fee for having the plan at all, which no session is priced with."""
    if facts.plan is None or facts.plan is TricarePlan.TRANSITIONAL:
        return
    for what, words in FEES:
        cells = [_find_fee(facts, table, f"{what}_{whom}") for whom in ("individual", "family")]
        weakest = max((cell.status for cell in cells), key=list(FigureStatus).index)
        if cells[0].value is None:
            continue
        amounts = [f"${write_amount(cell.value)}" for cell in cells if cell.value is not None]
        text = f"The {words} is {' for one person, '.join(amounts)}{_end(amounts)}; no part of this estimate."
        status = weakest if len(amounts) == len(cells) else cells[0].status
        yield Noted(Remark("TRICARE_FEE", text, rule=Rule(PROGRAM, table.year, status, cells[0].source)))


def _end(amounts: list[str]) -> str:
    return " for a family" if len(amounts) > 1 else ""


def _find_fee(facts: TricareFacts, table: Table, cost: str) -> Cell:
    plan = facts.plan or TricarePlan.SELECT
    if cost.startswith("premium"):
        return table.find(ANY, plan, (), ANY, cost)
    follows, beneficiary = FOLLOWS[plan], facts.beneficiary
    if follows.group or beneficiary is None or facts.group is None:
        return table.find(ANY, "", (), ANY, cost)
    rows = ROWS[beneficiary] if facts.group == "A" else tuple(x for x in ROWS[beneficiary] if x != PROTECTED)
    return table.find(facts.group, follows.rows, rows, ANY, cost)


def _say(plan: TricarePlan) -> str:
    return plan.replace("_", " ")


RULES: Final = tuple(read_rows("remarks.tsv", ROOM))
