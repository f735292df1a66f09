"""The morning digest in a browser."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from tests.browser.conftest import Opening
from tests.browser.service import Service
from tests.browser.visitor import PHONE
from tests.store.support import ACTIVE, FAULT, INACTIVE, INQUIRY
from verifier.keeping import open_changes, open_records
from verifier.model.verification import Answer, Verification, VerificationStatus

ADDRESS = "/staff/digest"


@pytest.fixture(scope="module", autouse=True)
def _night(service: Service) -> None:
    """Let coverage of one person end, and the payer of another fail."""
    answers = ((3, "Digestcase", ACTIVE), (2, "Digestcase", INACTIVE), (1, "Lostcase", FAULT))
    with service.rooms._archive("test") as (archive, _):
        records = open_records(archive, open_changes(archive))
        for hours, name, answer in answers:
            made = build(name, answer, datetime.now(UTC) - timedelta(hours=hours))
            records.change(made.id, lambda _, made=made: made)


def build(name: str, answer: Answer, moment: datetime) -> Verification:
    member = replace(INQUIRY.member, last_name=name)
    inquiry = replace(INQUIRY, member=member, facility="abita-springs")
    own_id = f"ver_{name.lower()}_{answer.coverage.status}"
    status = VerificationStatus.COMPLETE
    return Verification(
        own_id, status, inquiry, moment, answer.coverage, None, moment, attempts=answer.attempts
    )


@pytest.mark.parametrize("address", [ADDRESS, f"{ADDRESS}?days=7"])
def test_the_page_has_no_barrier(visit: Opening, address: str) -> None:
    visitor = visit("admissions")
    visitor.go(address)

    assert visitor.violations() == []
    assert not visitor.overflows()


def test_a_phone_shows_it_without_scrolling_sideways(visit: Opening) -> None:
    visitor = visit("auditor", viewport=PHONE)
    visitor.go(ADDRESS)

    assert not visitor.overflows()


def test_the_menu_leads_there_and_the_gravest_comes_first(visit: Opening) -> None:
    visitor = visit("reviewer", java_script_enabled=False)
    visitor.go("/staff/")
    visitor.page.get_by_role("link", name="Morning digest").first.click()

    sections = visitor.texts("section")
    assert "Digestcase, Ana" in sections[0]
    assert "Coverage ended" in sections[0]
    assert "Lostcase, Ana" in sections[-1]
    assert "did not answer in time" in sections[-1]


def test_an_administrator_alone_sees_no_patient(visit: Opening) -> None:
    visitor = visit("admin")
    visitor.go(ADDRESS)

    assert "Digestcase" not in visitor.page.content()
