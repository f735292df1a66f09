"""The payer directory: data, not code. Reads it, checks it, finds a payer by id.

A file holds payers, and further routes to payers of any file::

    [[payer]]
    id = "example-plan"                    # lower-case letters, digits, hyphens
    name = "Example Health Plan"
    program = "commercial"
    aliases = ["Example"]                  # other names, former names
    card_texts = ["EXAMPLE CHOICE PPO"]    # what the front of the card says
    payer_ids = ["12345"]                  # ids people know it by
    service_types = ["MH", "30"]           # worth asking, best first; left out: what the program asks for
    multiple_service_types = false         # answers several in one question
    requires = ["member.id"]               # fields an inquiry has to have
    routes = [{ connection = "caqh_core", payer_id = "12345" }]
    source = "where these facts come from, and of which year"

    [[route]]
    payer = "example-plan"
    connection = "caqh_core"
    payer_id = "12345"
"""

import re
import tomllib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

from verifier.errors import NotConfigured, NotFound

SHIPPED: Final = Path(__file__).with_name("payers.toml")
ID: Final = re.compile(r"[a-z0-9](-?[a-z0-9]){1,59}")
SERVICE_TYPE: Final = re.compile(r"[A-Z0-9]{1,2}")
FIELDS: Final = frozenset(
    {"member.id", "member.first_name", "member.last_name", "member.birth_date", "member.sex", "member.ssn"}
    | {"member.group_number"}
)


@dataclass(frozen=True, slots=True)
class Route:
    """One way to a payer: the name of a configured connection, and the id the payer has there."""

    connection: str
    payer_id: str


@dataclass(frozen=True, slots=True)
class Payer:
    """What is known of a payer before it is asked."""

    id: str
    name: str
    program: str
    aliases: tuple[str, ...] = ()
    card_texts: tuple[str, ...] = ()
    payer_ids: tuple[str, ...] = ()
    service_types: tuple[str, ...] = ()
    multiple_service_types: bool = False
    requires: tuple[str, ...] = ()
    routes: tuple[Route, ...] = ()  # in order of preference
    source: str = ""


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
    payers: dict[str, Payer] = {}
    for path in paths:
        tables = _read(path)
        for number, row in enumerate(tables.get("payer", []), 1):
            _add(payers, _Row(row, f"{path.name}, payer {number}").build())
        for number, row in enumerate(tables.get("route", []), 1):
            _extend(payers, row, f"{path.name}, route {number}")
    return Directory(MappingProxyType(payers))


def _read(path: Path) -> dict[str, list[dict[str, Any]]]:
    try:
        tables = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise NotConfigured(f"The payer directory {path.name} cannot be read.") from error
    except tomllib.TOMLDecodeError as error:
        raise NotConfigured(f"The payer directory {path.name} is not TOML: {error}.") from error
    for name, rows in tables.items():
        if (
            name not in {"payer", "route"}
            or not isinstance(rows, list)
            or not all(isinstance(r, dict) for r in rows)
        ):
            raise NotConfigured(f"{path.name}: {name!r} is neither a list of [[payer]] nor of [[route]].")
    return tables


def _add(payers: dict[str, Payer], payer: Payer) -> None:
    if payer.id in payers:
        raise NotConfigured(f"The payer {payer.id!r} is in the directory twice; give one of them another id.")
    payers[payer.id] = payer


def _extend(payers: dict[str, Payer], row: Mapping[str, Any], where: str) -> None:
    payer = payers.get(row.get("payer", ""))
    if payer is None:
        raise NotConfigured(f"{where}: 'payer' must be the id of a payer that stands before it.")
    route = _build_route({name: value for name, value in row.items() if name != "payer"}, where)
    # a route of one's own goes before those that are shipped
    payers[payer.id] = replace(payer, routes=(route, *payer.routes))


@dataclass(frozen=True, slots=True)
class _Row:
    """One payer's table, being checked."""

    values: Mapping[str, Any]
    where: str

    def build(self) -> Payer:
        known = {each.name for each in fields(Payer)}
        self._require(not self.values.keys() - known, f"knows no {_name_first(self.values.keys() - known)}")
        read = {name: READERS.get(name, _Row._read_text)(self, name) for name in self.values}
        for name in ("id", "name", "program"):
            self._require(name in read, f"lacks {name!r}")
        return Payer(**read)

    def _require(self, holds: object, words: str) -> None:
        if not holds:
            raise NotConfigured(f"{self.where} {words}.")

    def _read_text(self, name: str) -> str:
        value = self.values[name]
        self._require(isinstance(value, str) and value.strip() == value != "", f"needs a text as {name!r}")
        return str(value)

    def _read_id(self, name: str) -> str:
        value = self._read_text(name)
        self._require(ID.fullmatch(value), f"needs lower-case letters, digits and hyphens as {name!r}")
        return value

    def _read_texts(self, name: str) -> tuple[str, ...]:
        values = self.values[name]
        texts = isinstance(values, list) and all(isinstance(each, str) and each.strip() for each in values)
        self._require(
            texts and len(set(values)) == len(values), f"needs a list of different texts as {name!r}"
        )
        return tuple(values)

    def _read_service_types(self, name: str) -> tuple[str, ...]:
        codes = self._read_texts(name)
        self._require(all(map(SERVICE_TYPE.fullmatch, codes)), f"needs X12 service type codes as {name!r}")
        return codes

    def _read_required(self, name: str) -> tuple[str, ...]:
        names = self._read_texts(name)
        self._require(
            set(names) <= FIELDS, f"needs fields of the member as {name!r}: {', '.join(sorted(FIELDS))}"
        )
        return names

    def _read_flag(self, name: str) -> bool:
        self._require(isinstance(self.values[name], bool), f"needs true or false as {name!r}")
        return bool(self.values[name])

    def _read_routes(self, name: str) -> tuple[Route, ...]:
        rows = self.values[name]
        self._require(isinstance(rows, list), f"needs a list of routes as {name!r}")
        return tuple(_build_route(row, self.where) for row in rows)


def _build_route(row: object, where: str) -> Route:
    names = {each.name for each in fields(Route)}
    if (
        not isinstance(row, dict)
        or row.keys() != names
        or not all(isinstance(v, str) and v for v in row.values())
    ):
        raise NotConfigured(
            f"{where}: a route needs the texts 'connection' and 'payer_id', and nothing else."
        )
    return Route(**row)


def _name_first(names: Iterable[str]) -> str:
    return repr(min(names, default=""))


READERS: Final[Mapping[str, Callable[[_Row, str], Any]]] = {
    "id": _Row._read_id,  # noqa: SLF001 - the table belongs to the class
    "aliases": _Row._read_texts,  # noqa: SLF001
    "card_texts": _Row._read_texts,  # noqa: SLF001
    "payer_ids": _Row._read_texts,  # noqa: SLF001
    "service_types": _Row._read_service_types,  # noqa: SLF001
    "multiple_service_types": _Row._read_flag,  # noqa: SLF001
    "requires": _Row._read_required,  # noqa: SLF001
    "routes": _Row._read_routes,  # noqa: SLF001
}
