"""Replies crossed on the way: ten thousand of them, and none is taken for the answer about somebody else."""

from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from itertools import product
from random import Random

import pytest

from payers.channels.caqh_core import CaqhCore, CoreSettings
from payers.kit.deadline import Deadline
from payers.kit.exchange import Reply, Request
from payers.kit.http import HttpSender
from payers.kit.plug import Tools
from payers.simulator.inquiries import Person
from payers.simulator.scenarios import Scenario
from payers.simulator.server import PASSWORD, USER_NAME, Simulator
from tests.faults.rooms import ROWS, open_channel
from verifier.errors import BadReply
from verifier.model.inquiry import Member
from verifier.model.question import Question
from verifier.testing.people import QUESTION

MEMBERS = 200
SHUFFLED = 10_000
LAST_NAMES = ("BROWN", "SMITH", "GARCIA", "LEE", "BROWNE", "SMITHSON")
FIRST_NAMES = ("ANA", "BEN", "CARA", "DAN", "EVA", "FINN", "ANNA")


def invent_members(random: Random) -> list[Scenario]:
    """Invent members much alike: few names, few birth dates, ids that differ by a digit, and twins."""
    days = [date(1970, 1, 1) + timedelta(days=number) for number in range(50)]
    everybody = list(product(LAST_NAMES, FIRST_NAMES, days))  # no two with the same name and birth date
    people = [
        Person(last, first, f"W{5550000 + number * 7}", born, "U")
        for number, (last, first, born) in enumerate(random.sample(everybody, MEMBERS))
    ]
    return [
        Scenario(f"member-{number}", "Somebody.", person, benefits=ROWS)
        for number, person in enumerate(people)
    ]


def write_question(scenario: Scenario, number: int) -> Question:
    person = scenario.person
    member = Member(person.last_name, person.birth_date, person.first_name, person.id)
    return replace(QUESTION, payer_id="SIMULATED", subscriber=member, trace=f"TRACE{number:05}")


@dataclass
class Crossing:
    """A sender that hands out the reply put into it, whatever is asked."""

    reply: Reply = field(default_factory=lambda: Reply(200))

    def send(self, request: Request, deadline: Deadline) -> Reply:  # noqa: ARG002 - takes what a sender takes
        return self.reply


@dataclass
class Keeping:
    """A sender that keeps the replies it brings."""

    sender: HttpSender
    replies: list[Reply] = field(default_factory=list)

    def send(self, request: Request, deadline: Deadline) -> Reply:
        self.replies.append(self.sender.send(request, deadline))
        return self.replies[-1]


@pytest.fixture(name="replies", scope="module")
def _replies() -> tuple[list[Question], list[Reply]]:
    """Ask the simulated payer about every member, over HTTP, and keep its replies."""
    scenarios = invent_members(Random(20261124))  # noqa: S311 - a test's dice
    questions = [write_question(scenario, number) for number, scenario in enumerate(scenarios)]
    sender = HttpSender()
    keeping = Keeping(sender)
    with Simulator(scenarios=scenarios) as simulator:
        channel = open_channel(simulator.url, keeping)  # type: ignore[arg-type]
        for question in questions:
            channel.ask(question, Deadline.after(10))
    sender.close()
    return questions, keeping.replies


def test_of_ten_thousand_shuffled_replies_none_is_accepted_for_another_member(
    replies: tuple[list[Question], list[Reply]],
) -> None:
    questions, answers = replies
    crossing, random = Crossing(), Random(7)  # noqa: S311 - a test's dice
    settings = CoreSettings("http://127.0.0.1:1/core/mime", "SENDER", "RECEIVER", USER_NAME, PASSWORD)
    channel = CaqhCore(settings, Tools(crossing))
    accepted: list[tuple[int, int]] = []
    for count in range(SHUFFLED):
        asked, answered = random.sample(range(len(questions)), 2)
        reply, theirs, ours = answers[answered], questions[answered].trace, questions[asked].trace
        traces = (theirs, ours, "")  # as it came; with our trace; with none
        body = reply.body.replace(theirs.encode(), traces[count % 3].encode())
        crossing.reply = replace(reply, body=body)
        try:
            channel.ask(questions[asked], Deadline.after(10))
        except BadReply:
            continue
        accepted.append((asked, answered))

    assert accepted == []


def test_every_reply_is_accepted_for_its_own_member(replies: tuple[list[Question], list[Reply]]) -> None:
    questions, answers = replies
    crossing = Crossing()
    settings = CoreSettings("http://127.0.0.1:1/core/mime", "SENDER", "RECEIVER", USER_NAME, PASSWORD)
    channel = CaqhCore(settings, Tools(crossing))
    for question, crossing.reply in zip(questions, answers, strict=True):
        assert channel.ask(question, Deadline.after(10)).benefits
