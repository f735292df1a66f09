"""From the public form to the paper in the patient's hand, in a browser, over the real service."""

import re
from collections.abc import Callable, Mapping
from typing import Final, NamedTuple

import pytest

from payers.simulator.server import Simulator
from tests.browser.conftest import Opening
from tests.browser.flows import (
    CYRUS,
    EZRA,
    JORDAN,
    NOEL,
    ODETTE,
    WINONA,
    Caller,
    amounts,
    answer,
    open_request,
    request_check,
    verify_request,
)
from tests.browser.visitor import Visitor
from tests.printed import read, text_of

Picture = Callable[[Visitor, str], None]
Drawing = Callable[[bytes, str], None]
GLANCE: Final = ".verdict"
LATER: Final = "[aria-labelledby=later]"  # what VA may bill
LEDGER: Final = "[aria-labelledby=ledger-name]"
TITLES: Final = {"en": "What your insurance says", "es": "Lo que dice su seguro"}
NO: Final = re.compile(r"not covered|inactive|does not pay|not active", re.IGNORECASE)

PICTURED: Final = "commercial"
PRICED: Final = re.compile(
    r"Plan B costs the patient|Both cost the patient the same|The difference is not known"
)


class Case(NamedTuple):
    """A patient: what the desk adds to the request, what the payer says by phone, and what follows."""

    caller: Caller
    more: Mapping[str, str]
    by_phone: Mapping[str, str]
    then: str


CASES: Final = {
    "commercial": Case(
        JORDAN, {}, {"visit_limit.limit": "yes", "visit_limit.left": "10"}, "Covered visits run out on"
    ),
    "tricare": Case(
        CYRUS,
        {"State of residence": "GA"},
        {
            "tricare_beneficiary.answer": "retiree",
            "tricare_group.answer": "B",
            "authorization.answer": "not_required",
            "deductible_remaining.individual": "0",
            "out_of_pocket_remaining.individual": "500.00",
        },
        "Not required",
    ),
    "va": Case(
        WINONA,
        {
            "Integration control number": "1012000001V100001",
            "Number of the referral": "VA0012345678",
        },
        {
            "va_episode.begins": "01/01/2026",
            "va_episode.ends": "12/31/2028",
            "va_episode.visits": "60",
            "va_episode_services.answer": "yes",
            "priority_group.group": "6",
            "copay_exemption.service_connected": "no",
            "copay_exemption.exempt": "no",
            "mental_health_visits.answer": "1",
            "va_region.answer": "LA",
        },
        "VA has authorized 24 of the 24 planned sessions",
    ),
}


def figures(visitor: Visitor, *selectors: str) -> set[str]:
    """Return every amount of money that these parts of the page tell, folded away or not."""
    found = visitor.page.locator(", ".join(selectors)).all_text_contents()
    return amounts(" ".join(found))


def fetch(visitor: Visitor, address: str) -> bytes:
    """Fetch a PDF of the API's, as the link on the page would."""
    got = visitor.page.context.request.get(f"{visitor.url}{address.replace('/staff/', '/v1/')}")
    assert (got.status, got.headers["content-type"]) == (200, "application/pdf")
    return got.body()


def price_four_weeks(visitor: Visitor, address: str) -> str:
    """Let plan B take four weeks, and return what the page says of the difference."""
    visitor.go(f"{address}/what-if")
    with visitor.page.expect_response(lambda response: response.url.endswith("/what-if")):
        visitor.page.get_by_role("group", name="Plan B").get_by_label("Weeks").fill("4")
    visitor.page.get_by_text("3 days a week, 4 weeks").wait_for()
    return visitor.page.locator(".difference").inner_text()


def sign_off(reviewer: Visitor, address: str) -> None:
    """Read what was said by phone, at the facility's time, and sign it off."""
    reviewer.go(f"{address}/review")
    assert re.search(r"I-4711\s.+ [AP]M C[SD]T\s", reviewer.page.inner_text("main"))
    reviewer.page.get_by_role("button", name="Sign it off").click()
    reviewer.page.get_by_text("A new answer takes this away").wait_for()


def compare_papers(staff: Visitor, address: str, report: bytes) -> None:
    """Hold each paper against the page of the answer: the figures are the same, and no paper lacks one."""
    staff.go(address)
    assert figures(staff, GLANCE)
    assert figures(staff, GLANCE, LATER, LEDGER) <= amounts(text_of(report))
    for language, title in TITLES.items():
        paper = fetch(staff, f"{address}/explanation.pdf?language={language}")
        assert title in text_of(paper)
        assert len(read(paper).pages) == 1
        assert figures(staff, ".pays-amount", ".pays-range") <= amounts(text_of(paper))


@pytest.mark.parametrize("name", CASES)
def test_a_request_becomes_papers_that_say_what_the_page_says(
    name: str, visit: Opening, simulator: Simulator, picture: Picture, first_page: Drawing
) -> None:
    case, staff, reviewer = CASES[name], visit("admissions"), visit("reviewer")
    request_check(visit(), case.caller)
    open_request(staff, case.caller)
    address = verify_request(staff, case.more)
    by_wire, calls = figures(staff, GLANCE, LATER), simulator.ledger.received

    assert PRICED.match(price_four_weeks(staff, address))
    staff.go(f"{address}/worksheet")
    if name == PICTURED:
        picture(staff, "worksheet")
    answer(staff, case.by_phone)
    staff.go(address)
    assert case.then in staff.page.locator(GLANCE).inner_text()
    assert figures(staff, GLANCE, LATER) != by_wire, "the estimate follows the phone"
    assert simulator.ledger.received == calls, "neither pricing nor the phone asks the payer"

    sign_off(reviewer, address)
    if name == PICTURED:
        picture(reviewer, "review")
    staff.go("/staff/requests/?state=done")
    assert case.caller.name in staff.texts("tbody th a")
    report = fetch(staff, f"{address}/report.pdf")
    if name == PICTURED:
        first_page(report, "report")
    assert all(words in text_of(report) for words in (case.caller.name, "I-4711", "Dana R."))
    compare_papers(staff, address, report)


@pytest.mark.parametrize(
    ("caller", "says"),
    [
        pytest.param(EZRA, "Not known: call the payer", id="outage"),
        pytest.param(NOEL, "The payer refused the question: this is no answer", id="not found"),
        pytest.param(ODETTE, "SIMULATED BEHAVIORAL HEALTH", id="carved out"),
    ],
)
def test_what_goes_another_way_is_told_and_is_never_a_no(
    caller: Caller, says: str, visit: Opening, picture: Picture
) -> None:
    request_check(visit(), caller)
    staff = visit("admissions")
    page = staff.page
    open_request(staff, caller)
    address = verify_request(staff)

    assert says in page.locator("main").inner_text()
    assert not NO.search(page.locator(GLANCE).inner_text())
    assert staff.violations() == []
    assert not staff.overflows()
    staff.go("/staff/requests/")
    picture(staff, "queue")
    assert "Needs a call" in page.get_by_role("row", name=caller.name).first.inner_text()
    report, paper = (text_of(fetch(staff, f"{address}/{each}.pdf")) for each in ("report", "explanation"))
    assert not NO.search(report)
    assert not NO.search(paper)
