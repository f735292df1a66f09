"""Cursors: where the next page of a list begins, signed for one caller, one list and one filter of it.

A cursor that was changed, made up, taken to another list, another filter or another caller is refused before
anything is looked for. What it stands for is a position in our own order, so it says nothing of a person.
"""

import hmac
import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error
from typing import Final

from verifier.errors import BadInput
from verifier.web.context import present_context
from verifier.web.rooms import rooms

SEAL_DIGITS: Final = 32  # of a keyed hash: 128 bits
EXAMPLE: Final = "dmVyXzhmMTRlNDVmY2VlYTE2N2E.5a1c7a1e24f07c0f5a1d7a35ce3b8f92"
REFUSED: Final = (
    "is no cursor of this list, filter and caller; begin without one, or send next as it was given"
)


def make_cursor(position: str | None, *filters: object) -> str | None:
    """Return the cursor of *position* in the list that is answered now; ``None`` where no page follows.

    ``filters`` are JSON's own kinds of value: whatever else than the position chooses the rows.
    """
    if position is None:
        return None
    return f"{urlsafe_b64encode(position.encode()).decode().rstrip('=')}.{_seal(position, filters)}"


def read_cursor(given: dict[str, str], name: str, *filters: object) -> str | None:
    """Return the position that the parameter *name* of *given* stands for; ``None`` without one.

    Raises:
        BadInput: it is no cursor that this caller was given for this list and these filters.
    """
    if name not in given:
        return None
    coded, _, seal = given[name].partition(".")
    position = _decode(coded)
    if position is None or not hmac.compare_digest(seal.encode(), _seal(position, filters).encode()):
        raise BadInput("The cursor cannot be used.", {f"/{name}": REFUSED})
    return position


def _decode(coded: str) -> str | None:
    try:
        return urlsafe_b64decode(coded.encode() + b"=" * (-len(coded) % 4)).decode()
    except (Error, ValueError):
        return None


def _seal(position: str, filters: tuple[object, ...]) -> str:
    context = present_context()
    text = json.dumps([context.who, context.where, filters, position], sort_keys=True)
    return rooms().access.gate.digest.name(f"cursor {text}")[:SEAL_DIGITS]
