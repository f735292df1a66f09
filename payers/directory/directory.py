"""The payer directory: data, not code. Reads it, checks it, finds a payer by id.

A file holds sources, payers, and further routes to payers of any file::

    [[source]]
    id = "example-list"                    # what routes name it by
    text = "where it stands, and of which date"
    year = 2026
    confirmed = false                      # what it says is to be checked before use; left out: true

    [[payer]]
    id = "example-plan"                    # lower-case letters, digits, hyphens
    name = "Example Health Plan"
    program = "commercial"                 # by whose rules it is asked
    line = "medicaid"                      # line of business; left out: commercial
    states = ["OH"]                        # where it insures; left out: everywhere, or not known
    time_zone = "America/Denver"           # by whose clock its night ends; left out: the facility's
    aliases = ["Example"]                  # other names, former names
    card_texts = ["EXAMPLE CHOICE PPO"]    # what the front of the card says
    payer_ids = ["12345"]                  # further ids people know it by, none of them a route
    service_types = ["MH", "30"]           # worth asking, best first; left out: what the program asks for
    multiple_service_types = false         # answers several in one question
    discreet_service_types = ["MH"]        # reveal no addiction, and bring the program's benefits too
    requires = ["member.id"]               # fields an inquiry has to have
    routes = [{ connection = "caqh_core", payer_id = "12345", source = "example-list" }]
    regions = { east = "example-east" }    # payers of its regions, one of which is asked in its place
    behavioral_health = { payer = "example-behavioral", source = "example-list" }  # who administers it
    source = "where the other facts come from, and of which year"

    [[route]]
    payer = "example-plan"
    connection = "caqh_core"
    payer_id = "12345"
"""

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final, NamedTuple
from zoneinfo import available_timezones

from payers.directory.rows import Readers, Row
from verifier.errors import NotConfigured, NotFound

SHIPPED: Final = Path(__file__).with_name("payers.toml")
TABLES: Final = ("source", "payer", "route")
SERVICE_TYPE: Final = re.compile(r"[A-Z0-9]{1,2}")
STATE: Final = re.compile(r"[A-Z]{2}")
LINES: Final = ("commercial", "medicaid", "medicare", "tricare", "va", "champva")
FIELDS: Final = frozenset(
    {"member.id", "member.first_name", "member.last_name", "member.birth_date", "member.sex", "member.ssn"}
    | {"member.group_number"}
)


@dataclass(frozen=True, slots=True)
class Source:
    """Where a fact was read; one that is not *confirmed* is to be checked before the fact is relied on."""

    id: str
    text: str
    year: int
    confirmed: bool = True


@dataclass(frozen=True, slots=True)
class Route:
    """One way to a payer: the name of a configured connection, and the id the payer has there."""

    connection: str
    payer_id: str
    source: Source | None = None  # none: a route of one's own

    @property
    def confirmed(self) -> bool:
        """Tell whether the source of the id can be relied on."""
        return self.source is None or self.source.confirmed


@dataclass(frozen=True, slots=True)
class Administrator:
    """Which payer of the directory administers a payer's behavioral health."""

    payer: str
    source: Source | None = None


@dataclass(frozen=True, slots=True)
class Payer:
    """What is known of a payer before it is asked."""

    id: str
    name: str
    program: str
    line: str = "commercial"
    states: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()
    card_texts: tuple[str, ...] = ()
    payer_ids: tuple[str, ...] = ()
    service_types: tuple[str, ...] = ()
    multiple_service_types: bool = False
    discreet_service_types: tuple[str, ...] = ()
    requires: tuple[str, ...] = ()
    routes: tuple[Route, ...] = ()  # in order of preference
    regions: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}), hash=False)
    behavioral_health: Administrator | None = None
    source: str = ""
    time_zone: str | None = None


@dataclass(frozen=True, eq=False)
class Directory:
    """Every known payer, by id, in the order of the files."""

    payers: Mapping[str, Payer] = field(default_factory=lambda: MappingProxyType({}))

    def __iter__(self) -> Iterator[Payer]:
        return iter(self.payers.values())

    def __len__(self) -> int:
        return len(self.payers)

    def find(self, payer_id: str) -> Payer:
        """Return the payer with this id.

        Raises:
            NotFound: there is none; says how to find the id.
        """
        payer = self.payers.get(payer_id)
        if payer is None:
            raise NotFound(
                "There is no payer with this id; search the directory by name or by the card's text."
            )
        return payer


def load(paths: Iterable[Path] = (SHIPPED,)) -> Directory:
    """Read the directory from TOML files.

    Raises:
        NotConfigured: a file cannot be read, or holds what a directory does not; says where and what.
    """
    shelf = _Shelf({}, {})
    for path in paths:
        tables = _read(path)
        for name in TABLES:
            for number, row in enumerate(tables.get(name, []), 1):
                ADDING[name](shelf, Row(row, f"{path.name}, {name} {number}"))
    _check_administrators(shelf.payers)
    _check_regions(shelf.payers)
    return Directory(MappingProxyType(shelf.payers))


def _read(path: Path) -> dict[str, list[dict[str, Any]]]:
    try:
        tables = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise NotConfigured(f"The payer directory {path.name} cannot be read.") from error
    except tomllib.TOMLDecodeError as error:
        raise NotConfigured(f"The payer directory {path.name} is not TOML: {error}.") from error
    for name, rows in tables.items():
        if name not in TABLES or not isinstance(rows, list) or not all(isinstance(r, dict) for r in rows):
            raise NotConfigured(
                f"{path.name}: {name!r} is neither a list of [[payer]] nor of [[route]] nor of [[source]]."
            )
    return tables


class _Shelf(NamedTuple):
    """What was read so far."""

    sources: dict[str, Source]
    payers: dict[str, Payer]

    def add_source(self, row: Row) -> None:
        source = row.build(Source, SOURCE_READERS, required=("id", "text", "year"))
        row.require(source.id not in self.sources, f"has the id {source.id!r} of another source")
        self.sources[source.id] = source

    def add_payer(self, row: Row) -> None:
        linked = Row(self._link_all(row), row.where)
        payer = linked.build(Payer, PAYER_READERS, required=("id", "name", "program"))
        if payer.id in self.payers:
            raise NotConfigured(
                f"The payer {payer.id!r} is in the directory twice; give one of them another id."
            )
        self.payers[payer.id] = payer

    def add_route(self, row: Row) -> None:
        payer = self.payers.get(row.values.get("payer", ""))
        if payer is None:
            raise NotConfigured(f"{row.where}: 'payer' must be the id of a payer that stands before it.")
        values = {name: value for name, value in row.values.items() if name != "payer"}
        # a route of one's own goes before those that are shipped
        route = self._link(Route, values, row.where)
        self.payers[payer.id] = replace(payer, routes=(route, *payer.routes))

    def _link_all(self, row: Row) -> dict[str, Any]:
        """Build the routes and the administrator of a payer, which name sources."""
        values = dict(row.values)
        routes, administrator = values.get("routes"), values.get("behavioral_health")
        if routes is not None:
            row.require(isinstance(routes, list), "needs a list of routes as 'routes'")
            values["routes"] = tuple(self._link(Route, each, row.where) for each in routes)
        if administrator is not None:
            values["behavioral_health"] = self._link(Administrator, administrator, row.where)
        return values

    def _link(self, kind: type["Linked"], values: object, where: str) -> Any:  # noqa: ANN401 - a *kind*
        wanted = LINKED[kind]
        if (
            not isinstance(values, dict)
            or values.keys() - {"source"} != wanted
            or not all(isinstance(value, str) and value for value in values.values())
        ):
            names = " and ".join(map(repr, sorted(wanted)))
            raise NotConfigured(f"{where}: {WORDS[kind]} needs {names}, perhaps a 'source', all texts.")
        source = values.get("source")
        if source is not None and source not in self.sources:
            raise NotConfigured(f"{where}: {source!r} is not the id of a [[source]] that stands before it.")
        return kind(**values | {"source": self.sources.get(source or "")})


Linked = Route | Administrator


def _check_administrators(payers: Mapping[str, Payer]) -> None:
    for payer in payers.values():
        if payer.behavioral_health and payer.behavioral_health.payer not in payers:
            raise NotConfigured(
                f"The payer {payer.id!r} has its behavioral health at {payer.behavioral_health.payer!r}, "
                "which is not in the directory."
            )


def _check_regions(payers: Mapping[str, Payer]) -> None:
    for payer in payers.values():
        unknown = [region for region, other in payer.regions.items() if other not in payers]
        if unknown:
            raise NotConfigured(
                f"The payer {payer.id!r} has a region {unknown[0]!r} whose payer is not in the directory."
            )


def _read_regions(row: Row, name: str) -> Mapping[str, str]:
    regions = row.values[name]
    row.require(
        isinstance(regions, dict) and regions and all(isinstance(each, str) for each in regions.values()),
        f"needs payers by region as {name!r}",
    )
    return MappingProxyType(dict(regions))


def _read_service_types(row: Row, name: str) -> tuple[str, ...]:
    codes = row.read_texts(name)
    row.require(all(map(SERVICE_TYPE.fullmatch, codes)), f"needs X12 service type codes as {name!r}")
    return codes


def _read_states(row: Row, name: str) -> tuple[str, ...]:
    states = row.read_texts(name)
    row.require(all(map(STATE.fullmatch, states)), f"needs codes of two capitals as {name!r}")
    return states


def _read_line(row: Row, name: str) -> str:
    line = row.read_text(name)
    row.require(line in LINES, f"needs one of {', '.join(LINES)} as {name!r}")
    return line


def _read_zone(row: Row, name: str) -> str:
    zone = row.read_text(name)
    row.require(zone in available_timezones(), f"needs an IANA time zone such as America/Denver as {name!r}")
    return zone


def _read_required(row: Row, name: str) -> tuple[str, ...]:
    names = row.read_texts(name)
    row.require(set(names) <= FIELDS, f"needs fields of the member as {name!r}: {', '.join(sorted(FIELDS))}")
    return names


def _read_built(row: Row, name: str) -> object:
    return row.values[name]


SOURCE_READERS: Final[Readers] = {"id": Row.read_id, "year": Row.read_year, "confirmed": Row.read_flag}
PAYER_READERS: Final[Readers] = {
    "id": Row.read_id,
    "line": _read_line,
    "states": _read_states,
    "aliases": Row.read_texts,
    "card_texts": Row.read_texts,
    "payer_ids": Row.read_texts,
    "service_types": _read_service_types,
    "multiple_service_types": Row.read_flag,
    "discreet_service_types": _read_service_types,
    "requires": _read_required,
    "routes": _read_built,
    "regions": _read_regions,
    "time_zone": _read_zone,
    "behavioral_health": _read_built,
}
ADDING: Final = {"source": _Shelf.add_source, "payer": _Shelf.add_payer, "route": _Shelf.add_route}
LINKED: Final = {Route: {"connection", "payer_id"}, Administrator: {"payer"}}
WORDS: Final = {Route: "a route", Administrator: "'behavioral_health'"}
