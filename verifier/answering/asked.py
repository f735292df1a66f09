"""`Asked`: a verification between its beginning and its answer."""

from dataclasses import dataclass
from datetime import datetime

from verifier.answering.source import Question
from verifier.model.verification import Verification, VerificationStatus


@dataclass(frozen=True, slots=True)
class Asked:
    """A verification that was begun: its id, its question, and when."""

    id: str
    question: Question
    created_at: datetime

    def open(self, status: VerificationStatus, problem: str | None = None) -> Verification:
        """Describe it without an answer; *problem* says why a failed one failed."""
        return Verification(
            self.id, status, self.question.inquiry.to_keep(), self.created_at, problem=problem
        )
