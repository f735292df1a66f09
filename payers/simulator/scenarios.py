"""Scenarios: one readable TOML file for each invented member, and what the payer says or does about them.

How to write one: ``docs/how-to/write-a-scenario.md``. Every word and value is checked when the files are
read, so a misspelt one names its file instead of spoiling a reply.
"""

import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import date
from pathlib import Path
from typing import Any, Final, TypeVar

from payers.simulator import vocabulary
from payers.simulator.dates import resolve_date
from payers.simulator.inquiries import PRINTABLE, RESERVED, Person
from verifier.errors import BadInput

SHIPPED: Final = Path(__file__).with_name("scenarios")
WORDS: Final[Mapping[str, Mapping[str, str]]] = {
    "kind": vocabulary.KINDS,
    "level": vocabulary.LEVELS,
    "period": vocabulary.PERIODS,
    "network": vocabulary.NETWORKS,
    "authorization": vocabulary.AUTHORIZATIONS,
    "quantity_of": vocabulary.QUANTITIES,
    "role": vocabulary.ROLES,
    "relationship": vocabulary.RELATIONSHIPS,
}

DateWords = str | date


@dataclass(frozen=True, slots=True)
class Entity:
    """Somebody named beside a benefit (loop 2120C)."""

    role: str
    name: str
    id: str = ""
    phone: str = ""


@dataclass(frozen=True, slots=True)
class Delivery:
    """How much of a service over which time (HSD)."""

    quantity: str
    quantity_of: str
    period: str


@dataclass(frozen=True, slots=True)
class Row:
    """One benefit: an EB with what hangs on it, or *raw* segments as they stand."""

    kind: str = "description"
    services: Sequence[str] = ()
    answers: Sequence[str] = ()  # asked service types that bring this row; without it, its own
    level: str = ""
    network: str = ""
    period: str = ""
    amount: str = ""
    rate: str = ""
    quantity: str = ""
    quantity_of: str = ""
    authorization: str = ""
    insurance_type: str = ""
    plan_text: str = ""
    procedure: str = ""
    messages: Sequence[str] = ()
    places_of_service: Sequence[str] = ()
    dates: Mapping[str, DateWords | Sequence[DateWords]] = field(default_factory=dict)
    delivery: Delivery | None = None
    entity: Entity | None = None
    raw: Sequence[str] = ()

    def is_wanted(self, asked: Iterable[str]) -> bool:
        """Tell whether a 270 for *asked* brings this row; plan-wide rows (none or 30) always come."""
        if not self.answers and (not self.services or "30" in self.services):
            return True
        return not set(self.answers or self.services).isdisjoint(asked)


@dataclass(frozen=True, slots=True)
class Plan:
    """The plan beside the subscriber's name: its group and its dates."""

    group_number: str = ""
    group_name: str = ""
    begins: DateWords | None = "year-start"
    ends: DateWords | None = None


@dataclass(frozen=True, slots=True)
class Fault:
    """What goes wrong instead of, or on the way to, the answer; which fields count depends on *kind*."""

    kind: str
    times: int = 0  # only the first so many calls; 0 is all of them
    seconds: float = 0.0
    bytes: int = 0
    codes: Sequence[str] = ()
    follow_up: str = "C"
    loop: str = "2100C"
    valid: str = "N"
    status: str = ""
    content_type: str = "text/html; charset=utf-8"
    headers: Mapping[str, str] = field(default_factory=dict)
    body: str = ""
    message: str = ""
    rows: int = 0


@dataclass(frozen=True, slots=True)
class Scenario:
    """One invented member of one payer and how that payer answers."""

    name: str
    description: str
    person: Person
    payer: str = "SIMULATED"
    payer_name: str = "SIMULATED HEALTH PLAN"
    named_payer: str = ""  # the id of the payer that the reply names; left out: the one asked
    numbers: Sequence[str] = ()  # further numbers by which the payer finds the member
    dependents: Sequence[Person] = ()  # one with an id is found by it, too, as a subscriber
    match: Sequence[str] = ("birth_date", "last_name")
    plan: Plan = field(default_factory=Plan)
    benefits: Sequence[Row] = ()
    fault: Fault | None = None


def load_scenarios(folder: Path = SHIPPED) -> tuple[Scenario, ...]:
    """Read every scenario in *folder*, by name.

    Raises:
        BadInput: a file is not as a scenario should be; the text names it.
    """
    return tuple(_load(path) for path in sorted(folder.glob("*.toml")))


def _load(path: Path) -> Scenario:
    try:
        return build_scenario(path.stem, tomllib.loads(path.read_text("utf-8")))
    except (
        TypeError,
        ValueError,
        KeyError,
    ) as error:  # TOMLDecodeError and UnicodeDecodeError are ValueErrors
        raise BadInput(f"{path.name}: {error}") from error


def build_scenario(name: str, table: Mapping[str, Any]) -> Scenario:
    """Build the scenario *name* from what its file says.

    Raises:
        TypeError, ValueError, KeyError: a key, a word or a value is not one a scenario has.
    """
    parts = dict(table)
    parts["person"] = _build(Person, parts["person"])
    parts["dependents"] = tuple(_build(Person, person) for person in parts.pop("dependents", ()))
    parts["benefits"] = tuple(_build_row(row) for row in parts.pop("benefits", ()))
    if "plan" in parts:
        parts["plan"] = _build(Plan, parts["plan"])
        _check_dates((parts["plan"].begins, parts["plan"].ends))
    if "fault" in parts:
        parts["fault"] = _build(Fault, parts["fault"])
    return _build(Scenario, parts | {"name": name})


def _build_row(table: Mapping[str, Any]) -> Row:
    parts = dict(table)
    if "delivery" in parts:
        parts["delivery"] = _build(Delivery, parts["delivery"])
    if "entity" in parts:
        parts["entity"] = _build(Entity, parts["entity"])
    row = _build(Row, parts)
    for qualifier, words in row.dates.items():
        _check_word(qualifier, vocabulary.DATES)
        _check_dates([words] if isinstance(words, str | date) else words)
    return row


def _check_dates(words: Iterable[DateWords | None]) -> None:
    for word in words:
        if word is not None:
            resolve_date(word, date(2024, 2, 28))


FREE_TEXT: Final = frozenset({"description", "raw", "body", "headers", "content_type", "status", "message"})
Part = TypeVar("Part", Person, Plan, Fault, Entity, Delivery, Row, Scenario)


def _build(kind: type[Part], table: Mapping[str, Any]) -> Part:
    types = {part.name: part.type for part in fields(kind)}
    for key, value in table.items():
        if key not in types:
            raise ValueError(f"{key} is not part of a {kind.__name__.lower()}")
        if types[key] is str and not isinstance(value, str):
            raise ValueError(f"{key} is a text, in quotes")
        if key in WORDS and not (kind is Fault and key == "kind"):
            _check_word(value, WORDS[key])
        if key not in FREE_TEXT:
            _check_characters(key, value)
    return kind(**table)


def _check_word(word: str, words: Iterable[str]) -> None:
    if word not in words:
        raise ValueError(f"{word!r} is none of {', '.join(filter(None, words))}")


def _check_characters(key: str, value: object) -> None:
    texts = [value] if isinstance(value, str) else value if isinstance(value, list) else ()
    for text in texts:
        if isinstance(text, str) and not (PRINTABLE.fullmatch(text) and RESERVED.isdisjoint(text)):
            raise ValueError(f"{key} holds a character that X12 uses or cannot print")
