"""What the commands need of the house; `verifier.bootstrap` fills it in."""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from typing import Protocol

from schemas.payers import Match
from verifier.access.ports import AuditOffice
from verifier.access.staffing import Staffing
from verifier.contracts import Sheet
from verifier.custody import Custody
from verifier.desk import Desk
from verifier.housekeeping import Housekeeping
from verifier.model.audit import Context
from verifier.model.coverage import Coverage
from verifier.model.rule_tables import RuleLoad, RuleYear
from verifier.nightly.runs import RunDesk


class Ledger(Protocol):
    """What the payer simulator counted."""

    @property
    def received(self) -> int:
        """Count the calls that came in."""
        ...


class Simulation(Protocol):
    """A running payer simulator."""

    @property
    def url(self) -> str:
        """Return where it listens."""
        ...

    @property
    def ledger(self) -> Ledger:
        """Return what was counted."""
        ...


class Rooms(Protocol):
    """The house, as far as the command line enters it."""

    def normalize(self, reply: bytes) -> Sequence[Coverage]:
        """Read a payer's reply, whatever its wire."""
        ...

    def search_payers(self, text: str, limit: int) -> Sequence[Match]:
        """Find payers by name, alias, id or card text, best first."""
        ...

    def verifier(self, payers_at: str | None = None) -> AbstractContextManager[Desk]:
        """Open the whole service over the configured payers, or the simulator at *payers_at*.

        With neither, a simulator of its own answers.
        """
        ...

    def load_rules(self, content: bytes) -> RuleLoad:
        """Load the table of published rules of one year."""
        ...

    def list_rules(self) -> Sequence[RuleYear]:
        """List the years there are tables of."""
        ...

    def audit(self) -> AbstractContextManager[AuditOffice]:
        """Open the audit trail; payers and cache stay closed."""
        ...

    def simulate(self, host: str, port: int) -> AbstractContextManager[Simulation]:
        """Run the payer simulator."""
        ...

    def staffing(self, command: str) -> AbstractContextManager[tuple[Staffing, Context]]:
        """Open what gives people and programs access, and tell the audit trail which *command* does it."""
        ...

    def custody(self, where: str) -> AbstractContextManager[Custody]:
        """Open the records for what *where*, a command, does with them as a whole."""
        ...

    def reverifications(self, where: str) -> AbstractContextManager[RunDesk]:
        """Open the nightly runs for what *where*, a command, does with them."""
        ...

    def working(self, processes: int) -> AbstractContextManager[object]:
        """Let so many processes ask beside this one while the context lasts; none for 0."""
        ...

    def work(self, processes: int, *, schedule: bool, with_parent: bool) -> None:
        """Ask at night, so many questions at once, until told to stop, or the program that began this ends.

        *schedule* makes the runs too.
        """
        ...

    def schedule(self, *, with_parent: bool) -> None:
        """Make the runs, and send for workers, until told to stop, or the program that began this ends."""
        ...

    def upgrade_database(self) -> None:
        """Bring the database to its present form."""
        ...

    def rotate_keys(self, tell: Callable[[str, int, int], None]) -> int:
        """Seal everything by a new key and count the old keys destroyed.

        *tell* is given a table, and how many of how many of its rows are sealed anew.
        """
        ...

    def housekeeping(self, command: str) -> AbstractContextManager[Housekeeping]:
        """Open the facilities and their rates, and tell the audit trail which *command* changes them."""
        ...

    def import_rates(self, content: bytes) -> Sheet:
        """Keep the contract rates of a CSV file, but for the rows that cannot be used."""
        ...

    def address(self) -> tuple[str, int]:
        """Tell host and port that the API listens on unless told otherwise."""
        ...

    def is_open(self, host: str) -> bool:
        """Tell whether the service, listening on *host*, would ask nobody for credentials.

        Raises:
            NotConfigured: it reaches beyond this machine, and the settings do not say under which names.
        """
        ...

    def serve(self, host: str, port: int, workers: int, nightly: int) -> None:
        """Run the API until interrupted, with so many *nightly* processes beside it."""
        ...
