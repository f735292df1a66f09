"""Writes the payer's X12: a 271 from a scenario's rows, a 999 or TA1 where the scenario has one.

Segment order within a loop follows 005010X279A1; the answer bears the numbers, the trace, the provider and
the payer id of its 270, so that a caller can tell it is the answer to its own question.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Final

from payers.simulator.dates import resolve_date
from payers.simulator.inquiries import VERSION, EligibilityInquiry, Person
from payers.simulator.scenarios import DateWords, Entity, Row, Scenario
from payers.simulator.vocabulary import (
    AUTHORIZATIONS,
    DATES,
    KINDS,
    LEVELS,
    NETWORKS,
    PERIODS,
    QUANTITIES,
    RELATIONSHIPS,
    ROLES,
)

ELEMENT: Final = "*"
REPETITION: Final = "^"
COMPONENT: Final = ":"
TERMINATOR: Final = "~"
LAST_LEVEL: Final = {"2000A": 20, "2100A": 20, "2100B": 21, "2100C": 22, "2100D": 23}


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why the payer does not answer: one AAA for each code, in *loop* (CAQH CORE 259)."""

    codes: Sequence[str]
    follow_up: str = "C"
    loop: str = "2100C"
    valid: str = "N"


def write_segment(*elements: str) -> str:
    """Join *elements*, leaving out the empty ones at the end."""
    return ELEMENT.join(elements).rstrip(ELEMENT)


def render_271(
    scenario: Scenario, inquiry: EligibilityInquiry, now: datetime, refusal: Refusal | None = None
) -> str:
    """Write the interchange that answers *inquiry*, or refuses it for *refusal*."""
    answer = _Answer(scenario, inquiry, now, refusal)
    beginning = write_segment("BHT", "0022", "11", inquiry.reference, f"{now:%Y%m%d*%H%M}")
    return _wrap(inquiry, now, ("271", VERSION, "HB"), (beginning, *answer.loops()))


def render_999(inquiry: EligibilityInquiry, now: datetime) -> str:
    """Write an implementation acknowledgment that rejects the 270 (005010X231A1)."""
    body = (
        write_segment("AK1", "HS", inquiry.group, VERSION),
        write_segment("AK2", "270", inquiry.transaction, VERSION),
        write_segment("IK3", "NM1", "8", "2100", "8"),
        write_segment("IK4", "9", "67", "7"),
        write_segment("IK5", "R", "5"),
        write_segment("AK9", "R", "1", "1", "0"),
    )
    return _wrap(inquiry, now, ("999", "005010X231A1", "FA"), body)


def render_ta1(inquiry: EligibilityInquiry, now: datetime) -> str:
    """Write an interchange acknowledgment that rejects all of it: duplicate control number (025)."""
    note = write_segment("TA1", inquiry.interchange, f"{now:%y%m%d*%H%M}", "R", "025")
    return _join((_write_isa(inquiry, now), note, write_segment("IEA", "0", inquiry.interchange)))


def _join(segments: Iterable[str]) -> str:
    return "".join(segment + TERMINATOR for segment in segments)


def _write_isa(inquiry: EligibilityInquiry, now: datetime) -> str:
    return ELEMENT.join(
        (
            f"ISA*00*{'':10}*00*{'':10}",
            *inquiry.receiver,
            *inquiry.sender,
            f"{now:%y%m%d*%H%M}",
            REPETITION,
            "00501",
            inquiry.interchange,
            "0",
            inquiry.usage,
            COMPONENT,
        )
    )


def _wrap(
    inquiry: EligibilityInquiry, now: datetime, document: tuple[str, str, str], body: Sequence[str]
) -> str:
    transaction, version, group = document
    sender, receiver = inquiry.application
    return _join(
        (
            _write_isa(inquiry, now),
            write_segment("GS", group, receiver, sender, f"{now:%Y%m%d*%H%M}", inquiry.group, "X", version),
            write_segment("ST", transaction, inquiry.transaction, version),
            *body,
            write_segment("SE", str(len(body) + 2), inquiry.transaction),
            write_segment("GE", "1", inquiry.group),
            write_segment("IEA", "1", inquiry.interchange),
        )
    )


@dataclass(frozen=True, slots=True)
class _Answer:
    """The loops of one 271."""

    scenario: Scenario
    inquiry: EligibilityInquiry
    now: datetime
    refusal: Refusal | None

    def loops(self) -> list[str]:
        patient_level = 23 if self.inquiry.dependent else 22
        last = patient_level
        if self.refusal:
            last = min(patient_level, LAST_LEVEL[self.refusal.loop])
        segments: list[str] = []
        for level, write in _LEVELS.items():
            if level <= last:
                segments += write(self, level == last)
        return segments if self.refusal else segments + self._benefits()

    def payer(self, last: bool) -> list[str]:  # noqa: FBT001 - whether no level follows
        header = write_segment("HL", "1", "", "20", "0" if last else "1")
        payer_id = self.scenario.named_payer or self.inquiry.payer_id
        name = write_segment("NM1", "PR", "2", self.scenario.payer_name, *[""] * 4, "PI", payer_id)
        return [header, *self._refuse("2000A"), name, *self._refuse("2100A")]

    def provider(self, last: bool) -> list[str]:  # noqa: FBT001
        header = write_segment("HL", "2", "1", "21", "0" if last else "1")
        return [header, write_segment(*self.inquiry.provider), *self._refuse("2100B")]

    def subscriber(self, last: bool) -> list[str]:  # noqa: FBT001
        person = self.inquiry.subscriber if self.refusal else self.scenario.person
        plan = self.scenario.plan
        return [
            write_segment("HL", "3", "2", "22", "0" if last else "1"),
            *self._trace(last),
            _write_name("IL", person),
            *(
                [write_segment("REF", "6P", plan.group_number, plan.group_name)]
                if self._knows(plan.group_number)
                else []
            ),
            *(self._refuse("2100C") or (self._refuse("2100D") if last else [])),
            *_write_demographics(person),
            *([] if self.refusal else ["INS*Y*18"]),
            *self._plan_dates(last),
        ]

    def dependent(self, last: bool) -> list[str]:  # noqa: FBT001
        asked = self.inquiry.patient
        person = asked if self.refusal else find_dependent(self.scenario, asked) or asked
        return [
            "HL*4*3*23*0",
            *self._trace(last),
            _write_name("03", replace(person, id="")),
            *self._refuse("2100D"),
            *_write_demographics(person),
            *([] if self.refusal else [write_segment("INS", "N", RELATIONSHIPS[person.relationship])]),
            *self._plan_dates(last),
        ]

    def _knows(self, value: object) -> bool:
        return bool(value) and self.refusal is None

    def _trace(self, last: bool) -> list[str]:  # noqa: FBT001
        return [write_segment("TRN", "2", *self.inquiry.trace)] if last else []

    def _refuse(self, loop: str) -> list[str]:
        refusal = self.refusal
        if refusal is None or refusal.loop != loop:
            return []
        return [write_segment("AAA", refusal.valid, "", code, refusal.follow_up) for code in refusal.codes]

    def _plan_dates(self, last: bool) -> list[str]:  # noqa: FBT001
        plan = self.scenario.plan
        named = (("plan_begin", plan.begins), ("plan_end", plan.ends))
        known = {
            qualifier: value
            for qualifier, value in named
            if last and value is not None and self._knows(value)
        }
        return _write_dates(known, self.now.date())

    def _benefits(self) -> list[str]:
        rows = [row for row in self.scenario.benefits if row.is_wanted(self.inquiry.service_types)]
        return [segment for row in rows for segment in render_row(row, self.now.date())]


_LEVELS: Final[Mapping[int, Callable[[_Answer, bool], list[str]]]] = {
    20: _Answer.payer,
    21: _Answer.provider,
    22: _Answer.subscriber,
    23: _Answer.dependent,
}


def find_dependent(scenario: Scenario, asked: Person) -> Person | None:
    """Find the dependent that *asked* names, by birth date and first name."""
    wanted = (asked.birth_date, asked.first_name.upper())
    return next(
        (one for one in scenario.dependents if (one.birth_date, one.first_name.upper()) == wanted), None
    )


def _write_name(code: str, person: Person) -> str:
    identifier = ("MI", person.id) if person.id else ("", "")
    return write_segment("NM1", code, "1", person.last_name, person.first_name, "", "", "", *identifier)


def _write_demographics(person: Person) -> list[str]:
    if person.birth_date is None:
        return []
    return [write_segment("DMG", "D8", f"{person.birth_date:%Y%m%d}", person.sex)]


def render_row(row: Row, today: date) -> list[str]:
    """Write one row's segments: EB, HSD, DTP, MSG, III, then the entity in its LS loop."""
    if row.raw:
        return list(row.raw)
    return [
        _write_benefit(row),
        *_write_delivery(row),
        *_write_dates(row.dates, today),
        *(write_segment("MSG", message) for message in row.messages),
        *(write_segment("III", "ZZ", place) for place in row.places_of_service),
        *(_write_entity(row.entity) if row.entity else ()),
    ]


def _write_benefit(row: Row) -> str:
    return write_segment(
        "EB",
        KINDS[row.kind],
        LEVELS[row.level],
        REPETITION.join(row.services),
        row.insurance_type,
        row.plan_text,
        PERIODS[row.period],
        row.amount,
        row.rate,
        QUANTITIES[row.quantity_of],
        row.quantity,
        AUTHORIZATIONS[row.authorization],
        NETWORKS[row.network],
        f"HC{COMPONENT}{row.procedure}" if row.procedure else "",
    )


def _write_delivery(row: Row) -> list[str]:
    delivery = row.delivery
    if delivery is None:
        return []
    return [
        write_segment(
            "HSD", QUANTITIES[delivery.quantity_of], delivery.quantity, "", "", PERIODS[delivery.period]
        )
    ]


def _write_dates(dates: Mapping[str, DateWords | Sequence[DateWords]], today: date) -> list[str]:
    return [_write_date(DATES[qualifier], words, today) for qualifier, words in dates.items()]


def _write_date(code: str, words: DateWords | Sequence[DateWords], today: date) -> str:
    days = [words] if isinstance(words, str | date) else words
    text = "-".join(f"{resolve_date(day, today):%Y%m%d}" for day in days)
    return write_segment("DTP", code, "D8" if len(days) == 1 else "RD8", text)


def _write_entity(entity: Entity) -> list[str]:
    identifier = ("PI", entity.id) if entity.id else ("", "")
    contact = [write_segment("PER", "IC", "", "TE", entity.phone)] if entity.phone else []
    name = write_segment("NM1", ROLES[entity.role], "2", entity.name, *[""] * 4, *identifier)
    return ["LS*2120", name, *contact, "LE*2120"]
