"""Finds channels and programs: our own by looking into their rooms, a stranger's by its entry point.

A duplicate or broken plug stops the start. To log it and go on would leave a payer unreachable with nobody
told, and to let the last one win would let any installed package take the place of ours.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from importlib import import_module
from importlib.metadata import EntryPoint, entry_points
from pkgutil import iter_modules
from types import MappingProxyType
from typing import Final, TypeVar

from payers.kit.plug import ChannelPlug, ProgramPlug
from verifier.errors import NotConfigured

GROUP: Final = "verifier.payers"
ROOMS: Final = ("payers.channels", "payers.programs")

Plug = ChannelPlug | ProgramPlug
Kind = TypeVar("Kind", ChannelPlug, ProgramPlug)


@dataclass(frozen=True, slots=True)
class Plugs:
    """Every plug there is, by name."""

    channels: Mapping[str, ChannelPlug]
    programs: Mapping[str, ProgramPlug]


def discover(rooms: Iterable[str] = ROOMS, strangers: Iterable[EntryPoint] | None = None) -> Plugs:
    """Find every plug in *rooms* and among *strangers* (those installed, when not given).

    Raises:
        NotConfigured: one cannot be loaded, offers no plug, or takes a name that is taken.
    """
    installed = entry_points(group=GROUP) if strangers is None else strangers
    found = [*_look_into(rooms), *map(_load, installed)]
    return Plugs(_name_all(found, ChannelPlug), _name_all(found, ProgramPlug))


def _look_into(rooms: Iterable[str]) -> Iterator[tuple[str, Plug]]:
    for room in rooms:
        for module in iter_modules(import_module(room).__path__, f"{room}."):
            name = f"{module.name}.program" if module.ispkg else module.name
            yield name, _require_plug(name, getattr(import_module(name), "plug", None))


def _load(entry: EntryPoint) -> tuple[str, Plug]:
    origin = f"{entry.value} (entry point {entry.name})"
    try:
        offered = entry.load()
    except Exception as error:
        raise NotConfigured(
            f"The payer plug-in {origin} cannot be loaded; repair or uninstall it."
        ) from error
    return origin, _require_plug(origin, offered)


def _require_plug(origin: str, offered: object) -> Plug:
    if not isinstance(offered, ChannelPlug | ProgramPlug):
        raise NotConfigured(f"{origin} offers neither a ChannelPlug nor a ProgramPlug; see payers.kit.plug.")
    return offered


def _name_all(found: Iterable[tuple[str, Plug]], kind: type[Kind]) -> Mapping[str, Kind]:
    named: dict[str, Kind] = {}
    origins: dict[str, str] = {}
    for origin, plug in found:
        if isinstance(plug, kind):
            if plug.name in named:
                raise NotConfigured(f"{origin} and {origins[plug.name]} both call themselves {plug.name!r}.")
            named[plug.name], origins[plug.name] = plug, origin
    return MappingProxyType(named)
