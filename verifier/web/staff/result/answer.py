"""Who answered, when, over which wire, and how each call went; what the payer refused and how to read it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, NamedTuple

from verifier.codes import service_types
from verifier.model.coverage import CarveOut, Coverage
from verifier.model.verification import Attempt, Origin, Outcome, Verification
from verifier.wording import how_long, listed, us_moment

OUTCOMES: Final = {
    Outcome.ANSWERED: ("go", "answered"),
    Outcome.REJECTED: ("caution", "refused the question"),
    Outcome.UNAVAILABLE: ("unknown", "could not answer"),
    Outcome.TIMEOUT: ("unknown", "no answer in time"),
    Outcome.UNREACHABLE: ("unknown", "not reached"),
    Outcome.REFUSED: ("unknown", "the wire said no"),
    Outcome.THROTTLED: ("unknown", "not taken: too many questions at once"),
    Outcome.BAD_REPLY: ("unknown", "the reply cannot be used"),
    Outcome.HELD: ("unknown", "not sent: the payer is failing or was asked a moment ago"),
}
FRESHNESS: Final = {
    Origin.LIVE: "Asked just now",
    Origin.CACHE: "From an answer kept here",
    Origin.STALE: "An older answer, because the payer could not be asked",
}


class Call(NamedTuple):
    """One call made: what was asked, of whom, how it ended, after how long."""

    payer: str
    channel: str
    asked: str
    look: str
    outcome: str
    seconds: str
    detail: str | None


@dataclass(frozen=True, slots=True)
class Freshness:
    """How old the answer is, in words."""

    text: str
    as_of: str
    is_old: bool
    reason: str | None


def tell_calls(attempts: tuple[Attempt, ...]) -> tuple[Call, ...]:
    """Put each call into words."""
    return tuple(_tell_call(each) for each in attempts)


def tell_freshness(verification: Verification, now: datetime, zone: str | None) -> Freshness | None:
    """Say how old the answer is *now*; ``None`` before there is one."""
    fresh, as_of = verification.freshness, verification.as_of
    if fresh is None or as_of is None:
        return None
    age = max(now - as_of, timedelta(0))
    text = f"{FRESHNESS[fresh.origin]}, {how_long(age)} old"
    if fresh.origin is Origin.LIVE:
        text = f"Asked {how_long(age)} ago"
    return Freshness(text, us_moment(as_of, zone), fresh.origin is Origin.STALE, fresh.reason)


def tell_answered_by(coverage: Coverage) -> str | None:
    """Name who answered."""
    return listed(dict.fromkeys(each.payer or each.channel for each in coverage.answered_by)) or None


def tell_asked(coverage: Coverage) -> Iterator[tuple[str, bool]]:
    """Name each service asked about, and whether the payer answered for it."""
    for code in dict.fromkeys(coverage.asked):
        yield f"{service_types.name_of(code) or 'Service type'} ({code})", code in coverage.answered


def tell_carve_out(coverage: Coverage, carve_out: CarveOut) -> str:
    """Say who administers something else, and whether they have answered."""
    name = carve_out.administrator or "somebody who is not named"
    ways = listed(each.value for each in carve_out.contacts)
    state = "has not been asked yet" if carve_out in coverage.open_carve_outs else "was asked too"
    reach = f" Reach it at {ways}." if ways else ""
    return f"Behavioral health is administered by {name}, which {state}.{reach}"


def _tell_call(attempt: Attempt) -> Call:
    look, outcome = OUTCOMES[attempt.outcome]
    names = [service_types.name_of(code) or code for code in attempt.service_types]
    return Call(
        attempt.payer or "",
        attempt.channel,
        listed(names),
        look,
        outcome,
        f"{attempt.seconds:.1f} s",
        attempt.detail,
    )
