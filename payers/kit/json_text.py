"""JSON replies: read within bounds, and walked by pointer without trusting any shape."""

import json
import re
from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import Any, Final, NamedTuple

from verifier.errors import UnreadableReply

DEEPEST: Final = 32
LONGEST_NUMBER: Final = 32
LARGEST_EXPONENT: Final = 30
MOST_CHARACTERS: Final = 4000  # of a text worth keeping as one
STRINGS: Final = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"?', re.DOTALL)
BRACKETS: Final = re.compile(rb"[\[\]{}]")
LONE_SURROGATES: Final = re.compile("[\ud800-\udfff]")  # JSON can escape them, UTF-8 cannot hold them


class Node(NamedTuple):
    """A value in a JSON document, and the JSON pointer (RFC 6901) to it; ``None`` where nothing is."""

    value: Any
    pointer: str = ""

    def at(self, *path: str | int) -> "Node":
        """Go down *path*; where it does not lead, the node holds ``None``."""
        value, pointer = self.value, self.pointer
        for step in path:
            value = _step(value, step)
            pointer = f"{pointer}/{_escape(step)}"
        return Node(value, pointer)

    def each(self) -> "Iterator[Node]":
        """Walk the elements of a list; a value that stands alone where a list is due is its one element."""
        if isinstance(self.value, list):
            for place, value in enumerate(self.value):
                yield Node(value, f"{self.pointer}/{place}")
        elif self.value is not None:
            yield self

    def fields(self) -> "Iterator[tuple[str, Node]]":
        """Walk the members of an object."""
        if isinstance(self.value, dict):
            for name, value in self.value.items():
                yield name, Node(value, f"{self.pointer}/{_escape(name)}")

    @property
    def text(self) -> str | None:
        """Return a string without padding, or a number as a plain decimal; ``None`` for all else."""
        if isinstance(self.value, str):
            return _clean(self.value.strip()[:MOST_CHARACTERS]) or None
        if isinstance(self.value, int | Decimal) and not isinstance(self.value, bool):
            return f"{self.value:f}" if isinstance(self.value, Decimal) else str(self.value)
        return None

    @property
    def flag(self) -> bool | None:
        """Return a boolean; ``None`` for all else."""
        return self.value if isinstance(self.value, bool) else None

    @property
    def is_object(self) -> bool:
        """Tell whether this is an object."""
        return isinstance(self.value, dict)

    def write(self) -> str:
        """Write the value as compact JSON; a number with a point comes out as a string of the same digits."""
        return _clean(json.dumps(self.value, separators=(",", ":"), ensure_ascii=False, default=str))


def read_json(body: bytes) -> Node:
    """Read a JSON document; numbers with a point or an exponent are `Decimal`.

    Raises:
        UnreadableReply: it is no JSON, is nested over 32 deep, names a member twice, or holds NaN, Infinity
        or a
            number no amount is written with.
    """
    _refuse_depth(body)
    try:
        value = json.loads(
            body.decode("utf-8-sig"),
            parse_float=_read_decimal,
            parse_int=_read_whole,
            parse_constant=_refuse_constant,
            object_pairs_hook=_collect,
        )
    except ValueError as error:
        raise UnreadableReply("This is no JSON that can be read.") from error
    return Node(value)


def _refuse_depth(body: bytes) -> None:
    depth = 0
    for bracket in BRACKETS.finditer(STRINGS.sub(b"", body)):
        depth += 1 if bracket[0] in b"[{" else -1
        if depth > DEEPEST:
            raise UnreadableReply(f"The JSON is nested over {DEEPEST} deep; no answer needs that.")


def _read_decimal(text: str) -> Decimal:
    number = Decimal(_require_short(text))
    exponent = number.as_tuple().exponent
    if not isinstance(exponent, int) or abs(exponent) > LARGEST_EXPONENT:
        raise ValueError("no amount is that large or small")
    return number


def _read_whole(text: str) -> int:
    return int(_require_short(text))


def _require_short(text: str) -> str:
    if len(text) > LONGEST_NUMBER:
        raise ValueError("no amount is that long")
    return text


def _refuse_constant(name: str) -> object:
    raise ValueError(name)


def _collect(pairs: Iterable[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in pairs:
        if name in found:
            raise ValueError("a member is named twice")
        found[name] = value
    return found


def _clean(text: str) -> str:
    return LONE_SURROGATES.sub("\N{REPLACEMENT CHARACTER}", text)


def _step(value: object, step: str | int) -> object:
    if isinstance(step, str):
        return value.get(step) if isinstance(value, dict) else None
    return value[step] if isinstance(value, list) and step < len(value) else None


def _escape(step: str | int) -> str:
    return str(step).replace("~", "~0").replace("/", "~1")
