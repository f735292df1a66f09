"""How a channel or a program is plugged in: a name and what builds it.

A module of `payers.channels` or `payers.programs`, or a package with an entry point in the group
``verifier.payers``, offers one `ChannelPlug` or `ProgramPlug`.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from payers.kit.channel import Channel
from payers.kit.exchange import Sender
from payers.kit.program import Program
from verifier.clock import Clock, SystemClock


@dataclass(frozen=True, slots=True)
class Tools:
    """What the house lends to whatever is plugged in."""

    sender: Sender
    clock: Clock = field(default_factory=SystemClock)


@dataclass(frozen=True, slots=True)
class ChannelPlug:
    """A wire; *build* takes the settings of one connection, as text by name.

    *build* raises `NotConfigured`, naming the setting, for settings that cannot be used.
    """

    name: str
    build: Callable[[Mapping[str, str], Tools], Channel]


@dataclass(frozen=True, slots=True)
class ProgramPlug:
    """A program."""

    name: str
    build: Callable[[Tools], Program]
