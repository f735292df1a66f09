from pathlib import Path

import pytest

from payers.directory.directory import SHIPPED, Administrator, Payer, Route, Source, load
from verifier.errors import NotConfigured, NotFound

ROW = """
[[payer]]
id = "example-plan"
name = "Example Health Plan"
program = "commercial"
"""
LIST = Source("a-list", "a list", 2026, confirmed=False)
FULL = """
[[source]]
id = "a-list"
text = "a list"
year = 2026
confirmed = false

[[payer]]
id = "example-plan"
name = "Example Health Plan"
program = "commercial"
aliases = ["Example"]
card_texts = ["EXAMPLE CHOICE PPO"]
payer_ids = ["12345"]
service_types = ["MH", "30"]
multiple_service_types = true
requires = ["member.id", "member.birth_date"]
line = "medicaid"
states = ["OH", "KY"]
routes = [
  { connection = "one", payer_id = "12345" },
  { connection = "two", payer_id = "X9", source = "a-list" },
]
behavioral_health = { payer = "example-plan", source = "a-list" }
source = "a test, 2026"
"""
ROUTE = """
[[route]]
payer = "example-plan"
connection = "own"
payer_id = "777"
"""


def write(folder: Path, text: str, name: str = "payers.toml") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def test_a_row_becomes_a_payer_whole(tmp_path: Path) -> None:
    directory = load([write(tmp_path, FULL)])

    assert list(directory) == [
        Payer(
            id="example-plan",
            name="Example Health Plan",
            program="commercial",
            aliases=("Example",),
            card_texts=("EXAMPLE CHOICE PPO",),
            payer_ids=("12345",),
            service_types=("MH", "30"),
            multiple_service_types=True,
            requires=("member.id", "member.birth_date"),
            line="medicaid",
            states=("OH", "KY"),
            routes=(Route("one", "12345"), Route("two", "X9", LIST)),
            behavioral_health=Administrator("example-plan", LIST),
            source="a test, 2026",
        )
    ]


def test_a_route_of_ones_own_goes_before_those_of_the_row(tmp_path: Path) -> None:
    files = [write(tmp_path, FULL), write(tmp_path, ROUTE, "own.toml")]

    assert load(files).find("example-plan").routes[0] == Route("own", "777")


def test_a_payer_is_found_by_its_id_or_the_caller_hears_what_to_do(tmp_path: Path) -> None:
    directory = load([write(tmp_path, ROW)])

    assert directory.find("example-plan").name == "Example Health Plan"
    with pytest.raises(NotFound, match="search the directory"):
        directory.find("W55500001")


BROKEN = {
    "no TOML": ("[[payer", "is not TOML"),
    "another table": ("[payers]\n", "neither a list"),
    "a payer that is no table": ("payer = [1]\n", "neither a list"),
    "a second payer of the same id": (ROW + ROW, "'example-plan' is in the directory twice"),
    "no name": ('[[payer]]\nid = "ab"\nprogram = "commercial"\n', "payer 1 lacks 'name'"),
    "no program": ('[[payer]]\nid = "ab"\nname = "A"\n', "payer 1 lacks 'program'"),
    "no id": ('[[payer]]\nname = "A"\nprogram = "commercial"\n', "payer 1 lacks 'id'"),
    "an id with blanks": (ROW.replace("example-plan", "Example Plan"), "as 'id'"),
    "an unknown key": (ROW + 'alias = ["x"]\n', "knows no 'alias'"),
    "a name that is a number": (ROW.replace('"Example Health Plan"', "7"), "needs a text as 'name'"),
    "an empty name": (ROW.replace("Example Health Plan", ""), "needs a text as 'name'"),
    "aliases that are a text": (ROW + 'aliases = "x"\n', "list of different texts as 'aliases'"),
    "an alias that is a number": (ROW + "aliases = [1]\n", "list of different texts as 'aliases'"),
    "an alias twice": (ROW + 'aliases = ["x", "x"]\n', "list of different texts as 'aliases'"),
    "a service type that is none": (ROW + 'service_types = ["mental"]\n', "service type codes"),
    "a flag that is a text": (ROW + 'multiple_service_types = "no"\n', "needs true or false"),
    "a field nobody has": (ROW + 'requires = ["member.shoe_size"]\n', "fields of the member"),
    "routes that are a text": (ROW + 'routes = "x"\n', "needs a list of routes"),
    "a route without a payer id": (ROW + 'routes = [{ connection = "x" }]\n', "a route needs"),
    "a route with an empty payer id": (
        ROW + 'routes = [{ connection = "x", payer_id = "" }]\n',
        "a route needs",
    ),
    "a route to nobody": (ROUTE, "route 1: 'payer' must be the id"),
    "a route with a key too many": (ROW + ROUTE + 'cost = "1"\n', "a route needs"),
    "a route of an unknown source": (
        ROW + 'routes = [{ connection = "x", payer_id = "1", source = "y" }]\n',
        r"'y' is not the id of a \[\[source\]\]",
    ),
    "a source without a year": ('[[source]]\nid = "ab"\ntext = "A"\n', "source 1 lacks 'year'"),
    "a source of no year of ours": ('[[source]]\nid = "ab"\ntext = "A"\nyear = 26\n', "needs a year"),
    "a source twice": ('[[source]]\nid = "ab"\ntext = "A"\nyear = 2026\n' * 2, "of another source"),
    "a line nobody has": (ROW + 'line = "lunar"\n', "needs one of commercial"),
    "a state in words": (ROW + 'states = ["Ohio"]\n', "two capitals"),
    "an administrator in words": (ROW + 'behavioral_health = "x"\n', "'behavioral_health' needs 'payer'"),
    "an administrator nobody knows": (
        ROW + 'behavioral_health = { payer = "nobody" }\n',
        "'nobody', which is not in the directory",
    ),
}


@pytest.mark.parametrize(("text", "words"), BROKEN.values(), ids=BROKEN)
def test_a_mistake_in_the_file_is_named_with_its_place(tmp_path: Path, text: str, words: str) -> None:
    with pytest.raises(NotConfigured, match=words):
        load([write(tmp_path, text)])


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    with pytest.raises(NotConfigured, match=r"absent\.toml cannot be read"):
        load([tmp_path / "absent.toml"])


def test_only_simulated_payers_are_reached_over_the_simulator() -> None:
    simulated = {
        payer.id for payer in load([SHIPPED]) for route in payer.routes if route.connection == "simulator"
    }

    assert simulated == {
        "sim-commercial",
        "sim-multiple",
        "sim-behavioral",
        "sim-champva",
        "sim-tricare-east",
        "sim-tricare-west",
    }
    assert all(payer.name.startswith("Simulated") for payer in load() if payer.id in simulated)
