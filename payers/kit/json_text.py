"""JSON replies, walked by pointer without trusting any shape."""

import json
import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Any, Final, NamedTuple

from verifier import json_text
from verifier.errors import MalformedInput, UnreadableReply

MOST_CHARACTERS: Final = 4000  # of a text worth keeping as one
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
    """Read a JSON document by the rules of `verifier.json_text.read_json`.

    Raises:
        UnreadableReply: it breaks one of them.
    """
    try:
        return Node(json_text.read_json(body))
    except MalformedInput as error:
        raise UnreadableReply("This is no JSON that can be read.") from error


def _clean(text: str) -> str:
    return LONE_SURROGATES.sub("\N{REPLACEMENT CHARACTER}", text)


def _step(value: object, step: str | int) -> object:
    if isinstance(step, str):
        return value.get(step) if isinstance(value, dict) else None
    return value[step] if isinstance(value, list) and step < len(value) else None


def _escape(step: str | int) -> str:
    return str(step).replace("~", "~0").replace("/", "~1")
