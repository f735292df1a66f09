"""The VA program: asks VA about the Veteran where that can be asked, and applies VA's published rules.

VA's interfaces tell whether somebody is a Veteran, and nothing of enrollment, priority group or authorized
care. So none of them is a condition for an answer: the referral is the proof (`payers.programs.va.referral`).
"""

from collections.abc import Mapping
from dataclasses import replace
from operator import attrgetter
from typing import Final

from payers.kit.deadline import Deadline
from payers.kit.plug import ProgramPlug, Tools
from payers.kit.program import Destination
from payers.kit.round import Result, ask
from payers.programs.va.copays import PROGRAM
from payers.programs.va.referral import is_well_formed
from payers.programs.va.rules import publish
from verifier.errors import BadInput, PayerFault
from verifier.model.coverage import AnsweredBy, Coverage, PayerName, unknown_coverage
from verifier.model.coverage import Warning as Oddity
from verifier.model.inquiry import Facility, Inquiry
from verifier.model.military import VaFacts
from verifier.model.published import Published
from verifier.model.question import Question, Veteran
from verifier.model.verification import Answer
from verifier.model.vocabulary import CoverageStatus

WHOLE: Final = ("30",)  # VA knows no service types; this one stands for the Veteran as such
NOT_ASKED: Final = "VA_NOT_ASKED"
KEYS: Final = ("icn", "access_token", "street", "city", "state", "zip")


class Va:
    """The program of community care that VA pays."""

    name = PROGRAM

    def ask(
        self, inquiry: Inquiry, facility: Facility, destination: Destination, deadline: Deadline
    ) -> Answer:
        """Put *inquiry* to *destination*; see `payers.kit.program.Program.ask`.

        What VA cannot be asked for want of an identifier is said in a warning, and the referral still counts.
        """
        question = _write_question(inquiry, facility, destination)
        try:
            result = ask(destination.channel, question, deadline)
        except BadInput as refusal:
            if not _is_missing(inquiry, refusal.errors):
                raise
            words = " and ".join(sorted(pointer.rpartition("/")[2] for pointer in refusal.errors))
            return Answer(_leave_unasked(destination.name, f"{refusal.detail} Missing: {words}."))
        coverage = _name_answerer(result, destination)
        return Answer(_doubt(coverage, inquiry.va or VaFacts()), (result.attempt,))

    def answer_alone(self, payer: str) -> Answer:
        """Answer where no connection to VA is configured; see `payers.kit.program.AnswersAlone`."""
        return Answer(_leave_unasked(payer, "No connection to VA Lighthouse is configured."))

    def rules(self, inquiry: Inquiry, facility: Facility, coverage: Coverage) -> Published:  # noqa: ARG002
        """Apply VA's rules; see `payers.kit.program.Program.rules`."""
        return publish(inquiry, coverage)

    def close(self) -> None:
        """Hold nothing."""


def _write_question(inquiry: Inquiry, facility: Facility, destination: Destination) -> Question:
    facts = inquiry.va or VaFacts()
    return Question(
        payer_name=destination.name,
        payer_id=destination.payer_id,
        provider=facility,
        subscriber=inquiry.member,
        patient=inquiry.patient,
        date_of_service=inquiry.program.start_date,
        service_types=WHOLE,
        veteran=Veteran(**{key: getattr(facts, key) for key in KEYS}),
    )


def _is_missing(inquiry: Inquiry, errors: Mapping[str, str]) -> bool:
    """Tell whether the fields named are ones nobody gave, and not ones that were given wrongly."""
    known = replace(inquiry, va=inquiry.va or VaFacts())
    paths = (pointer.strip("/").replace("/", ".") for pointer in errors)
    return bool(errors) and not any(attrgetter(path)(known) for path in paths)


def _leave_unasked(payer: str, words: str) -> Coverage:
    warning = Oddity(NOT_ASKED, f"VA was not asked about the Veteran. {words} The referral is the proof.")
    return unknown_coverage(warning, payer=PayerName(payer))


def _name_answerer(result: Result, destination: Destination) -> Coverage:
    """Say who answered and what was asked, or in words why nobody did."""
    if result.coverage is None:
        fault = result.fault or PayerFault("VA gave no answer.")
        words = f"{fault.title}. {fault.detail} This says nothing about the Veteran."
        coverage = unknown_coverage(Oddity(fault.code.upper(), words), payer=PayerName(destination.name))
        return replace(coverage, asked=WHOLE)
    named = {code for benefit in result.coverage.benefits for code in benefit.services}
    return replace(
        result.coverage,
        answered_by=(AnsweredBy(result.coverage.payer.name or destination.name, destination.channel.name),),
        asked=WHOLE,
        answered=tuple(code for code in WHOLE if code in named),
    )


def _doubt(coverage: Coverage, facts: VaFacts) -> Coverage:
    """Leave coverage unknown where VA confirms a Veteran and nobody has a referral: that is no coverage."""
    if coverage.status is not CoverageStatus.ACTIVE or is_well_formed(facts.referral_number):
        return coverage
    words = "VA confirms the Veteran and says nothing of coverage; only a referral proves that VA pays."
    warnings = (*coverage.warnings, Oddity("VETERAN_WITHOUT_REFERRAL", words))
    return replace(coverage, status=CoverageStatus.UNKNOWN, warnings=warnings)


def _build(_: Tools) -> Va:
    return Va()


plug = ProgramPlug(Va.name, _build)
