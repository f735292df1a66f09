"""The JSON of what went over the wire for a verification."""

from base64 import b64encode
from typing import Any, Final

from marshmallow import fields

from schemas.fields import Told
from schemas.times import Moment
from schemas.verification import NoticeSchema
from schemas.written import Written
from verifier.model.verification import Evidence

CONTENT_TYPES: Final = {b"ISA": "application/edi-x12", b"{": "application/json", b"[": "application/json"}
PLAIN: Final = "text/plain"
MESSAGE: Final = {
    "properties": {
        "content_type": {"type": "string", "enum": ["application/edi-x12", "application/json", PLAIN]},
        "encoding": {"type": "string", "enum": ["utf-8", "base64"]},
        "content": {"type": "string"},
    },
    "required": ["content_type", "encoding", "content"],
    "additionalProperties": False,
}


def dump_message(content: bytes) -> dict[str, str]:
    """Write *content* to the byte: as text, or in base64 where it is none."""
    start = content.lstrip()
    kind = next((kind for sign, kind in CONTENT_TYPES.items() if start.startswith(sign)), PLAIN)
    try:
        encoding, text = "utf-8", content.decode()
    except UnicodeDecodeError:
        encoding, text = "base64", b64encode(content).decode()
    return {"content_type": kind, "encoding": encoding, "content": text}


class ExchangeSchema(Written):
    """One request and the reply to it; ``reply`` is ``null`` when none came, or none that could be taken.

    No credential is in them: of a CAQH CORE envelope the payload stands here, and never a header.
    """

    channel = fields.String(metadata={"description": "The wire, such as caqh_core"})
    at = Moment(metadata={"description": "When the request was sent"})
    request = Told(dump_message, {"type": "object", **MESSAGE})
    reply = Told(dump_message, {"type": "object", **MESSAGE}, allow_none=True)


class EvidenceSchema(Written):
    """What went over the wire for a verification, in the order of the calls."""

    verification_id = fields.String(attribute="verification.id")
    exchanges = fields.List(fields.Nested(ExchangeSchema))
    notices = fields.List(fields.Nested(NoticeSchema))


def dump_evidence(evidence: Evidence) -> dict[str, Any]:
    """Write *evidence* as JSON's own kinds of value."""
    return EVIDENCE.dump(evidence)  # type: ignore[no-any-return]


EVIDENCE: Final = EvidenceSchema()
