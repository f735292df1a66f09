from importlib.metadata import EntryPoint
from pathlib import Path
from pkgutil import iter_modules

import pytest

from payers.kit.discovery import GROUP, ROOMS, discover
from payers.kit.plug import ChannelPlug, ProgramPlug
from verifier.errors import NotConfigured
from verifier.testing.program_contract import ScriptedChannel

HERE = "stranger_of_the_discovery_test"


@pytest.fixture(name="stranger")
def _stranger(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.delitem(__import__("sys").modules, HERE, raising=False)
    return tmp_path / f"{HERE}.py"


def entry(attribute: str = "plug") -> EntryPoint:
    return EntryPoint("stranger", f"{HERE}:{attribute}", GROUP)


def test_every_file_of_the_rooms_is_a_plug_under_its_own_name() -> None:
    plugs = discover(strangers=())
    rooms = [Path(__file__).parents[4] / room.replace(".", "/") for room in ROOMS]
    files = [{module.name for module in iter_modules([str(room)])} for room in rooms]

    assert [set(plugs.channels), set(plugs.programs)] == files
    assert all(isinstance(plug, ChannelPlug) for plug in plugs.channels.values())
    assert all(isinstance(plug, ProgramPlug) for plug in plugs.programs.values())


def test_a_strangers_channel_is_found_by_its_entry_point(stranger: Path) -> None:
    stranger.write_text(
        "from payers.kit.plug import ChannelPlug\n"
        "from verifier.testing.program_contract import ScriptedChannel\n"
        "plug = ChannelPlug('scripted', lambda settings, tools: ScriptedChannel())\n"
    )

    plugs = discover(strangers=[entry()])

    assert isinstance(plugs.channels["scripted"].build({}, None), ScriptedChannel)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("plug = 1 / 0\n", "cannot be loaded"),
        ("import a_package_nobody_has\n", "cannot be loaded"),
        ("other = 1\n", "cannot be loaded"),
        ("plug = 'caqh_core'\n", "offers neither"),
        ("from payers.channels.caqh_core import plug\n", "both call themselves 'caqh_core'"),
        ("from payers.programs.commercial import plug\n", "both call themselves 'commercial'"),
    ],
)
def test_a_broken_or_second_plug_stops_the_start_and_is_named(stranger: Path, text: str, words: str) -> None:
    stranger.write_text(text)

    with pytest.raises(NotConfigured, match=words) as refusal:
        discover(strangers=[entry()])

    assert HERE in refusal.value.detail


def test_a_module_of_ours_without_a_plug_stops_the_start() -> None:
    with pytest.raises(NotConfigured, match="offers neither"):
        discover(rooms=["payers.directory"], strangers=())
