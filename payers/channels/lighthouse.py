"""VA Lighthouse: several small questions about one Veteran, and one coverage of facts for an answer.

First whether VA confirms the Veteran: by Veteran Service History and Eligibility v2 where the integration
control number (ICN) is known, else by Veteran Confirmation. The rating and the advisory tool for community
care follow where they can be asked: the one wants our client credentials, the other the Veteran's own
consent. What they add is no condition for an answer, so a fault of theirs is a warning.

VA returns no trace. What ties a reply to its question is the connection it comes over, and the ICN it names.
VA puts the ICN into the address, which is therefore in no log and no text of ours.
"""

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from http import HTTPStatus
from pathlib import Path
from typing import Final, NamedTuple
from urllib.parse import urlencode

from payers.kit.assertion import Client, PatientTokens
from payers.kit.bearer import BearerSender
from payers.kit.deadline import Deadline
from payers.kit.exchange import Reply, Request
from payers.kit.json_text import Node, read_json
from payers.kit.merge import merge
from payers.kit.oauth import TOKEN
from payers.kit.plug import Connection, Tools
from payers.kit.signing import SigningKey
from payers.lighthouse.community_care import SERVICE, SIGHT, read_access
from payers.lighthouse.ratings import read_rating
from payers.lighthouse.veterans import CONFIRMATIONS, read_status
from verifier.address import is_safe
from verifier.errors import BadInput, BadReply, NotConfigured, PayerFault, PayerRefused, UnreadableReply
from verifier.model.coverage import Coverage
from verifier.model.coverage import Warning as Oddity
from verifier.model.question import Question, Veteran
from verifier.model.vocabulary import CoverageStatus

CONNECTION: Final = Connection("Lighthouse")
JSON: Final = "application/json"
VERIFICATION: Final = "/services/veteran_verification/v2"
TOKEN_PATH: Final = "/oauth2/veteran-verification/system/v1/token"  # noqa: S105 - an address
SCOPE: Final = "launch veteran_status.read disability_rating.read"
ICN: Final = re.compile(r"[0-9]{6,17}(V[0-9]{6})?", re.ASCII)
HEADER: Final = re.compile(r"[!-~]{1,512}")
CONSENT_ENDED: Final = frozenset({HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN})


@dataclass(frozen=True, slots=True)
class LighthouseSettings:
    """One account at VA Lighthouse: an API key, client credentials, or both.

    *audience* is the token address of VA's own authorization server, which signed statements are for; it is
    not the one under *url* that they are sent to. *key_file* holds the private RSA key in PEM, *key_id* is
    what VA calls it, *confirmation* the version of Veteran Confirmation.

    Raises:
        NotConfigured: a setting cannot be used; the text names it.
    """

    url: str = "https://api.va.gov"
    api_key: str = field(default="", repr=False)
    confirmation: str = "v1"
    client_id: str = field(default="", repr=False)
    audience: str = ""
    key_file: str = field(default="", repr=False)
    key_id: str = ""
    token_url: str = ""
    scope: str = SCOPE
    community_care: str = "/services/community-care/v0/eligibility/search"  # VA's own definition: v0/search

    def __post_init__(self) -> None:
        """Refuse what would fail, or leak, at the first call."""
        addresses = [self.url, *filter(None, (self.token_url, self.audience))]
        CONNECTION.require(
            all(map(is_safe, addresses)), "its addresses must be https; http is for loopback only"
        )
        CONNECTION.require(
            self.confirmation in CONFIRMATIONS, f"confirmation is none of {', '.join(CONFIRMATIONS)}"
        )
        CONNECTION.require(self.api_key or self.client_id, "api_key or client_id is missing")
        CONNECTION.require(not self.api_key or HEADER.fullmatch(self.api_key), "api_key is no key")
        whole = not self.client_id or (self.audience and self.key_file)
        CONNECTION.require(whole, "client_id needs audience and key_file too")

    def open_client(self) -> Client:
        """Read the key; who we are to VA's authorization server.

        Raises:
            NotConfigured: the key cannot be read or used.
        """
        try:
            pem = Path(self.key_file).read_bytes()
        except OSError as error:
            raise NotConfigured("The Lighthouse connection's key_file cannot be read.") from error
        address = self.token_url or f"{self.url.rstrip('/')}{TOKEN_PATH}"
        return Client(address, self.audience, self.client_id, SigningKey.read(pem, self.key_id), self.scope)


class Inquiry(NamedTuple):
    """One small question: what it is about, how to send it, how to read the answer."""

    topic: str
    send: Callable[[Deadline], Reply]
    read: Callable[[Node], Coverage]


class Lighthouse:
    """The Lighthouse wire; a `payers.kit.channel.Channel`."""

    name = "lighthouse"

    def __init__(
        self, settings: LighthouseSettings, tools: Tools, *, tokens: PatientTokens | None = None
    ) -> None:
        """Ask with the account in *settings*, with *tokens* where somebody else has them.

        Raises:
            NotConfigured: the signing key cannot be read or used.
        """
        self._settings = settings
        self._sender = tools.sender
        self._url = settings.url.rstrip("/")
        if tokens is None and settings.client_id:
            tokens = PatientTokens(settings.open_client(), tools.sender, tools.clock)
        self._tokens = tokens

    def ask(self, question: Question, deadline: Deadline) -> Coverage:
        """Put *question*; see `payers.kit.channel.Channel.ask`.

        Active says that VA confirms the Veteran, and nothing of enrolment or of care authorized.
        """
        first, *others = self._plan(question)
        coverage = _take(first, deadline)
        if coverage.status is not CoverageStatus.ACTIVE:
            return coverage
        parts, notes = [coverage], list[Oddity]()
        for each in others:
            try:
                parts.append(_take(each, deadline))
            except PayerFault as fault:
                notes.append(_note(each.topic, fault))
        whole = merge(parts)
        return replace(whole, warnings=(*whole.warnings, *notes))

    def _plan(self, question: Question) -> list[Inquiry]:
        veteran = question.veteran or Veteran()
        if veteran.icn:
            _require_form(veteran)
        if veteran.icn and self._tokens:
            return [*self._plan_verification(veteran.icn, self._tokens), *self._plan_access(veteran)]
        if self._settings.api_key:
            return [self._plan_confirmation(question), *self._plan_access(veteran)]
        raise BadInput(
            "VA finds a Veteran by the integration control number only.", {"/va/icn": "is needed to ask VA"}
        )

    def _plan_verification(self, icn: str, tokens: PatientTokens) -> Iterator[Inquiry]:
        sender = BearerSender(self._sender, tokens.of(icn))

        def get(path: str) -> Callable[[Deadline], Reply]:
            request = Request("GET", f"{self._url}{VERIFICATION}/{path}/{icn}", {"Accept": JSON})
            return lambda deadline: sender.send(request.kept_whole(), deadline)

        yield Inquiry("status", get("status"), lambda document: _require_ours(read_status(document), icn))
        yield Inquiry("disability rating", get("disability_rating"), read_rating)

    def _plan_confirmation(self, question: Question) -> Inquiry:
        path, write = CONFIRMATIONS[self._settings.confirmation]
        headers = {"apikey": self._settings.api_key, "Content-Type": JSON, "Accept": JSON}
        body = json.dumps(write(question)).encode()
        request = Request("POST", f"{self._url}{path}", headers, body).kept_whole()
        return Inquiry("status", lambda deadline: self._sender.send(request, deadline), read_status)

    def _plan_access(self, veteran: Veteran) -> Iterator[Inquiry]:
        """Ask the advisory tool, which wants the Veteran's own token."""
        icn, token = veteran.icn, veteran.access_token
        if icn and token:
            query = urlencode({"patient": icn, "serviceType": SERVICE, "extendedDriveMin": SIGHT})
            headers = {"Accept": JSON, "Authorization": f"Bearer {token}"}
            url = f"{self._url}{self._settings.community_care}?{query}"
            request = Request("GET", url, headers).kept_whole()
            yield Inquiry(
                "community care",
                lambda deadline: self._sender.send(request, deadline),
                lambda document: read_access(document, icn),
            )


def _require_form(veteran: Veteran) -> None:
    """Refuse what would become something else in an address or a header."""
    faults = {
        "/va/icn": ICN.fullmatch(veteran.icn or ""),
        "/va/access_token": not veteran.access_token or TOKEN.fullmatch(veteran.access_token),
    }
    if wrong := {pointer: "is not of the form VA gives out" for pointer, fits in faults.items() if not fits}:
        raise BadInput("VA cannot be asked with what was given.", wrong)


def _take(inquiry: Inquiry, deadline: Deadline) -> Coverage:
    reply = inquiry.send(deadline)
    if "json" not in reply.headers.get("content-type", "").lower():
        raise BadReply("VA's reply is not JSON.")
    try:
        return inquiry.read(read_json(reply.body))
    except UnreadableReply as error:
        raise BadReply(f"VA's reply about the {inquiry.topic} cannot be read.") from error


def _require_ours(coverage: Coverage, icn: str) -> Coverage:
    if coverage.subscriber and coverage.subscriber.id == icn:
        return coverage
    raise BadReply("VA's reply is about another Veteran and was thrown away.")


def _note(topic: str, fault: PayerFault) -> Oddity:
    words = fault.detail
    if topic == "community care" and isinstance(fault, PayerRefused) and fault.status in CONSENT_ENDED:
        words = "The Veteran's consent has ended or does not reach so far; it has to be given again."
    code = topic.upper().replace(" ", "_")
    return Oddity(f"{code}_NOT_ANSWERED", f"VA did not answer about {topic}. {words}")


plug = CONNECTION.plug(Lighthouse.name, LighthouseSettings, Lighthouse)
