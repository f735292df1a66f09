"""What somebody at the desk does: fill in a new verification, and ask."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from tests.browser.visitor import Visitor


@dataclass(frozen=True)
class Caller:
    """An invented person of the simulator's, and what is typed for them, by label."""

    card: str
    payer: str
    typed: Mapping[str, str]
    chosen: Mapping[str, str] = field(default_factory=dict)


PRICE: Final = {"Allowed a session": "325.00", "Billed a session": "950.00"}


def commercial(member_id: str, first: str, last: str, born: str) -> Caller:
    typed = {"Member ID": member_id, "First name": first, "Last name": last, "Date of birth": born} | PRICE
    return Caller("sim comm", "Simulated Commercial Health Plan", typed)


JORDAN: Final = commercial("SIM100001", "Jordan", "Avery", "04/12/1988")
ODETTE: Final = commercial("SIM100010", "Odette", "Prescott", "06/06/1990")  # carved out
EMIL: Final = commercial("SIM100025", "Emil", "Excluded", "03/03/1973")  # not covered
NOEL: Final = commercial("SIM200001", "Noel", "Absent", "01/01/1990")  # not found
EZRA: Final = commercial("SIM200008", "Ezra", "Outage", "01/01/1990")  # the payer is down
MOLLY: Final = commercial("SIM300001", "Molly", "Snail", "01/01/1990")  # half a minute
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


def ask(visitor: Visitor, caller: Caller, *, network: str = "In network") -> str:
    """Verify *caller*, and return the address of the answer."""
    visitor.go("/staff/verifications/new")
    choose_payer(visitor, caller)
    fill_in(visitor, caller, network=network)
    visitor.page.get_by_role("button", name="Verify with").click()
    visitor.page.wait_for_url("**/verifications/ver_*")
    visitor.page.get_by_role("heading", level=2).first.wait_for(timeout=60_000)
    return visitor.page.url.removeprefix(visitor.url)


def headline(visitor: Visitor) -> str:
    """Return what the first glance says."""
    return visitor.page.locator("#verdict").inner_text(timeout=60_000)
