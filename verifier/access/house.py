"""`Access`: the use cases of access, put together for whoever serves."""

from dataclasses import dataclass

from verifier.access.federation import Federation
from verifier.access.gate import Gate
from verifier.access.sign_in import SignIn
from verifier.access.staffing import Staffing
from verifier.access.witness import Witness


@dataclass(frozen=True, slots=True)
class Access:
    """Who may come in, how they do, and who lets them."""

    gate: Gate
    sign_in: SignIn
    staffing: Staffing
    federation: Federation | None = None  # none: nobody else signs people in

    @property
    def witness(self) -> Witness:
        """Return where it is written down."""
        return self.staffing.witness
