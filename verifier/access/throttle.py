"""How often a secret may be guessed, without a way to lock somebody else out.

Failures are tallied under three names: who is tried from where, where it comes from, who is tried at all.
Each tally holds its own name back for a time that doubles. A device that signed in before has a tally of its
own and heeds no other, so that no stranger's guesses, from wherever, keep its owner away.

At most five guesses a minute (Medplum's published rule) and five for one code of the authenticator.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

LONGEST: Final = timedelta(minutes=15)
NO_WAIT: Final = timedelta(0)


@dataclass(frozen=True, slots=True)
class Tally:
    """Failures so far, and when the last one was."""

    failures: int
    last: datetime


@dataclass(frozen=True, slots=True)
class Rule:
    """So many failures are *free*, then each doubles the wait from *first*; all ends after *forget*."""

    free: int
    first: timedelta
    longest: timedelta = LONGEST
    forget: timedelta = timedelta(hours=1)

    def wait(self, tally: Tally | None, now: datetime) -> timedelta:
        """Tell how long the next guess must wait; zero when it may be made."""
        if tally is None or tally.failures < self.free:
            return NO_WAIT
        doubled = self.first * (1 << min(tally.failures - self.free, 20))
        return max(tally.last + min(doubled, self.longest) - now, NO_WAIT)

    def count(self, tally: Tally | None, now: datetime) -> Tally:
        """Count one more failure."""
        stale = tally is None or now - tally.last > self.forget
        return Tally(1 if tally is None or stale else tally.failures + 1, now)


@dataclass(frozen=True, slots=True)
class Guess:
    """A name under which a guess is tallied, and the rule it goes by."""

    name: str
    rule: Rule


PAIR: Final = Rule(free=5, first=timedelta(minutes=1))
SOURCE: Final = Rule(free=20, first=timedelta(minutes=1))
ACCOUNT: Final = Rule(free=50, first=timedelta(minutes=1))


def password_guesses(account: str, source: str, device: str | None) -> tuple[Guess, ...]:
    """Name the tallies of a password tried for *account* from *source*, on a *device* known to be theirs."""
    if device is not None:
        return (Guess(f"device {account} {device}", PAIR),)
    return (
        Guess(f"pair {account} {source}", PAIR),
        Guess(f"source {source}", SOURCE),
        Guess(f"account {account}", ACCOUNT),
    )
