"""Turns a scenario into the Coverage that Availity would make of the payer's answer.

Kept apart from `payers.availity`, which reads it: fields and buckets are written here by other eyes, after
the definitions of Coverage, Benefit, BenefitDetail and NetworkBenefit in Coverages 1.0.0.
"""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any, Final

from payers.simulator.dates import resolve_date
from payers.simulator.exchange import Exchange
from payers.simulator.inquiries import EligibilityInquiry, Person
from payers.simulator.rendering import Refusal, find_dependent
from payers.simulator.scenarios import Row, Scenario
from payers.simulator.vocabulary import KINDS, LEVELS, PERIODS, QUANTITIES, RELATIONSHIPS, ROLES

AMOUNTS: Final = {
    "copay": "coPayment",
    "coinsurance": "coInsurance",
    "deductible": "deductibles",
    "out_of_pocket": "outOfPocket",
}
DETAILS: Final = {
    "active": "statusDetails",
    "inactive": "statusDetails",
    "coverage_basis": "coverageBasis",
    "description": "benefitDescriptions",
    "exclusion": "exclusions",
    "limitation": "limitations",
    "not_covered": "nonCovered",
}
BUCKETS: Final = {
    "in": "inNetwork",
    "out": "outOfNetwork",
    "both": "notApplicableNetwork",
    "": "noNetwork",
    "unknown": "noNetwork",
}
LEVEL_NAMES: Final = {"individual": "Individual", "family": "Family"}
DATES: Final = {
    "plan_begin": "planStartDate",
    "plan_end": "planEndDate",
    "benefit_begin": "benefitBeginDate",
    "benefit_end": "benefitEndDate",
    "eligibility_begin": "eligibilityStartDate",
    "eligibility_end": "eligibilityEndDate",
    "service": "serviceDate",
}
RANKS: Final = {"primary_payer": "primary"}
SHARED: Final = ("deductible", "out_of_pocket")  # total and remaining stand in one entry
SELF: Final = "18"

Fields = dict[str, Any]


def render_people(exchange: Exchange) -> Fields:
    """Render who asked whom about which person."""
    scenario, asked = exchange.scenario, exchange.inquiry
    dependent = asked.dependent
    patient = (find_dependent(scenario, dependent) or dependent) if dependent else scenario.person
    relationship = RELATIONSHIPS[patient.relationship] if dependent else SELF
    return {
        "requestedServiceType": [{"code": code} for code in asked.service_types],
        "payer": {"payerId": scenario.named_payer or asked.payer_id, "responseName": scenario.payer_name},
        "requestingProvider": {"lastName": asked.provider[3]},
        "subscriber": _drop_empty({**_render_person(scenario.person), "memberId": scenario.person.id}),
        "patient": _drop_empty(
            {
                **_render_person(patient),
                "subscriberRelationshipCode": relationship,
                "patientAccountNumber": asked.trace[0],
            }
        ),
    }


def _render_person(person: Person) -> Fields:
    return {
        "lastName": person.last_name,
        "firstName": person.first_name,
        "birthDate": _render_date(person.birth_date) if person.birth_date else "",
        "genderCode": person.sex,
    }


def _render_date(day: date) -> str:
    return f"{day:%Y-%m-%d}T05:00:00.000+0000"


def render_coverage(exchange: Exchange, refusal: Refusal | None) -> Fields:
    """Render the coverage, or one that says only why there is none."""
    people = render_people(exchange)
    done = {"status": "Complete", "statusCode": "4", **people}
    if refusal:
        asked = exchange.inquiry.subscriber
        messages = [
            {"code": code, "errorMessage": "The payer rejected the request."} for code in refusal.codes
        ]
        subscriber = _drop_empty({**_render_person(asked), "memberId": asked.id})
        patient = {"patientAccountNumber": exchange.inquiry.trace[0]}
        return {**done, "subscriber": subscriber, "patient": patient, "validationMessages": messages}
    return {**done, "plans": [_render_plan(exchange.scenario, exchange.inquiry, exchange.now.date())]}


def _render_plan(scenario: Scenario, inquiry: EligibilityInquiry, today: date) -> Fields:
    rows = [row for row in scenario.benefits if row.is_wanted(inquiry.service_types) and not row.raw]
    leading = next((row for kind in ("active", "inactive") for row in rows if row.kind == kind), None)
    plan = scenario.plan
    benefits: dict[str, Fields] = {}
    payers: list[Fields] = []
    for row in rows:
        if row.kind == "other_payer":
            payers.append(_render_payer(row, today))
        for service in row.services if row.kind != "other_payer" else ():
            _add(benefits.setdefault(service, {"type": service}), row, today)
    return _drop_empty(
        {
            "statusCode": KINDS[leading.kind] if leading else "",
            "planName": leading.plan_text if leading else "",
            "insuranceTypeCode": leading.insurance_type if leading else "",
            "groupNumber": plan.group_number,
            "groupName": plan.group_name,
            "planStartDate": _render_date(resolve_date(plan.begins, today)) if plan.begins else "",
            "planEndDate": _render_date(resolve_date(plan.ends, today)) if plan.ends else "",
            "additionalPayers": payers,
            "benefits": list(benefits.values()),
        }
    )


def _add(benefit: Fields, row: Row, today: date) -> None:
    """Put one row where Availity has it; a row it has no place for is left out."""
    if row.kind == "contact" and row.entity:
        benefit.setdefault("contacts", []).append(
            {
                "typeCode": ROLES[row.entity.role],
                "name": row.entity.name,
                "payerId": row.entity.id,
                "contactInformation": [{"phone": row.entity.phone}],
                "payerNotes": list(row.messages),
            }
        )
        return
    if row.kind in AMOUNTS:
        holder = benefit.setdefault("amounts", {}).setdefault(AMOUNTS[row.kind], {})
    elif row.kind in DETAILS:
        holder = benefit.setdefault(DETAILS[row.kind], {})
    else:
        return
    entries = holder.setdefault(BUCKETS[row.network], [])
    for entry in _render_entries(row, today):
        whole_entry = next((one for one in entries if _completes(row, entry, one)), None)
        if whole_entry is None:
            entries.append(entry)
        else:
            whole_entry |= entry


def _completes(row: Row, entry: Fields, other: Fields) -> bool:
    """Tell whether *entry* is what remains of the total in *other*."""
    same = all(entry.get(name) == other.get(name) for name in ("levelCode", "payerNotes"))
    return row.kind in SHARED and "remaining" in entry and "remaining" not in other and same


def _render_entries(row: Row, today: date) -> Iterator[Fields]:
    for place in row.places_of_service or ("",):
        entry = {
            "statusCode": KINDS[row.kind] if row.kind in {"active", "inactive"} else "",
            "level": LEVEL_NAMES.get(row.level, ""),
            "levelCode": LEVELS[row.level],
            "insuranceTypeCode": row.insurance_type,
            "description": row.plan_text,
            "quantity": row.quantity,
            "quantityQualifierCode": QUANTITIES[row.quantity_of],
            "placeOfServiceCode": place,
            "payerNotes": list(row.messages),
            "authorizationRequiredUnknown": row.authorization == "unknown",
            **_render_price(row),
            **{
                DATES[name]: _render_date(resolve_date(words, today))
                for name, words in row.dates.items()
                if name in DATES and isinstance(words, str | date)
            },
        }
        if row.authorization in {"required", "not_required"}:
            entry["authorizationRequired"] = row.authorization == "required"
        if row.delivery:
            entry["deliveryInformation"] = [
                {
                    "quantity": row.delivery.quantity,
                    "quantityQualifierCode": QUANTITIES[row.delivery.quantity_of],
                    "timePeriodCode": PERIODS[row.delivery.period],
                }
            ]
        yield {
            name: value
            for name, value in entry.items()
            if (value is False and name == "authorizationRequired") or value
        }


def _render_dates(row: Row, today: date) -> Fields:
    """Render dates; a range has a field for either end."""
    found: Fields = {}
    for name, words in row.dates.items():
        days = [words] if isinstance(words, str | date) else list(words)
        names = (
            [DATES.get(name)] if len(days) == 1 else [DATES.get(f"{name}_begin"), DATES.get(f"{name}_end")]
        )
        pairs = zip(names, days, strict=False)
        found |= {known: _render_date(resolve_date(day, today)) for known, day in pairs if known}
    return found


def _render_price(row: Row) -> Fields:
    period = PERIODS[row.period]
    if row.rate:
        rate = Decimal(row.rate)
        percent = rate if rate > 1 else rate * 100
        return {"amount": f"{percent.normalize() + 0:f}", "units": "Percent", "amountTimePeriodCode": period}
    if row.kind in SHARED and row.amount:
        name = "remaining" if row.period == "remaining" else "total"
        return {name: row.amount, f"{name}TimePeriodCode": period, "units": "USD"}
    return {"amount": row.amount, "units": "USD" if row.amount else "", "amountTimePeriodCode": period}


def _render_payer(row: Row, today: date) -> Fields:
    entity = row.entity
    dates = {
        DATES[name]: _render_date(resolve_date(words, today))
        for name, words in row.dates.items()
        if name in DATES and isinstance(words, str | date)
    }
    named = (
        {
            "name": entity.name,
            "payerId": entity.id,
            "contactInformation": [{"phone": entity.phone}] if entity.phone else [],
            RANKS.get(entity.role, "secondary"): True,
        }
        if entity
        else {}
    )
    return _drop_empty({**named, **dates, "serviceTypeCode": row.services[0] if row.services else ""})


def _drop_empty(fields: Fields) -> Fields:
    return {name: value for name, value in fields.items() if value not in ("", [], {})}
