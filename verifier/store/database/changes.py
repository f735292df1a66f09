"""`DatabaseChanges`: what each answer changed, kept with the answer itself or not at all.

Beside each verification stands what its payer last told of the person, so that the next answer is compared
with all that is known and not only with the night before. Both are read and written in the transaction that
keeps the verification: whatever dies in between, an answer is never kept without its changes.
"""

import logging
import secrets
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Final, NamedTuple

from sqlalchemy import ColumnElement, Connection, Table, func, select

from verifier.access.fence import reach
from verifier.answering.notices import PART_2, SCOPE
from verifier.changes.compare import carry_over, compare_facts
from verifier.changes.facts import read_facts
from verifier.changes.unanswered import why_unanswered
from verifier.clock import Clock
from verifier.model.change import ChangeReport, Facts, Severity, Unanswered
from verifier.model.inquiry import Inquiry
from verifier.model.verification import Verification, VerificationStatus
from verifier.news.ports import Tally
from verifier.news.webhook import EventType, Message
from verifier.store.database.blind_index import normalize
from verifier.store.database.data_keys import DataKeys
from verifier.store.database.engine import Database, insert
from verifier.store.database.sealed_rows import Row, SealedRows
from verifier.store.database.tables.changes import change_reports, feed_positions, known_facts, unanswered
from verifier.store.encryption import KeyedHash, SealBroken
from verifier.store.sealed import Codec

FEED: Final = "changes"
SEVERITIES: Final = tuple(Severity)

STATEMENTS: Final = frozenset({PART_2.code, SCOPE})

log = logging.getLogger(__name__)

Announce = Callable[[Connection, Message], None]


class Codecs(NamedTuple):
    """How facts and reports become bytes."""

    facts: Codec[Facts]
    reports: Codec[ChangeReport]


def silence(connection: Connection, message: Message) -> None:
    """Tell nobody."""


class DatabaseChanges:
    """Compares each new answer with what is known, and keeps what changed in the order it was found."""

    def __init__(
        self,
        database: Database,
        keys: DataKeys,
        codecs: Codecs,
        *,
        clock: Clock,
        announce: Announce = silence,
    ) -> None:
        """Keep them in *database*; *announce* takes a message within the same transaction."""
        self._database = database
        self._codecs = codecs
        self._clock = clock
        self._announce = announce
        self._names = KeyedHash(keys, purpose="known facts")
        self._known = SealedRows(known_facts, keys)
        self._reports = SealedRows(change_reports, keys)
        self._unanswered = SealedRows(unanswered, keys)

    def follow(self, connection: Connection, before: Verification | None, after: Verification) -> None:
        """Note what is new in *after*, which is written in place of *before*."""
        if not _is_new_answer(before, after):
            return
        name = self._names.name(_identify(after.inquiry))
        known = self._take_known(connection, name)
        was_open = self._note_unanswered(connection, name, after)
        if after.status is not VerificationStatus.COMPLETE:
            return
        facility = after.inquiry.facility or ""
        ids = {"verification_id": after.id}
        self._tell(connection, EventType.VERIFICATION_COMPLETED, facility, ids)
        report = self._compare(connection, name, known, after, was_open=was_open)
        if report:
            self._keep(connection, report)
            self._tell(connection, EventType.COVERAGE_CHANGED, facility, ids | {"change_id": report.id})

    def forget(self, connection: Connection, verification_ids: Sequence[str]) -> None:
        """Delete what was kept of verifications that are deleted."""
        for table, rows in (
            (known_facts, self._known),
            (change_reports, self._reports),
            (unanswered, self._unanswered),
        ):
            rows.remove(connection, table.c.verification_id.in_(verification_ids))

    def page(self, *, after: int, limit: int) -> Sequence[tuple[int, ChangeReport]]:
        """Return the reports that follow the position *after*, oldest first, each with its own position."""
        following = select(change_reports).where(change_reports.c.position > after, *_fence(change_reports))
        ordered = following.order_by(change_reports.c.position).limit(limit)
        with self._database.read() as connection:
            rows = self._reports.select(connection, ordered)
            return [(row["position"], self._codecs.reports.load(row["report"])) for row in rows]

    def tally(self, moment: datetime) -> Tally:
        """Count what is new since *moment*."""
        reports, open_ = (_new(table, moment) for table in (change_reports, unanswered))
        severity = change_reports.c.severity
        changed = select(severity, func.count()).where(*reports).group_by(severity)
        waiting = select(func.count()).select_from(unanswered).where(*open_)
        with self._database.read() as connection:
            counts = {SEVERITIES[place]: number for place, number in connection.execute(changed)}
            return Tally(Counter(counts), connection.scalar(waiting) or 0)

    def gravest(self, moment: datetime, *, limit: int, skip: int = 0) -> Sequence[ChangeReport]:
        """Return the reports made since *moment*, gravest first and of those the newest, beyond *skip*."""
        order = change_reports.c.severity, change_reports.c.position.desc()
        new = select(change_reports.c.id).where(*_new(change_reports, moment)).order_by(*order)
        with self._database.read() as connection:
            ids = connection.scalars(new.offset(skip).limit(limit)).all()  # out of an index alone
            found = select(change_reports).where(change_reports.c.id.in_(ids)).order_by(*order)
            rows = self._reports.select(connection, found)
            return [self._codecs.reports.load(row["report"]) for row in rows]

    def unanswered(self, moment: datetime, *, limit: int, skip: int = 0) -> Sequence[Unanswered]:
        """Return who was asked about since *moment* and is not answered for, newest first, beyond *skip*."""
        found = select(unanswered).where(*_new(unanswered, moment))
        newest = found.order_by(unanswered.c.created_at.desc(), unanswered.c.id)
        ordered = newest.offset(skip).limit(limit)
        with self._database.read() as connection:
            return [_read_unanswered(row) for row in self._unanswered.select(connection, ordered)]

    def _note_unanswered(self, connection: Connection, name: str, after: Verification) -> bool:
        """Note that nobody could answer, or forget it once somebody did; tell whether it was noted before."""
        was_open = connection.scalar(select(unanswered.c.id).where(unanswered.c.id == name)) is not None
        reason = why_unanswered(after)
        if reason is None:
            if was_open:
                self._unanswered.remove(connection, unanswered.c.id == name)
            return was_open
        row = {
            "id": name,
            "created_at": self._clock.now(),
            "facility": after.inquiry.facility or "",
            "verification_id": after.id,
            "reason": reason.encode(),
        }
        self._unanswered.put(connection, row)
        return was_open

    def _compare(
        self, connection: Connection, name: str, known: Facts | None, after: Verification, *, was_open: bool
    ) -> ChangeReport | None:
        """Compare with what is known; the first answer changes nothing, unless somebody waited for it."""
        told = read_facts(after)
        if told is None:
            return None
        kept = self._codecs.facts.dump(carry_over(known, told))
        self._known.put(connection, {"id": name, "verification_id": after.id, "facts": kept})
        changes = compare_facts(known, told) if known or was_open else ()
        if not changes:
            return None
        own_id = f"chg_{secrets.token_urlsafe(16)}"
        since = known.verification_id if known else None
        notices = tuple(notice for notice in after.notices if notice.code in STATEMENTS)
        facility = after.inquiry.facility or ""
        return ChangeReport(own_id, after.id, since, facility, self._clock.now(), changes, notices)

    def _take_known(self, connection: Connection, name: str) -> Facts | None:
        """Return what is known of a person; nobody else notes of them till this transaction ends."""
        try:
            row = self._known.take(connection, name)
            return self._codecs.facts.load(row["facts"]) if row else None
        except (SealBroken, ValueError) as error:  # an answer that was paid for is kept all the same
            log.warning("what was known of a person is not used (%s)", type(error).__name__)
            return None

    def _keep(self, connection: Connection, report: ChangeReport) -> None:
        row = {
            "id": report.id,
            "position": _take_position(connection),
            "created_at": report.created_at,
            "severity": SEVERITIES.index(report.severity),
            "facility": report.facility,
            "verification_id": report.verification_id,
            "report": self._codecs.reports.dump(report),
        }
        self._reports.put(connection, row)

    def _tell(self, connection: Connection, event: EventType, facility: str, ids: dict[str, str]) -> None:
        message_id = f"msg_{secrets.token_urlsafe(16)}"
        self._announce(connection, Message(message_id, event, facility, self._clock.now(), ids))


def _is_new_answer(before: Verification | None, after: Verification) -> bool:
    """Tell whether *after* ends by an answer, or a failure, that did not stand there; a note is none."""
    if after.status is VerificationStatus.PENDING:
        return False
    return before is None or (before.status, before.as_of) != (after.status, after.as_of)


def _new(table: Table, moment: datetime) -> list[ColumnElement[bool]]:
    return [table.c.created_at >= moment, *_fence(table)]


def _fence(table: Table) -> list[ColumnElement[bool]]:
    return [] if reach().every else [table.c.facility.in_(sorted(reach().names))]


def _read_unanswered(row: Row) -> Unanswered:
    return Unanswered(row["verification_id"], row["facility"], row["created_at"], row["reason"].decode())


def _identify(inquiry: Inquiry) -> str:
    """Name what a payer tells facts of: this person, asked of this payer, for this facility and program."""
    patient, member = inquiry.patient, inquiry.member
    born = patient.birth_date or member.birth_date
    parts = (
        inquiry.facility or "",
        inquiry.payer,
        inquiry.program.code.upper(),
        normalize(patient.last_name or member.last_name),
        normalize(patient.first_name or member.first_name or ""),
        born.isoformat() if born else normalize(member.id or ""),
    )
    return "\0".join(parts)


def _take_position(connection: Connection) -> int:
    """Take the next place in the feed; who takes one waits until whoever took the last has written it.

    So nobody who reads on from a place misses one that is written later before it.
    """
    first = insert(connection, feed_positions).values(feed=FEED, position=1)
    counted = first.on_conflict_do_update(
        index_elements=["feed"], set_={"position": feed_positions.c.position + 1}
    )
    return int(connection.execute(counted.returning(feed_positions.c.position)).scalar_one())
