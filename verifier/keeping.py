"""How records are kept: the codecs of what is sealed, and the tables opened with them."""

import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from functools import partial
from typing import Final, TypeVar
from zoneinfo import ZoneInfo

from payers.opening import open_post
from schemas import snapshot
from verifier.access.alerting import EmergencyMail
from verifier.access.staffing import Staffing
from verifier.credentials.webhook_signing import StandardSigning
from verifier.errors import NotConfigured
from verifier.mailing import SmtpMail
from verifier.model.change import ChangeReport, Facts
from verifier.model.consent import Consent
from verifier.model.inquiry import Facility
from verifier.model.intake import Intake
from verifier.model.roster import Entry
from verifier.model.verification import Verification
from verifier.news.delivering import Deliverer
from verifier.news.morning import MorningMail
from verifier.news.newsroom import News
from verifier.news.runner import Job, Runner
from verifier.ports import Snapshot
from verifier.settings import Settings
from verifier.store.database.changes import Codecs, DatabaseChanges
from verifier.store.database.engine import Database
from verifier.store.database.facilities import DatabaseFacilities
from verifier.store.database.intakes import DatabaseIntakes
from verifier.store.database.mornings import DatabaseMornings
from verifier.store.database.outbox import DatabaseOutbox
from verifier.store.database.records import DatabaseRecords
from verifier.store.database.webhooks import DatabaseWebhooks
from verifier.store.opening import Archive
from verifier.store.sealed import Codec

log = logging.getLogger(__name__)

KEPT: Final = timedelta(days=30)  # messages to webhooks, whether they were taken or not
DIFFERS: Final = (
    "facility %s: the settings file says something else of %s; what people changed on the page counts. "
    "`verifier admin facilities follow-file %s` takes the file's word again."
)
MINUTE: Final = timedelta(minutes=1)
Model = TypeVar("Model")


def codec_of(kind: type[Model]) -> Codec[Model]:
    """Say how values of a *kind* become bytes."""
    return Codec(snapshot.dump, partial(snapshot.load, kind))


SNAPSHOTS: Final = codec_of(Snapshot)
VERIFICATIONS: Final = codec_of(Verification)
CONSENTS: Final = codec_of(Consent)
INTAKES: Final = codec_of(Intake)
ENTRIES: Final = codec_of(Entry)
CHANGES: Final = Codecs(codec_of(Facts), codec_of(ChangeReport))


def open_facilities(settings: Settings, database: Database) -> DatabaseFacilities:
    """Open the facilities, seeded from the settings; a warning names those that people made differ."""
    facilities = DatabaseFacilities(database, settings.facilities)
    facilities.seed()
    for each in facilities.kept():
        if each.differs_in:
            log.warning(DIFFERS, each.facility.id, ", ".join(each.differs_in), each.facility.id)
    return facilities


def open_intakes(archive: Archive) -> DatabaseIntakes:
    """Open the requests for a free verification."""
    kept = archive.settings.retention
    return DatabaseIntakes(archive.database, archive.keys, INTAKES, clock=archive.clock, retention=kept)


def open_changes(archive: Archive) -> DatabaseChanges:
    """Open what payers last told of each person, and what changed."""
    outbox = DatabaseOutbox(archive.database, archive.keys)
    return DatabaseChanges(
        archive.database, archive.keys, CHANGES, clock=archive.clock, announce=outbox.announce_within
    )


def open_news(archive: Archive, changes: DatabaseChanges, records: DatabaseRecords) -> News:
    """Open what happened, and who is told of it."""
    database, keys = archive.database, archive.keys
    return News(
        changes,
        DatabaseWebhooks(database, keys),
        DatabaseOutbox(database, keys),
        records,
        StandardSigning(),
        archive.audit,
        archive.clock,
        archive.settings.webhook_hosts,
    )


def open_records(archive: Archive, changes: DatabaseChanges) -> DatabaseRecords:
    """Open the verifications; *changes* takes note of each."""
    return DatabaseRecords(
        archive.database,
        archive.keys,
        VERIFICATIONS,
        clock=archive.clock,
        retention=archive.settings.retention,
        follower=changes,
    )


@contextmanager
def publishing(
    settings: Settings,
    database: Database,
    news: News,
    staffing: Staffing,
    facilities: Mapping[str, Facility],
) -> Iterator[None]:
    """Deliver to webhooks and send mail, in a thread, for as long as the context lasts."""
    with open_post(settings) as post:
        deliverer = Deliverer(news.outbox, news.signing, post)
        jobs = [
            Job("webhooks", deliverer.deliver_due),
            Job("old messages", lambda now: news.outbox.forget(now - KEPT), timedelta(hours=1)),
        ]
        if mail := settings.digest:
            alerts = EmergencyMail(staffing.users, staffing.emergencies, SmtpMail(mail).send_to, mail.site)
            morning = open_morning(settings, database, news, facilities)
            jobs.append(Job("alerts", alerts.send_due))
            jobs.append(Job("digest", morning.send_when_due, MINUTE))
        with Runner(jobs, news.clock):
            yield


def open_morning(
    settings: Settings, database: Database, news: News, facilities: Mapping[str, Facility]
) -> MorningMail:
    """Open the morning digest; it is morning where the first facility is.

    Raises:
        NotConfigured: no mail route is configured.
    """
    digest = settings.digest
    if digest is None:
        raise NotConfigured("The digest needs VERIFIER_SMTP_URL; docs/how-to/send-the-digest.md says more.")
    zone = partial(_find_zone, facilities)
    return MorningMail(news, DatabaseMornings(database), SmtpMail(digest).send, digest.site, digest.at, zone)


def _find_zone(facilities: Mapping[str, Facility]) -> ZoneInfo:
    return ZoneInfo(next((each.time_zone for each in facilities.values() if each.time_zone), "UTC"))
