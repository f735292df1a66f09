"""Three hundred hostile strings on the pages of a case in real Chromium: none of them runs."""

from dataclasses import replace
from itertools import cycle
from typing import Final

import pytest
from playwright.sync_api import Dialog, Page

from tests.browser.conftest import Opening
from tests.browser.service import Service
from tests.web.hostile import STRINGS, spoil, spoil_intake
from verifier.keeping import open_changes, open_intakes, open_records
from verifier.model.findings import Unknown
from verifier.model.intake import IntakeState
from verifier.model.review import Note

INTAKE: Final = f"int_{'H' * 22}"
CASE: Final = f"/staff/verifications/ver_{'H' * 22}"
PAGES: Final = (
    CASE,
    *(f"{CASE}/{name}" for name in ("worksheet", "review", "what-if", "history", "explanation")),
    f"/staff/requests/{INTAKE}",
    "/staff/requests/?state=done",
    "/staff/verifications/",
)
WATCH: Final = (
    "addEventListener('securitypolicyviolation', event => noteBreach(event.violatedDirective), true)"
)


@pytest.fixture(scope="module", autouse=True)
def _case(service: Service) -> None:
    """Keep a case with one of the strings in every field, and all of them as notes and as questions."""
    strings = cycle(STRINGS)
    kept = spoil(lambda _: next(strings))
    notes = tuple(Note(text, each.at, text) for each in kept.notes[:1] for text in STRINGS)
    asked = tuple(Unknown(text, text) for text in STRINGS)
    kept = replace(kept, id=CASE.rpartition("/")[2], notes=notes, unknowns=asked)
    intake = spoil_intake(INTAKE, "abita-springs", lambda _: next(strings))
    with service.rooms._archive("test") as (archive, _):
        open_records(archive, open_changes(archive)).change(kept.id, lambda _: kept)
        open_intakes(archive).add(replace(intake, state=IntakeState.DONE, verification_id=kept.id))


def listen(page: Page) -> list[str]:
    """Return a list that will tell what scripts do: open a dialog, breach the content policy."""
    heard: list[str] = []

    def note(what: str) -> None:
        heard.append(what)

    def close(dialog: Dialog) -> None:
        note(dialog.message)
        dialog.dismiss()

    page.on("dialog", close)
    page.expose_function("noteBreach", note)
    page.add_init_script(WATCH)
    return heard


def test_none_of_300_strings_runs_in_a_browser(visit: Opening) -> None:
    visitor = visit("reviewer")
    page = visitor.page
    heard = listen(page)
    for address in PAGES:
        visitor.go(address)
        page.mouse.move(400, 400)
        page.keyboard.press("Tab")

        assert page.evaluate("typeof hacked") == "undefined", address
        assert page.title().endswith("Benefits verifier"), address
        assert page.url == f"{visitor.url}{address}"
    visitor.go(f"{CASE}/review")
    notes = page.locator("li.note").all_text_contents()

    assert len(notes) == len(STRINGS) == 300
    assert [text for text in STRINGS if not any(text in note for note in notes)] == []
    assert heard == []
