"""Stedi's redesigned check (2026-06-01), read strictly and answered: benefits by plan and kind, in words.

Kept apart from `payers.medical_network`, which writes and reads the same: the tables here are a
clearinghouse's own. Field names and words are those of the models in Stedi's SDK for that version.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any, Final

from payers.simulator.wires.answers import render_v3
from payers.simulator.wires.checks import PERSON, PRINTABLE, CheckFault, Specification

Fields = dict[str, Any]

DAY: Final = r"\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])"
NAMES: Final = ("firstName", "lastName", "middleName", "suffix")
PEOPLE: Final = {"subscriber": "/subscriber", "dependent": "/dependents/0"}  # here, and in v3
PLANS: Final = Specification(
    fields={
        "/payerId": r"[A-Za-z0-9]{1,80}",
        "/provider/name/organization": PRINTABLE + "{1,60}",
        "/provider/npi": r"\d{10}",
        **{f"/{person}/name/person/{name}": PERSON[name] for person in PEOPLE for name in NAMES},
        **{f"/{person}/dateOfBirth": DAY for person in PEOPLE},
        **{f"/{person}/gender": "FEMALE|MALE" for person in PEOPLE},
        "/subscriber/memberId": PERSON["memberId"],
        "/subscriber/additionalInformation/groupNumber": PERSON["groupNumber"],
        "/subscriber/additionalInformation/ssn": PERSON["ssn"],
        "/dependent/relationToSubscriber": "SPOUSE|CHILD|OTHER_ADULT",
        "/encounter/services/system": "STC|CDT|CPT|NDC|HCPCS|ICD-10-PCS",
        "/encounter/services/value": r"[A-Z0-9]{1,48}",
        "/encounter/dates/service/start": DAY,
    },
    required=("/payerId", "/provider/name/organization", "/provider/npi"),
    keys=("/subscriber/memberId", "/subscriber/dateOfBirth", "/subscriber/name/person/lastName"),
    repeated=("/encounter/services",),
)
CODES: Final = {"FEMALE": "F", "MALE": "M", "SPOUSE": "01", "CHILD": "19", "OTHER_ADULT": "34"}
LISTS: Final = {
    "A": "coInsurance",
    "B": "coPayment",
    "C": "deductible",
    "CB": "coverageBasis",
    "D": "benefitDescription",
    "E": "exclusions",
    "F": "limitations",
    "G": "outOfPocket",
    "H": "unlimited",
    "I": "nonCovered",
    "MC": "managedCareCoordinator",
    "N": "servicesRestrictedToFollowingProvider",
    "P": "benefitDisclaimer",
    "R": "otherOrAdditionalPayer",
    "U": "contactFollowingEntityForInformation",
    "V": "cannotProcess",
    "X": "healthCareFacility",
}
STATUSES: Final = {"1": "ACTIVE_COVERAGE", "6": "INACTIVE"}
LEVELS: Final = {
    "IND": "INDIVIDUAL",
    "FAM": "FAMILY",
    "EMP": "EMPLOYEE_ONLY",
    "ESP": "EMPLOYEE_AND_SPOUSE",
    "ECH": "EMPLOYEE_AND_CHILDREN",
    "DEP": "DEPENDENTS_ONLY",
}
PERIODS: Final = {
    "6": "HOUR",
    "7": "DAY",
    "22": "SERVICE_YEAR",
    "23": "CALENDAR_YEAR",
    "24": "YEAR_TO_DATE",
    "25": "CONTRACT",
    "26": "EPISODE",
    "27": "VISIT",
    "29": "REMAINING",
    "32": "LIFETIME",
    "33": "LIFETIME_REMAINING",
    "34": "MONTH",
    "35": "WEEK",
    "36": "ADMISSION",
}
NETWORKS: Final = {"Y": "IN_NETWORK", "N": "OUT_OF_NETWORK", "W": "IN_AND_OUT_OF_NETWORK"}
AUTHORIZATIONS: Final = {"Y": "REQUIRED", "N": "NOT_REQUIRED"}
INSURANCE_TYPES: Final = {
    "HM": "HEALTH_MAINTENANCE_ORGANIZATION_HMO",
    "PR": "PREFERRED_PROVIDER_ORGANIZATION_PPO",
    "OT": "OTHER",
}
QUANTITIES: Final = {"VS": "VISITS", "DY": "DAYS", "HS": "HOURS"}
SEXES: Final = {"F": "FEMALE", "M": "MALE", "U": "UNKNOWN"}
RELATIONSHIPS: Final = {"01": "SPOUSE", "19": "CHILD", "G8": "OTHER_RELATIONSHIP"}
ENTITY_IDS: Final = {"PI": "payerId", "XX": "npi"}
CONTACTS: Final = {"Telephone": "phoneNumbers", "Electronic Mail": "emails", "Facsimile": "faxNumbers"}
ENDS: Final = (("Begin", "start"), ("End", "end"))
LOCATIONS: Final = {
    "A": "PAYER",
    "B": "PROVIDER",
    "C": "SUBSCRIBER",
    "D": "DEPENDENT",
}  # by the loop's letter


def restate_check(values: Mapping[str, list[str]]) -> dict[str, list[str]]:
    """Put the values of a check in this shape under the pointers of v3."""
    systems, services = (values.get(f"/encounter/services/{name}", []) for name in ("system", "value"))
    if len(systems) != len(services):
        raise CheckFault(["/encounter/services"])
    told = {
        "/tradingPartnerServiceId": values["/payerId"],
        "/provider/organizationName": values["/provider/name/organization"],
        "/provider/npi": values["/provider/npi"],
        "/encounter/serviceTypeCodes": [
            code for system, code in zip(systems, services, strict=True) if system == "STC"
        ],
        "/subscriber/memberId": values.get("/subscriber/memberId", []),
        "/dependents/0/individualRelationshipCode": [
            CODES[word] for word in values.get("/dependent/relationToSubscriber", [])
        ],
    }
    for person, pointer in PEOPLE.items():
        told |= {f"{pointer}/{name}": values.get(f"/{person}/name/person/{name}", []) for name in NAMES}
        told[f"{pointer}/gender"] = [CODES[word] for word in values.get(f"/{person}/gender", [])]
        told[f"{pointer}/dateOfBirth"] = [
            day.replace("-", "") for day in values.get(f"/{person}/dateOfBirth", [])
        ]
    return {pointer: texts for pointer, texts in told.items() if texts}


def render_plans(text: str) -> Fields:
    """Write the 271 in *text*, one of our own, in this shape."""
    flat = render_v3(text)
    numbers = [_render_trace(each) for each in flat.get("subscriberTraceNumbers", [])]
    told = {
        "meta": {"subscriberTraceNumbers": numbers},
        "payer": _render_payer(flat.get("payer", {})),
        **_render_people(flat),
    }
    errors = [_render_error(error) for error in flat["errors"]]
    return {
        **_drop_fields(told),
        "plans": _render_plan(flat.get("benefitsInformation", [])),
        "errors": errors,
    }


def _render_payer(payer: Mapping[str, str]) -> Fields:
    name, identifier = payer.get("name"), payer.get("payorIdentification")
    return {"name": {"organization": name}, "type": "PAYER", "identification": identifier}


def _render_people(flat: Fields) -> Fields:
    """Write subscriber and dependent; the dates of the plan stand beside the patient."""
    (dependent,) = flat.get("dependents", [{}])
    dates = _render_dates(flat.get("planDateInformation", {}))
    subscriber = {
        **_render_person(flat.get("subscriber", {})),
        "additionalInformation": _render_group(flat.get("planInformation", {})),
    }
    if not dependent:
        return {"subscriber": {**subscriber, "dates": dates}}
    return {"subscriber": subscriber, "dependent": {**_render_person(dependent), "dates": dates}}


def _render_trace(number: Mapping[str, str]) -> Fields:
    return {"type": "CURRENT_TRANSACTION", "referenceIdentification": number["referenceIdentification"]}


def _render_group(group: Mapping[str, str]) -> Fields:
    number = group.get("groupNumber")
    return {"group": {"number": number, "name": group.get("groupDescription")}} if number else {}


def _render_person(person: Mapping[str, str]) -> Fields:
    return {
        "name": {"person": {name: person.get(name) for name in NAMES}},
        "memberId": person.get("memberId"),
        "dateOfBirth": _render_day(person["dateOfBirth"]) if "dateOfBirth" in person else None,
        "gender": SEXES.get(person.get("gender", "")),
        "relationToSubscriber": RELATIONSHIPS.get(person.get("relationToSubscriberCode", "")),
    }


def _render_error(error: Mapping[str, str]) -> Fields:
    return {**error, "location": LOCATIONS[error["location"][-1]]}


def _render_plan(rows: Sequence[Fields]) -> list[Fields]:
    """List the one plan a simulated member has; nothing for a refusal."""
    kinds: dict[str, list[Fields]] = {}
    for row in rows:
        kinds.setdefault("statuses" if row["code"] in STATUSES else LISTS[row["code"]], []).extend(
            _render_row(row)
        )
    name = next((row["planCoverage"] for row in rows if "planCoverage" in row), "")
    return [_drop_fields({"name": name}) | {"benefits": kinds}] if rows else []


def _render_row(row: Fields) -> Iterator[Fields]:
    """Write a row as an entry for each of its services."""
    shared = {
        "status": STATUSES.get(row["code"]),
        "coverageLevel": LEVELS.get(row.get("coverageLevelCode", "")),
        "insuranceType": INSURANCE_TYPES.get(row.get("insuranceTypeCode", "")),
        "planCoverageDescription": row.get("planCoverage"),
        "timePeriod": PERIODS.get(row.get("timeQualifierCode", "")),
        "amount": row.get("benefitAmount"),
        "percent": row.get("benefitPercent"),
        "quantity": _render_quantity(row, "quantityQualifierCode", "benefitQuantity"),
        "priorAuthIndicator": AUTHORIZATIONS.get(row.get("authOrCertIndicator", "")),
        "network": {"indicator": NETWORKS.get(row.get("inPlanNetworkIndicatorCode", ""))},
        "serviceLimits": [
            {"delivery": _render_delivery(each)} for each in row.get("benefitsServiceDelivery", [])
        ],
        "dates": _render_dates(row.get("benefitsDateInformation", {})),
        "messages": [each["description"] for each in row.get("additionalInformation", [])],
        "placesOfService": [
            {"code": each["industryCode"]} for each in row.get("eligibilityAdditionalInformationList", [])
        ],
        "relatedEntities": [_render_entity(each) for each in row.get("benefitsRelatedEntities", [])],
    }
    for service in _list_services(row):
        yield _drop_fields({**shared, "service": service})


def _list_services(row: Fields) -> list[Fields]:
    procedure = row.get("compositeMedicalProcedureIdentifier", {}).get("procedureCode")
    if procedure:
        return [{"system": "HCPCS", "value": procedure}]
    return [{"system": "STC", "value": code} for code in row.get("serviceTypeCodes", [])] or [{}]


def _render_quantity(holder: Mapping[str, str], qualifier: str, value: str) -> Fields:
    return {"qualifier": QUANTITIES.get(holder.get(qualifier, "")), "value": holder.get(value)}


def _render_delivery(delivery: Mapping[str, str]) -> Fields:
    return {
        "quantity": _render_quantity(delivery, "quantityQualifierCode", "quantity"),
        "period": {"qualifier": PERIODS.get(delivery.get("timePeriodQualifierCode", ""))},
    }


def _render_dates(dates: Mapping[str, str]) -> Fields:
    spans: Fields = {}
    for name, text in dates.items():
        for suffix, end in ENDS:
            if name.endswith(suffix):
                spans.setdefault(name.removesuffix(suffix), {})[end] = _render_day(text)
                break
        else:
            spans[name] = {
                end: _render_day(day) for day, (_, end) in zip(text.split("-"), ENDS, strict=False)
            }
    return spans


def _render_day(text: str) -> str:
    return _read_day(text).isoformat()


def _read_day(text: str) -> date:
    return datetime.strptime(text, "%Y%m%d").date()  # noqa: DTZ007 - a date has no zone


def _render_entity(entity: Mapping[str, Any]) -> Fields:
    names = {
        name: entity.get(field)
        for name, field in (("firstName", "entityFirstname"), ("lastName", "entityName"))
    }
    is_person = entity["entityType"] == "Person"
    contacts = entity.get("contactInformation", {}).get("contacts", [])
    return {
        "type": entity["entityIdentifier"].upper().replace(" ", "_"),
        "name": {"person": names} if is_person else {"organization": entity.get("entityName")},
        ENTITY_IDS.get(entity.get("entityIdentification", ""), "payerId"): entity.get(
            "entityIdentificationValue"
        ),
        "contacts": [
            {CONTACTS[each["communicationMode"]]: [each["communicationNumber"]]} for each in contacts
        ],
    }


def _drop_fields(fields: Fields) -> Fields:
    """Leave out what says nothing, all the way down."""
    kept = {name: _drop_empty(each) for name, each in fields.items()}
    return {name: each for name, each in kept.items() if each not in (None, "", [], {})}


def _drop_empty(value: Any) -> Any:  # noqa: ANN401 - JSON
    if isinstance(value, dict):
        return _drop_fields(value)
    return [_drop_empty(each) for each in value] if isinstance(value, list) else value
