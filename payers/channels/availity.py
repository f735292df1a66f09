"""Availity Coverages 1.0.0: a question submitted as form data, its answer asked for until it is there.

A question is submitted once. There is no idempotency key, and each submission may be paid for; so whatever
goes wrong after one, the coverage is asked for by its id, and where no id came back, that is said. A question
that ran out of time is remembered, and the next asker is led to its answer.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from http import HTTPStatus
from time import sleep
from typing import Final
from urllib.parse import parse_qsl, urlencode

from payers.availity.form import write_form
from payers.availity.response import Progress, read_coverages, read_progress, unwrap
from payers.kit.bearer import BearerSender
from payers.kit.channel import HttpChannel
from payers.kit.deadline import Deadline
from payers.kit.exchange import Reply, Request
from payers.kit.http import refuse
from payers.kit.json_text import Node, read_json
from payers.kit.oauth import ClientCredentials, Credentials
from payers.kit.pending import Pending, Taken
from payers.kit.plug import Connection, Tools
from payers.kit.tokens import Tokens
from verifier.address import is_safe
from verifier.errors import (
    BadReply,
    PayerFault,
    PayerRefused,
    PayerThrottled,
    PayerTimeout,
    PayerUnreachable,
    UnreadableReply,
)
from verifier.model.coverage import Coverage
from verifier.model.question import Question

CONNECTION: Final = Connection("Availity")
FORM: Final = "application/x-www-form-urlencoded"
JSON: Final = "application/json"
TRACE: Final = "patientAccountNumber"
IDENTIFIER: Final = re.compile(r"[A-Za-z0-9_.-]{1,100}", re.ASCII)
MOCKED: Final = "x-api-mock-response"
SCENARIO: Final = "X-Api-Mock-Scenario-ID"
UNANSWERED: Final = frozenset(
    {HTTPStatus.ACCEPTED, HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.GATEWAY_TIMEOUT}
)  # 504: the payer's time ran out at Availity, which asks it again
SUBMITTED: Final = frozenset(
    {HTTPStatus.BAD_REQUEST, HTTPStatus.UNPROCESSABLE_ENTITY, HTTPStatus.GATEWAY_TIMEOUT}
)
POLLED: Final = (UNANSWERED - {HTTPStatus.ACCEPTED}) | {HTTPStatus.UNPROCESSABLE_ENTITY}
FIRST_PAUSE: Final = 1.0
LONGEST_PAUSE: Final = 10.0
GROWTH: Final = 1.5
REMEMBERED: Final = 900.0  # seconds
MAYBE_PAID: Final = "The question may have been taken and be paid for, so it is not submitted again."
TAKEN: Final = (
    "The payer has taken the question and not answered it in time; asking again asks for that answer."
)


@dataclass(frozen=True, slots=True)
class AvailitySettings:
    """One connection to Availity: base address with version, credentials, and a canned scenario in a demo.

    Raises:
        NotConfigured: a setting cannot be used; the text names it.
    """

    url: str
    client_id: str = field(repr=False)
    client_secret: str = field(repr=False)
    scope: str = "healthcare-hipaa-transactions"
    scenario: str = ""

    def __post_init__(self) -> None:
        """Refuse what would fail, or leak, at the first call."""
        CONNECTION.require(is_safe(self.url), "url must be an https address; http is for loopback only")
        for name in ("client_id", "client_secret", "scope"):
            CONNECTION.require(getattr(self, name).strip(), f"{name} is missing")
        CONNECTION.require(
            not self.scenario or IDENTIFIER.fullmatch(self.scenario), "scenario is no scenario's id"
        )

    @property
    def credentials(self) -> Credentials:
        """Return who we are to the authorization server; its tokens live for five minutes."""
        return Credentials(f"{self.url.rstrip('/')}/token", self.client_id, self.client_secret, self.scope)

    @property
    def coverages_url(self) -> str:
        """Return where questions go."""
        return f"{self.url.rstrip('/')}/coverages"


class Availity(HttpChannel):
    """The Availity wire; *pause* sleeps between polls, always within the deadline."""

    name = "availity"
    resumes = True  # it polls the question it submitted before

    def __init__(
        self,
        settings: AvailitySettings,
        tools: Tools,
        *,
        tokens: Tokens | None = None,
        pause: Callable[[float], None] = sleep,
    ) -> None:
        """Ask over the connection *settings* describe, with *tokens* where somebody else has them."""
        tokens = tokens or ClientCredentials(settings.credentials, tools.sender, tools.clock)
        super().__init__(BearerSender(tools.sender, tokens))
        self._settings = settings
        self._pause = pause
        self._pending = Pending(REMEMBERED, tools.clock.monotonic)

    def encode(self, question: Question) -> Request:
        """Write the form; the trace travels as the patient's account number, which comes back.

        Raises:
            BadInput: what finds the member is missing; ``errors`` names the fields.
        """
        body = urlencode(write_form(question)).encode()
        headers = {"Content-Type": FORM, **self._headers()}
        return Request("POST", self._settings.coverages_url, headers, body, SUBMITTED).kept_whole()

    def ask(self, question: Question, deadline: Deadline) -> Coverage:
        """Put *question*, or go on with the same one that ran out of time; see `Channel.ask`."""
        taken = self._pending.recall(_identify(self.encode(question)))
        return super().ask(replace(question, trace=taken.trace) if taken else question, deadline)

    def converse(self, request: Request, deadline: Deadline) -> Reply:
        """Submit the question, unless the payer has it already, and ask for its answer until it is there.

        Raises:
            PayerFault: a subclass of it; whether the question may have been paid for is said.
        """
        question = _identify(request)
        taken = self._pending.claim(question)
        if taken is not None:
            return self._poll(question, taken, deadline)
        reply = self._submit(request, deadline)
        if _is_whole(reply):
            return reply
        taken = Taken(_find_identifier(reply), dict(parse_qsl(request.body.decode())).get(TRACE, ""))
        return self._poll(question, taken, deadline, pause=FIRST_PAUSE)

    def decode(self, reply: Reply) -> Sequence[Coverage]:
        """Read the coverage, or the refusal an error envelope with 422 is.

        Raises:
            UnreadableReply: it is neither.
        """
        try:
            return read_coverages(read_json(reply.body))
        except UnreadableReply as error:
            raise (error if _is_success(reply) else refuse(reply.status)) from error

    def _headers(self) -> dict[str, str]:
        scenario = {SCENARIO: self._settings.scenario} if self._settings.scenario else {}
        return {"Accept": JSON, **scenario}

    def _submit(self, request: Request, deadline: Deadline) -> Reply:
        try:
            reply = self._require_genuine(self._sender.send(request, deadline))
        except (PayerTimeout, BadReply) as fault:
            raise type(fault)(f"{fault.detail} {MAYBE_PAID}") from fault
        if reply.status == HTTPStatus.BAD_REQUEST:
            raise _refuse_fields(reply, request)
        if reply.status == HTTPStatus.GATEWAY_TIMEOUT and _read_identifier(reply) is None:
            raise PayerRefused(f"{refuse(reply.status).detail} {MAYBE_PAID}")
        return reply

    def _poll(self, question: bytes, taken: Taken, deadline: Deadline, *, pause: float = 0.0) -> Reply:
        """Ask for the coverage, with growing pauses; what is not answered stays remembered."""
        self._pending.remember(question, taken)
        while True:
            self._rest(pause, deadline)
            reply = self._look(taken, deadline)
            if reply is not None:
                self._pending.claim(question)
                return reply
            pause = min(LONGEST_PAUSE, max(FIRST_PAUSE, pause * GROWTH))

    def _rest(self, seconds: float, deadline: Deadline) -> None:
        if seconds:
            self._pause(min(seconds, deadline.left))
        if deadline.passed:
            raise PayerTimeout(TAKEN)

    def _look(self, taken: Taken, deadline: Deadline) -> Reply | None:
        """Ask for the coverage once; ``None`` as long as there is none."""
        url = f"{self._settings.coverages_url}/{taken.id}"
        request = Request("GET", url, self._headers(), accepts=POLLED).kept_whole()
        try:
            reply = self._require_genuine(self._sender.send(request, deadline))
        except PayerTimeout as fault:
            raise PayerTimeout(TAKEN) from fault
        except (PayerUnreachable, PayerThrottled):  # also where a new token is got: the question stays taken
            return None
        if reply.status in UNANSWERED or _read_progress(reply) is Progress.PENDING:
            return None
        return reply

    def _require_genuine(self, reply: Reply) -> Reply:
        """Refuse what is not JSON by its own word, and a canned answer nobody ordered: it is about nobody."""
        if reply.headers.get(MOCKED, "").lower() == "true" and not self._settings.scenario:
            raise BadReply("Availity gave a canned answer; the account is one for demos.")
        is_json = "json" in reply.headers.get("content-type", "").lower()
        if _is_success(reply) and not is_json and reply.body:
            raise BadReply("The reply of Availity is not JSON.")
        return reply


def _identify(request: Request) -> bytes:
    """Tell the question from others, whatever its trace."""
    return urlencode([pair for pair in parse_qsl(request.body.decode()) if pair[0] != TRACE]).encode()


def _is_success(reply: Reply) -> bool:
    return HTTPStatus.OK <= reply.status < HTTPStatus.MULTIPLE_CHOICES


def _read(reply: Reply) -> Node:
    """Return the coverage in *reply*; a node of ``None`` where the reply says nothing at all.

    Raises:
        BadReply: it is no JSON.
    """
    if not reply.body:
        return Node(None)
    try:
        return next(iter(unwrap(read_json(reply.body))), Node(None))
    except UnreadableReply as error:
        raise BadReply(f"The reply of Availity is no JSON that can be read. {MAYBE_PAID}") from error


def _read_progress(reply: Reply) -> Progress | None:
    return read_progress(_read(reply))


def _is_whole(reply: Reply) -> bool:
    """Tell whether the answer to a submission is the end: a refusal, or a coverage with benefits in it."""
    if reply.status == HTTPStatus.UNPROCESSABLE_ENTITY:
        return True
    coverage = _read(reply)
    progress = read_progress(coverage)
    if reply.status != HTTPStatus.OK or progress is Progress.PENDING:
        return False
    has_benefits = any(isinstance(plan.at("benefits").value, list) for plan in coverage.at("plans").each())
    return has_benefits or progress in {Progress.REFUSED, Progress.UNREACHED}


def _find_identifier(reply: Reply) -> str:
    identifier = _read_identifier(reply)
    if identifier is None:
        raise BadReply(f"Availity took the question and did not say how to ask for its answer. {MAYBE_PAID}")
    return identifier


def _read_identifier(reply: Reply) -> str | None:
    """Read the coverage's id from the body, else from where its location ends."""
    said = _read(reply).at("id").text if _is_success(reply) else None
    identifier = said or reply.headers.get("location", "").rstrip("/").rpartition("/")[2]
    return identifier if IDENTIFIER.fullmatch(identifier) and set(identifier) != {"."} else None


def _refuse_fields(reply: Reply, request: Request) -> PayerFault:
    """Name the fields an error envelope is about, by our own names: its words may be about the member."""
    ours = {name for name, _ in parse_qsl(request.body.decode())}
    try:
        errors = read_json(reply.body).at("errors")
    except UnreadableReply:
        return refuse(reply.status)
    named = sorted({name for error in errors.each() if (name := error.at("field").text) in ours})
    if not named:
        return refuse(reply.status)
    return PayerRefused(
        f"Availity did not accept {', '.join(map(str, named))}; check what this payer requires. (HTTP 400)"
    )


plug = CONNECTION.plug(Availity.name, AvailitySettings, Availity)
