"""`Papers`: the papers of verifications, written here and put on pages by a press."""

from dataclasses import dataclass
from typing import Protocol

from verifier.model.inquiry import Facility
from verifier.model.paper import Paper
from verifier.model.verification import Evidence
from verifier.papers.explanation import make_explanation
from verifier.papers.phrases import Language
from verifier.papers.report import make_report
from verifier.papers.subject import Colophon, Subject


class Press(Protocol):
    """Puts papers on pages."""

    def print(self, paper: Paper) -> bytes:
        """Print *paper* as a PDF; the same paper always gives the same bytes."""
        ...


@dataclass(frozen=True, slots=True)
class Papers:
    """What is printed of a verification, and with which press."""

    press: Press
    colophon: Colophon

    def report(self, evidence: Evidence, facility: Facility | None) -> bytes:
        """Print the report on a verification."""
        return self.press.print(make_report(Subject(evidence, facility, self.colophon)))

    def explanation(self, evidence: Evidence, facility: Facility | None, language: Language) -> Paper:
        """Write the explanation of a verification for its patient."""
        return make_explanation(Subject(evidence, facility, self.colophon), language)
