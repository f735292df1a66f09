"""Optum (Change Healthcare): Medical Network Eligibility v3 behind OAuth 2.0, and its list of outages.

Sources: Optum's specifications of Medical Network Eligibility v3, Security and Authorization v2 and Payer
List v1. The answer repeats ``controlNumber`` (ISA13) and, as ``meta.outboundTraceId``,
``submitterTransactionIdentifier`` (BHT03). Both carry one number of ours, nine digits, so either tells an
answer of ours from another.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from http import HTTPStatus
from typing import Final, NamedTuple
from uuid import uuid4
from zlib import crc32

from payers.kit.bearer import BearerSender
from payers.kit.channel import HttpChannel
from payers.kit.deadline import Deadline
from payers.kit.exchange import Reply, Request
from payers.kit.json_text import Node, read_json
from payers.kit.oauth import ClientCredentials, Credentials
from payers.kit.plug import Connection, Tools
from payers.medical_network.reply import read_reply
from payers.medical_network.request import write_v3
from verifier.address import is_safe
from verifier.model.coverage import Coverage
from verifier.model.question import Question

CONNECTION: Final = Connection("Optum")
ELIGIBILITY: Final = "/medicalnetwork/eligibility/v3/"
TOKEN: Final = "/apip/auth/v2/token"  # noqa: S105 - an address
NUMBER: Final = re.compile(r"\d{9}", re.ASCII)
NUMBERS: Final = 1_000_000_000
HEADER: Final = re.compile(r"[!-~]([ -~]{0,510}[!-~])?")
ANSWERS: Final = frozenset({HTTPStatus.BAD_REQUEST})
FLAGS: Final = {"yes": True, "no": False}


@dataclass(frozen=True, slots=True)
class OptumSettings:
    """One Optum account; *token_url* is where its tokens come from when that is not under *url*.

    Raises:
        NotConfigured: a setting cannot be used; the text names it.
    """

    client_id: str = field(repr=False)
    client_secret: str = field(repr=False)
    url: str = "https://apigw.optum.com"
    token_url: str = ""

    def __post_init__(self) -> None:
        """Refuse what would fail, or leak, at the first call."""
        for name in ("url", "token_url"):
            address = getattr(self, name)
            words = f"{name} must be an https address without user name; http is for loopback only"
            CONNECTION.require(is_safe(address) or (name == "token_url" and not address), words)
        for name in ("client_id", "client_secret"):
            CONNECTION.require(
                HEADER.fullmatch(getattr(self, name)), f"{name} must be 1 to 512 printable characters"
            )

    @property
    def credentials(self) -> Credentials:
        """Who we are to the authorization server."""
        address = self.token_url or f"{self.url.rstrip('/')}{TOKEN}"
        return Credentials(address, self.client_id, self.client_secret, as_json=True)


class Optum(HttpChannel):
    """The Optum wire."""

    name = "optum"

    def __init__(self, settings: OptumSettings, tools: Tools) -> None:
        """Ask with the account in *settings*."""
        tokens = ClientCredentials(settings.credentials, tools.sender, tools.clock)
        super().__init__(BearerSender(tools.sender, tokens))
        self._url = f"{settings.url.rstrip('/')}{ELIGIBILITY}"

    def ask(self, question: Question, deadline: Deadline) -> Coverage:
        """Put *question* under a number of nine digits; see `payers.kit.channel.Channel.ask`."""
        number = shorten_trace(question.trace or uuid4().hex)
        return super().ask(replace(question, trace=number), deadline)

    def encode(self, question: Question) -> Request:
        """Write the question; the number of its trace is the control number and the submitter's own.

        Raises:
            BadInput: something needed is missing or cannot be written; ``errors`` names the fields.
        """
        number = shorten_trace(question.trace)
        body = write_v3(question, control_number=number, reference=number)
        headers = {"Content-Type": "application/json", "Accept": "application/json"}
        return Request("POST", self._url, headers, body, ANSWERS).kept_whole()

    def decode(self, reply: Reply) -> Sequence[Coverage]:
        """Read the answer; a refusal of the question may come with HTTP 400.

        Raises:
            PayerRefused: the call itself was refused.
            UnreadableReply: the reply holds no eligibility answer.
        """
        return [_recall_trace(coverage) for coverage in read_reply(reply)]


def shorten_trace(trace: str) -> str:
    """Make nine digits of *trace*; nine digits stay as they are."""
    return trace if NUMBER.fullmatch(trace) else f"{crc32(trace.encode()) % NUMBERS:09}"


def _recall_trace(coverage: Coverage) -> Coverage:
    """Take for trace numbers those that repeat ours; TRN02 is Optum's own and goes to the extras."""
    trace, extras = coverage.trace, dict(coverage.extras)
    if trace.numbers:
        extras["trace_numbers"] = " ".join(trace.numbers)
    ours = (extras.get("control_number"), extras.get("outbound_trace_id"))
    numbers = tuple(number for number in ours if number)
    return replace(coverage, trace=replace(trace, numbers=numbers), extras=extras)


class Outage(NamedTuple):
    """One payer's transaction that Optum says is disturbed; ``None`` where the list does not say."""

    payer_id: str | None
    other_payer_ids: tuple[str, ...]
    payer: str | None
    transaction: str | None  # Eligibility, Claim Status and so on, as sent
    status: str | None  # Active, Inactive, Standby or Unknown, as sent
    is_out: bool | None
    is_intermittent: bool | None
    reason: str | None
    since: str | None


def read_outages(body: bytes) -> tuple[Outage, ...]:
    """Read the reply of ``GET /medicalnetwork/payerlist/v1/outages``: one page of outages, in its order.

    Raises:
        UnreadableReply: it is no JSON.
    """
    document = read_json(body)
    rows = document.at("data") if document.is_object else document
    return tuple(_read_outage(row) for row in rows.each() if row.is_object)


def _read_outage(row: Node) -> Outage:
    others = (each.text for each in row.at("additionalPayerIds").each())
    return Outage(
        payer_id=row.at("imnPayerId").text,
        other_payer_ids=tuple(each for each in others if each),
        payer=row.at("payerName").text,
        transaction=row.at("transactionType").text,
        status=row.at("activeStatus").text,
        is_out=FLAGS.get((row.at("payerProductStandinFlag").text or "").lower()),
        is_intermittent=FLAGS.get((row.at("intermittentPayerOutage").text or "").lower()),
        reason=row.at("standinReason").text,
        since=row.at("issueStartDate").text,
    )


plug = CONNECTION.plug(Optum.name, OptumSettings, Optum)
