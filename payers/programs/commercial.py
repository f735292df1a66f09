"""Commercial coverage: asks for each service type of the plan and makes the answers one coverage.

Payers seldom answer what they are asked: most ignore a procedure code, many answer one service type at a
time, and few answer for behavioral health at all. So each service type worth asking is put in a question of
its own, best first, and what was asked is recorded beside what was answered.
"""

from payers.kit.asking import Asking
from payers.kit.deadline import Deadline
from payers.kit.plug import ProgramPlug, Tools
from payers.kit.program import Destination
from verifier.clock import Clock
from verifier.model.coverage import Coverage
from verifier.model.inquiry import Facility, Inquiry
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
        return self._asking.ask_each_service(inquiry, facility, destination, deadline)

    def rules(self, inquiry: Inquiry, facility: Facility, coverage: Coverage) -> None:
        """Add nothing: each plan has terms of its own, and the reply states them."""

    def close(self) -> None:
        """End the threads, once what is under way is done."""
        self._asking.close()


def _build(tools: Tools) -> Commercial:
    return Commercial(tools.clock)


plug = ProgramPlug(Commercial.name, _build)
