"""Invented Veterans of the simulated VA: one TOML file each, with what VA says of them or does instead.

``access`` is the body of VA's answer about community care as it stands, but for whom it is about; without it
VA has none. ``fault`` strikes the interface *at*: ``status``, ``rating`` or ``access``.
"""

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any, Final

from verifier.errors import BadInput

SHIPPED: Final = Path(__file__).with_name("veterans")


@dataclass(frozen=True, slots=True)
class Failure:
    """What one interface answers instead: an HTTP status; with 200, an answer about somebody else."""

    at: str
    status: str


@dataclass(frozen=True, slots=True)
class Record:
    """One Veteran, or somebody who is none, as VA has them on file."""

    name: str
    description: str
    icn: str = field(repr=False)
    ssn: str = field(repr=False)
    last_name: str = field(repr=False)
    first_name: str = field(repr=False)
    birth_date: date = field(repr=False)
    zip: str = field(repr=False)
    status: str = "confirmed"
    reason: str = ""
    rating: int | None = None
    consent: str = field(default="", repr=False)  # the access token of their consent
    consent_ended: bool = False
    access: Mapping[str, Any] | None = field(default=None, repr=False)
    fault: Failure | None = None

    def fails_at(self, interface: str) -> Failure | None:
        """Return what *interface* answers instead, if anything."""
        return self.fault if self.fault and self.fault.at == interface else None


def load_veterans(folder: Path = SHIPPED) -> tuple[Record, ...]:
    """Read every Veteran in *folder*, by name.

    Raises:
        BadInput: a file is not as it should be; the text names it.
    """
    return tuple(_load_all(folder))


def _load_all(folder: Path) -> Iterator[Record]:
    for path in sorted(folder.glob("*.toml")):
        try:
            table = tomllib.loads(path.read_text("utf-8"))
            if "fault" in table:
                table["fault"] = Failure(**table["fault"])
            yield Record(path.stem, **table)
        except (TypeError, ValueError) as error:
            raise BadInput(f"{path.name}: {error}") from error
