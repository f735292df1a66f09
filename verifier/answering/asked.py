"""`Asked`: a verification between its beginning and its answer."""

from dataclasses import dataclass, replace
from datetime import datetime

from verifier.answering.source import Question
from verifier.model.fact import Fact
from verifier.model.review import Note
from verifier.model.verification import Notice, Verification, VerificationStatus


@dataclass(frozen=True, slots=True)
class Asked:
    """A verification that was begun: its id, its question, when, and what staff added to it before."""

    id: str
    question: Question
    created_at: datetime
    facts: tuple[Fact, ...] = ()
    notes: tuple[Note, ...] = ()
    notices: tuple[Notice, ...] = ()  # those that go with whatever becomes of it

    def beside(self, kept: Verification) -> "Asked":
        """Ask again for what is *kept* already."""
        return replace(self, created_at=kept.created_at, facts=kept.facts, notes=kept.notes)

    def open(self, status: VerificationStatus, problem: str | None = None) -> Verification:
        """Describe it without an answer; *problem* says why a failed one failed."""
        return Verification(
            self.id,
            status,
            self.question.inquiry.to_keep(),
            self.created_at,
            problem=problem,
            facts=self.facts,
            notes=self.notes,
            notices=self.notices,
        )
