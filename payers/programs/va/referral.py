"""The VA referral: the one proof that VA pays, counted against the planned sessions.

Its number is VA and digits, nothing else (claims with anything more are denied); the standardized episode of
care (SEOC) behind it has a first and a last day and a number of visits. None of VA's interfaces shows a
referral to a provider, so that all of it is what the desk read off the paper.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import Enum
from typing import Final

from payers.programs.va.copays import PROGRAM, cite
from verifier.model.findings import FigureStatus, Remark, Rule, Unknown, Verdict
from verifier.model.military import VaFacts

NUMBER: Final = re.compile(r"VA\d{1,20}", re.ASCII)
LEAD: Final = timedelta(weeks=4)  # what VA may need for an answer to Form 10-10172
AUTHORIZATION: Final = Rule(PROGRAM, None, FigureStatus.PRINTED, cite("usc-1703"))
FORM_OF_NUMBER: Final = Rule(PROGRAM, None, FigureStatus.PRINTED, cite("number"))
MORE_CARE: Final = Rule(PROGRAM, 2025, FigureStatus.PRINTED, cite("form"))


class Standing(Enum):
    """How far a referral is a proof."""

    MISSING = "missing"
    MALFORMED = "malformed"
    UNDATED = "undated"
    USELESS = "useless"  # it covers none of the planned days
    GOOD = "good"


@dataclass(frozen=True, slots=True)
class Referral:
    """The desk's *facts* of a referral beside the *days* of the planned sessions, in order."""

    facts: VaFacts
    days: tuple[date, ...]

    @property
    def standing(self) -> Standing:
        """Tell how far it is a proof."""
        number = self.facts.referral_number
        if number is None:
            return Standing.MISSING
        if not is_well_formed(number):
            return Standing.MALFORMED
        if not self.covered:
            return Standing.USELESS
        return Standing.UNDATED if self.gaps else Standing.GOOD

    @property
    def gaps(self) -> tuple[str, ...]:
        """Name what nobody read off it."""
        facts = self.facts
        known = {
            "the first day": facts.referral_begins,
            "the last day": facts.referral_ends,
            "the number of visits": facts.visits_authorized,
        }
        return tuple(name for name, value in known.items() if value is None)

    @property
    def dated(self) -> tuple[date, ...]:
        """List the planned days within its dates; a date nobody read excludes none."""
        begins = self.facts.referral_begins or date.min
        ends = self.facts.referral_ends or date.max
        return tuple(day for day in self.days if begins <= day <= ends)

    @property
    def visits_left(self) -> int | None:
        """Count the visits not used yet; ``None``: the number authorized is not known."""
        if self.facts.visits_authorized is None:
            return None
        return max(0, self.facts.visits_authorized - (self.facts.visits_used or 0))

    @property
    def covered(self) -> tuple[date, ...]:
        """List the planned days it covers, as far as it was read."""
        return self.dated[: self.visits_left]

    @property
    def authorized(self) -> tuple[date, ...]:
        """List the planned days VA has agreed to pay; none without a referral that can be claimed under."""
        return self.covered if self.standing in {Standing.GOOD, Standing.UNDATED} else ()

    @property
    def uncovered(self) -> tuple[date, ...]:
        """List the planned days it does not cover."""
        return tuple(day for day in self.days if day not in self.covered)


def is_well_formed(number: str | None) -> bool:
    """Tell whether *number* is of the form VA gives out."""
    return number is not None and NUMBER.fullmatch(number) is not None


def prove(referral: Referral) -> Remark:
    """Say what the referral proves."""
    standing = referral.standing
    texts = {
        Standing.MISSING: (
            "No VA referral is recorded, so the care is not authorized yet. That says nothing about what the "
            "Veteran is entitled to; do not start on VA's account before the referral is here."
        ),
        Standing.MALFORMED: (
            "The referral number is not of the form VA gives out (VA and digits, no blank or other sign), "
            "and claims under it would be denied. Read it off the referral again."
        ),
        Standing.UNDATED: (
            f"VA has referred the Veteran; still to be read off the referral: {', '.join(referral.gaps)}."
        ),
        Standing.USELESS: (
            "The VA referral covers none of the planned days, so none of them is authorized yet. Do not "
            "start on VA's account before VA has extended it."
        ),
        Standing.GOOD: (
            f"VA has authorized {len(referral.covered)} of the {len(referral.days)} planned sessions by its "
            "referral, and pays them."
        ),
    }
    rule = FORM_OF_NUMBER if standing is Standing.MALFORMED else AUTHORIZATION
    return Remark(f"REFERRAL_{standing.name}", texts[standing], VERDICTS[standing], rule)


VERDICTS: Final = {
    Standing.MISSING: Verdict.CAUTION,
    Standing.MALFORMED: Verdict.CAUTION,
    Standing.UNDATED: Verdict.CAUTION,
    Standing.USELESS: Verdict.STOP,
    Standing.GOOD: Verdict.GO,
}


def find_shortfall(referral: Referral) -> Iterator[Remark]:
    """Say where the referral ends before the program does, or begins after it."""
    if referral.standing in {Standing.MISSING, Standing.MALFORMED}:
        return
    facts, days, dated = referral.facts, referral.days, referral.dated
    early = [day for day in days if day < (facts.referral_begins or date.min)]
    late = [day for day in days if day > (facts.referral_ends or date.max)]
    if early:
        yield _warn("REFERRAL_BEGINS_LATE", f"begins on {facts.referral_begins}", early)
    if late:
        yield _warn("REFERRAL_ENDS_EARLY", f"ends on {facts.referral_ends}", late)
    if beyond := dated[len(referral.covered) :]:
        left = referral.visits_left
        yield _warn("VISITS_RUN_OUT", f"has {left} visits left", beyond)


def _warn(code: str, words: str, days: Sequence[date]) -> Remark:
    sessions = "1 planned session is" if len(days) == 1 else f"{len(days)} planned sessions are"
    text = f"The referral {words}: {sessions} not authorized, the first on {days[0]}."
    return Remark(code, text, Verdict.CAUTION, MORE_CARE)


def list_actions(referral: Referral) -> Iterator[str]:
    """Say what to do so that every planned session is authorized."""
    standing = referral.standing
    if standing is Standing.MISSING:
        yield (
            "Ask the community care office of the Veteran's VA facility for a referral, and record its "
            "number, dates and visits."
        )
    elif standing is Standing.MALFORMED:
        yield "Copy the referral number as it stands on the referral: VA and digits."
    elif missed := referral.uncovered:
        by = missed[0] - LEAD
        yield (
            f"Ask VA for more care with Form 10-10172, page 1, by {by}: an answer takes three to four weeks, "
            f"and the first session without authorization is on {missed[0]}."
        )


def list_questions(referral: Referral, code: str) -> Iterator[Unknown]:
    """Ask for what nobody read off the referral."""
    standing = referral.standing
    if standing is Standing.MISSING:
        yield Unknown("va_referral", "Has VA referred the Veteran, and under which number?")
    elif standing is Standing.MALFORMED:
        yield Unknown("va_referral", "Which number does the referral have: VA and which digits?")
    elif referral.gaps:
        words = (
            "Which first and last day and how many visits does the referral's episode of care (SEOC) have?"
        )
        yield Unknown("va_episode", words)
    if standing not in {Standing.MISSING, Standing.MALFORMED}:
        if referral.facts.visits_authorized is not None and referral.facts.visits_used is None:
            yield Unknown("va_visits_used", "How many visits of the referral have been used already?")
        words = f"Does the referral's episode of care (SEOC) name the intensive outpatient program ({code})?"
        yield Unknown("va_episode_services", words)
