"""`Sealed`: values of one kind as encrypted bytes, and back only when they can be trusted."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

from verifier.store.encryption import Box, Keys, SealBroken

Value = TypeVar("Value")

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Codec(Generic[Value]):
    """How a value becomes bytes; *load* raises `ValueError`, `LookupError` or `TypeError` for others' bytes.

    Raise *version* whenever the form of the bytes changes: what was sealed as another version does not open.
    """

    dump: Callable[[Value], bytes]
    load: Callable[[bytes], Value]
    version: int = 1


class Sealed(Generic[Value]):
    """A codec behind a seal."""

    def __init__(self, keys: Keys, codec: Codec[Value], *, purpose: str) -> None:
        """Seal values of one *purpose*; what is sealed for one does not open for another."""
        self._box = Box(keys, purpose=purpose, version=codec.version)
        self._codec = codec
        self._purpose = purpose

    def close(self, value: Value, *, name: str) -> bytes:
        """Encrypt *value* so that it opens under *name* only."""
        return self._box.seal(self._codec.dump(value), name=name)

    def anew(self, sealed: object, *, name: str) -> bytes | None:
        """Seal by the current key what Redis answered; ``None`` for what cannot be trusted."""
        if not isinstance(sealed, bytes):
            return None
        try:
            return self._box.seal(self._box.open(sealed, name=name), name=name)
        except SealBroken:
            return None

    def open(self, sealed: object, *, name: str) -> Value | None:
        """Decrypt what Redis answered; ``None`` for nothing, and for anything that cannot be trusted."""
        if not isinstance(sealed, bytes):
            return None
        try:
            return self._codec.load(self._box.open(sealed, name=name))
        except (SealBroken, ValueError, LookupError, TypeError) as error:
            log.warning("a stored %s is not used (%s)", self._purpose, type(error).__name__)
            return None
