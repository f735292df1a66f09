"""The evidence, as the report shows it: every call made, hashes of what went over the wire, versions."""

import hashlib
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Final

from verifier.model.paper import Block, Cell, Column, Fact, Facts, Grid, Heading, Text, Weight
from verifier.model.verification import Attempt, Exchange
from verifier.papers.question import service
from verifier.papers.subject import Subject
from verifier.wording import plain

QUIET: Final = Weight.QUIET
NOBODY: Final = "nobody so far"
NONE_KEPT: Final = (
    "Nothing that went over the wire is kept under this verification: it was answered from the cache, with "
    "another one that asked at the same time, or not at all."
)
HOW_TO_CHECK: Final = (
    "The hash of the answer is the SHA-256 of the JSON of GET /v1/verifications/{id}, its keys sorted, "
    "without spaces, in UTF-8. Those of the messages are over their bytes, as "
    "GET /v1/verifications/{id}/x12 gives them."
)


def show_proof(subject: Subject) -> Iterator[Block]:
    """Show what proves the answer."""
    yield Heading("Evidence")
    if subject.verification.attempts:
        yield Heading("Calls made", 2)
        yield _calls(subject.verification.attempts)
    yield Heading("What went over the wire", 2)
    if subject.evidence.exchanges:
        yield _exchanges(subject.evidence.exchanges)
    else:
        yield Text(NONE_KEPT, QUIET)
    yield Heading("What this report was made from", 2)
    yield Facts(tuple(_versions(subject)), NOBODY, columns=1)
    yield Text(HOW_TO_CHECK, QUIET)


def sha256(content: bytes) -> str:
    """Hash *content*, in groups that can be read out."""
    digits = hashlib.sha256(content).hexdigest()
    return " ".join(digits[start : start + 8] for start in range(0, len(digits), 8))


def _moment(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"


def _calls(attempts: tuple[Attempt, ...]) -> Grid:
    columns = (
        Column("Payer", 1.2),
        Column("Wire", 1),
        Column("Service types", 1.8),
        Column("How it ended", 1.6),
        Column("Seconds", 0.7, is_numeric=True),
    )
    rows = [
        (
            Cell(each.payer or "not known"),
            Cell(each.channel),
            Cell("; ".join(map(service, each.service_types))),
            Cell(plain(each.outcome), note=each.detail or ""),
            Cell(f"{each.seconds:.1f}"),
        )
        for each in attempts
    ]
    return Grid("Calls made", columns, tuple(rows))


def _exchanges(exchanges: tuple[Exchange, ...]) -> Grid:
    columns = (
        Column("When", 1.3),
        Column("Message", 1.1),
        Column("Bytes", 0.6, is_numeric=True),
        Column("SHA-256", 4),
    )
    rows = [
        row
        for exchange in exchanges
        for row in (
            _message(exchange, "request", exchange.request),
            _message(exchange, "reply", exchange.reply),
        )
    ]
    return Grid("Messages and their hashes", columns, tuple(rows))


def _message(exchange: Exchange, name: str, content: bytes | None) -> tuple[Cell, ...]:
    sent = Cell(_moment(exchange.at), QUIET), Cell(name, note=exchange.channel)
    if content is None:
        return *sent, Cell(""), Cell("no reply came", QUIET)
    return *sent, Cell(f"{len(content):,}"), Cell("", note=sha256(content))


def _versions(subject: Subject) -> Iterator[Fact]:
    verification = subject.verification
    yield Fact("Verification", verification.id, f"asked {_moment(verification.created_at)}")
    yield Fact("Answered", _moment(verification.as_of) if verification.as_of else "not yet")
    review = verification.review
    yield Fact("Signed off by", review.by if review else None, _moment(review.at) if review else "")
    yield Fact("SHA-256 of the answer", sha256(subject.colophon.data_of(verification)))
    for version in subject.colophon.versions:
        yield Fact(version.name, version.value)
