"""How the environment sets nightly work: from when payers are asked, how often, and how patiently."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import time, timedelta
from typing import Any, Final, Self

from verifier.errors import NotConfigured
from verifier.variables import read_count, read_hour, read_length

PREFIX: Final = "VERIFIER_NIGHTLY_"
READERS: Final[Mapping[str, Any]] = {
    "opens": read_hour,
    "window": read_length,
    "lease": read_length,
    "per_minute": read_count,
}
NAMES: Final = {"opens": "FROM"}  # where a variable is not called as the field is


@dataclass(frozen=True, slots=True)
class Nighttime:
    """*opens* is the hour of a payer's own clock from which it is asked, *window* how long one is tried.

    *lease* is how long a worker that died holds whom it was asking about, *per_minute* how many questions one
    payer is put for one NPI.
    """

    opens: time = time(3)
    window: timedelta = timedelta(hours=8)
    lease: timedelta = timedelta(seconds=30)
    per_minute: int = 60

    @classmethod
    def from_given(cls, given: Mapping[str, str]) -> Self:
        """Read it from the variables that are *given*.

        Raises:
            NotConfigured: a value cannot be used; the text names the variable, not the value.
        """
        read = {}
        for each in fields(cls):
            name = PREFIX + NAMES.get(each.name, each.name.upper())
            if name in given:
                read[each.name] = _read(each.name, name, given[name])
        return cls(**read)


def _read(field: str, name: str, text: str) -> Any:  # noqa: ANN401 - what the field holds
    try:
        return READERS[field](text)
    except ValueError as error:
        raise NotConfigured(f"{name} {error}.") from None
