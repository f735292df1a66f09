"""The shape of the house: what a newcomer may rely on when looking for the room of a line."""

import ast
import importlib.metadata
import re
import statistics
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from pkgutil import iter_modules

import pytest

ROOT = Path(__file__).parents[2]
CODE = [path for room in ("verifier", "payers", "schemas") for path in sorted((ROOT / room).rglob("*.py"))]
MARKERS = re.compile("TO" + "DO|FIX" + "ME|X" + "XX|NotImplemented" + "Error|pragma: no cover")
SERVED_BY_OTHERS = {
    "granian": "started as a program by `verifier serve` and the container",
    "psycopg": "loaded by sqlalchemy for a DATABASE_URL of PostgreSQL",
    "urllib3": "pinned below requests for its fixes against decompression bombs",
    "celery": "locked ahead of the nightly run",
    "reportlab": "locked ahead of the reports on paper",
}


def functions() -> Iterator[tuple[str, int]]:
    for path in CODE:
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                body = node.body[1:] if ast.get_docstring(node) else node.body
                if body:
                    last = body[-1].end_lineno or 0
                    yield f"{path.relative_to(ROOT)}:{node.lineno} {node.name}", last - body[0].lineno + 1


def test_imports_point_down() -> None:
    linter = Path(sys.executable).with_name("lint-imports")

    outcome = subprocess.run(  # noqa: S603 - our own tool on our own tree
        [linter, "--no-cache", "--no-logo"], cwd=ROOT, capture_output=True, text=True, check=False
    )

    assert outcome.returncode == 0, outcome.stdout + outcome.stderr


@pytest.mark.parametrize(
    "path", [p for p in CODE if p.name == "__init__.py"], ids=lambda p: str(p.relative_to(ROOT))
)
def test_an_init_file_holds_one_sentence_and_no_imports(path: Path) -> None:
    body = ast.parse(path.read_text()).body

    assert [type(node) for node in body] == [ast.Expr]


@pytest.mark.parametrize("path", CODE, ids=lambda p: str(p.relative_to(ROOT)))
def test_no_module_is_unfinished_or_too_long_to_read(path: Path) -> None:
    lines = path.read_text().splitlines()

    assert [line for line in lines if MARKERS.search(line)] == []
    assert len(lines) <= 320


def test_functions_are_short() -> None:
    lengths = sorted(length for _, length in functions())

    assert statistics.median(lengths) <= 8
    assert lengths[int(len(lengths) * 0.9)] <= 20, [where for where, length in functions() if length > 20]


def test_every_declared_dependency_is_used() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    declared = {re.split(r"[<>=\[]", line)[0] for line in project["dependencies"]}
    homes = importlib.metadata.packages_distributions()
    imported = {
        distribution.lower().replace("_", "-")
        for path in CODE
        for module in imported_modules(path)
        for distribution in homes.get(module, [])
    }

    assert declared - imported - SERVED_BY_OTHERS.keys() == set()


def imported_modules(path: Path) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module.split(".")[0])
    return found


@pytest.mark.parametrize("room", ["channels", "programs"])
def test_every_channel_and_program_has_its_contract_test(room: str) -> None:
    plugs = {module.name for module in iter_modules([str(ROOT / "payers" / room)])}
    tested = {path.stem.removeprefix("test_") for path in (ROOT / "tests" / "payers").glob("test_*.py")}

    assert plugs <= tested


def test_the_lock_pins_every_package_by_hash() -> None:
    for lock in (ROOT / "requirements").glob("*.lock"):
        requirements = re.split(r"\n(?=\S)", lock.read_text())
        loose = [text.split()[0] for text in requirements if "==" in text and "--hash=sha256:" not in text]

        assert loose == []
