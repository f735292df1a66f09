"""The published rules applied to one patient: priced variants, questions, remarks, what to do next."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from payers.programs.tricare.course import Span, find_end
from payers.programs.tricare.reading import plan_of, read_plan
from payers.programs.tricare.remarks import Noted, Situation, list_remarks
from payers.programs.tricare.shelf import Shelf
from payers.programs.tricare.tariff import PROGRAM
from payers.programs.tricare.variants import Outlook, look_out
from verifier.estimation.schedule import session_dates
from verifier.model.coverage import Coverage
from verifier.model.findings import FigureStatus, Remark, Rule, Verdict
from verifier.model.inquiry import Facility, Inquiry
from verifier.model.military import TricareFacts
from verifier.model.published import Published
from verifier.model.vocabulary import CoverageStatus, Network

PRICED: Final = frozenset({CoverageStatus.ACTIVE, CoverageStatus.UNKNOWN})
NETWORKS: Final = {Network.IN: True, Network.OUT: False}
LATER: Final = "Verify again for the sessions after the coverage ends: which plan follows, and at which cost."


def apply_rules(inquiry: Inquiry, facility: Facility, coverage: Coverage, shelf: Shelf) -> Published:
    """Say what TRICARE's published rules make of *inquiry* and of what the payer said (*coverage*)."""
    told = inquiry.tricare or TricareFacts()
    reading = read_plan(coverage)
    network = told.network if told.network is not None else NETWORKS.get(inquiry.network)
    plan = reading.plan or told.plan or plan_of(inquiry.payer)
    facts = replace(told, plan=plan, network=network)
    days = session_dates(inquiry.program)
    span = Span(days[0], days[-1], find_end(facts, coverage.plan.ends))
    is_priced = coverage.status in PRICED
    outlook = look_out(facts, inquiry.patient.relationship, span, shelf) if is_priced else Outlook((), ())
    table = shelf.find(span.begins.year)
    noted = [
        *list_remarks(Situation(facts, told.plan, reading, facility, span.begins, table)),
        *_note_end(span),
    ]
    return Published(
        PROGRAM,
        outlook.variants,
        outlook.questions,
        tuple(each.remark for each in noted),
        tuple(dict.fromkeys(each.action for each in noted if each.action)),
    )


def _note_end(span: Span) -> Iterator[Noted]:
    if span.covered_to and span.covered_to < span.ends:
        text = f"The coverage ends on {span.covered_to.isoformat()}; sessions after that are not priced."
        rule = Rule(
            PROGRAM,
            None,
            FigureStatus.UNCONFIRMED,
            "end as told by the reply, or 180 days of transitional assistance",
        )
        yield Noted(Remark("TRICARE_COVERAGE_ENDS", text, Verdict.CAUTION, rule), LATER)
