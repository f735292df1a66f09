"""Stedi's redesigned answer (2026-06-01) put into the fields of v3, which say the same in other words.

Its benefits are grouped by plan and by kind, each kind a list of its own, one service an entry; codes are
words. The reply always carries the payer's own X12 beside it, which is read in preference; this is for a
reply without it. Source: Stedi's SDK for that version. A list or word that is not in our tables is kept
under its own name.
"""

from collections.abc import Iterator
from typing import Any, Final

from payers.kit.json_text import Node
from payers.medical_network import codes
from payers.medical_network.codes import fold
from payers.medical_network.items import Benefit

SERVICE_TYPES: Final = "STC"
SYSTEMS: Final = {"CPT": "CJ", "HCPCS": "HC", "CDT": "AD", "NDC": "N4", "ICD-10-PCS": "ID"}  # EB13-1
SEXES: Final = {"FEMALE": "F", "MALE": "M", "UNKNOWN": "U"}
INVALID: Final = "invalidEntries"  # benefits with an amount where a rate is due, or the other way round
RANGES: Final = {  # field of a range, of an open beginning, of an end alone
    "plan": ("plan", "planBegin", "planEnd"),
    "eligibility": ("eligibility", "eligibilityBegin", "eligibilityEnd"),
    "benefit": ("benefit", "benefitBegin", "benefitEnd"),
    "period": ("periodStart", "periodStart", "periodEnd"),
    "cobra": ("cobraBegin", "cobraBegin", "cobraEnd"),
    "policy": ("policyEffective", "policyEffective", "policyExpiration"),
    "premiumPaidToDate": ("premiumPaidToDateBegin", "premiumPaidToDateBegin", "premiumPaidToDateEnd"),
    "latestVisit": ("latestVisitOrConsultation",) * 3,
}
IDENTIFIERS: Final = {
    "payerId": "PI",
    "npi": "XX",
    "tin": "FI",
    "ein": "24",
    "memberId": "MI",
    "naicId": "NI",
    "ssn": "34",
    "etin": "46",
    "facilityId": "FA",
    "pharmacyProcessorNumber": "PP",
    "serviceProviderNumber": "SV",
}  # NM108 by field
CONTACTS: Final = {"phoneNumbers": "TE", "emails": "EM", "faxNumbers": "FX", "ediNumbers": "ED", "urls": "UR"}
REFERENCES: Final = {"group": "group", "plan": "plan", "planNetwork": "planNetwork"}
RENAMED: Final = {
    "mbi": "hicNumber",
    "groupOrPolicyNumber": "policyNumber",
    "identityCardNumber": "idCardNumber",
    "identificationCardSerialNumber": "idCardSerialNumber",
    "medicaidRecipientId": "medicaidRecipientIdNumber",
    "priorIdentifierNumber": "priorIdNumber",
    "medicalRecordId": "medicalRecordIdentificationNumber",
    "priorAuthNumber": "priorAuthorizationNumber",
}

Fields = dict[str, Any]


def restate(document: Node) -> Node:
    """Put everything but the benefits into the fields of v3."""
    payer = document.at("payer")
    fields: Fields = {
        "meta": document.at("meta").value,
        "errors": document.at("errors").value,
        "subscriberTraceNumbers": document.at("meta", "subscriberTraceNumbers").value,
        "payer": _restate_payer(payer) if payer.is_object else None,
        "subscriber": _restate_person(document.at("subscriber")),
        "dependents": [person for person in [_restate_person(document.at("dependent"))] if person],
        "planDateInformation": _restate_dates(document.at("subscriber", "dates"))
        | _restate_dates(document.at("dependent", "dates")),
    }
    return Node(fields, document.pointer)


def list_benefits(document: Node) -> Iterator[Benefit]:
    """List the benefits of every plan, in the order of the JSON."""
    for plan in document.at("plans").each():
        name = plan.at("name").text
        for kind, entries in _list_kinds(plan.at("benefits")):
            for entry in entries.each():
                said = Node(_restate_benefit(kind, entry, name), entry.pointer)
                yield Benefit(said, entry, tuple(entry.at("relatedEntities").each()))


def _list_kinds(benefits: Node) -> Iterator[tuple[str, Node]]:
    for kind, entries in benefits.fields():
        if kind == INVALID:
            yield from entries.fields()
        else:
            yield kind, entries


def _restate_benefit(kind: str, entry: Node, plan: str | None) -> Fields:
    word = entry.at("status").text if kind == "statuses" else kind
    service = entry.at("service")
    return {
        "code": codes.KINDS.get(fold(word or ""), word or kind)[:30],
        "coverageLevel": entry.at("coverageLevel").text,
        "serviceTypeCodes": service.at("value").text if service.at("system").text == SERVICE_TYPES else None,
        "compositeMedicalProcedureIdentifier": _restate_procedure(service),
        "insuranceType": entry.at("insuranceType").text,
        "planCoverage": entry.at("planCoverageDescription").text or plan,
        "timeQualifier": entry.at("timePeriod").text,
        "benefitAmount": entry.at("amount").text,
        "benefitPercent": entry.at("percent").text,
        "quantityQualifier": entry.at("quantity", "qualifier").text,
        "benefitQuantity": entry.at("quantity", "value").text,
        "authOrCertIndicator": entry.at("priorAuthIndicator").text,
        "inPlanNetworkIndicator": entry.at("network", "indicator").text,
        "benefitsServiceDelivery": [
            _restate_delivery(limit.at("delivery")) for limit in entry.at("serviceLimits").each()
        ],
        "benefitsDateInformation": _restate_dates(entry.at("dates")),
        "additionalInformation": [{"description": message.text} for message in entry.at("messages").each()],
        "eligibilityAdditionalInformationList": [
            {"codeListQualifierCode": "ZZ", "industryCode": place.at("code").text}
            for place in entry.at("placesOfService").each()
        ],
        "benefitsAdditionalInformation": _restate_references(entry.at("additionalInformation")),
        "benefitsRelatedEntities": [_restate_entity(entity) for entity in entry.at("relatedEntities").each()],
    }


def _restate_procedure(service: Node) -> Fields | None:
    system = service.at("system").text
    if system in (None, SERVICE_TYPES):
        return None
    return {
        "productOrServiceIdQualifierCode": SYSTEMS.get(system, system),
        "procedureCode": service.at("value").text or service.at("range", "start", "value").text,
    }


def _restate_delivery(delivery: Node) -> Fields:
    return {
        "quantityQualifier": delivery.at("quantity", "qualifier").text,
        "quantity": delivery.at("quantity", "value").text,
        "unitForMeasurementQualifier": delivery.at("frequency", "qualifier").text,
        "sampleSelectionModulus": delivery.at("frequency", "value").text,
        "timePeriodQualifier": delivery.at("period", "qualifier").text,
        "numOfPeriods": delivery.at("period", "value").text,
    }


def _restate_dates(dates: Node) -> Fields:
    found: Fields = {}
    for name, span in dates.fields():
        whole, begin, end = RANGES.get(name, (name, name, name))
        start, stop = span.at("start").text, span.at("end").text
        if start and stop:
            found[whole] = f"{start}-{stop}"
        elif start or stop:
            found[begin if start else end] = start or stop
    return found


def _restate_references(references: Node) -> Fields:
    found: Fields = {}
    for name, node in references.fields():
        if name in REFERENCES:
            found |= {f"{name}Number": node.at("number").text, f"{name}Description": node.at("name").text}
        else:
            found[RENAMED.get(name, name)] = node.text
    if number := found.pop("planNetworkNumber", None):
        found["planNetworkIdNumber"] = number
    return found


def _restate_name(name: Node) -> Fields:
    person = name.at("person")
    return {part: person.at(part).text for part in ("firstName", "lastName", "middleName", "suffix")}


def _restate_address(address: Node) -> Fields:
    street = {"address1": address.at("addressLine1").text, "address2": address.at("addressLine2").text}
    return street | {part: address.at(part).text for part in ("city", "state", "postalCode")}


def _restate_payer(payer: Node) -> Fields:
    name = payer.at("name", "organization").text or payer.at("name", "person", "lastName").text
    kind = payer.at("type").text
    return {"name": name, "entityIdentifier": kind, "payorIdentification": payer.at("identification").text}


def _restate_person(person: Node) -> Fields | None:
    if not person.is_object:
        return None
    return {
        **_restate_name(person.at("name")),
        "memberId": person.at("memberId").text,
        "dateOfBirth": person.at("dateOfBirth").text,
        "gender": SEXES.get(person.at("gender").text or ""),
        "relationToSubscriber": person.at("relationToSubscriber").text,
        "address": _restate_address(person.at("address")),
        **{
            name: value
            for name, value in _restate_references(person.at("additionalInformation")).items()
            if name != "memberId"
        },
    }


def _restate_entity(entity: Node) -> Fields:
    name = _restate_name(entity.at("name"))
    is_person = entity.at("name", "person").is_object
    ids = ((code, entity.at(field).text) for field, code in IDENTIFIERS.items())
    qualifier, identifier = next((pair for pair in ids if pair[1]), (None, None))
    return {
        "entityIdentifier": entity.at("type").text,
        "entityType": "Person" if is_person else "Non-Person Entity",
        "entityName": name["lastName"] if is_person else entity.at("name", "organization").text,
        "entityFirstname": name["firstName"],
        "entityMiddlename": name["middleName"],
        "entitySuffix": name["suffix"],
        "entityIdentification": qualifier,
        "entityIdentificationValue": identifier,
        "address": _restate_address(entity.at("address")),
        "contactInformation": {"contacts": list(_list_contacts(entity.at("contacts")))},
    }


def _list_contacts(contacts: Node) -> Iterator[Fields]:
    for contact in contacts.each():
        for field, code in CONTACTS.items():
            for number in contact.at(field).each():
                yield {"communicationMode": code, "communicationNumber": number.text}
