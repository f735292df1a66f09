"""The CHAMPVA program: asked as most payers are, about each service type, and the rules that go with it."""

from payers.kit.asking import AskingProgram
from payers.kit.plug import ProgramPlug, Tools
from payers.programs.champva.costs import PROGRAM
from payers.programs.champva.rules import publish
from verifier.model.coverage import Coverage
from verifier.model.inquiry import Facility, Inquiry
from verifier.model.published import Published


class Champva(AskingProgram):
    """Coverage of Veterans' families and survivors."""

    name = PROGRAM

    def rules(self, inquiry: Inquiry, facility: Facility, coverage: Coverage) -> Published:  # noqa: ARG002
        """Apply the published rules; see `payers.kit.program.Program.rules`."""
        return publish(inquiry)


def _build(tools: Tools) -> Champva:
    return Champva(tools.clock)


plug = ProgramPlug(Champva.name, _build)
