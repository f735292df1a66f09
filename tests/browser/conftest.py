"""The browser of the tests: real Chromium, the real service behind it, staff of every role signed in."""

import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any, Final

import pytest
from playwright.sync_api import StorageState

from payers.simulator.scenarios import load_scenarios
from payers.simulator.server import Simulator
from tests.browser.flows import list_tardy
from tests.browser.service import Service, running
from tests.browser.stage import Stage, require_chromium
from tests.browser.visitor import DESK, Visitor

IMAGES: Final = Path(__file__).parents[2] / "docs" / "images"
GOOD: Final = 300.0  # seconds; a session that nobody uses ends after fifteen minutes
Opening = Callable[..., Visitor]


def pytest_addoption(parser: pytest.Parser) -> None:
    with suppress(ValueError):  # given by the conftest of another folder that is run along
        parser.addoption("--pictures", action="store_true", help="take the pictures of docs/images anew")


@pytest.hookimpl(tryfirst=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> bool | None:
    """Run a test that looks at pages in the browser's own thread."""
    if "visit" not in pyfuncitem.fixturenames:
        return None
    stage: Stage = pyfuncitem.funcargs["stage"]
    names = pyfuncitem._fixtureinfo.argnames
    stage.do(partial(pyfuncitem.obj, **{name: pyfuncitem.funcargs[name] for name in names}))
    return True


@pytest.fixture(scope="session")
def stage() -> Iterator[Stage]:
    opened = Stage(require_chromium())
    yield opened
    opened.close()


@pytest.fixture(scope="session")
def simulator() -> Iterator[Simulator]:
    """The payers: everybody that is shipped, and one whose payer takes a moment for each question."""
    known = load_scenarios()
    with Simulator(scenarios=(*known, *list_tardy(known))) as started:
        yield started


@pytest.fixture(scope="session")
def service(
    stage: Stage, simulator: Simulator, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Service]:
    with running(tmp_path_factory.mktemp("service"), VERIFIER_SIMULATOR_URL=simulator.url) as started:
        yield started


@pytest.fixture(scope="session")
def entered(stage: Stage, service: Service) -> Callable[[str], StorageState]:
    """Sign a person of a role in by the page, and return the cookies it left while they are good for sure."""
    found: dict[str, tuple[float, StorageState]] = {}

    def enter(role: str) -> StorageState:
        since, state = found.get(role, (0.0, None))
        if state is None or time.monotonic() - since > GOOD:
            since, state = found[role] = time.monotonic(), _enter(stage, service, role)
        return state

    return enter


def _enter(stage: Stage, service: Service, role: str) -> StorageState:
    context = stage.browser.new_context()
    Visitor(page := context.new_page(), service.url).sign_in(service.staff[role])
    state = page.context.storage_state()
    context.close()
    return state


@pytest.fixture
def visit(stage: Stage, service: Service, entered: Callable[[str], StorageState]) -> Iterator[Opening]:
    """Open a browser as somebody of a role (``None``: nobody); a fault on the console fails the test."""
    opened: list[Visitor] = []

    def open_page(role: str | None = None, *, at: str | None = None, **options: Any) -> Visitor:  # noqa: ANN401
        options = {"viewport": DESK, "locale": "en-US", "reduced_motion": "reduce"} | options
        context = stage.browser.new_context(storage_state=entered(role) if role else None, **options)
        context.set_default_timeout(20_000)
        visitor = Visitor(context.new_page(), at or service.url)
        visitor.watch()
        opened.append(visitor)
        return visitor

    yield open_page
    for visitor in opened:
        stage.do(visitor.page.context.close)
    assert [fault for visitor in opened for fault in visitor.faults] == []


@pytest.fixture
def picture(request: pytest.FixtureRequest) -> Callable[[Visitor, str], None]:
    """Take a picture for `docs/images`, when ``--pictures`` asks for it."""

    def take(visitor: Visitor, name: str) -> None:
        if request.config.getoption("--pictures", default=False):
            visitor.page.screenshot(path=IMAGES / f"{name}.png", full_page=True)

    return take


@pytest.fixture
def first_page(request: pytest.FixtureRequest) -> Callable[[bytes, str], None]:
    """Draw the first page of a PDF for `docs/images`, when ``--pictures`` asks for it (needs poppler)."""

    def take(content: bytes, name: str) -> None:
        if request.config.getoption("--pictures", default=False):
            draw = ["/usr/bin/pdftoppm", "-png", "-r", "80", "-singlefile", "-", str(IMAGES / name)]
            subprocess.run(draw, input=content, check=True)  # noqa: S603 - our own

    return take
