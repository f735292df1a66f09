"""What was answered by phone, beside what came over a wire: which word counts, and what is priced by it.

Both words are kept whatever this decides. In order of precedence:

1. The facility's own contract says whether it is in network, published rules (TRICARE, VA, CHAMPVA) what they
   fix, and what the desk said of a military patient stands; an answer by phone fills what they leave open.
2. Authorization is required where either word says so: to be wrong the other way leaves a bill.
3. What is left of a deductible, a maximum or a number of visits moves: the later word counts, and a call of
   another calendar year than the wire's answer counts for nothing.
4. For all else the phone counts: somebody at the payer was asked about this very program.

What counts becomes rows of a coverage to price and judge by, each with the call as its source; the rows of
the wire they stand in for are set aside. Words that contradict each other are told in a remark.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal
from types import MappingProxyType
from typing import Any, Final

from verifier.answering.facts import last_words
from verifier.answering.relevance import select_relevant
from verifier.answering.telling import is_yes, tell
from verifier.estimation.accumulators import NO_TOTALS, ONE_PERSON
from verifier.model.coverage import Benefit, Coverage, Source, bare_benefit
from verifier.model.fact import ANSWER, Fact, FactCode
from verifier.model.findings import Remark, Verdict
from verifier.model.inquiry import Inquiry
from verifier.model.vocabulary import (
    Authorization,
    BenefitKind,
    CoverageLevel,
    CoverageStatus,
    Network,
    Period,
)

PERIODS: Final[Mapping[str, Period]] = MappingProxyType(
    {"day": Period.DAY, "week": Period.WEEK, "episode": Period.EPISODE}
)
SIDES: Final = ("individual", "family")
LEFT: Final = frozenset({Period.REMAINING, Period.LIFETIME_REMAINING})
DEDUCTIBLE_WORDS: Final = MappingProxyType(
    {"applies": ("DEDUCTIBLE APPLIES",), "waived": ("DEDUCTIBLE WAIVED",)}
)


@dataclass(frozen=True, slots=True)
class Heard:
    """What to judge and price by, which questions are closed, and what is to be said of the calls."""

    inquiry: Inquiry
    coverage: Coverage
    answered: frozenset[str] = frozenset()
    remarks: tuple[Remark, ...] = ()


def hear(inquiry: Inquiry, coverage: Coverage, as_of: datetime, facts: Sequence[Fact]) -> Heard:
    """Put the last word on each question beside the wire's answer of *as_of*; pure."""
    words = last_words(facts)
    if not words:
        return Heard(inquiry, coverage)
    ear = _Ear(tell(inquiry, facts), coverage, as_of)
    for code, fact in words.items():
        if code in HEARING:
            HEARING[code](ear, fact)
    if FactCode.NETWORK in words:
        ear.compare(
            words[FactCode.NETWORK], inquiry.network, _network(words[FactCode.NETWORK]), "the contract"
        )
    answered = frozenset(code.value for code in words) - ear.outdated
    return Heard(ear.inquiry, ear.conclude(), answered, tuple(ear.remarks))


@dataclass
class _Ear:
    """A coverage while answers are put beside it."""

    inquiry: Inquiry
    wire: Coverage
    as_of: datetime
    status: CoverageStatus = field(init=False)
    rows: list[Benefit] = field(init=False)
    aside: list[Benefit] = field(default_factory=list)
    remarks: list[Remark] = field(default_factory=list)
    outdated: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.status = self.wire.status
        self.rows = list(self.wire.benefits)
        self.relevant = select_relevant(self.inquiry, self.wire).benefits

    def conclude(self) -> Coverage:
        return replace(
            self.wire,
            status=self.status,
            benefits=tuple(self.rows),
            superseded=(*self.wire.superseded, *self.aside),
        )

    def add(self, fact: Fact, kind: BenefitKind, **said: Any) -> None:  # noqa: ANN401 - any field of a row
        """Add a row for the program itself: by its procedure, so that it is nearer than any service type.

        The facility was asked about, in whichever network it is.
        """
        said = {"procedure": self.inquiry.program.code, "network": Network.BOTH} | said
        self.rows.append(bare_benefit(kind, _source(fact), **said))

    def copy(self, row: Benefit, fact: Fact, **said: Any) -> None:  # noqa: ANN401 - any field of a row
        """Add a row of the wire once more, with what the call said of it."""
        source = _source(fact)
        source = source._replace(text=f"{source.text}; with {row.source.text}")
        self.rows.append(row._replace(source=source, **said))

    def set_aside(self, unwanted: Callable[[Benefit], bool]) -> list[Benefit]:
        """Take the wire's rows that concern the program and are *unwanted* out of what is priced."""
        found = [row for row in self.relevant if unwanted(row)]
        unwanted_ids = set(map(id, found))
        self.rows = [row for row in self.rows if id(row) not in unwanted_ids]
        self.aside += found
        return found

    def compare(self, fact: Fact, wire: object, phone: object, who: str = "the electronic answer") -> None:
        """Remark on two words that differ; one that was not said differs from nothing."""
        unsaid = {
            None,
            Network.UNKNOWN,
            Authorization.UNKNOWN,
            CoverageStatus.UNKNOWN,
            CoverageStatus.REJECTED,
        }
        if wire in unsaid or wire == phone:
            return
        topic = fact.code.value.replace("_", " ")
        words = f"the phone says {_word(phone)} ({fact.call.origin}) and {who} {_word(wire)}"
        self.remarks.append(Remark("PHONE_CONTRADICTS", f"On {topic} {words}; settle it.", Verdict.CAUTION))

    def counts(self, fact: Fact, said: bool) -> bool:  # noqa: FBT001 - whether the wire *said* it, too
        """Tell whether the call's word on what is left counts beside the wire's."""
        if fact.call.at.year != self.as_of.astimezone(fact.call.at.tzinfo).year:
            self.outdated.add(fact.code.value)
            text = (
                f"What was left, {fact.call.origin}, is of another year than the payer's answer; ask again."
            )
            self.remarks.append(Remark("PHONE_OUTDATED", text, Verdict.CAUTION))
            return False
        return fact.call.at >= self.as_of or not said


def _word(value: object) -> str:
    return str(value).replace("_", " ")


def _source(fact: Fact) -> Source:
    return Source(None, fact.call.origin, f"/facts/{fact.code.value}")


def _network(fact: Fact) -> Network:
    return Network(fact.value[ANSWER])


def _hear_coverage(ear: _Ear, fact: Fact) -> None:
    said = CoverageStatus(fact.value[ANSWER])
    ear.compare(fact, ear.status, said)
    ear.status = said


def _hear_covered(ear: _Ear, fact: Fact) -> None:
    is_covered = is_yes(fact.value[ANSWER])
    refusals = {BenefitKind.NOT_COVERED, BenefitKind.EXCLUSION}
    promises = {BenefitKind.ACTIVE}
    code = ear.inquiry.program.code.upper()
    against = ear.set_aside(
        lambda row: (
            row.kind in (refusals if is_covered else promises) and (row.procedure or "").upper() == code
        )
    )
    named = (row.kind in refusals for row in ear.relevant if row.services != ("30",))
    if against or (is_covered and any(named)):
        ear.compare(fact, "no" if is_covered else "yes", fact.value[ANSWER])
    ear.add(fact, BenefitKind.ACTIVE if is_covered else BenefitKind.NOT_COVERED)


def _hear_authorization(ear: _Ear, fact: Fact) -> None:
    said = Authorization(fact.value[ANSWER])
    wire = {row.authorization for row in ear.relevant} - {Authorization.UNKNOWN}
    stronger = next((word for word in Authorization if word in wire), None)
    ear.compare(fact, stronger, said)
    ear.add(fact, BenefitKind.COVERAGE_BASIS, authorization=said)


def _hear_cost_share(ear: _Ear, fact: Fact) -> None:
    value, code = fact.value, ear.inquiry.program.code.upper()
    shares = {BenefitKind.COPAY: value.get("copay"), BenefitKind.COINSURANCE: value.get("coinsurance")}
    aside = ear.set_aside(lambda row: row.kind in shares and (row.procedure or "").upper() == code)
    for row in aside:
        told = row.amount if row.kind is BenefitKind.COPAY else row.rate
        said = shares[row.kind]
        if told is not None and (said is None or Decimal(said) != told):
            ear.compare(
                fact, f"{row.kind} {told}", ", ".join(f"{name} {text}" for name, text in value.items())
            )
    words = DEDUCTIBLE_WORDS.get(value.get("deductible", ""), ())
    if copay := shares[BenefitKind.COPAY]:
        period = PERIODS[value["per"]]
        ear.add(fact, BenefitKind.COPAY, amount=Decimal(copay), period=period, messages=words)
    if rate := shares[BenefitKind.COINSURANCE]:
        ear.add(fact, BenefitKind.COINSURANCE, rate=Decimal(rate), messages=words)


def _hear_copay_period(ear: _Ear, fact: Fact) -> None:
    period = PERIODS[fact.value[ANSWER]]
    for row in ear.set_aside(lambda row: row.kind is BenefitKind.COPAY and row.period is None):
        ear.copy(row, fact, period=period)


def _is_limit(row: Benefit) -> bool:
    counts = row.quantity is not None or bool(row.delivery)
    return row.kind is BenefitKind.UNLIMITED or (row.kind is BenefitKind.LIMITATION and counts)


def _says_left(row: Benefit) -> bool:
    return bool(LEFT & {row.period, *(each.period for each in row.delivery)})


def _hear_visits(ear: _Ear, fact: Fact) -> None:
    left = fact.value.get("left", fact.value.get(ANSWER))
    if not ear.counts(fact, any(_is_limit(row) and _says_left(row) for row in ear.relevant)):
        return
    ear.set_aside(_is_limit)
    if left is None:
        ear.add(fact, BenefitKind.UNLIMITED)
    else:
        ear.add(
            fact,
            BenefitKind.LIMITATION,
            quantity=Decimal(left),
            quantity_qualifier="visits",
            period=Period.REMAINING,
        )


def _hear_left_of(kind: BenefitKind) -> Callable[[_Ear, Fact], None]:
    """Take what is left of the limit *kind*, side by side; its total stays the wire's."""

    def hear_left(ear: _Ear, fact: Fact) -> None:
        for side in (side for side in SIDES if side in fact.value):
            rows = [row for row in ear.relevant if row.kind is kind and _side(row) == side]
            if ear.counts(fact, any(row.period is Period.REMAINING for row in rows)):
                _take_left(ear, fact, rows, Decimal(fact.value[side]), side)

    def _take_left(ear: _Ear, fact: Fact, rows: Sequence[Benefit], left: Decimal, side: str) -> None:
        ear.set_aside(lambda row: row in rows and row.period in NO_TOTALS)
        totals = [row for row in rows if row.period not in NO_TOTALS and row.amount]
        for row in totals:
            ear.copy(row, fact, period=Period.REMAINING, amount=left)
        if not totals:
            level = CoverageLevel.INDIVIDUAL if side == "individual" else CoverageLevel.FAMILY
            plan = {"services": ("30",), "procedure": None, "level": level}
            ear.add(fact, kind, period=Period.REMAINING, amount=left, **plan)

    return hear_left


def _side(row: Benefit) -> str:
    return "individual" if row.level in ONE_PERSON else "family"


HEARING: Final[Mapping[FactCode, Callable[[_Ear, Fact], None]]] = MappingProxyType(
    {
        FactCode.COVERAGE: _hear_coverage,
        FactCode.COVERED: _hear_covered,
        FactCode.AUTHORIZATION: _hear_authorization,
        FactCode.COST_SHARE: _hear_cost_share,
        FactCode.COPAY_PERIOD: _hear_copay_period,
        FactCode.VISIT_LIMIT: _hear_visits,
        FactCode.VISITS_LEFT: _hear_visits,
        FactCode.DEDUCTIBLE_REMAINING: _hear_left_of(BenefitKind.DEDUCTIBLE),
        FactCode.OUT_OF_POCKET_REMAINING: _hear_left_of(BenefitKind.OUT_OF_POCKET),
    }
)
