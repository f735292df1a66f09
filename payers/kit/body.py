"""A reply's body, taken in within bounds: what a payer sends is hostile until it is parsed.

Decompression is done here and not by the HTTP library, which knows no bounds: in measurements 204 kB of gzip
became 210 MB there.
"""

import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from verifier.errors import BadReply

KIB: Final = 1024
MIB: Final = 1024 * KIB
STEP: Final = 64 * KIB
GZIP: Final = 16 + zlib.MAX_WBITS
ENCODINGS: Final = {"gzip": GZIP, "x-gzip": GZIP, "deflate": zlib.MAX_WBITS}
ACCEPTED: Final = "gzip, deflate"


@dataclass(frozen=True, slots=True)
class Bounds:
    """How much a reply may be: bytes of head and body on the wire, bytes decoded, decoded to wire."""

    head: int = 64 * KIB
    wire: int = 2 * MIB
    decoded: int = 3 * MIB  # a character outside the basic plane makes a text four times as large in memory
    ratio: int = 100


def decode_body(chunks: Iterable[bytes], encoding: str, bounds: Bounds) -> bytes:
    """Join *chunks*, undoing at most one content encoding (gzip or deflate).

    Raises:
        BadReply: an unknown or second encoding, a broken or cut-off stream, or more than *bounds* allow.
    """
    name = encoding.strip().lower()
    if name in {"", "identity"}:
        return b"".join(chunks)
    if name not in ENCODINGS:
        raise BadReply("The payer's reply is compressed in a way that was not asked for.")
    try:
        return b"".join(_inflate(chunks, ENCODINGS[name], bounds))
    except zlib.error as error:
        raise BadReply("The payer's reply is compressed, but its compression is broken.") from error


def _inflate(chunks: Iterable[bytes], window: int, bounds: Bounds) -> Iterator[bytes]:
    wire = decoded = 0
    inflater = None
    for chunk in chunks:
        inflater = inflater or zlib.decompressobj(_window(chunk, window))
        wire += len(chunk)
        for piece in _pieces(inflater, chunk):
            decoded += len(piece)
            if decoded > min(bounds.decoded, bounds.ratio * wire):
                raise BadReply("The payer's reply unpacks to more than any benefit answer holds.")
            yield piece
    if inflater is None or not inflater.eof or inflater.unused_data:
        raise BadReply("The payer's compressed reply does not end where it should.")


def _pieces(inflater: "zlib._Decompress", chunk: bytes) -> Iterator[bytes]:
    """Unpack *chunk* in steps, so that no step can be larger than ``STEP``."""
    while True:
        piece = inflater.decompress(chunk, STEP)
        yield piece
        chunk = inflater.unconsumed_tail
        if inflater.eof or (not chunk and len(piece) < STEP):
            return


def _window(first: bytes, window: int) -> int:
    """Tell zlib what to expect: some servers mean a bare stream by deflate (RFC 9110 8.4.1.2)."""
    has_zlib_header = first[0] & 0x0F == zlib.DEFLATED
    return window if window == GZIP or has_zlib_header else -zlib.MAX_WBITS
