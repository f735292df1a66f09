"""Where the browser is played: in a thread of its own, for playwright keeps an event loop where it runs.

The rest of the suite stays in the main thread and notices nothing of it.
"""

import os
import shutil
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any, Final, TypeVar

import pytest
from playwright.sync_api import Browser, Playwright, sync_playwright

Done = TypeVar("Done")

MISSING: Final = "no Chromium on this machine: apt-get install chromium"


def find_chromium() -> str | None:
    """Return the path of Chromium: of CHROMIUM, or the one that Debian installs."""
    named = os.environ.get("CHROMIUM")
    known = named or shutil.which("chromium") or shutil.which("chromium-browser")
    return known if known and Path(known).exists() else None


class Stage:
    """One Chromium, and the one thread that everything about it is done in."""

    def __init__(self, chromium: str) -> None:
        """Start it."""
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="browser")
        self._playwright: Playwright = self.do(lambda: sync_playwright().start())
        self.browser: Browser = self.do(lambda: self._launch(chromium))

    def do(self, work: Callable[[], Done]) -> Done:
        """Do *work* in the browser's thread, and return what it returns or raise what it raises."""
        future: Future[Done] = self._thread.submit(work)
        return future.result()

    def close(self) -> None:
        """Close everything."""
        self.do(self.browser.close)
        self.do(self._playwright.stop)
        self._thread.shutdown()

    def _launch(self, chromium: str) -> Browser:
        flags = ["--no-sandbox"] if os.geteuid() == 0 else []
        return self._playwright.chromium.launch(executable_path=chromium, args=flags)


def require_chromium() -> str:
    """Return Chromium's path; without it the test is skipped, and fails where CI=true says it must run."""
    found = find_chromium()
    if found is None:
        fail: Callable[[str], Any] = pytest.fail if os.environ.get("CI") == "true" else pytest.skip
        fail(MISSING)
    assert found
    return found
