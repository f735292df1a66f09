"""`Digest`: what matters since a moment, as counts in a mail and as people on a page.

The mail holds counts and a link: whoever reads it on the way learns of nobody. Names are on the page, for
those who are signed in.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from verifier.model.change import ChangeReport, Severity, Unanswered
from verifier.model.verification import Verification
from verifier.news.ports import Changes, Tally, Webhooks
from verifier.news.webhook import Webhook

PAGE: Final = "/staff/digest"
QUIET: Final = "Nothing changed that matters, and everybody could be asked."


@dataclass(frozen=True, slots=True)
class Digest:
    """What matters since a moment, within the fence: changes, gravest first, and of whom nothing is known.

    *tally* counts all of them; *reports* and *unanswered* are those on one page.
    *verifications* are those that are named, by id, as far as they were looked up and still exist.
    """

    since: datetime
    reports: Sequence[ChangeReport]
    unanswered: Sequence[Unanswered]
    switched_off: Sequence[Webhook]
    tally: Tally
    verifications: Mapping[str, Verification] = field(default_factory=dict, repr=False)


def gather(
    changes: Changes, webhooks: Webhooks, since: datetime, *, start: int = 0, length: int = 0
) -> Digest:
    """Count what matters since a moment, and gather *length* of it from place *start* on."""
    tally = changes.tally(since)
    changed = tally.changed.total()
    begin, end = max(start, changed), max(start + length, changed)  # of the places behind the changes
    return Digest(
        since,
        changes.gravest(since, skip=start, limit=length),
        changes.unanswered(since, skip=begin - changed, limit=end - begin),
        [each for each in webhooks.listing() if each.disabled_at],
        tally,
    )


def write_mail(digest: Digest, site: str) -> str:
    """Write counts and the link; nothing in it is about a person."""
    counts = [f"{count} {severity}" for severity in Severity if (count := digest.tally.changed[severity])]
    counts += _count(digest.tally.unanswered, "could not be asked about", "could not be asked about")
    lines = ["Since yesterday:", "", *(f"- {line}" for line in counts)] if counts else [QUIET]
    off = _count(len(digest.switched_off), "webhook is switched off", "webhooks are switched off")
    return "\n".join([*lines, *off, "", f"{site}{PAGE} (sign in) says who and why.", ""])


def _count(number: int, one: str, many: str) -> list[str]:
    return [f"{number} {one if number == 1 else many}"] if number else []
