"""Commercial coverage: asks for each service type of the plan and makes the answers one coverage.

Payers seldom answer what they are asked: most ignore a procedure code, many answer one service type at a
time, and few answer for behavioral health at all. So each service type worth asking is put in a question of
its own, best first, and what was asked is recorded beside what was answered.
"""

from collections.abc import Iterator
from datetime import date

from payers.kit.asking import Asking, group_services
from payers.kit.deadline import Deadline
from payers.kit.plug import ProgramPlug, Tools
from payers.kit.program import Destination
from verifier.clock import Clock
from verifier.codes import procedures, service_types
from verifier.model.coverage import Coverage
from verifier.model.inquiry import Facility, Inquiry
from verifier.model.question import Question
from verifier.model.verification import Answer


class Commercial:
    """The program of employers' and individuals' plans."""

    name = "commercial"

    def __init__(self, clock: Clock | None = None) -> None:
        """Take today's date from *clock*."""
        self._asking = Asking(self.name, clock)

    def ask(
        self, inquiry: Inquiry, facility: Facility, destination: Destination, deadline: Deadline
    ) -> Answer:
        """Put *inquiry* to *destination*; see `payers.kit.program.Program.ask`."""
        day = self._asking.choose_date(inquiry.program.start_date)
        questions = _write_questions(inquiry, facility, destination, day)
        return self._asking.ask(questions, inquiry.program.start_date, destination, deadline)

    def rules(self, inquiry: Inquiry, facility: Facility, coverage: Coverage) -> None:
        """Add nothing: each plan has terms of its own, and the reply states them."""

    def close(self) -> None:
        """End the threads, once what is under way is done."""
        self._asking.close()


def plan_services(inquiry: Inquiry, destination: Destination) -> tuple[tuple[str, ...], ...]:
    """List the service types of each question: one each, unless the payer answers several at once."""
    procedure = procedures.find(inquiry.program.code)
    return group_services(destination, service_types.plan_for(procedure.track if procedure else None))


def _write_questions(
    inquiry: Inquiry, facility: Facility, destination: Destination, day: date
) -> Iterator[Question]:
    for codes in plan_services(inquiry, destination):
        yield Question(
            payer_name=destination.name,
            payer_id=destination.payer_id,
            provider=facility,
            subscriber=inquiry.member,
            patient=inquiry.patient,
            date_of_service=day,
            service_types=codes,
        )


def _build(tools: Tools) -> Commercial:
    return Commercial(tools.clock)


plug = ProgramPlug(Commercial.name, _build)
