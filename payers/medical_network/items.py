"""One benefit of medical-network JSON as the segments of loops 2110 and 2120."""

from collections.abc import Iterator
from typing import Final, NamedTuple

from payers.kit.json_text import Node
from payers.medical_network import codes
from payers.medical_network.codes import find_code, fold
from payers.medical_network.transcript import Transcript, compose, repeat

MOST_CONTACTS: Final = 3  # in one PER
PERSON: Final = "PERSON"
DATED: Final = (("date",), ("startDate", "endDate"))


class Benefit(NamedTuple):
    """One benefit in the fields of v3; the JSON that it, and its entities if told, came from."""

    said: Node
    place: Node
    entities: tuple[Node, ...] = ()


def write_benefit(transcript: Transcript, benefit: Benefit) -> None:
    """Write an EB and everything that hangs on it."""
    said = benefit.said
    transcript.add("EB", *_list_elements(said), place=benefit.place)
    for delivery in said.at("benefitsServiceDelivery").each():
        _write_delivery(transcript, delivery)
    _write_references(transcript, said.at("benefitsAdditionalInformation"))
    write_dates(transcript, said.at("benefitsDateInformation"))
    for message in said.at("additionalInformation").each():
        transcript.add("MSG", message.at("description").text)
    for industry in _list_repeated(
        said, "eligibilityAdditionalInformationList", "eligibilityAdditionalInformation"
    ):
        names = ("codeListQualifierCode", "industryCode", "codeCategory", "injuredBodyPartName")
        transcript.add("III", *(industry.at(name).text for name in names))
    entities = _list_repeated(said, "benefitsRelatedEntities", "benefitsRelatedEntity")
    for entity, place in zip(entities, benefit.entities or entities, strict=True):
        _write_entity(transcript, entity, place)


def _list_elements(said: Node) -> Iterator[str | None]:
    """List EB01 to EB13."""
    yield said.at("code").text or find_code(codes.KINDS, said.at("name").text)
    yield _find(said, "coverageLevelCode", "coverageLevel", codes.LEVELS)
    yield repeat(filter(None, (service.text for service in said.at("serviceTypeCodes").each())))
    yield _find(said, "insuranceTypeCode", "insuranceType", codes.INSURANCE_TYPES)
    yield said.at("planCoverage").text
    yield _find(said, "timeQualifierCode", "timeQualifier", codes.PERIODS)
    yield said.at("benefitAmount").text
    yield said.at("benefitPercent").text
    yield _find(said, "quantityQualifierCode", "quantityQualifier", codes.QUANTITIES)
    yield said.at("benefitQuantity").text
    yield find_code(codes.AUTHORIZATIONS, said.at("authOrCertIndicator").text)
    yield _find(said, "inPlanNetworkIndicatorCode", "inPlanNetworkIndicator", codes.NETWORKS)
    yield _write_procedure(said.at("compositeMedicalProcedureIdentifier"))


def _find(said: Node, code: str, name: str, words: dict[str, str]) -> str | None:
    return said.at(code).text or find_code(words, said.at(name).text)


def _write_procedure(procedure: Node) -> str | None:
    code = procedure.at("procedureCode").text
    if code is None:
        return None
    names = ("productOrServiceIdQualifierCode", "productOrServiceIDQualifierCode")
    qualifier = next(filter(None, (procedure.at(name).text for name in names)), "HC")
    modifiers = [modifier.text for modifier in procedure.at("procedureModifiers").each()]
    return compose(qualifier, code, *modifiers)


def _list_repeated(said: Node, every: str, first: str) -> list[Node]:
    """List all of *every*, or the one older field *first* where there is no list."""
    found = [node for node in said.at(every).each() if node.is_object]
    return found or [node for node in said.at(first).each() if node.is_object]


def _write_delivery(transcript: Transcript, delivery: Node) -> None:
    transcript.add(
        "HSD",
        _find(delivery, "quantityQualifierCode", "quantityQualifier", codes.QUANTITIES),
        delivery.at("quantity").text,
        _find(delivery, "unitForMeasurementQualifierCode", "unitForMeasurementQualifier", codes.UNITS)
        or find_code(codes.UNITS, delivery.at("unitForMeasurementCode").text),
        delivery.at("sampleSelectionModulus").text,
        _find(delivery, "timePeriodQualifierCode", "timePeriodQualifier", codes.PERIODS),
        delivery.at("numOfPeriods").text,
        delivery.at("deliveryOrCalendarPatternQualifierCode").text,
        delivery.at("deliveryPatternTimeQualifierCode").text,
    )


def write_dates(transcript: Transcript, dates: Node) -> None:
    """Write a DTP for each dated field, in the order of the JSON."""
    for name, node in dates.fields():
        for value in node.each():
            text = value.text or next(filter(None, (_join_dates(value, names) for names in DATED)), None)
            if text:
                transcript.add(
                    "DTP", codes.DATES.get(name, name[:30]), "RD8" if "-" in text[8:] else "D8", text
                )


def _join_dates(value: Node, names: tuple[str, ...]) -> str | None:
    parts = [value.at(name).text for name in names]
    return "-".join(part or "" for part in parts) if any(parts) else None


def _write_references(transcript: Transcript, references: Node) -> None:
    for name, node in references.fields():
        if (qualifier := codes.REFERENCES.get(name)) and node.text:
            transcript.add("REF", qualifier, node.text, find_description(qualifier, references))


def find_description(qualifier: str, holder: Node) -> str | None:
    """Return what *holder* calls the thing that the identifier with this REF01 identifies."""
    found = (holder.at(name).text for name in codes.DESCRIPTIONS.get(qualifier, ()))
    return next(filter(None, found), None)


def _write_entity(transcript: Transcript, entity: Node, place: Node) -> None:
    kind = "1" if fold(entity.at("entityType").text or "") == PERSON else "2"
    names = ("entityName", "entityFirstname", "entityMiddlename")
    last, first, middle = (entity.at(name).text for name in names)
    transcript.add("LS", "2120")
    transcript.add(
        "NM1",
        find_code(codes.ROLES, entity.at("entityIdentifier").text),
        kind,
        entity.at("entityLastname").text or last,
        first,
        middle,
        None,
        entity.at("entitySuffix").text,
        entity.at("entityIdentification").text,
        entity.at("entityIdentificationValue").text,
        place=place,
    )
    write_address(transcript, entity.at("address"))
    _write_contacts(transcript, entity.at("contactInformation"))
    provider = entity.at("providerInformation")
    if taxonomy := provider.at("referenceIdentification").text:
        transcript.add("PRV", provider.at("providerCode").text, "PXC", taxonomy)
    transcript.add("LE", "2120")


def write_address(transcript: Transcript, address: Node) -> None:
    """Write N3 and N4."""
    street = [address.at(name).text for name in ("address1", "address2")]
    town = [address.at(name).text for name in ("city", "state", "postalCode")]
    if any(street):
        transcript.add("N3", *street)
    if any(town):
        transcript.add("N4", *town)


def _write_contacts(transcript: Transcript, information: Node) -> None:
    told = [
        (
            find_code(codes.CONTACTS, contact.at("communicationMode").text),
            contact.at("communicationNumber").text,
        )
        for contact in information.at("contacts").each()
    ]
    for start in range(0, len(told), MOST_CONTACTS):
        pairs = (value for pair in told[start : start + MOST_CONTACTS] for value in pair)
        transcript.add("PER", "IC", information.at("name").text, *pairs)
