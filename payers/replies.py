"""Any payer's reply, unwrapped and read: raw X12, MIME, SOAP, JSON around X12, HETS frames.

What wraps an X12 message never changes what it says, so wrappers are taken off by looking for what is
inside. Work is bounded: a fixed depth of wrappers in wrappers, and no recursion on what was sent.
"""

import html
import json
import re
from collections.abc import Callable, Iterator
from email import message_from_bytes
from itertools import islice
from typing import Final
from xml.etree.ElementTree import ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import fromstring

from payers.availity.response import read_coverages as read_availity
from payers.fhir.response import explain
from payers.fhir.response import read_coverages as read_fhir
from payers.kit.json_text import Node, read_json
from payers.medical_network.response import read_coverages as read_medical_network
from payers.x12.response_271 import read_coverages
from verifier.errors import UnreadableReply
from verifier.model.coverage import Coverage

LARGEST: Final = 10 * 1024 * 1024  # bytes received, and characters after decoding
DEEPEST: Final = 4  # wrappers in wrappers: SOAP in MIME in JSON is three
MOST_MESSAGES: Final = 1_000
MOST_VALUES: Final = 500_000  # JSON values looked at
SHOWN: Final = 2_000  # characters by which a file is recognised
BINARY_SHARE: Final = 20  # one control character in so many makes a text binary
BOMS: Final = (
    (b"\xef\xbb\xbf", "utf-8"),
    (b"\xff\xfe", "utf-16-le"),
    (b"\xfe\xff", "utf-16-be"),
    (b"I\0S\0A\0", "utf-16-le"),
    (b"\0I\0S\0A", "utf-16-be"),
)
MESSAGE: Final = re.compile(
    r"(?<![A-Za-z0-9])(?:ISA([^A-Za-z0-9 \t\r\n])|ST([*|^!+\x1d])\d{3}(?![A-Za-z0-9]))", re.ASCII
)
LAST_SEGMENT: Final = re.compile(r"IEA([^A-Za-z0-9 \t\r\n])[A-Za-z0-9 ]*\1[A-Za-z0-9 ]*")
MARKUP: Final = re.compile(r"\]\]>|</")
INQUIRY: Final = re.compile(r"(?<![A-Za-z0-9])ST([^A-Za-z0-9])270(?![A-Za-z0-9])")
FRAME: Final = re.compile(r"\x01[0-9]{10}\x02([^\x03]*)")
BOUNDARY: Final = re.compile(rb"\s*--([^\r\n\s\"]{1,200})[ \t]*\r?\n")
MIME_HEADER: Final = re.compile(
    rb"\s*(?:[A-Za-z-]{1,40}:[^\n]{0,1000}\n[ \t]*)*?content-type:\s*multipart/", re.IGNORECASE
)
CONTROLS: Final = re.compile(r"[\x00\x04-\x08\x0e-\x1a\ufffd]")
BINARY_STARTS: Final = ("%pdf", "pk\x03\x04", "\x1f\x8b", "\x89png", "gif8", "\xff\xd8")

EMPTY: Final = "There is nothing in it; send the payer's reply as it was received."
TOO_LARGE: Final = "It is larger than 10 MiB; send one payer's reply at a time."
BINARY: Final = "It is a binary file; send the payer's reply as text, not as PDF, image or archive."
PAGE: Final = (
    "It is a web page, most likely an error page of the payer's gateway, and says nothing of coverage; ask "
    "the payer again, and check the payer's address if this comes again."
)
JSON: Final = (
    "It is JSON without an X12 message in it, which is not read yet; ask the clearinghouse for the raw X12 "
    "271 and send that."
)
BROKEN_JSON: Final = (
    "It begins like JSON but cannot be taken apart; send the payer's reply as it was received."
)
XML: Final = "It is XML without an X12 message in it; send the payer's reply with its X12 271 payload."
TEXT: Final = "There is no X12 message in it; send the payer's reply exactly as it was received."


JSON_READERS: Final = (read_fhir, read_availity, read_medical_network)  # by wire, the most particular first


class Replies:
    """Reads any payer reply, whatever its wire; fills the port `verifier.ports.ReplyReader`."""

    def read(self, reply: bytes) -> list[Coverage]:
        """Read every transaction in *reply*.

        Raises:
            UnreadableReply: the bytes hold nothing readable; the sentence says what they are and what to do.
        """
        if coverages := _read_json_answer(reply):
            return coverages
        messages = list(islice(find_messages(reply), MOST_MESSAGES))
        answers = [message for message in messages if not INQUIRY.search(message)] or messages
        coverages = [coverage for message in answers for coverage in _read_message(message)]
        if not coverages:
            raise UnreadableReply(describe_content(reply))
        return coverages


def _read_json_answer(reply: bytes) -> list[Coverage]:
    """Read JSON that says more than the X12 in it, or has none; nothing comes out of any other."""
    if len(reply) > LARGEST or reply.removeprefix(BOMS[0][0]).lstrip()[:1] not in (b"{", b"["):
        return []
    try:
        document = read_json(reply)
    except UnreadableReply:
        return []
    return next(filter(None, (_try(read, document) for read in JSON_READERS)), [])


def _try(read: Callable[[Node], list[Coverage]], document: Node) -> list[Coverage]:
    try:
        return read(document)
    except UnreadableReply:
        return []


def _read_message(message: str) -> list[Coverage]:
    try:
        return read_coverages(message)
    except UnreadableReply:
        return []


def find_messages(reply: bytes) -> Iterator[str]:
    """Find the X12 messages in *reply*, in order, each without what wraps it.

    Raises:
        UnreadableReply: the reply is too large.
    """
    if len(reply) > LARGEST:
        raise UnreadableReply(TOO_LARGE)
    waiting: list[tuple[bytes | str, int]] = [(reply, 0)]
    while waiting:
        content, depth = waiting.pop()
        parts = list(_unwrap(content)) if depth < DEEPEST else []
        if parts:
            waiting += [(part, depth + 1) for part in reversed(parts)]
        else:
            text = decode(content) if isinstance(content, bytes) else content
            yield _crop(text) if depth else text


def decode(content: bytes) -> str:
    """Decode by byte order mark, as UTF-8, or else as Latin-1, which reads anything."""
    for mark, encoding in BOMS:
        if content.startswith(mark):
            return content.decode(encoding, "replace").removeprefix("\ufeff")
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        return content.decode("latin-1")


def _unwrap(content: bytes | str) -> Iterator[bytes | str]:
    """Take off one wrapper; nothing comes out of what is wrapped in none."""
    if isinstance(content, bytes) and (parts := _split_multipart(content)):
        yield from parts
        return
    text = (decode(content) if isinstance(content, bytes) else content).strip("\ufeff \t\r\n")
    match text[:1]:
        case "\x01":
            yield from (found[1] for found in FRAME.finditer(text))
        case "{" | "[":
            yield from _find_json_strings(text)
        case "<":
            yield from _find_xml_texts(text)


def _split_multipart(content: bytes) -> list[bytes]:
    """Split MIME, with or without its header; the parts of nested ones stay nested."""
    if bare := BOUNDARY.match(content):
        header = b'Content-Type: multipart/mixed; boundary="' + bare[1] + b'"\r\n\r\n'
        content = header + content.lstrip()
    elif not MIME_HEADER.match(content[:SHOWN]):
        return []
    if (
        content.lower().count(b"boundary=") > DEEPEST
    ):  # the parser of the standard library goes down recursively
        return []
    message = message_from_bytes(content.lstrip())
    leaves = [part for part in message.walk() if not part.is_multipart()]
    payloads = [part.get_payload(decode=True) for part in leaves]
    return [payload for payload in payloads if isinstance(payload, bytes) and payload.strip()]


def _find_json_strings(text: str) -> Iterator[str]:
    """Find the strings that hold X12, at any depth, whatever their field is called."""
    waiting = [_load_json(text)]
    for _ in range(MOST_VALUES):
        if not waiting:
            return
        value = waiting.pop()
        if isinstance(value, str) and MESSAGE.search(value):
            yield value
        elif isinstance(value, dict):
            waiting += reversed(value.values())
        elif isinstance(value, list):
            waiting += reversed(value)


def _load_json(text: str) -> object:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def _find_xml_texts(text: str) -> Iterator[str]:
    """Find the texts that hold X12; XML that is not well formed, or not safe to read, is only unescaped."""
    try:
        root = fromstring(text)
    except (ParseError, DefusedXmlException, ValueError, LookupError):
        yield from filter(MESSAGE.search, [html.unescape(text)])
        return
    for element in root.iter():
        for inner in (element.text, element.tail):
            if inner and MESSAGE.search(inner):
                yield inner


def _crop(text: str) -> str:
    """Return the X12 in wrapped *text*, from its first segment to its last."""
    found = MESSAGE.search(text)
    if not found:
        return ""
    end = max([last.end() for last in LAST_SEGMENT.finditer(text, found.start())], default=None)
    markup = MARKUP.search(text, found.start())
    return text[found.start() : end or (markup.start() if markup else len(text))]


def describe_content(reply: bytes) -> str:
    """Say in one sentence what a reply without X12 is and what to do."""
    text = decode(reply[: SHOWN * 2]).strip("\ufeff \t\r\n")
    start = text[:SHOWN].lower()
    if not reply.strip():
        return EMPTY
    if len(CONTROLS.findall(start)) * BINARY_SHARE > len(start) or start.startswith(BINARY_STARTS):
        return BINARY
    if start.startswith(("{", "[")):
        return _describe_json(reply)
    if start.startswith("<"):
        return PAGE if "<html" in start or "<!doctype html" in start else XML
    return TEXT


def _describe_json(reply: bytes) -> str:
    content = _load_json(decode(reply).strip("\ufeff \t\r\n"))
    if content is None:
        return BROKEN_JSON
    is_fhir = isinstance(content, dict) and "resourceType" in content
    return explain(Node(content)) if is_fhir else JSON
