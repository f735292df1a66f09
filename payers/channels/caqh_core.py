"""CAQH CORE Connectivity Rule vC2.2.0: an X12 270 in one of two envelopes, a 271 in the same one back."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from html import escape
from typing import Final
from uuid import uuid4

from payers.kit.channel import HttpChannel
from payers.kit.envelope import ENVELOPES, Fields, require_plain
from payers.kit.exchange import Kept, Reply, Request
from payers.kit.plug import Connection, Tools
from payers.kit.recording import blank
from payers.replies import Replies
from payers.x12 import inquiry_270
from payers.x12.writer import Control, ControlNumbers
from verifier.address import is_safe
from verifier.clock import Clock
from verifier.errors import BadReply, PayerFault, PayerRefused
from verifier.model.coverage import Coverage
from verifier.model.question import Question

CONNECTION: Final = Connection("CAQH CORE")
RULE_VERSION: Final = "2.2.0"
QUESTION_TYPE: Final = "X12_270_Request_005010X279A1"
ERROR_TYPE: Final = "CoreEnvelopeError"
SUCCESS: Final = "Success"
ENVELOPE_TEXT: Final = re.compile(r"[ -~]{1,50}")
LAST_SEGMENT: Final = re.compile(rb"\b(?:IEA|SE)[^A-Za-z0-9\s]\d")
TAIL: Final = 120
FIELD_FAULT: Final = re.compile(
    "(PayloadType|ProcessingMode|PayloadID|PayloadLength|TimeStamp|UserName|Password|SenderID|ReceiverID"
    "|CORERuleVersion|CheckSum|Payload)(Required|Illegal|NotUnderstood)"
)
FAULTS: Final = {
    "UnAuthorized": "The payer's system did not accept our user name and password.",
    "VersionMismatch": f"The payer's system does not speak version {RULE_VERSION} of the CAQH CORE rule.",
    "ChecksumMismatched": "Our question reached the payer's system damaged; ask again.",
    "CheckSumMismatched": "Our question reached the payer's system damaged; ask again.",
}


@dataclass(frozen=True, slots=True)
class CoreSettings:
    """One CAQH CORE connection: where it is, which envelope it takes, who we are there.

    *interchange_sender* and *interchange_receiver* fill ISA06 and ISA08 where they differ from the envelope's
    ids; *usage* is ``P`` for production, ``T`` for test.

    Raises:
        NotConfigured: a setting cannot be used; the text names it.
    """

    url: str
    sender_id: str
    receiver_id: str
    user_name: str = field(repr=False)
    password: str = field(repr=False)
    envelope: str = "mime"
    interchange_sender: str = ""
    interchange_receiver: str = ""
    sender_qualifier: str = "ZZ"
    receiver_qualifier: str = "ZZ"
    usage: str = "P"

    def __post_init__(self) -> None:
        """Refuse what would fail, or leak, at the first call."""
        CONNECTION.require(
            is_safe(self.url), "url must be an https address without user name; http is for loopback only"
        )
        CONNECTION.require(self.envelope in ENVELOPES, f"envelope must be one of {', '.join(ENVELOPES)}")
        CONNECTION.require(self.usage in {"P", "T"}, "usage must be P or T")
        for name in ("sender_id", "receiver_id", "user_name", "password"):
            CONNECTION.require(
                ENVELOPE_TEXT.fullmatch(getattr(self, name)), f"{name} must be 1 to 50 printable characters"
            )


class CaqhCore(HttpChannel):
    """The CAQH CORE wire."""

    name = "caqh_core"

    def __init__(
        self, settings: CoreSettings, tools: Tools, *, numbers: ControlNumbers | None = None
    ) -> None:
        """Ask over the connection *settings* describe; *numbers* issues control numbers."""
        super().__init__(tools.sender)
        self._settings = settings
        self._clock: Clock = tools.clock
        self._numbers = numbers or ControlNumbers()

    def encode(self, question: Question) -> Request:
        """Write the 270 and put it into its envelope; BHT03 and TRN02 are the question's trace.

        Raises:
            BadInput: the question cannot be written in X12; ``errors`` names the fields.
        """
        settings, now = self._settings, self._clock.now()
        metadata = {
            "PayloadType": QUESTION_TYPE,
            "ProcessingMode": "RealTime",
            "PayloadID": str(uuid4()),
            "TimeStamp": f"{now:%Y-%m-%dT%H:%M:%SZ}",
            "UserName": settings.user_name,
            "Password": settings.password,
            "SenderID": settings.sender_id,
            "ReceiverID": settings.receiver_id,
            "CORERuleVersion": RULE_VERSION,
            "Payload": inquiry_270.write(question, self._control(question)),
        }
        content_type, body = ENVELOPES[settings.envelope].write(metadata)
        kept = Kept(metadata["Payload"].encode(), self._take_payload)
        return Request("POST", settings.url, {"Content-Type": content_type}, body, kept=kept)

    def decode(self, reply: Reply) -> Sequence[Coverage]:
        """Take the payload out of its envelope and read it.

        Raises:
            PayerRefused: the envelope says no: an error code, a SOAP fault.
            BadReply: the envelope is none, or the payload is missing or cut off.
            UnreadableReply: the payload is no X12.
        """
        fields = self._open(reply)
        _require_success(fields)
        payload = fields.get("Payload", "").encode()
        require_plain(payload)
        if not payload.strip():
            raise BadReply("The payer's envelope came without an answer in it.")
        if not LAST_SEGMENT.search(payload.rstrip()[-TAIL:]):
            raise BadReply("The payer's answer is cut off; half an answer could mislead.")
        return Replies().read(payload)

    def _open(self, reply: Reply) -> Fields:
        require_plain(reply.body)
        return ENVELOPES[self._settings.envelope].read(reply.headers.get("content-type", ""), reply.body)

    def _take_payload(self, reply: Reply) -> bytes:
        """Take what is kept of *reply*: its payload, else the envelope, without what we sign in with."""
        settings = self._settings
        try:
            payload = self._open(reply).get("Payload", "").encode()
        except PayerFault:
            payload = b""
        secrets = (settings.password,) if payload else (settings.password, settings.user_name)
        return blank(payload or reply.body, [spelled for each in secrets for spelled in (each, escape(each))])

    def _control(self, question: Question) -> Control:
        settings = self._settings
        numbers = self._numbers.issue()._replace(reference=question.trace)
        return Control(
            sender_id=settings.interchange_sender or settings.sender_id,
            receiver_id=settings.interchange_receiver or settings.receiver_id,
            sender_qualifier=settings.sender_qualifier,
            receiver_qualifier=settings.receiver_qualifier,
            created=self._clock.now(),
            usage="T" if settings.usage == "T" else "P",
            **numbers._asdict(),
        )


def _require_success(fields: Fields) -> None:
    code = fields.get("ErrorCode", "").strip() or SUCCESS
    if code == SUCCESS and fields.get("PayloadType", "").strip() != ERROR_TYPE:
        return
    if found := FIELD_FAULT.fullmatch(code):
        raise PayerRefused(
            f"The payer's system did not accept {found[1]} of our envelope; check its settings."
        )
    raise PayerRefused(
        FAULTS.get(code, "The payer's system reports an error in our envelope; check its settings.")
    )


plug = CONNECTION.plug(CaqhCore.name, CoreSettings, CaqhCore)
