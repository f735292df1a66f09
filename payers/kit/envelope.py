"""The two envelopes of the CAQH CORE Connectivity Rule vC2.2.0, as a caller writes and reads them.

Both carry the same fields. HTTP+MIME has a multipart/form-data part for each; SOAP+WSDL is SOAP 1.2 with a
WS-Security UsernameToken and the payload as CDATA, its action ``RealTimeTransaction``. Sources: the rule
itself (CAQH, May 2020), Stedi's SOAP endpoint, Office Ally clients, HHS CONNECT for the error envelope.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from html import escape
from typing import Final, NamedTuple
from uuid import uuid4
from xml.etree.ElementTree import ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import DefusedXMLParser

from verifier.errors import BadReply, PayerRefused

Fields = Mapping[str, str]

CORE: Final = "http://www.caqh.org/SOAP/WSDL/CORERule2.2.0.xsd"
SOAP: Final = "http://www.w3.org/2003/05/soap-envelope"
SECURITY: Final = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd"
PLAIN_PASSWORD: Final = (
    "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-username-token-profile-1.0#PasswordText"  # noqa: S105
)
BOUNDARY: Final = re.compile(
    r'^multipart/form-data\s*;.*\bboundary="?([!-~]{1,70}?)"?\s*(;|$)', re.IGNORECASE
)
PART_NAME: Final = re.compile(
    rb'^content-disposition:[^\r\n]{0,200}?\bname="?(\w{1,40})', re.IGNORECASE | re.MULTILINE
)
RARE: Final = re.compile(rb"[\xf0-\xf4][\x80-\xbf]{3}")  # UTF-8 of emoji and the like, which no X12 holds
LARGEST_RARE: Final = 256 * 1024
BLANK_LINE: Final = re.compile(rb"\r?\n\r?\n")
MOST_PARTS: Final = 40
MOST_ELEMENTS: Final = 200
MOST_ATTRIBUTES: Final = 5_000  # with every other equals sign in the body; a parser builds them all at once


def write_mime(fields: Fields) -> tuple[str, bytes]:
    """Write *fields* as multipart/form-data: content type and body."""
    boundary = uuid4().hex
    parts = (
        f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
        for name, value in fields.items()
    )
    return f"multipart/form-data; boundary={boundary}", f"{''.join(parts)}--{boundary}--\r\n".encode()


def read_mime(content_type: str, body: bytes) -> Fields:
    """Read the parts of a multipart/form-data *body* by name; split by hand, because form data never nests.

    Raises:
        BadReply: it is none, or its end is missing.
    """
    boundary = BOUNDARY.match(content_type[:300])
    if boundary is None:
        raise BadReply("The payer's reply is not the MIME envelope that this connection speaks.")
    _, *parts = body.split(b"--" + boundary[1].encode(), MOST_PARTS)
    if not parts or not parts[-1].startswith(b"--"):
        raise BadReply("The payer's MIME envelope is cut off.")
    return dict(_read_parts(parts[:-1]))


def _read_parts(parts: Sequence[bytes]) -> Iterator[tuple[str, str]]:
    for part in parts:
        head, *rest = BLANK_LINE.split(part, 1)
        if rest and (name := PART_NAME.search(head[:2000])):
            yield name[1].decode(), rest[0].removesuffix(b"\n").removesuffix(b"\r").decode("utf-8", "replace")


def write_soap(fields: Fields) -> tuple[str, bytes]:
    """Write *fields* as a SOAP 1.2 envelope: content type and body."""
    inner = {name: escape(value) for name, value in fields.items()}
    user_name, password, _ = inner.pop("UserName"), inner.pop("Password"), inner.pop("Payload")
    payload = fields["Payload"].replace("]]>", "]]]]><![CDATA[>")
    envelope = (
        f'<?xml version="1.0" encoding="UTF-8"?><soap:Envelope xmlns:soap="{SOAP}"><soap:Header>'
        f'<wsse:Security xmlns:wsse="{SECURITY}" soap:mustUnderstand="true"><wsse:UsernameToken>'
        f"<wsse:Username>{user_name}</wsse:Username>"
        f'<wsse:Password Type="{PLAIN_PASSWORD}">{password}</wsse:Password>'
        f"</wsse:UsernameToken></wsse:Security></soap:Header><soap:Body>"
        f'<core:COREEnvelopeRealTimeRequest xmlns:core="{CORE}">'
        f"{''.join(f'<{name}>{value}</{name}>' for name, value in inner.items())}"
        f"<Payload><![CDATA[{payload}]]></Payload>"
        f"</core:COREEnvelopeRealTimeRequest></soap:Body></soap:Envelope>"
    )
    return 'application/soap+xml; charset=UTF-8; action="RealTimeTransaction"', envelope.encode()


def read_soap(content_type: str, body: bytes) -> Fields:
    """Read the texts of a SOAP envelope by their elements' local names; payers differ on qualifying them.

    Raises:
        PayerRefused: the envelope is a SOAP fault.
        BadReply: it is no XML, declares a document type, or has more elements or attributes than any answer.
    """
    if "xml" not in content_type.lower():
        raise BadReply("The payer's reply is not the SOAP envelope that this connection speaks.")
    if body.count(b"=") > MOST_ATTRIBUTES:
        raise BadReply("The payer's SOAP envelope has more attributes than any answer.")
    texts = _Texts()
    parser = DefusedXMLParser(target=texts, forbid_dtd=True)
    try:
        parser.feed(body)
        parser.close()
    except (ParseError, DefusedXmlException, ValueError, LookupError) as error:
        raise BadReply("The payer's SOAP envelope is not XML that can be taken.") from error
    if "Fault" in texts.fields:
        raise PayerRefused(
            "The payer's system answered with a SOAP fault; check the settings, or ask again later."
        )
    return texts.fields


def require_plain(body: bytes) -> None:
    """Refuse a large *body* with characters that make any text they are in four times as large in memory.

    Raises:
        BadReply: it is one.
    """
    if len(body) > LARGEST_RARE and RARE.search(body):
        raise BadReply("The payer's reply is large and holds characters that no X12 does.")


class _Texts:
    """Takes texts from a parser as they come: a hostile body never becomes a tree."""

    def __init__(self) -> None:
        self.fields: dict[str, str] = {}
        self._text: list[str] = []
        self._count = 0

    def start(self, _tag: str, _attributes: Mapping[str, str]) -> None:
        self._count += 1
        if self._count > MOST_ELEMENTS:
            raise BadReply("The payer's SOAP envelope has more elements than any answer.")
        self._text.clear()

    def data(self, text: str) -> None:
        self._text.append(text)

    def end(self, tag: str) -> None:
        self.fields.setdefault(tag.rpartition("}")[2], "".join(self._text))
        self._text.clear()


class _Envelope(NamedTuple):
    write: Callable[[Fields], tuple[str, bytes]]
    read: Callable[[str, bytes], Fields]


ENVELOPES: Final[Mapping[str, _Envelope]] = {
    "mime": _Envelope(write_mime, read_mime),
    "soap": _Envelope(write_soap, read_soap),
}
