"""The CHAMPVA program: asked as most payers are, about each service type, and the rules that go with it."""

from payers.kit.asking import Asking
from payers.kit.deadline import Deadline
from payers.kit.plug import ProgramPlug, Tools
from payers.kit.program import Destination
from payers.programs.champva.costs import PROGRAM
from payers.programs.champva.rules import publish
from verifier.clock import Clock
from verifier.model.coverage import Coverage
from verifier.model.inquiry import Facility, Inquiry
from verifier.model.published import Published
from verifier.model.verification import Answer


class Champva:
    """Coverage of Veterans' families and survivors."""

    name = PROGRAM

    def __init__(self, clock: Clock | None = None) -> None:
        """Take today's date from *clock*."""
        self._asking = Asking(self.name, clock)

    def ask(
        self, inquiry: Inquiry, facility: Facility, destination: Destination, deadline: Deadline
    ) -> Answer:
        """Put *inquiry* to *destination*; see `payers.kit.program.Program.ask`."""
        return self._asking.ask_each_service(inquiry, facility, destination, deadline)

    def rules(self, inquiry: Inquiry, facility: Facility, coverage: Coverage) -> Published:  # noqa: ARG002
        """Apply the published rules; see `payers.kit.program.Program.rules`."""
        return publish(inquiry)

    def close(self) -> None:
        """End the threads, once what is under way is done."""
        self._asking.close()


def _build(tools: Tools) -> Champva:
    return Champva(tools.clock)


plug = ProgramPlug(Champva.name, _build)
