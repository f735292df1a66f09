"""The two envelopes of the CAQH CORE Connectivity Rule vC2.2.0, seen from the payer's side.

HTTP+MIME (section 4.2.1 of the rule) is one multipart/form-data part for each field; SOAP+WSDL (4.2.2) is
SOAP 1.2 with a WS-Security UsernameToken in the header and unqualified fields in the body. Confirmed in
public sources: the ten fields and their MIME parts (OpenEMR's real-time client), the SOAP shape with its
three namespaces (Office Ally clients, West Virginia and Connecticut Medicaid traffic), the two payload types,
and ``CoreEnvelopeError`` as the payload type of an error (HHS CONNECT). The error codes are those of section
4.3.3: ``Success``, ``<Field>Required``, ``<Field>Illegal``, ``VersionMismatch``, ``UnAuthorized``. The HTTP
status is 200 for an error inside a readable envelope, 400 for a body that is none, 403 for bad credentials;
codes and statuses could not be compared with the rule's own text, and payers differ.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256
from hmac import compare_digest
from typing import Final, Protocol
from xml.etree.ElementTree import Element, ParseError
from xml.sax.saxutils import escape

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

Fields = Mapping[str, str]

OK: Final = "200 OK"
BAD_REQUEST: Final = "400 Bad Request"
FORBIDDEN: Final = "403 Forbidden"
REQUEST_TYPE: Final = "X12_270_Request_005010X279A1"
RESPONSE_TYPE: Final = "X12_271_Response_005010X279A1"
ERROR_TYPE: Final = "CoreEnvelopeError"
CORE: Final = "http://www.caqh.org/SOAP/WSDL/CORERule2.2.0.xsd"
SOAP: Final = "http://www.w3.org/2003/05/soap-envelope"
SECURITY: Final = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd"
SHORT_TEXT: Final = r"[ -~]{1,50}"
RULES: Final = (  # field, what it looks like, error when it looks otherwise
    ("PayloadType", re.escape(REQUEST_TYPE), "PayloadTypeIllegal"),
    ("ProcessingMode", "RealTime", "ProcessingModeIllegal"),
    ("PayloadID", r"[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}", "PayloadIDIllegal"),
    ("TimeStamp", r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?Z", "TimeStampIllegal"),
    ("UserName", SHORT_TEXT, "UserNameIllegal"),
    ("Password", SHORT_TEXT, "PasswordIllegal"),
    ("SenderID", SHORT_TEXT, "SenderIDIllegal"),
    ("ReceiverID", SHORT_TEXT, "ReceiverIDIllegal"),
    ("CORERuleVersion", re.escape("2.2.0"), "VersionMismatch"),
    ("Payload", r"(?s:.)+", "PayloadIllegal"),
)
NAMES: Final = frozenset(name for name, _, _ in RULES)
MOST_PARTS: Final = 20
DISPOSITION: Final = re.compile(
    r'^content-disposition:\s*form-data\s*;[^\r\n]*?\bname="?([A-Za-z]{1,40})"?', re.IGNORECASE | re.MULTILINE
)
LAST_LINE_END: Final = re.compile(r"\r?\n\Z")  # belongs to the boundary; one before it may end a segment
BLANK_LINE: Final = re.compile(rb"\r?\n\r?\n")
BOUNDARY: Final = re.compile(
    r'^multipart/form-data\s*;.*\bboundary="?([!-~]{1,70}?)"?\s*(;|$)', re.IGNORECASE
)


class EnvelopeFault(Exception):
    """The envelope cannot be taken; *code* as the rule names it, *message* without any value of it."""

    def __init__(self, code: str, message: str, status: str = OK) -> None:
        """Keep what goes into the error envelope and its HTTP *status*."""
        super().__init__(message)
        self.code = code
        self.message = message
        self.status = status


class Envelope(Protocol):
    """One of the two envelopes: fields out of a request body, a response body out of fields."""

    @property
    def name(self) -> str:
        """The last part of its path."""
        ...

    def read(self, content_type: str, body: bytes) -> dict[str, str]:
        """Take the fields out of *body*; raise `EnvelopeFault` when it is no such envelope."""
        ...

    def write(self, fields: Fields) -> tuple[str, bytes]:
        """Give content type and body for *fields*."""
        ...


def check_fields(fields: Fields, user_name: str, password: str) -> None:
    """Hold *fields* against the rule, then the credentials against the payer's own.

    Raises:
        EnvelopeFault: the first field that is missing or illegal, or ``UnAuthorized`` with HTTP 403.
    """
    for name, pattern, code in RULES:
        if not fields.get(name):
            raise EnvelopeFault(f"{name}Required", f"The field {name} is required but was not provided.")
        if not re.fullmatch(pattern, fields[name], re.ASCII):
            raise EnvelopeFault(code, f"The value provided for {name} cannot be taken.")
    given = f"{fields['UserName']}\0{fields['Password']}".encode()
    if not compare_digest(given, f"{user_name}\0{password}".encode()):
        raise EnvelopeFault("UnAuthorized", "The user name and password could not be verified.", FORBIDDEN)


@dataclass(frozen=True, slots=True)
class Mime:
    """HTTP+MIME.

    Parts are split by hand: form data does not nest, and a general MIME parser follows nesting down.
    """

    name: str = "mime"

    def read(self, content_type: str, body: bytes) -> dict[str, str]:
        """Take the fields out of a multipart/form-data *body*."""
        boundary = BOUNDARY.match(content_type[:500])
        if boundary is None:
            raise EnvelopeFault("PayloadRequired", "The body is not multipart/form-data.", BAD_REQUEST)
        parts = body.split(b"--" + boundary[1].encode("ascii"), MOST_PARTS)
        if len(parts) < 3 or not parts[-1].startswith(b"--"):  # noqa: PLR2004 - preamble, one part, closing "--"
            raise EnvelopeFault("PayloadRequired", "The multipart body is not complete.", BAD_REQUEST)
        return dict(_read_parts(parts[1:-1]))

    def write(self, fields: Fields) -> tuple[str, bytes]:
        """Write each field as a part; the boundary is a digest of them, which no field can hold."""
        boundary = sha256("".join(fields.values()).encode()).hexdigest()[:32]
        parts = (
            f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
            for name, value in fields.items()
        )
        return f"multipart/form-data; boundary={boundary}", f"{''.join(parts)}--{boundary}--\r\n".encode()


def _read_parts(parts: list[bytes]) -> Iterator[tuple[str, str]]:
    seen: set[str] = set()
    for part in parts:
        head, *value = BLANK_LINE.split(part, 1)
        name = DISPOSITION.search(head[:500].decode("latin-1"))
        if name is None or name[1] not in NAMES or name[1] in seen:
            raise EnvelopeFault("PayloadRequired", "A part is unnamed, unknown or sent twice.", BAD_REQUEST)
        seen.add(name[1])
        yield name[1], LAST_LINE_END.sub("", _decode(b"".join(value)))


def _decode(value: bytes) -> str:
    try:
        return value.decode("utf-8")
    except UnicodeDecodeError:
        raise EnvelopeFault("PayloadIllegal", "A field is not UTF-8.", BAD_REQUEST) from None


@dataclass(frozen=True, slots=True)
class Soap:
    """SOAP+WSDL, SOAP 1.2."""

    name: str = "soap"

    def read(self, content_type: str, body: bytes) -> dict[str, str]:
        """Take the fields out of a SOAP 1.2 *body*; a document type declaration is refused unread."""
        if "xml" not in content_type[:500].lower():
            raise EnvelopeFault("PayloadRequired", "The body is not SOAP.", BAD_REQUEST)
        try:
            root = fromstring(body, forbid_dtd=True)
        except (ParseError, DefusedXmlException, ValueError, LookupError):
            raise EnvelopeFault(
                "PayloadRequired", "The body is not XML that can be taken.", BAD_REQUEST
            ) from None
        if root.tag != f"{{{SOAP}}}Envelope":
            raise EnvelopeFault("VersionMismatch", "The envelope is not SOAP 1.2.", BAD_REQUEST)
        token = root.find(f"{{{SOAP}}}Header/{{{SECURITY}}}Security/{{{SECURITY}}}UsernameToken")
        request = root.find(f"{{{SOAP}}}Body/{{{CORE}}}COREEnvelopeRealTimeRequest")
        if request is None:
            raise EnvelopeFault(
                "PayloadRequired", "The SOAP body holds no COREEnvelopeRealTimeRequest.", BAD_REQUEST
            )
        fields = {**_read_children(request), **_read_children(token)}
        if "Username" in fields:
            fields["UserName"] = fields.pop("Username")
        return fields

    def write(self, fields: Fields) -> tuple[str, bytes]:
        """Write the response envelope, the payload as CDATA."""
        inner = "".join(f"<{name}>{_quote(name, value)}</{name}>" for name, value in fields.items())
        envelope = (
            f'<?xml version="1.0" encoding="UTF-8"?><soap:Envelope xmlns:soap="{SOAP}"><soap:Body>'
            f'<core:COREEnvelopeRealTimeResponse xmlns:core="{CORE}">{inner}'
            f"</core:COREEnvelopeRealTimeResponse></soap:Body></soap:Envelope>"
        )
        return 'application/soap+xml; charset=utf-8; action="RealTimeTransaction"', envelope.encode()


def _read_children(parent: Element | None) -> dict[str, str]:
    """Give the text of each child by its local name: payers and clients differ on qualifying them."""
    children = () if parent is None else tuple(parent)
    return {child.tag.rpartition("}")[2]: _trim(child) for child in children}


def _trim(field: Element) -> str:
    text = (field.text or "").lstrip()
    return (
        text if field.tag.endswith("Payload") else text.rstrip()
    )  # a line end may be a payload's last terminator


def _quote(name: str, value: str) -> str:
    if name != "Payload":
        return escape(value)
    return f"<![CDATA[{value.replace(']]>', ']]]]><![CDATA[>')}]]>"


ENVELOPES: Final[Mapping[str, Envelope]] = {"mime": Mime(), "soap": Soap()}
