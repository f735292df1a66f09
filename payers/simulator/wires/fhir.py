"""The simulated payer as a FHIR R4 server: ``CoverageEligibilityRequest/$submit``.

Kept apart from `payers.fhir`, which reads it: resources are read and written here by other eyes, after the R4
definitions of CoverageEligibilityRequest, CoverageEligibilityResponse and OperationOutcome. Benefit codes are
HL7's examples with X12's beside them.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from payers.simulator.dates import resolve_date
from payers.simulator.envelopes import BAD_REQUEST, OK, RESPONSE_TYPE
from payers.simulator.exchange import Exchange, Response, accept, whole
from payers.simulator.inquiries import Person
from payers.simulator.rendering import Refusal, find_dependent
from payers.simulator.scenarios import Row
from payers.simulator.vocabulary import KINDS, LEVELS, NETWORKS, PERIODS
from payers.simulator.wires.submissions import SubmissionFault
from payers.simulator.wires.tokens import UNAUTHORIZED

JSON: Final = "application/fhir+json"
HL7: Final = "http://terminology.hl7.org/CodeSystem/"
X12: Final = "https://codesystem.x12.org/005010/"
TYPES: Final = {
    "copay": "copay",
    "coinsurance": "copay-percent",
    "deductible": "deductible",
    "out_of_pocket": "out-of-pocket",
    "limitation": "benefit",
}
SILENT: Final = frozenset({"active", "inactive"})
NOT_COVERED: Final = "not_covered"
UNITS: Final = {"individual": "individual", "family": "family"}
TERMS: Final = {"calendar_year": "annual", "service_year": "annual", "lifetime": "lifetime", "day": "day"}
HL7_NETWORKS: Final = {"in": "in", "out": "out"}
GENDERS: Final = {"F": "female", "M": "male", "U": "unknown"}
AUTHORIZATIONS: Final = {"required": True, "not_required": False}

Resource = dict[str, Any]


def write_outcome(status: str, code: str, text: str) -> Response:
    """Build an OperationOutcome."""
    issue = {"severity": "error", "code": code, "diagnostics": text}
    return _write(status, {"resourceType": "OperationOutcome", "issue": [issue]})


def _write(status: str, resource: Resource) -> Response:
    return whole(status, JSON, json.dumps(resource, separators=(",", ":")).encode())


@dataclass(frozen=True, slots=True)
class FhirWire:
    """One submission under way; *bundled* sends what is contained as entries beside the response."""

    system: str  # of the identifier that the request came with
    bundled: bool = False
    name: str = "fhir"

    def answer(self, exchange: Exchange, refusal: Refusal | None) -> Response:
        """Send the scenario's response, or one with an error for each code of *refusal*."""
        response = _write_refused(exchange, refusal) if refusal else _write_answered(exchange)
        response["request"] = {"identifier": {"system": self.system, "value": exchange.inquiry.trace[0]}}
        return _write(OK, _bundle(response) if self.bundled else response)

    def wrap(self, exchange: Exchange, payload: str, payload_type: str) -> Response:
        """Send what a gateway sends that got no answer it could turn into FHIR; cut off as *payload* is."""
        if payload_type != RESPONSE_TYPE:
            return write_outcome(
                OK, "exception", "The payer acknowledged the question and did not answer it."
            )
        response = self.answer(exchange, None)
        body = b"".join(response.body)[: len(payload)]
        return whole(OK, JSON, body)

    def fail(self, exchange: Exchange, code: str, message: str) -> Response:  # noqa: ARG002 - as wires have it
        """Refuse the call as an account without the right is refused."""
        return write_outcome("403 Forbidden", "forbidden", code)

    def put_off(self, exchange: Exchange) -> Response:
        """Accept the question, as asynchronous servers do, and send nothing."""
        return accept(self.answer(exchange, None))


def refuse_submission(fault: SubmissionFault) -> Response:
    """Refuse a body that breaks a rule."""
    return write_outcome(BAD_REQUEST, "invalid", str(fault))


def refuse_token() -> Response:
    """Refuse a token that is none, or no longer one."""
    return write_outcome(UNAUTHORIZED, "expired", "The token is not valid.")


def _code(system: str, code: str, *, more: tuple[str, str] | None = None) -> Resource:
    codings = [{"system": system, "code": code}] if code else []
    if more and more[1]:
        codings.append({"system": more[0], "code": more[1]})
    return {"coding": codings} if codings else {}


def _write_head(exchange: Exchange, outcome: str, disposition: str) -> Resource:
    return {
        "resourceType": "CoverageEligibilityResponse",
        "identifier": [{"value": "SIMULATED-RESPONSE"}],
        "status": "active",
        "purpose": ["validation", "benefits"],
        "patient": {"reference": "#patient"},
        "created": exchange.now.date().isoformat(),
        "outcome": outcome,
        "disposition": disposition,
        "insurer": {"reference": "#insurer"},
    }


def _write_refused(exchange: Exchange, refusal: Refusal) -> Resource:
    errors = [{"code": _code(f"{X12}901", code)} for code in refusal.codes]
    asked = exchange.inquiry
    return {
        **_write_head(exchange, "error", "The question was refused."),
        "contained": _list_contained(exchange, asked.subscriber, asked.dependent, {}),
        "error": errors,
    }


def _write_answered(exchange: Exchange) -> Resource:
    scenario, today = exchange.scenario, exchange.now.date()
    asked = exchange.inquiry.dependent
    dependent = (find_dependent(scenario, asked) or asked) if asked else None
    wanted = [
        row for row in scenario.benefits if row.is_wanted(exchange.inquiry.service_types) and not row.raw
    ]
    in_force = [row for row in wanted if row.kind == "active"]
    plan_rows = in_force or [row for row in wanted if row.kind == "inactive"]
    wanted = [row for row in wanted if row.kind != "inactive" and row not in in_force[:1]]
    period = {
        name: resolve_date(words, today).isoformat()
        for name, words in (("start", scenario.plan.begins), ("end", scenario.plan.ends))
        if words is not None
    }
    items = [item for row in wanted for item in _write_items(row)]
    insurance: Resource = {"coverage": {"reference": "#coverage"}, "item": items}
    if plan_rows:
        insurance["inforce"] = plan_rows[0].kind == "active"
    if period:
        insurance["benefitPeriod"] = period
    plan = {"period": period} if period else {}
    return {
        **_write_head(exchange, "complete", "The question was answered."),
        "contained": _list_contained(
            exchange, scenario.person, dependent, {**plan, "class": _list_classes(exchange, plan_rows)}
        ),
        "insurance": [{name: value for name, value in insurance.items() if value not in ([], None)}],
    }


def _list_classes(exchange: Exchange, plan_rows: list[Row]) -> list[Resource]:
    plan = exchange.scenario.plan
    named = (
        ("group", plan.group_number, plan.group_name),
        ("plan", plan_rows[0].plan_text if plan_rows else "", plan_rows[0].plan_text if plan_rows else ""),
    )
    return [
        {"type": _code(f"{HL7}coverage-class", kind), "value": value, **({"name": name} if name else {})}
        for kind, value, name in named
        if value
    ]


def _list_contained(
    exchange: Exchange, subscriber: Person, dependent: Person | None, plan: Resource
) -> list[Resource]:
    patient = dependent or subscriber
    holder = "#subscriber" if dependent else "#patient"
    coverage = {
        "resourceType": "Coverage",
        "id": "coverage",
        "status": "active",
        "subscriber": {"reference": holder},
        "subscriberId": subscriber.id,
        "beneficiary": {"reference": "#patient"},
        "relationship": _code(f"{HL7}subscriber-relationship", patient.relationship),
        "payor": [{"reference": "#insurer"}],
        **plan,
    }
    insurer = {
        "resourceType": "Organization",
        "id": "insurer",
        "name": exchange.scenario.payer_name,
        "identifier": [{"value": exchange.scenario.named_payer or exchange.inquiry.payer_id}],
    }
    people = [
        _write_person("patient", patient),
        *([_write_person("subscriber", subscriber)] if dependent else []),
    ]
    return [*people, {name: value for name, value in coverage.items() if value not in ([], "")}, insurer]


def _write_person(identifier: str, person: Person) -> Resource:
    birth = {"birthDate": person.birth_date.isoformat()} if person.birth_date else {}
    name = {"family": person.last_name, "given": [person.first_name]} if person.last_name else {}
    gender = {"gender": GENDERS.get(person.sex, "unknown")}
    return {
        "resourceType": "Patient",
        "id": identifier,
        **({"name": [name]} if name else {}),
        **gender,
        **birth,
    }


def _write_items(row: Row) -> Iterator[Resource]:
    """Write one row as an item for each of its services; a row FHIR has no word for is left out."""
    if row.kind not in {*TYPES, *SILENT, NOT_COVERED}:
        return
    for service in row.services or ("",):
        item = {
            "category": _code(f"{HL7}ex-benefitcategory", service, more=(f"{X12}1365", service)),
            "network": _translate(row.network, "benefit-network", HL7_NETWORKS, "1073", NETWORKS),
            "unit": _translate(row.level, "benefit-unit", UNITS, "1207", LEVELS),
            "term": _translate(row.period, "benefit-term", TERMS, "615", PERIODS),
            "description": "; ".join(row.messages),
            "authorizationRequired": AUTHORIZATIONS.get(row.authorization),
            "excluded": True if row.kind == NOT_COVERED else None,
            "productOrService": _code(
                "http://www.cms.gov/Medicare/Coding/HCPCSReleaseCodeSets", row.procedure
            ),
            "benefit": [_write_benefit(row)] if row.kind in TYPES else None,
        }
        yield {name: value for name, value in item.items() if value not in ({}, "", None)}


def _translate(word: str, system: str, hl7: dict[str, str], element: str, x12: Any) -> Resource:  # noqa: ANN401 - a table
    return _code(f"{HL7}{system}", hl7.get(word, ""), more=(f"{X12}{element}", x12[word]))


def _write_benefit(row: Row) -> Resource:
    kind = "visit" if row.quantity_of == "visits" else TYPES[row.kind]
    benefit: Resource = {"type": _code(f"{HL7}benefit-type", kind, more=(f"{X12}1390", KINDS[row.kind]))}
    if row.amount:
        benefit["allowedMoney"] = {"value": float(row.amount), "currency": "USD"}
    if row.rate:
        benefit.update(_write_share(Decimal(row.rate)))
    elif row.quantity:
        benefit["allowedUnsignedInt"] = int(row.quantity)
    return benefit


def _write_share(rate: Decimal) -> Resource:
    percent = rate if rate > 1 else rate * 100
    whole_percent = percent == percent.to_integral_value()
    return {"allowedUnsignedInt": int(percent)} if whole_percent else {"allowedString": f"{percent}%"}


def _bundle(response: Resource) -> Resource:
    """Take what is contained out into entries, and let references lead there."""
    contained = response.pop("contained")
    entries = [{"fullUrl": f"https://simulated.invalid/{each['id']}", "resource": each} for each in contained]
    bundle = {"resourceType": "Bundle", "type": "collection", "entry": [*entries, {"resource": response}]}
    text = json.dumps(bundle)
    for each in contained:
        text = text.replace(f'"#{each["id"]}"', f'"https://simulated.invalid/{each["id"]}"')
    found: Resource = json.loads(text)
    return found
