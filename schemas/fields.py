"""The kinds of value the contract knows: exact, bounded, and clear about what is wrong."""

import re
from collections.abc import Callable, Iterable, Mapping
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final, TypeVar, Unpack

from marshmallow import EXCLUDE, Schema, fields

if TYPE_CHECKING:
    from marshmallow.fields import _BaseFieldKwargs as Options

PROCEDURE_CODE: Final = r"[A-Z]\d{4}|\d{4}[0-9A-Z]"

Value = TypeVar("Value")
Messages = dict[str, str | list[Any] | dict[Any, Any]]


def messages(**texts: str) -> Messages:
    """Say what is wrong with a value, by the kind of fault."""
    return {"required": "is missing", "null": "must not be null; leave it out when it is not known", **texts}


class Field(fields.Field[Value]):
    """A value read from and written to JSON; *shape* is its JSON schema."""

    default_error_messages = messages(given="is told by this service; leave it out")

    def __init__(self, shape: Mapping[str, object], **options: Unpack["Options"]) -> None:
        """Add *shape* to what the user of the field says of it."""
        options["metadata"] = {**shape, **(options.get("metadata") or {})}
        super().__init__(**options)

    def read(self, value: object) -> Value:  # noqa: ARG002 - for the kinds that do
        """Check and convert what came; a kind that does not is only written."""
        raise self.make_error("given")

    def write(self, value: Value) -> object:
        """Convert the model's value to JSON."""
        return value

    def _deserialize(self, value: object, attr: str | None, data: object, **_: object) -> Value:  # noqa: ARG002
        return self.read(value)

    def _serialize(self, value: Value | None, attr: str | None, obj: object, **_: object) -> object:  # noqa: ARG002
        return None if value is None else self.write(value)


class Text(Field[str]):
    """Printable text without control characters, stripped, 1 to *longest* characters."""

    default_error_messages = messages(
        type="must be text in quotes",
        empty="must not be empty; leave it out when it is not known",
        long="is longer than {longest} characters",
        unprintable="holds a character that cannot be printed",
        form="must be {form}",
    )

    def __init__(
        self, longest: int, *, form: str = "", pattern: str = "", **options: Unpack["Options"]
    ) -> None:
        """Bound the length to *longest*; a *pattern* is put into words by *form*."""
        shape = {"pattern": f"^({pattern})$"} if pattern else {}
        super().__init__({"type": "string", "minLength": 1, "maxLength": longest, **shape}, **options)
        self.longest = longest
        self.form = form
        self.pattern = re.compile(pattern, re.ASCII) if pattern else None

    def read(self, value: object) -> str:
        """Check that it is such a text."""
        if not isinstance(value, str):
            raise self.make_error("type")
        text = value.strip()
        fault = self._fault(text)
        if fault:
            raise self.make_error(fault, longest=self.longest, form=self.form)
        return text

    def _fault(self, text: str) -> str | None:
        if not text:
            return "empty"
        if len(text) > self.longest:
            return "long"
        if not text.isprintable():
            return "unprintable"
        return "form" if self.pattern and not self.pattern.fullmatch(text) else None


class Prose(Text):
    """Text that may have several lines."""

    def _fault(self, text: str) -> str | None:
        return super()._fault(" ".join(text.split("\n")))

    def read(self, value: object) -> str:
        """Check it, line by line."""
        return super().read(value.replace("\r\n", "\n") if isinstance(value, str) else value)


class SocialSecurityNumber(Text):
    """Nine digits, dashes allowed; never written back whole, only its last four."""

    def __init__(self, **options: Unpack["Options"]) -> None:
        """Fix the form."""
        both_ways = {"pattern": r"^(\d{3}-?\d{2}-?\d{4}|\*{5}\d{4})$"}
        options["metadata"] = {**both_ways, **(options.get("metadata") or {})}
        super().__init__(11, form="nine digits", pattern=r"\d{3}-?\d{2}-?\d{4}", **options)

    def read(self, value: object) -> str:
        """Keep the digits."""
        return super().read(value).replace("-", "")

    def write(self, value: str) -> str:
        """Show the last four digits."""
        return f"*****{value[-4:]}"


class Count(Field[int]):
    """A whole number within bounds; no text, no 3.0, no true."""

    default_error_messages = messages(
        invalid="must be a whole number", range="must be from {least} to {most}"
    )

    def __init__(self, least: int, most: int, **options: Unpack["Options"]) -> None:
        """Bound it, both ends included."""
        super().__init__({"type": "integer", "minimum": least, "maximum": most}, **options)
        self.least, self.most = least, most

    def read(self, value: object) -> int:
        """Check the bounds."""
        if not isinstance(value, int) or isinstance(value, bool):
            raise self.make_error("invalid")
        if not self.least <= value <= self.most:
            raise self.make_error("range", least=self.least, most=self.most)
        return value


class Flag(Field[bool]):
    """``true`` or ``false`` and nothing that resembles them."""

    default_error_messages = messages(invalid="must be true or false, without quotes")

    def __init__(self, **options: Unpack["Options"]) -> None:
        """Fix the form."""
        super().__init__({"type": "boolean"}, **options)

    def read(self, value: object) -> bool:
        """Check that it is one."""
        if not isinstance(value, bool):
            raise self.make_error("invalid")
        return value


class Word(Field[StrEnum]):
    """One word of a closed vocabulary."""

    default_error_messages = messages(unknown="must be one of: {choices}")

    def __init__(
        self, vocabulary: Iterable[StrEnum], *, nullable: bool = False, **options: Unpack["Options"]
    ) -> None:
        """Take any of *vocabulary*; *nullable* adds ``null`` to the words of the JSON schema."""
        self.words = {word.value: word for word in vocabulary}
        options["allow_none"] = nullable
        words = [*self.words, None] if nullable else [*self.words]
        super().__init__({"type": "string", "enum": words}, **options)

    def read(self, value: object) -> StrEnum:
        """Find the word."""
        if not isinstance(value, str) or value not in self.words:
            raise self.make_error("unknown", choices=", ".join(self.words))
        return self.words[value]

    def write(self, value: StrEnum) -> str:
        """Write the word."""
        return str(value)


class Told(Field[Any]):
    """Something only ever written: *tell* turns the model's value into JSON."""

    def __init__(
        self, tell: Callable[[Any], object], shape: Mapping[str, object], **options: Unpack["Options"]
    ) -> None:
        """Write with *tell*."""
        super().__init__(shape, **options)
        self.tell = tell

    def write(self, value: object) -> object:
        """Convert it."""
        return self.tell(value)


class Part(fields.Nested):
    """An object inside an object; it tells strangers itself, as `schemas.record.load` says."""

    default_error_messages = messages()

    def __init__(self, nested: type[Schema], **options: Unpack["Options"]) -> None:
        """Leave strangers to the record."""
        super().__init__(nested, unknown=EXCLUDE, **options)


class Several(fields.List[Any]):
    """A list of at most *most* values, each once where *once* is said."""

    default_error_messages = messages(
        invalid="must be a list",
        long="holds more than {most} entries",
        few="must hold at least {least}",
        twice="names something twice",
    )

    def __init__(
        self,
        inner: fields.Field[Any],
        *,
        most: int = 1000,
        least: int = 0,
        once: bool = False,
        **options: Unpack["Options"],
    ) -> None:
        """Bound the length before any entry is looked at."""
        bounds = {"minItems": least, "maxItems": most, "uniqueItems": once}
        options["metadata"] = {**bounds, **(options.get("metadata") or {})}
        super().__init__(inner, **options)
        self.most, self.least, self.once = most, least, once

    def _deserialize(
        self, value: object, attr: str | None, data: Mapping[str, Any] | None, **rest: object
    ) -> list[Any]:
        if isinstance(value, list) and not self.least <= len(value) <= self.most:
            raise self.make_error("long" if value else "few", most=self.most, least=self.least)
        found = super()._deserialize(value, attr, data, **rest)
        if self.once and len(set(found)) < len(found):
            raise self.make_error("twice")
        return found
