"""`Digest`: what matters since a moment, as counts in a mail and as people on a page.

The mail holds counts and a link: whoever reads it on the way learns of nobody. Names are on the page, for
those who are signed in.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
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

    *counts* (of people, by the gravest change of theirs) and *unknown* are of all, even on a page of a few.
    *verifications* are those that are named, by id, as far as they were looked up and still exist.
    """

    since: datetime
    reports: Sequence[ChangeReport]
    unanswered: Sequence[Unanswered]
    switched_off: Sequence[Webhook]
    counts: Counter[Severity]
    unknown: int
    verifications: Mapping[str, Verification] = field(default_factory=dict, repr=False)

    def page(self, start: int, length: int) -> "Digest":
        """Return a page of it: at most so many people from the one in place *start* on, from 0."""
        after, end = max(0, start - len(self.reports)), max(0, start + length - len(self.reports))
        reports, unanswered = self.reports[start : start + length], self.unanswered[after:end]
        return replace(self, reports=reports, unanswered=unanswered)


def gather(changes: Changes, webhooks: Webhooks, since: datetime, *, limit: int = MOST) -> Digest:
    """Gather what matters since a moment, at most *limit* of each kind, the newest."""
    reports = sorted(changes.since(since, limit=limit), key=lambda each: ORDER.index(each.severity))
    switched_off = [each for each in webhooks.listing() if each.disabled_at]
    unanswered = changes.unanswered(since, limit=limit)
    counts = Counter(report.severity for report in reports)
    return Digest(since, reports, unanswered, switched_off, counts, len(unanswered))


def write_mail(digest: Digest, site: str) -> str:
    """Write counts and the link; nothing in it is about a person."""
    counts = [f"{count} {severity}" for severity in Severity if (count := digest.counts[severity])]
    counts += _count(digest.unknown, "could not be asked about", "could not be asked about")
    lines = ["Since yesterday:", "", *(f"- {line}" for line in counts)] if counts else [QUIET]
    off = _count(len(digest.switched_off), "webhook is switched off", "webhooks are switched off")
    return "\n".join([*lines, *off, "", f"{site}{PAGE} (sign in) says who and why.", ""])


def _count(number: int, one: str, many: str) -> list[str]:
    return [f"{number} {one if number == 1 else many}"] if number else []
