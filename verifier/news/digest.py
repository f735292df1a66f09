"""`Digest`: what matters since a moment, as counts in a mail and as people on a page.

The mail holds counts and a link: whoever reads it on the way learns of nobody. Names are on the page, for
those who are signed in.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from verifier.model.change import ChangeReport, Severity, Unanswered
from verifier.model.verification import Verification
from verifier.news.ports import Changes, Webhooks
from verifier.news.webhook import Webhook

MOST: Final = 10_000
PAGE: Final = "/staff/digest"
QUIET: Final = "Nothing changed that matters, and everybody could be asked."
ORDER: Final = tuple(Severity)


@dataclass(frozen=True, slots=True)
class Digest:
    """What matters since a moment, within the fence: changes, gravest first, and of whom nothing is known.

    *verifications* are those that are named, by id, as far as they were looked up and still exist.
    """

    since: datetime
    reports: Sequence[ChangeReport]
    unanswered: Sequence[Unanswered]
    switched_off: Sequence[Webhook]
    verifications: Mapping[str, Verification] = field(default_factory=dict, repr=False)

    @property
    def counts(self) -> Mapping[Severity, int]:
        """Count the people by the gravest change of theirs."""
        return Counter(report.severity for report in self.reports)


def gather(changes: Changes, webhooks: Webhooks, since: datetime, *, limit: int = MOST) -> Digest:
    """Gather what matters since a moment, at most *limit* of each kind, the newest."""
    reports = sorted(changes.since(since, limit=limit), key=lambda each: ORDER.index(each.severity))
    switched_off = [each for each in webhooks.listing() if each.disabled_at]
    return Digest(since, reports, changes.unanswered(since, limit=limit), switched_off)


def write_mail(digest: Digest, site: str) -> str:
    """Write counts and the link; nothing in it is about a person."""
    counts = [f"{count} {severity}" for severity in Severity if (count := digest.counts[severity])]
    counts += _count(len(digest.unanswered), "could not be asked about", "could not be asked about")
    lines = ["Since yesterday:", "", *(f"- {line}" for line in counts)] if counts else [QUIET]
    off = _count(len(digest.switched_off), "webhook is switched off", "webhooks are switched off")
    return "\n".join([*lines, *off, "", f"{site}{PAGE} (sign in) says who and why.", ""])


def _count(number: int, one: str, many: str) -> list[str]:
    return [f"{number} {one if number == 1 else many}"] if number else []
