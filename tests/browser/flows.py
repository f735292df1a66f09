"""What people do here: ask by the public form, fill in a new verification, call the payer, read a paper."""

import re
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Final

from payers.simulator.scenarios import Fault, Scenario
from tests.browser.visitor import Visitor

FORM: Final = "/free-verification/abita-springs"
PRICE: Final = {"Allowed a session": "325.00", "Billed a session": "950.00"}
WITH_WORK: Final = 3.2  # seconds after which a form is taken whose script did its bit of work
WITHOUT: Final = 9  # and one without a script
TARDINESS: Final = 2.0  # seconds for each question
BORN: Final = date(1990, 2, 2)
AMOUNT: Final = re.compile(r"\$[\d,]+\.\d{2}")


@dataclass(frozen=True)
class Caller:
    """An invented person of the simulator's, and what is typed for them, by label."""

    card: str
    payer: str
    typed: Mapping[str, str]
    chosen: Mapping[str, str] = field(default_factory=dict)

    @property
    def name(self) -> str:
        return f"{self.typed['First name']} {self.typed['Last name']}"


def commercial(member_id: str, first: str, last: str, born: str) -> Caller:
    typed = {"Member ID": member_id, "First name": first, "Last name": last, "Date of birth": born} | PRICE
    return Caller("sim comm", "Simulated Commercial Health Plan", typed)


JORDAN: Final = commercial("SIM100001", "Jordan", "Avery", "04/12/1988")
ODETTE: Final = commercial("SIM100010", "Odette", "Prescott", "06/06/1990")  # carved out
EMIL: Final = commercial("SIM100025", "Emil", "Excluded", "03/03/1973")  # not covered
NOEL: Final = commercial("SIM200001", "Noel", "Absent", "01/01/1990")  # not found
EZRA: Final = commercial("SIM200008", "Ezra", "Outage", "01/01/1990")  # the payer is down
TARDY: Final = commercial("SIM300900", "Tessa", "Tardy", "02/02/1990")  # a moment for each question
CYRUS: Final = Caller(
    "sim tricare",
    "Simulated TRICARE",
    {
        "First name": "Cyrus",
        "Last name": "Weatherby",
        "Date of birth": "03/08/1979",
        "Sponsor's ID": "900100003",
        "State of residence": "GA",
        "Allowed a session": "325.00",
    },
    {"tricare.beneficiary": "retiree", "tricare.group": "B"},
)
WINONA: Final = Caller(
    "sim va",
    "Simulated VA Community Care",
    {
        "First name": "Winona",
        "Last name": "Ward",
        "Date of birth": "05/14/1979",
        "Referral number": "VA0012345678",
        "Visits authorized": "20",
        "Visits used": "0",
        "Integration control number (ICN)": "1012000001V100001",
        "State of residence": "LA",
        "Allowed a session": "325.00",
    },
    {"va.priority_group": "6"},
)


def list_tardy(known: Sequence[Scenario]) -> Iterator[Scenario]:
    """Yield whom the payer knows as well as the first member of all, after a moment for each question."""
    (like,) = (each for each in known if each.person.id == JORDAN.typed["Member ID"])
    person = replace(like.person, id="SIM300900", first_name="TESSA", last_name="TARDY", birth_date=BORN)
    yield replace(like, name="tardy", person=person, fault=Fault("slow", seconds=TARDINESS))


def choose_payer(visitor: Visitor, caller: Caller) -> None:
    """Type what the card says, and choose the payer."""
    visitor.page.get_by_label("What the card says").fill(caller.card)
    visitor.page.get_by_role("button", name=caller.payer).first.click()
    visitor.page.get_by_label("Last name", exact=True).wait_for()


def fill_in(visitor: Visitor, caller: Caller, *, network: str = "In network") -> None:
    """Fill the form in."""
    page = visitor.page
    for label, text in caller.typed.items():
        page.get_by_label(label, exact=True).fill(text)
    for name, value in caller.chosen.items():
        page.locator(f"select[name='{name}']").select_option(value)
    page.get_by_role("group", name="With this plan the facility is").get_by_label(network, exact=True).check()


def begin(visitor: Visitor, caller: Caller, *, network: str = "In network") -> None:
    """Send *caller*'s verification off, and look at whatever page comes."""
    visitor.go("/staff/verifications/new")
    choose_payer(visitor, caller)
    fill_in(visitor, caller, network=network)
    visitor.page.get_by_role("button", name="Verify with").click()
    visitor.page.wait_for_url("**/verifications/ver_*")


def ask(visitor: Visitor, caller: Caller, *, network: str = "In network") -> str:
    """Verify *caller*, and return the address of the answer."""
    begin(visitor, caller, network=network)
    headline(visitor)
    return visitor.page.url.removeprefix(visitor.url)


def headline(visitor: Visitor) -> str:
    """Return what the first glance says, once there is an answer."""
    return visitor.page.locator("#verdict").inner_text(timeout=60_000)


def request_check(visitor: Visitor, caller: Caller, *, scripts: bool = True, card: str = "") -> None:
    """Fill the public form in for *caller*, choose the insurer or leave a *card* to read, and send it."""
    visitor.go(FORM)
    page, opened = visitor.page, time.monotonic()
    page.get_by_label("Your name").fill(caller.name)
    page.get_by_label("Your phone number").fill("985-555-0142")
    for label in ("First name", "Last name", "Date of birth"):
        page.get_by_label(label, exact=True).first.fill(caller.typed[label])
    page.get_by_label("Member ID").first.fill(
        caller.typed.get("Member ID", caller.typed.get("Sponsor's ID", ""))
    )
    page.get_by_label("Insurance", exact=True).fill(card or caller.payer)
    if not card:
        page.get_by_role("button", name="Find it").click()
        page.get_by_label(caller.payer, exact=True).check()
    page.get_by_label("I agree to this").check()
    page.get_by_label("Your signature").fill(caller.name)
    await_turn(visitor, opened, scripts=scripts)
    page.get_by_role("button", name="Ask for my free check").click()
    page.get_by_role("heading", name="Thank you. We have your request.").wait_for()


def await_turn(visitor: Visitor, opened: float, *, scripts: bool = True) -> None:
    """Wait until the form that was opened then is taken."""
    if scripts:
        visitor.page.locator("input[name='work']:not([value=''])").wait_for(state="attached")
    left = (WITH_WORK if scripts else WITHOUT) - (time.monotonic() - opened)
    visitor.page.wait_for_timeout(max(0.0, left) * 1000)


def open_request(visitor: Visitor, caller: Caller) -> None:
    """Open the newest request of *caller*'s from the queue."""
    visitor.go("/staff/requests/")
    visitor.page.get_by_role("link", name=caller.name).first.click()


def verify_request(visitor: Visitor, more: Mapping[str, str] = {}) -> str:
    """Verify the request that is open, with *more* of what its payer needs; return the answer's address."""
    page = visitor.page
    if more:
        page.get_by_text("TRICARE and VA").click()
    for label, text in more.items():
        page.get_by_label(label).fill(text)
    page.get_by_label("Allowed amount").fill(PRICE["Allowed a session"])
    page.get_by_label("In network", exact=True).check()
    page.get_by_role("button", name="Verify now").click()
    page.wait_for_url("**/staff/verifications/ver_*")
    headline(visitor)
    return page.url.removeprefix(visitor.url)


def answer(visitor: Visitor, said: Mapping[str, str]) -> None:
    """Answer the questions of the worksheet that have these fields; the others stay open."""
    page = visitor.page
    page.get_by_label("Who answered").fill("Dana R.")
    page.get_by_label("Reference number of the call").fill("I-4711")
    for name, text in said.items():
        one = page.locator(f'[name="{name}"]')
        if one.first.get_attribute("type") == "radio":
            page.locator(f'[name="{name}"][value="{text}"]').check()
        else:
            one.fill(text)
    page.get_by_role("button", name="Keep the answers").click()
    page.wait_for_url("**/review*")


def amounts(text: str) -> set[str]:
    """Return every amount of money in a text."""
    return set(AMOUNT.findall(text))
