"""Takes a request off the socket: its body within bounds, and who says to have sent it."""

from typing import Final
from wsgiref.types import WSGIEnvironment

from payers.simulator.envelopes import BAD_REQUEST, EnvelopeFault

LARGEST_BODY: Final = 1 << 20
LARGEST_DRAIN: Final = 1 << 26
PIECE: Final = 1 << 16
LONGEST_LENGTH: Final = 16  # digits


def read_authorization(environ: WSGIEnvironment) -> str:
    """Return the ``Authorization`` header, empty where there is none."""
    header: str = environ.get("HTTP_AUTHORIZATION", "")
    return header


def read_body(environ: WSGIEnvironment) -> bytes:
    """Read what Content-Length says, and no more than a megabyte of it.

    A larger body is read to its end and thrown away: cut off, its sender would not stay for the answer.

    Raises:
        EnvelopeFault: there is none, or it is not as long as it says.
    """
    length = environ.get("CONTENT_LENGTH", "")
    if not (length.isascii() and length.isdigit() and len(length) < LONGEST_LENGTH):
        raise EnvelopeFault("PayloadRequired", "Content-Length is required.", "411 Length Required")
    size = int(length)
    if size > LARGEST_BODY:
        for _ in range(min(size, LARGEST_DRAIN) // PIECE + 1):
            environ["wsgi.input"].read(min(PIECE, size))
            size -= min(PIECE, size)
        raise EnvelopeFault("PayloadIllegal", "The body is larger than a megabyte.", "413 Content Too Large")
    try:
        body: bytes = environ["wsgi.input"].read(size)
    except TimeoutError:
        body = b""
    if len(body) < size:
        raise EnvelopeFault("PayloadIllegal", "The body is shorter than Content-Length says.", BAD_REQUEST)
    return body
