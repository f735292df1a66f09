"""How a channel or a program is plugged in: a name and what builds it.

A module of `payers.channels` or `payers.programs` (of a package there, its module ``program``), or a package
with an entry point in the group ``verifier.payers``, offers one `ChannelPlug` or `ProgramPlug`.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from payers.kit.channel import Channel
from payers.kit.exchange import Sender
from payers.kit.program import Program
from verifier.clock import Clock, SystemClock
from verifier.errors import NotConfigured

Settings = TypeVar("Settings")


@dataclass(frozen=True, slots=True)
class Tools:
    """What the house lends to whatever is plugged in."""

    sender: Sender
    clock: Clock = field(default_factory=SystemClock)
    data: Path | None = None  # the directory of what is loaded while the service runs


@dataclass(frozen=True, slots=True)
class ChannelPlug:
    """A wire; *build* takes the settings of one connection, as text by name.

    *build* raises `NotConfigured`, naming the setting, for settings that cannot be used.
    """

    name: str
    build: Callable[[Mapping[str, str], Tools], Channel]


@dataclass(frozen=True, slots=True)
class Connection:
    """Settings of one kind of connection, called *title* where they are refused."""

    title: str

    def require(self, holds: object, words: str) -> None:
        """Refuse the settings with *words* unless it *holds*.

        Raises:
            NotConfigured: it does not.
        """
        if not holds:
            raise NotConfigured(f"The {self.title} connection cannot be used: {words}.")

    def plug(
        self, name: str, settings: Callable[..., Settings], channel: Callable[[Settings, Tools], Channel]
    ) -> ChannelPlug:
        """Make the plug of the wire *name*: its *settings* by name, and the *channel* over them."""

        def build(given: Mapping[str, str], tools: Tools) -> Channel:
            try:
                wanted = settings(**given)
            except TypeError as error:
                raise NotConfigured(
                    f"The {self.title} connection lacks a setting, or has one that does not exist."
                ) from error
            return channel(wanted, tools)

        return ChannelPlug(name, build)


@dataclass(frozen=True, slots=True)
class ProgramPlug:
    """A program."""

    name: str
    build: Callable[[Tools], Program]
