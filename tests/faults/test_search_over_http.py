"""A patient the payer has under other data is found by asking in other words, each time with new numbers."""

from dataclasses import replace

from tests.faults.rooms import PERSON, WELL, Rooms, play, write_inquiry
from verifier.model.verification import Answer
from verifier.model.vocabulary import CoverageStatus
from verifier.testing.people import FACILITY


def ask_for(rooms: Rooms, last_name: str) -> Answer:
    inquiry = write_inquiry(0)
    member = replace(inquiry.member, last_name=last_name)
    return rooms.gateway.ask(replace(inquiry, member=member), FACILITY, deadline=10)


def test_one_half_of_a_double_name_finds_the_patient() -> None:
    with Rooms([WELL]) as rooms:
        answer = ask_for(rooms, f"Rivers-{PERSON.last_name}")
        simulator = rooms.simulators[0]
        assert simulator
        calls = simulator.ledger.calls

    assert answer.coverage.status is CoverageStatus.ACTIVE
    assert [each.detail for each in answer.attempts] == [
        "rejected: 73",
        "asked again by member id, without the name: rejected: 73",
        "asked again with another spelling of the last name: rejected: 73",
        "asked again with another spelling of the last name",
    ]
    assert len({call.interchange for call in calls}) == len({call.trace for call in calls}) == len(calls) == 4


def test_nobody_is_found_after_four_questions() -> None:
    with Rooms([replace(play("aaa", codes=["75"]), match=())]) as rooms:
        answer = ask_for(rooms, f"Rivers-{PERSON.last_name}")

        assert rooms.count() == 4
    assert answer.coverage.status is CoverageStatus.REJECTED
    assert [each.code for each in answer.coverage.rejections] == ["75"]
    assert "SEARCHED_IN_VAIN" in {each.code for each in answer.coverage.warnings}


def test_a_wrong_birth_date_is_asked_about_once() -> None:
    with Rooms([play("aaa", codes=["71"])]) as rooms:
        ask_for(rooms, PERSON.last_name)

        assert rooms.count() == 1
