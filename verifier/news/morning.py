"""`MorningMail`: the digest by mail, once each morning, whichever process comes first."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final, Protocol
from zoneinfo import ZoneInfo

from verifier.access.fence import within
from verifier.access.principal import EVERY
from verifier.answering.acting import NOBODY
from verifier.errors import VerifierError
from verifier.model.audit import Action, Event
from verifier.news.digest import gather, write_mail
from verifier.news.newsroom import News

DAY: Final = timedelta(days=1)

SendMail = Callable[[str, str], None]  # subject and text


class Mornings(Protocol):
    """Which morning's digest was sent last; shared by all processes."""

    def take(self, day: date) -> bool:
        """Take it upon oneself to send the digest of *day*; false when somebody did already."""
        ...

    def give_back(self, day: date) -> None:
        """Let somebody else, or oneself later, send the digest of *day*."""
        ...


@dataclass(frozen=True, slots=True)
class MorningMail:
    """Sends the digest from a time of day on, where the facility is."""

    news: News
    mornings: Mornings
    send: SendMail
    site: str
    at: time
    zone: Callable[[], ZoneInfo]

    def send_when_due(self, now: datetime) -> bool:
        """Send this morning's digest if it is time and nobody did; tell whether it was sent now.

        Raises:
            Unavailable: the mail server did not take it; the next call tries again.
        """
        local = now.astimezone(self.zone())
        if local.time() < self.at or not self.mornings.take(local.date()):
            return False
        try:
            self._send(now, local.date())
        except VerifierError:
            self.mornings.give_back(local.date())
            raise
        return True

    def _send(self, now: datetime, day: date) -> None:
        self.news.audit.record(Event(Action.READ, "digest", NOBODY, now))
        with within(EVERY):
            digest = gather(self.news.changes, self.news.webhooks, now - DAY)
        self.send(f"Benefits verifier: digest of {day.isoformat()}", write_mail(digest, self.site))
