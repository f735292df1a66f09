"""The loops of the 271 that an Availity Coverage mirrors, written down field by field.

One reader of 271s then reads both wires, so that no code can mean one thing in X12 and another here. All four
network buckets are walked; a bucket or a detail that the definition does not know comes out as a row of its
own, too.
"""

from collections.abc import Iterator
from typing import Final, NamedTuple

from payers.availity import codes
from payers.availity.people import plain_day, write_address, write_payer, write_people, write_provider
from payers.kit.json_text import Node
from payers.medical_network.codes import (
    INSURANCE_TYPES,
    LEVELS,
    PERIODS,
    QUANTITIES,
    ROLES,
    find_code,
)
from payers.medical_network.transcript import Transcript
from verifier.codes.reject_reasons import all_reasons, find

MOST_CONTACTS: Final = 3  # in one PER
MEANINGS: Final = {reason.meaning.casefold(): reason.code for reason in all_reasons()}


class Entry(NamedTuple):
    """One NetworkBenefit, and what the levels above it say of it: EB01, EB03 and EB12."""

    code: str
    services: tuple[str, ...]
    network: str
    said: Node


class Price(NamedTuple):
    """One of the numbers of a NetworkBenefit, over its period, and where it stands."""

    number: str
    period: str
    place: Node


def write_coverage(coverage: Node) -> Transcript:
    """Write down one Coverage, a whole one or a summary."""
    transcript = Transcript()
    transcript.add("BHT", "0022", "11", coverage.at("id").text)
    write_payer(transcript, coverage.at("payer"))
    write_provider(transcript, coverage.at("requestingProvider"))
    write_people(transcript, coverage)
    for message in coverage.at("validationMessages").each():
        write_refusal(transcript, message)
    for plan in coverage.at("plans").each():
        _write_plan(transcript, plan)
    return transcript


def write_refusal(transcript: Transcript, message: Node) -> None:
    """Write a FieldError as an AAA: by its code, or by words that are a reason's own."""
    code, words = message.at("code").text, message.at("errorMessage").text
    known = code if code and find(code) else MEANINGS.get((words or "").casefold())
    transcript.add_refusal(known or code or "", "" if known else words or "", message, None)


def _write_plan(transcript: Transcript, plan: Node) -> None:
    if code := plan.at("statusCode").text:
        _write_row(transcript, Entry(code, (), "", plan), Price("", "", plan.at("statusCode")))
        _attach_references(transcript, plan)
        _attach_dates(transcript, plan)
    _write_details(transcript, plan, ())
    for benefit in plan.at("benefits").each():
        services = tuple(filter(None, (benefit.at("type").text,)))
        code = benefit.at("statusCode").text
        if code and not benefit.at(codes.STATUS_DETAILS).is_object:
            _write_row(
                transcript, Entry(code, services, "", benefit), Price("", "", benefit.at("statusCode"))
            )
        _write_details(transcript, benefit, services)


def _write_details(transcript: Transcript, owner: Node, services: tuple[str, ...]) -> None:
    """Write every BenefitDetail of a plan or a Benefit, then its notes, contacts and other payers."""
    for code, bucket, entries in _list_buckets(owner):
        for said in entries.each():
            own = said.at("statusCode").text if code is None else code
            network = codes.NETWORKS.get(bucket, bucket)
            _write_entry(transcript, Entry(own or owner.at("statusCode").text or "", services, network, said))
    for note in owner.at("payerNotes").each():
        transcript.add("EB", codes.DESCRIPTION, None, _join(services), place=note)
        _write_note(transcript, note)
    for contact in owner.at("contacts").each():
        _write_contact(transcript, contact, services, _find_role(contact))
    if owner.at("primaryCareProvider").is_object:
        _write_contact(transcript, owner.at("primaryCareProvider"), services, codes.PRIMARY_CARE)
    for payer in owner.at("additionalPayers").each():
        _write_other_payer(transcript, payer, services)


def _list_buckets(owner: Node) -> Iterator[tuple[str | None, str, Node]]:
    """List every network bucket with its EB01, which for a status stands in each entry.

    A detail of another name than the definition's keeps that name for its EB01.
    """
    details: list[tuple[str | None, Node]] = [(None, owner.at(codes.STATUS_DETAILS))]
    details += [(codes.AMOUNTS.get(name, name), detail) for name, detail in owner.at("amounts").fields()]
    for name, detail in owner.fields():
        is_detail = any(detail.at(bucket).value is not None for bucket in codes.NETWORKS)
        if name in codes.DETAILS or (is_detail and name not in codes.NO_DETAILS):
            details.append((codes.DETAILS.get(name, name), detail))
    for code, detail in details:
        for bucket, entries in detail.fields():
            yield code, bucket, entries


def _write_entry(transcript: Transcript, entry: Entry) -> None:
    """Write one NetworkBenefit: a row for each of its numbers, and with each what hangs on it."""
    said = entry.said
    for price in _list_prices(said):
        _write_row(transcript, entry, price)
        for delivery in said.at("deliveryInformation").each():
            transcript.add("HSD", *(delivery.at(name).text for name in codes.DELIVERY))
        _attach_references(transcript, said)
        _attach_dates(transcript, said)
        for note in said.at("payerNotes").each():
            _write_note(transcript, note)
        if place := said.at("placeOfServiceCode").text:
            transcript.add("III", "ZZ", place)
        for contact in said.at("contacts").each():
            _write_entity(transcript, contact, _find_role(contact))


def _list_prices(said: Node) -> list[Price]:
    """List the numbers of an entry; an amount that only repeats the total or what remains is left out."""
    amount, total, remaining = (
        Price(said.at(name).text or "", _find_period(said, name), Node(said.value, f"{said.pointer}/{name}"))
        for name in ("amount", "total", "remaining")
    )
    if remaining.period not in codes.LEFT:
        remaining = remaining._replace(period=codes.REMAINING)
    prices = [price for price in (total, remaining) if price.number]
    same = [price for price in prices if price.number == amount.number]
    is_repeated = any(amount.period in {price.period, ""} for price in same)
    if amount.number and not is_repeated:
        prices.insert(0, amount)
    return prices or [Price("", amount.period, said)]


def _find_period(said: Node, name: str) -> str:
    code, word = said.at(f"{name}TimePeriodCode").text, said.at(f"{name}TimePeriod").text
    return code or find_code(PERIODS, word) or ""


def _write_row(transcript: Transcript, entry: Entry, price: Price) -> None:
    """Write one EB: *price* is one number of the entry, and where it stands."""
    said = entry.said
    measure = said.at("quantityQualifierCode").text or find_code(
        QUANTITIES, said.at("quantityQualifier").text
    )
    counted = (measure, said.at("quantity").text)
    units = said.at("units").text or (codes.PERCENT if entry.code == codes.COINSURANCE else codes.DOLLARS)
    money = price.number if units == codes.DOLLARS else ""
    share = price.number if units == codes.PERCENT else ""
    if price.number and units not in {codes.DOLLARS, codes.PERCENT}:
        counted = (find_code(QUANTITIES, units), price.number)
    transcript.add(
        "EB",
        entry.code,
        said.at("levelCode").text or find_code(LEVELS, said.at("level").text),
        _join(entry.services),
        said.at("insuranceTypeCode").text or find_code(INSURANCE_TYPES, said.at("insuranceType").text),
        said.at("description").text or said.at("planName").text,
        price.period,
        money,
        share,
        *counted,
        _read_authorization(said),
        entry.network,
        place=price.place,
    )


def _join(services: tuple[str, ...]) -> str | None:
    return services[0] if services else None


def _read_authorization(said: Node) -> str | None:
    if said.at("authorizationRequiredUnknown").flag:
        return "U"
    flag = said.at("authorizationRequired").flag
    return None if flag is None else "Y" if flag else "N"


def _find_role(contact: Node) -> str | None:
    return contact.at("typeCode").text or find_code(ROLES, contact.at("type").text)


def _attach_references(transcript: Transcript, said: Node) -> None:
    for name, (qualifier, description) in codes.REFERENCES.items():
        if value := said.at(name).text:
            transcript.add("REF", qualifier, value, said.at(description).text if description else None)


def _attach_dates(transcript: Transcript, said: Node) -> None:
    for name, qualifier in codes.DATES.items():
        if moment := said.at(name).text:
            transcript.add("DTP", qualifier, "D8", plain_day(moment))


def _write_note(transcript: Transcript, note: Node) -> None:
    if words := note.text or note.at("message").text:
        transcript.add("MSG", words)


def _write_contact(
    transcript: Transcript, contact: Node, services: tuple[str, ...], role: str | None
) -> None:
    kind = codes.CONTACT_KINDS.get(role or "", codes.CONTACT)
    transcript.add("EB", kind, None, _join(services), place=contact)
    for note in contact.at("payerNotes").each():
        _write_note(transcript, note)
    _write_entity(transcript, contact, role)


def _write_entity(transcript: Transcript, entity: Node, role: str | None) -> None:
    name = entity.at("name").text or entity.at("lastName").text
    identifiers = (("PI", "payerId"), ("XX", "npi"), ("FI", "taxId"))
    found = next(((code, text) for code, field in identifiers if (text := entity.at(field).text)), ())
    transcript.add(
        "NM1", role, "2", name, entity.at("firstName").text, None, None, None, *found, place=entity
    )
    write_address(transcript, entity.at("address"))
    ways = entity.at("contactInformation")
    for way in [*ways.each()] or [entity]:
        said = [(code, way.at(field).text) for field, code in codes.CONTACTS.items()]
        told = [part for code, text in said if text for part in (code, text)][: 2 * MOST_CONTACTS]
        if told:
            transcript.add("PER", "IC", way.at("name").text if ways.value else None, *told)


def _write_other_payer(transcript: Transcript, payer: Node, services: tuple[str, ...]) -> None:
    service = payer.at("serviceTypeCode").text
    transcript.add("EB", codes.OTHER_PAYER, None, service or _join(services), place=payer)
    _attach_references(transcript, payer)
    _attach_dates(transcript, payer)
    for note in payer.at("payerNotes").each():
        _write_note(transcript, note)
    rank = next((code for name, code in codes.RANKS.items() if payer.at(name).flag), "PR")
    _write_entity(transcript, payer, rank)
