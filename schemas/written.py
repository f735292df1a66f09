"""Objects that are only ever written, several times as fast as marshmallow writes them.

The fields stay marshmallow's, so that the OpenAPI document follows from them; what each does on the way
out is looked up once per schema and not once per value.
"""

from collections.abc import Callable
from functools import cached_property
from operator import attrgetter
from typing import Any

from marshmallow import Schema, fields

from schemas.fields import Field

Writer = Callable[[Any], Any]


class Written(Schema):
    """An object of two fields or more, written from the attributes of a model; no hooks."""

    @cached_property
    def recipe(self) -> tuple[Callable[[object], tuple[Any, ...]], list[tuple[str, Writer | None]]]:
        """Look up how to get all values and how to write each; ``None``: as it is."""
        names = [field.attribute or name for name, field in self.dump_fields.items()]
        keys = [field.data_key or name for name, field in self.dump_fields.items()]
        return attrgetter(*names), list(zip(keys, map(writer, self.dump_fields.values()), strict=True))

    def dump(self, obj: Any, *, many: bool | None = None) -> Any:  # noqa: ANN401, ARG002 - marshmallow's own
        """Write one object."""
        values_of, writers = self.recipe
        values = values_of(obj)
        return {
            key: value if write is None or value is None else write(value)
            for (key, write), value in zip(writers, values, strict=True)
        }


def writer(field: fields.Field[Any]) -> Writer | None:
    """Tell how *field* writes a value that is not ``None``; ``None``: as it is."""
    if isinstance(field, Field):
        return field.write
    if isinstance(field, fields.Nested):
        return field.schema.dump
    if isinstance(field, fields.List):
        inner = writer(field.inner)
        return list if inner is None else lambda values: [inner(value) for value in values]
    return dict if isinstance(field, fields.Dict) else None
