"""One JSON object and the model behind it: strict on the way in, complete on the way out."""

from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from itertools import islice
from typing import Any, ClassVar, Final

from marshmallow import EXCLUDE, RAISE, Schema, ValidationError, post_load, validates_schema

from verifier.errors import BadInput

MOST_ERRORS: Final = 50
LONGEST_NAME: Final = 60


class Record(Schema):
    """An object whose fields are all known; what it loads becomes *model*."""

    model: ClassVar[type | None] = None
    error_messages = {"type": "must be an object"}  # noqa: RUF012 - marshmallow's own annotation

    class Meta:
        """No other field exists; `load` leaves strangers to `refuse_strangers`, which is quicker at many."""

        unknown = RAISE

    @validates_schema(pass_original=True, skip_on_field_errors=False)
    def refuse_strangers(self, _: object, original: object, **__: object) -> None:
        """Refuse each field that this object does not have, with the nearest name it has."""
        known = [field.data_key or name for name, field in self.load_fields.items()]
        strange = (name for name in original if name not in known) if isinstance(original, Mapping) else ()
        found = {str(name): [_hint(str(name), known)] for name in islice(strange, MOST_ERRORS)}
        if found:
            raise ValidationError(found)

    @post_load
    def build(self, data: Mapping[str, Any], **_: object) -> object:
        """Turn the loaded fields into the model."""
        return self.model(**self.arguments(dict(data))) if self.model else data

    def arguments(self, data: dict[str, Any]) -> dict[str, Any]:
        """Turn the loaded fields into the model's arguments; lists become tuples."""
        return {name: tuple(value) if isinstance(value, list) else value for name, value in data.items()}


def load(schema: Schema, data: object) -> Any:  # noqa: ANN401 - the schema decides what it builds
    """Load *data*, parsed JSON.

    Raises:
        BadInput: some field cannot be used; ``errors`` maps its JSON pointer (RFC 6901) to what to change.
    """
    try:
        return schema.load(data, unknown=EXCLUDE)  # type: ignore[arg-type]
    except ValidationError as error:
        raise bad_input(islice(pointers(error.messages), MOST_ERRORS)) from error


def bad_input(found: Iterator[tuple[str, str]]) -> BadInput:
    """Say which fields are wrong."""
    errors = dict(found)
    many = "One field" if len(errors) == 1 else f"{len(errors)} fields"
    return BadInput(f"{many} cannot be used; change what the errors name and send it again.", errors)


def pointers(messages: object, place: str = "") -> Iterator[tuple[str, str]]:
    """Walk marshmallow's messages (as deep as the schema at most) as pairs of JSON pointer and text."""
    if isinstance(messages, list):
        yield place, "; ".join(map(str, messages))
    for name, inner in messages.items() if isinstance(messages, Mapping) else ():
        yield from pointers(inner, place if name == "_schema" else f"{place}/{_escape(str(name))}")


def _escape(name: str) -> str:
    return name[:LONGEST_NAME].replace("~", "~0").replace("/", "~1")


def _hint(name: str, known: list[str]) -> str:
    near = get_close_matches(name[:LONGEST_NAME], known, 1)
    return f'is not a field here; did you mean "{near[0]}"?' if near else "is not a field here"
