"""Answers and verifications as bytes, for the cache and the records: exact, small and fast.

A value is a list of its type's fields in their order, so no name is written. Bytes of another version
are refused. A field appended to a type with a default needs no new version: shorter lists are filled up
by the defaults. Any other change of the model does: a test holds the fingerprint of its shape.
"""

import dataclasses
import json
from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from functools import cache
from hashlib import sha256
from types import MappingProxyType, NoneType, UnionType
from typing import Any, Final, TypeVar, get_args, get_origin, get_type_hints

from verifier.model.change import ChangeReport, Facts
from verifier.model.consent import Consent
from verifier.model.intake import Intake
from verifier.model.roster import Entry
from verifier.model.verification import Verification
from verifier.ports import Snapshot

VERSION: Final = 1
KEPT: Final = (Snapshot, Verification, Consent, Facts, ChangeReport, Intake, Entry)

Model = TypeVar("Model")
Reader = Callable[[Any], Any]

SCALARS: Final[dict[type, Reader | None]] = {
    str: None,
    int: None,
    float: None,
    bool: None,
    Decimal: Decimal,
    date: date.fromisoformat,
    datetime: datetime.fromisoformat,
}


class UnreadableSnapshot(ValueError):
    """Bytes of another version, or no snapshot at all: as good as none."""


def dump(value: object) -> bytes:
    """Write *value*, one of a type of the model."""
    envelope = [type(value).__name__, VERSION, value]
    return json.dumps(envelope, default=_plain, separators=(",", ":"), allow_nan=False).encode()


def load(kind: type[Model], content: bytes) -> Model:
    """Read a *kind* back.

    Raises:
        UnreadableSnapshot: another version wrote it, it is of another type, or it is damaged.
    """
    hashable: Any = kind
    try:
        return _record(hashable)(_opened(kind, json.loads(content)))  # type: ignore[no-any-return]
    except (ArithmeticError, LookupError, RecursionError, TypeError, ValueError) as error:
        raise UnreadableSnapshot(f"no {kind.__name__} of version {VERSION} can be read from it") from error


def _plain(value: Any) -> object:  # noqa: ANN401 - any type of the model
    """Say as JSON what `json` cannot; named tuples and words it writes by itself."""
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, frozenset):
        return sorted(value)
    if isinstance(value, Mapping):
        return dict(value)
    kind: Any = type(value)
    return [getattr(value, name) for name in _hints(kind)]


def _opened(kind: type, envelope: object) -> Any:  # noqa: ANN401 - checked by the readers
    if isinstance(envelope, list) and envelope[:2] == [kind.__name__, VERSION]:
        return envelope[2]
    raise ValueError("another type or version")


def _reader(kind: Any) -> Reader | None:  # noqa: ANN401 - a type or a hint
    """Build what reads a *kind* back from JSON; ``None``: JSON gives it as it is."""
    origin, parts = get_origin(kind), [part for part in get_args(kind) if part is not NoneType]
    if origin is UnionType:
        return _reader(parts[0])  # the record around it knows None
    if origin in {tuple, frozenset}:
        return _sequence(origin, _reader(parts[0]))
    if origin is Mapping:
        return MappingProxyType
    return SCALARS[kind] if kind in SCALARS else _of_class(kind)


def _of_class(kind: Any) -> Reader:  # noqa: ANN401 - a type
    return {word.value: word for word in kind}.__getitem__ if issubclass(kind, Enum) else _record(kind)


def _sequence(origin: Callable[[Iterable[Any]], Any], read: Reader | None) -> Reader:
    return origin if read is None else lambda values: origin(map(read, values))


@cache
def _record(kind: Any) -> Reader:  # noqa: ANN401 - a type
    """Read a record; only the fields that JSON does not give as they are cost a call."""
    most = len(_hints(kind))
    found = ((index, _reader(hint)) for index, hint in enumerate(_hints(kind).values()))
    readers = [(index, read) for index, read in found if read is not None]

    def read_record(values: list[Any]) -> object:
        if len(values) > most:
            raise ValueError("more values than are stored")
        for index, read in readers:
            if index < len(values) and values[index] is not None:
                values[index] = read(values[index])
        return kind(*values)

    return read_record


@cache
def _hints(kind: Any) -> dict[str, Any]:  # noqa: ANN401 - a type
    """Give the stored fields of a record in their order, with their types."""
    hints = get_type_hints(kind)
    names = getattr(kind, "_fields", None) or [
        field.name for field in dataclasses.fields(kind) if not field.metadata.get("passing")
    ]
    return {name: hints[name] for name in names}


def fingerprint() -> str:
    """Describe the shape of everything that is `KEPT`; it changes when `VERSION` may have to."""
    found: dict[str, str] = {}
    waiting: list[Any] = [*KEPT]
    while waiting:
        kind = waiting.pop()
        waiting.extend(get_args(kind))
        if dataclasses.is_dataclass(kind) or hasattr(kind, "_fields"):
            hints = {} if str(kind) in found else _hints(kind)
            found.setdefault(str(kind), ", ".join(f"{name}: {hint}" for name, hint in hints.items()))
            waiting.extend(hints.values())
    return sha256(json.dumps(found, sort_keys=True).encode()).hexdigest()[:16]
