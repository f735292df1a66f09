"""The TRICARE program: one general question by the identifiers there are, and the rules that go with it."""

from payers.kit.asking import AskingProgram
from payers.kit.deadline import Deadline
from payers.kit.plug import ProgramPlug, Tools
from payers.kit.program import Destination
from payers.programs.tricare.questions import build_ladder, write_questions
from payers.programs.tricare.regions import REGIONS
from payers.programs.tricare.rules import apply_rules
from payers.programs.tricare.shelf import Shelf
from payers.programs.tricare.tariff import PROGRAM
from verifier.clock import Clock
from verifier.model.coverage import Coverage
from verifier.model.inquiry import Facility, Inquiry
from verifier.model.published import Published
from verifier.model.verification import Answer


class Tricare(AskingProgram):
    """Coverage of the uniformed services, by the contractors of its regions."""

    name = PROGRAM

    def __init__(self, clock: Clock | None = None, shelf: Shelf | None = None) -> None:
        """Take today's date from *clock*, and the cost tables from *shelf*."""
        super().__init__(clock)
        self._shelf = shelf or Shelf()

    def ask(
        self, inquiry: Inquiry, facility: Facility, destination: Destination, deadline: Deadline
    ) -> Answer:
        """Put *inquiry* to *destination*; see `payers.kit.program.Program.ask`."""
        start = inquiry.program.start_date
        questions = write_questions(inquiry, facility, destination, self._asking.choose_date(start))
        return self._asking.ask(questions, start, destination, deadline, build_ladder(inquiry))

    def choose_region(self, inquiry: Inquiry, facility: Facility) -> str | None:
        """Return the region of the patient's residence, else of the facility; ``None``: not known."""
        facts = inquiry.tricare
        state, zip_code = (facts.state, facts.zip) if facts else (None, None)
        day = self._asking.choose_date(inquiry.program.start_date)
        contract = REGIONS.find(state or facility.state, zip_code, day)
        return contract.region if contract else None

    def rules(self, inquiry: Inquiry, facility: Facility, coverage: Coverage) -> Published:
        """Apply the published rules; see `payers.kit.program.Program.rules`."""
        return apply_rules(inquiry, facility, coverage, self._shelf)


def _build(tools: Tools) -> Tricare:
    return Tricare(tools.clock, Shelf(tools.data))


plug = ProgramPlug(Tricare.name, _build)
