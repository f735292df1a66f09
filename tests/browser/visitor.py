"""Somebody at a browser: their page, what went wrong on it, and what they can do without a mouse."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import ConsoleMessage, Page

from tests.browser.service import PASSWORD, Staff

PHONE: Final = {"width": 390, "height": 844}
DESK: Final = {"width": 1280, "height": 900}
THEMES: Final = ("light", "dark")
STANDARD: Final = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
KEYS: Final = frozenset({"Enter", "Space", "Tab", "ArrowDown", "ArrowLeft", "ArrowRight", "ControlOrMeta+A"})
NOTE_CLICKS: Final = """addEventListener("click", event => {
  if (event.detail) noteClick(event.target.closest("a, button")?.textContent.trim() ?? "something else");
}, true)"""
EXPECTED: Final = "Failed to load resource: the server responded with a status of 4"  # an answer of ours


@dataclass
class Visitor:
    """A page, with every fault its console told of."""

    page: Page
    url: str
    faults: list[str] = field(default_factory=list)

    def watch(self) -> None:
        """Note from now on what the console says is wrong, a breach of the content policy among it."""
        self.page.on("console", self._hear)
        self.page.on("pageerror", lambda error: self.faults.append(f"script: {error}"))
        self.page.on("requestfailed", self._note_lost)

    def _hear(self, message: ConsoleMessage) -> None:
        if message.type == "error" and not message.text.startswith(EXPECTED):
            self.faults.append(message.text)

    def _note_lost(self, request: Any) -> None:  # noqa: ANN401 - playwright's own
        if not request.url.startswith(self.url):
            self.faults.append(f"asked another host: {request.url}")

    def go(self, address: str) -> None:
        """Open an address of the service."""
        self.page.goto(f"{self.url}{address}")

    def sign_in(self, staff: Staff) -> None:
        """Sign in by the page, as people do."""
        self.go("/staff/sign-in")
        self.page.get_by_label("E-mail address").fill(staff.email)
        self.page.get_by_label("Password").fill(PASSWORD)
        self.page.get_by_label("Code").fill(staff.code())
        self.page.get_by_role("button", name="Sign in").click()
        self.page.wait_for_url(f"{self.url}/staff/")

    def violations(self) -> list[str]:
        """Return what axe finds on the page as it stands, in light and in dark."""
        return [f"{theme}: {each}" for theme in THEMES for each in self._violations_in(theme)]

    def _violations_in(self, theme: str) -> list[str]:
        self.page.emulate_media(color_scheme=theme)  # type: ignore[arg-type]
        options = {"runOnly": {"type": "tag", "values": STANDARD}, "resultTypes": ["violations"]}
        found = Axe().run(self.page, options=options).response["violations"]
        self.page.emulate_media(color_scheme="light")
        return [
            f"{each['id']} {node['target']} {node['html'][:200]}" for each in found for node in each["nodes"]
        ]

    def overflows(self) -> bool:
        """Tell whether the page is wider than the window."""
        return bool(self.page.evaluate("document.documentElement.scrollWidth > window.innerWidth"))

    def press(self, *keys: str) -> None:
        """Press keys, one after the other."""
        for key in keys:
            self.page.keyboard.press(key)

    def tab_to(self, role: str, name: str, *, most: int = 120) -> None:
        """Reach an element by the tabulator alone."""
        wanted = self.page.get_by_role(role, name=name).first  # type: ignore[arg-type]
        for _ in range(most):
            if wanted.evaluate("each => each === document.activeElement"):
                return
            self.page.keyboard.press("Tab")
        raise AssertionError(f"no way by keyboard to the {role} {name!r}")

    def walk(self, *steps: tuple[str, ...]) -> None:
        """Go from element to element by the keyboard alone: role, name, then what to type or press there."""
        for role, name, *texts in steps:
            self.tab_to(role, name)
            for text in texts:
                self.press(text) if text in KEYS else self.page.keyboard.type(text)

    def count_clicks(self) -> list[str]:
        """Return a list to which each click of a mouse will be added, by the words on what was clicked."""
        clicks: list[str] = []

        def note(words: str) -> None:
            clicks.append(words)

        self.page.expose_function("noteClick", note)
        self.page.add_init_script(NOTE_CLICKS)
        return clicks

    def texts(self, selector: str) -> Sequence[str]:
        """Return the texts of all elements that match."""
        return [text.strip() for text in self.page.locator(selector).all_inner_texts()]
