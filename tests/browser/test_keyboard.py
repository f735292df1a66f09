"""Everything can be done without a mouse: walks from element to element, by the keyboard alone."""

import time
from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

import pytest

from tests.browser.conftest import Opening
from tests.browser.flows import FORM, JORDAN, ask, await_turn
from tests.browser.service import HURRIED, LEAVING

NEW: Final = "newcomer@riverbend.example"
ALL: Final = "ControlOrMeta+A"  # what is typed next stands in the place of what stood there


class Leg(NamedTuple):
    """Who goes from which page by which steps, and what the page says in the end; ``{case}`` is an answer."""

    role: str
    start: str
    says: str
    steps: Sequence[tuple[str, ...]]


WALKS: Final[Mapping[str, Sequence[Leg]]] = {
    "the frame": (
        Leg("auditor", "/staff/", "What do you need?", (("link", "Skip to the content", "Enter"),)),
        Leg(LEAVING, "/staff/", "Sign in", (("button", "Sign out", "Enter"),)),
    ),
    "a new verification": (
        Leg(
            "admissions",
            "/staff/",
            "The patient pays",
            (
                ("link", "New verification", "Enter"),
                ("searchbox", "What the card says", JORDAN.card),
                ("button", JORDAN.payer, "Enter"),
                *(
                    ("textbox", label, JORDAN.typed[label])
                    for label in ("Member ID", "First name", "Last name", "Date of birth")
                ),
                ("radio", "Not known", "ArrowLeft", "ArrowLeft"),
                ("button", f"Verify with {JORDAN.payer}", "Enter"),
                ("button", "Re-verify", "Tab"),
            ),
        ),
    ),
    "what if": (
        Leg(
            "billing",
            "{case}",
            "Plan B costs the patient",
            (
                ("link", "What if…", "Enter"),
                ("textbox", "Weeks", ALL, "4"),
                ("button", "Price both", "Enter"),
            ),
        ),
    ),
    "worksheet, review, sign-off": (
        Leg(
            "admissions",
            "{case}",
            "K-4711",
            (
                ("link", "Phone worksheet", "Enter"),
                ("textbox", "Who answered", "Dana R."),
                ("textbox", "Reference number of the call", "K-4711"),
                ("radio", "left open", "ArrowLeft"),
                ("button", "Keep the answers", "Enter"),
            ),
        ),
        Leg(
            "reviewer",
            "{case}",
            "A new answer takes this away",
            (
                ("link", "Review", "Enter"),
                ("textbox", "Note", "Looked through."),
                ("button", "Add the note", "Enter"),
                ("button", "Sign it off as it stands here", "Enter"),
            ),
        ),
    ),
    "the nightly list": (
        Leg("admissions", "{case}", "every night", (("button", "Ask again every night", "Enter"),)),
        Leg(
            "admissions",
            "/staff/",
            "Nobody is on the list.",
            (("link", "Nightly list", "Enter"), ("button", "Take Avery, Jordan off the list", "Enter")),
        ),
    ),
    "people": (
        Leg(
            "admin",
            "/staff/",
            "otpauth://",
            (
                ("link", "People", "Enter"),
                ("link", "Give somebody access", "Enter"),
                ("textbox", "E-mail address", NEW),
                ("checkbox", "Admissions", "Space"),
                ("checkbox", "Every facility", "Space"),
                ("button", "Give access", "Enter"),
            ),
        ),
        Leg(
            "admin",
            "/staff/people/",
            "admissions, billing",
            (("link", NEW, "Enter"), ("checkbox", "Billing", "Space"), ("button", "Save", "Enter")),
        ),
        Leg(
            "admin",
            "/staff/people/",
            "shut out",
            (("link", NEW, "Enter"), ("button", f"Shut {NEW} out", "Enter")),
        ),
    ),
    "API keys": (
        Leg(
            "admin",
            "/staff/",
            "vk_",
            (
                ("link", "API keys", "Enter"),
                ("textbox", "What the key is for", "Walked export"),
                ("checkbox", "See verifications", "Space"),
                ("checkbox", "Every facility", "Space"),
                ("button", "Make the key", "Enter"),
            ),
        ),
        Leg(
            "admin",
            "/staff/keys/",
            "revoked",
            (("button", "Revoke the key for Walked export", "Enter"),),
        ),
    ),
    "facilities": (
        Leg(
            "admin",
            "/staff/",
            "This has to be mended first",
            (("link", "Facilities and rates", "Enter"), ("button", "Take in", "Enter")),
        ),
        Leg(
            "admin",
            "/staff/facilities/",
            "Walked House",
            (
                ("link", "Add a facility", "Enter"),
                ("textbox", "Id", "walked-house"),
                ("textbox", "Name", "Walked House"),
                ("textbox", "NPI", "1245319599"),
                ("combobox", "State", "Lou"),
                ("button", "Save", "Enter"),
            ),
        ),
        Leg(
            "admin",
            "/staff/facilities/",
            "America/Chicago",
            (
                ("link", "Walked House", "Enter"),
                ("combobox", "Time zone", "America/Chi"),
                ("button", "Save", "Enter"),
            ),
        ),
    ),
    "emergencies": (
        Leg(
            HURRIED,
            "/staff/verifications/",
            "until the time is over",
            (
                ("link", "Read them in an emergency", "Enter"),
                ("combobox", "Whose records", "Abita"),
                ("textbox", "Why they must be read now", "Brought in unable to speak"),
                ("button", "Read these records now", "Enter"),
            ),
        ),
        Leg(
            "admin",
            "/staff/",
            "reviewed by",
            (("link", "Emergencies", "Enter"), ("button", "Say that the emergency of hurried", "Enter")),
        ),
    ),
    "payer health": (
        Leg(
            "billing",
            "/staff/",
            JORDAN.payer,
            (("link", "Payer health", "Enter"), ("region", "Payers that can be asked", "ArrowRight")),
        ),
    ),
    "audit": (
        Leg(
            "auditor",
            "/staff/",
            "Events: ",
            (
                ("link", "Audit", "Enter"),
                ("combobox", "What was done", "Login"),
                ("button", "Search", "Enter"),
                ("region", "Events", "ArrowDown"),
            ),
        ),
        Leg(
            "auditor",
            "/staff/audit/",
            "This patient: ",
            (("textbox", "Member ID", JORDAN.typed["Member ID"]), ("button", "Report", "Enter")),
        ),
    ),
}


@pytest.mark.parametrize("name", WALKS)
def test_no_mouse_is_needed_for(name: str, visit: Opening) -> None:
    case = ask(visit("admissions"), JORDAN) if any(leg.start == "{case}" for leg in WALKS[name]) else ""
    for leg in WALKS[name]:
        visitor = visit(leg.role)
        visitor.go(leg.start.format(case=case))
        visitor.walk(*leg.steps)
        visitor.page.locator("main", has_text=leg.says).wait_for()


def test_no_mouse_is_needed_for_the_public_form(visit: Opening) -> None:
    visitor = visit()
    visitor.go(FORM)
    opened, asked = time.monotonic(), JORDAN.typed
    visitor.walk(
        ("textbox", "Your name", JORDAN.name),
        ("textbox", "Your phone number", "985-555-0142"),
        *(("textbox", label, asked[label]) for label in ("First name", "Last name", "Date of birth")),
        ("textbox", "Insurance", JORDAN.payer),
        ("button", "Find it", "Enter"),
    )
    visitor.page.get_by_label(JORDAN.payer, exact=True).wait_for()
    await_turn(visitor, opened)
    visitor.walk(("button", "Ask for my free check", "Enter"))

    visitor.page.get_by_role("heading", name="Thank you. We have your request.").wait_for()
    assert "Nobody has signed yet" in visitor.page.inner_text("main")
