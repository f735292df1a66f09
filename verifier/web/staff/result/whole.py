"""The whole page of a verification, put together from its parts."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from verifier.answering.hearing import hear
from verifier.codes import procedures
from verifier.model.coverage import Coverage
from verifier.model.estimate import Estimate
from verifier.model.inquiry import Facility, Relationship
from verifier.model.program import Program
from verifier.model.verification import Verification, VerificationStatus
from verifier.model.vocabulary import Network
from verifier.web.staff.result.answer import (
    Call,
    Freshness,
    tell_answered_by,
    tell_asked,
    tell_calls,
    tell_carve_out,
    tell_freshness,
)
from verifier.web.staff.result.chart import Chart, draw
from verifier.web.staff.result.glance import Glance, glance_at
from verifier.web.staff.result.ledger import Ledger, write_ledger
from verifier.web.staff.result.networks import NetworkColumn, lay_out
from verifier.web.staff.result.origins import Origin, of_rule, of_source, of_step
from verifier.wording import counted, listed, say_value

DAYS: Final = {
    "mon": "Mon",
    "tue": "Tue",
    "wed": "Wed",
    "thu": "Thu",
    "fri": "Fri",
    "sat": "Sat",
    "sun": "Sun",
}


@dataclass(frozen=True, slots=True)
class Result:
    """What the page of *verification* shows."""

    verification: Verification
    heard: Coverage | None
    person: str
    payer: str
    program: str
    facility: str
    glance: Glance
    columns: tuple[NetworkColumn, ...]
    chart: Chart | None
    ledger: Ledger | None
    steps: tuple[tuple[str, str, Origin], ...]
    remarks: tuple[tuple[str, Origin | None], ...]
    later_figures: tuple[tuple[str, str | None, Origin], ...]
    rejections: tuple[tuple[str, str, Origin], ...]
    calls: tuple[Call, ...]
    freshness: Freshness | None
    answered_by: str | None
    asked: tuple[tuple[str, bool], ...]
    carve_outs: tuple[str, ...]

    @property
    def is_pending(self) -> bool:
        """Tell whether the payer is still being asked."""
        return self.verification.status is VerificationStatus.PENDING


def build_result(
    verification: Verification,
    priced: Mapping[Network, Estimate],
    *,
    payer: str,
    facility: Facility | None,
    now: datetime,
) -> Result:
    """Work out the page; *priced* are both networks, *payer* is its name in the directory."""
    heard = _hear(verification)
    estimate = verification.estimate
    return Result(
        verification=verification,
        heard=heard,
        person=name_patient(verification),
        payer=payer,
        program=word_program(verification.inquiry.program),
        facility=facility.name if facility else verification.inquiry.facility or "",
        glance=glance_at(verification, heard),
        columns=lay_out(priced, verification.inquiry.network),
        chart=draw(estimate) if estimate else None,
        ledger=write_ledger(estimate) if estimate else None,
        steps=_list_steps(estimate),
        remarks=tuple(
            (each.text, of_rule(each.rule) if each.rule else None) for each in verification.remarks
        ),
        later_figures=_list_figures(estimate),
        rejections=_list_rejections(heard),
        calls=tell_calls(verification.attempts),
        freshness=tell_freshness(verification, now, facility.time_zone if facility else None),
        answered_by=tell_answered_by(heard) if heard else None,
        asked=tuple(tell_asked(heard)) if heard else (),
        carve_outs=tuple(tell_carve_out(heard, each) for each in heard.carve_outs) if heard else (),
    )


def name_patient(verification: Verification) -> str:
    """Name the patient as people do: first name, last name."""
    inquiry = verification.inquiry
    own = inquiry.member if inquiry.patient.relationship is Relationship.SELF else inquiry.patient
    return " ".join(each for each in (own.first_name, own.last_name) if each)


def word_program(program: Program) -> str:
    """Put a program into words: what, how often, how long, from when."""
    procedure = procedures.find(program.code)
    name = f"{procedure.label} ({program.code})" if procedure else program.code
    days = listed(DAYS[each] for each in program.weekdays)
    length = counted(program.weeks, "week") if program.weeks else counted(program.session_count, "session")
    return f"{name}, {days}, {length} from {program.start_date:%m/%d/%Y}"


def _hear(verification: Verification) -> Coverage | None:
    if verification.coverage is None or verification.as_of is None:
        return verification.coverage
    told = hear(verification.inquiry, verification.coverage, verification.as_of, verification.facts)
    return told.coverage


def _list_rejections(coverage: Coverage | None) -> tuple[tuple[str, str, Origin], ...]:
    found = coverage.rejections if coverage else ()
    return tuple((f"{each.meaning}.", each.advice, of_source(each.source)) for each in found)


def _list_steps(estimate: Estimate | None) -> tuple[tuple[str, str, Origin], ...]:
    steps = estimate.steps if estimate else ()
    return tuple((each.what, say_value(each.what, each.value), of_step(each)) for each in steps)


def _list_figures(estimate: Estimate | None) -> tuple[tuple[str, str | None, Origin], ...]:
    bill = estimate.later_bill if estimate else None
    return tuple(
        (each.what, each.value and say_value(each.what, each.value), of_rule(each.rule))
        for each in (bill.figures if bill else ())
    )
