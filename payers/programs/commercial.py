"""Commercial coverage: asks for each service type of the plan and makes the answers one coverage.

Payers seldom answer what they are asked: most ignore a procedure code, many answer one service type at a
time, and few answer for behavioral health at all. So each service type worth asking is put in a question of
its own, best first, and what was asked is recorded beside what was answered.
"""

from payers.kit.asking import AskingProgram
from payers.kit.plug import ProgramPlug, Tools
from verifier.model.coverage import Coverage
from verifier.model.inquiry import Facility, Inquiry


class Commercial(AskingProgram):
    """The program of employers' and individuals' plans."""

    name = "commercial"

    def rules(self, inquiry: Inquiry, facility: Facility, coverage: Coverage) -> None:
        """Add nothing: each plan has terms of its own, and the reply states them."""


def _build(tools: Tools) -> Commercial:
    return Commercial(tools.clock)


plug = ProgramPlug(Commercial.name, _build)
