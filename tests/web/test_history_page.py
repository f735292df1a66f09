"""What the page of a person's verifications says of each."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests.store.support import ACTIVE, FACILITY, INACTIVE, inquire
from tests.web.house import OWN, WebHouse, open_web
from verifier.access.roles import Role
from verifier.model.coverage import unknown_coverage
from verifier.model.verification import Answer, Attempt, Outcome

NO_ANSWER = Answer(unknown_coverage(), (Attempt("caqh_core", (), Outcome.TIMEOUT, 1.0),))


@pytest.fixture
def house(tmp_path: Path) -> Iterator[WebHouse]:
    with open_web(tmp_path) as opened:
        yield opened


def read_history(house: WebHouse, *answers: Answer) -> str:
    """Verify one person once for each of *answers*, and return the page of the last."""
    for answer in answers:
        house.payer.answer = answer
        kept = house.verifier.verify(inquire(facility=OWN), refresh=True)
        house.reception.clock.move(hours=1)
    person = house.reception.add("ana@riverbend.example", Role.ADMISSIONS, facilities=[OWN])
    client = house.app.test_client(use_cookies=False)
    page = client.get(f"/staff/verifications/{kept.id}/history", headers=house.session(person.id))
    assert page.status_code == 200
    return page.text


def test_the_first_answer_of_a_payer_is_said_to_be_the_first(house: WebHouse) -> None:
    page = read_history(house, ACTIVE)

    assert page.count("The first from this payer.") == 1
    assert "Nothing that matters changed." not in page


def test_the_same_answer_again_says_that_nothing_changed(house: WebHouse) -> None:
    assert read_history(house, ACTIVE, ACTIVE).count("Nothing that matters changed.") == 1


def test_coverage_that_ended_is_told(house: WebHouse) -> None:
    page = read_history(house, ACTIVE, replace(INACTIVE, attempts=ACTIVE.attempts))

    assert "Nothing that matters changed." not in page
    assert page.count("<ul><li>") == 1


def test_a_payer_that_tells_nothing_leaves_what_was_known(house: WebHouse) -> None:
    page = read_history(house, ACTIVE, NO_ANSWER)

    assert page.count("The payer told nothing; what was known before still stands.") == 1
    assert "Nothing that matters changed." not in page


@pytest.mark.parametrize(
    ("zone", "asked"), [(None, "11/24/2026, 12:00 PM UTC"), ("America/Chicago", "11/24/2026, 6:00 AM CST")]
)
def test_times_are_those_of_the_facility_and_say_so(house: WebHouse, zone: str | None, asked: str) -> None:
    house.verifier.facilities = {OWN: replace(FACILITY, time_zone=zone)}

    assert asked in read_history(house, ACTIVE)
