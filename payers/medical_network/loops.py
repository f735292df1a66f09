"""The loops of the 271 that medical-network JSON mirrors, written down field by field.

Which field stands for which element is said in Optum's Medical Network Eligibility v3 specification. One
reader of 271s then reads both wires, so that no word can mean one thing in X12 and another in JSON.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Final, NamedTuple

from payers.kit.json_text import Node
from payers.medical_network import codes
from payers.medical_network.codes import find_code
from payers.medical_network.items import Benefit, find_description, write_address, write_benefit, write_dates
from payers.medical_network.transcript import Transcript
from verifier.errors import UnreadableReply

MOST_BENEFITS: Final = 12_000  # on the way to segments they cost two kilobytes each
LOOP: Final = re.compile(r"(?<!\d)2[01][0-2]0[A-D]\b")


class Refusal(NamedTuple):
    """One AAA: reason, follow-up action, the loop the JSON names, the letter of the one it is written in."""

    code: str
    action: str
    loop: str | None
    letter: str
    place: Node


def write_reply(document: Node, benefits: Iterable[Benefit]) -> Transcript:
    """Write down the v3 *document* with its *benefits*.

    Raises:
        UnreadableReply: there are more of them than any answer has.
    """
    transcript, told = Transcript(), list(islice(benefits, MOST_BENEFITS + 1))
    if len(told) > MOST_BENEFITS:
        raise UnreadableReply("The reply holds more benefits than any eligibility answer does.")
    people = list(_list_people(document))
    refusals = list(_find_refusals(document, {"A", "B", *"CD"[: len(people)]}))
    transcript.add("BHT", "0022", "11", document.at("meta", "traceId").text)
    _write_refusals(transcript, refusals, "")
    _write_payer(transcript, document.at("payer"), refusals)
    _write_provider(transcript, document.at("provider"), refusals)
    if people or told:
        _write_people(transcript, document, people or [Node(None)], refusals, told)
    return transcript


def _list_people(document: Node) -> Iterator[Node]:
    dependents = [*document.at("dependents").each(), *document.at("dependent").each()]
    if document.at("subscriber").is_object or dependents:
        yield document.at("subscriber")
    yield from (dependent for dependent in dependents if dependent.is_object)


def _find_refusals(document: Node, letters: set[str]) -> Iterator[Refusal]:
    """Find every AAA once: those beside payer, provider and people, and those only the list of all has."""
    beside = [
        _read_refusal(error, f"2100{letter}", letters)
        for name, letter in (("payer", "A"), ("provider", "B"), ("subscriber", "C"), ("dependents", "D"))
        for holder in document.at(name).each()
        for error in holder.at("aaaErrors").each()
    ]
    yield from beside
    known = Counter((refusal.code, refusal.loop) for refusal in beside)
    for error in document.at("errors").each():
        refusal = _read_refusal(error, None, letters)
        match = next(
            (key for key in known if key[0] == refusal.code and refusal.loop in (key[1], None)), None
        )
        if match and known[match]:
            known[match] -= 1
        elif refusal.place.is_object:
            yield refusal


def _read_refusal(error: Node, default: str | None, letters: set[str]) -> Refusal:
    location = error.at("location").text or ""
    found = LOOP.search(location)
    loop = found[0] if found else codes.LOCATIONS.get(location, default)
    letter = loop[-1] if loop and loop[-1] in letters else ""
    action = find_code(codes.FOLLOW_UPS, error.at("followupAction").text)
    return Refusal(error.at("code").text or "", action or "", loop, letter, error)


def _write_refusals(transcript: Transcript, refusals: Iterable[Refusal], letter: str) -> None:
    for refusal in refusals:
        if refusal.letter == letter:
            transcript.add_refusal(refusal.code, refusal.action, refusal.place, refusal.loop)


def _write_payer(transcript: Transcript, payer: Node, refusals: list[Refusal]) -> None:
    transcript.add("HL", "1", None, "20", "1")
    found = ((code, payer.at(name).text) for name, code in codes.PAYER_IDS.items())
    qualifier, identifier = next(((code, value) for code, value in found if value), (None, None))
    name = payer.at("name").text or payer.at("lastName").text
    role = find_code(codes.ROLES, payer.at("entityIdentifier").text) or "PR"
    if payer.is_object:
        first = payer.at("firstName").text
        transcript.add("NM1", role, "2", name, first, None, None, None, qualifier, identifier)
    _write_refusals(transcript, refusals, "A")


def _write_provider(transcript: Transcript, provider: Node, refusals: list[Refusal]) -> None:
    transcript.add("HL", "2", "1", "21", "1")
    name = provider.at("providerOrgName").text or provider.at("providerName").text
    transcript.add("NM1", "1P", "2", name, None, None, None, None, "XX", provider.at("npi").text)
    _write_refusals(transcript, refusals, "B")


def _write_people(
    transcript: Transcript,
    document: Node,
    people: list[Node],
    refusals: list[Refusal],
    benefits: list[Benefit],
) -> None:
    """Write subscriber and dependents; benefits, plan dates and traces belong to the first dependent."""
    patient = people[min(1, len(people) - 1)]
    plan = document.at("planInformation")
    for number, person in enumerate(people, 3):
        letter, level = ("C", "22") if number == 3 else ("D", "23")  # noqa: PLR2004 - HL of the subscriber
        transcript.add("HL", str(number), "2" if letter == "C" else "3", level, "0")
        if person is patient:
            _write_traces(transcript, document)
        _write_person(transcript, person, letter, plan if letter == "C" else Node(None))
        _write_refusals(transcript, refusals, letter)
        if person is patient:
            write_dates(transcript, document.at("planDateInformation"))
            for benefit in benefits:
                write_benefit(transcript, benefit)


def _write_traces(transcript: Transcript, document: Node) -> None:
    for trace in document.at("subscriberTraceNumbers").each():
        transcript.add("TRN", trace.at("traceTypeCode").text, trace.at("referenceIdentification").text)


def _write_person(transcript: Transcript, person: Node, letter: str, plan: Node) -> None:
    if not person.is_object and not plan.is_object:
        return
    said = {name: person.at(name).text for name in ("lastName", "firstName", "middleName", "suffix")}
    qualifier, identifier = ("MI", person.at("memberId").text)
    if identifier is None and (unique := person.at("uniqueHealthIdentifier").text):
        qualifier, identifier = "II", unique
    names = (said["lastName"], said["firstName"], said["middleName"], None, said["suffix"])
    role = "IL" if letter == "C" else "03"
    transcript.add("NM1", role, "1", *names, qualifier if identifier else None, identifier)
    _write_person_references(transcript, person, plan)
    write_address(transcript, person.at("address"))
    if (born := person.at("dateOfBirth").text) or person.at("gender").text:
        transcript.add("DMG", "D8", born, person.at("gender").text)
    _write_relationship(transcript, person, letter)


def _write_relationship(transcript: Transcript, person: Node, letter: str) -> None:
    named = find_code(codes.RELATIONSHIPS, person.at("relationToSubscriber").text)
    if code := person.at("relationToSubscriberCode").text or named:
        transcript.add("INS", "Y" if letter == "C" else "N", code)


def _write_person_references(transcript: Transcript, person: Node, plan: Node) -> None:
    """Write the identifiers of a person; those of the plan are repeated there, and described only there."""
    own = {name: node for name, node in person.fields() if name != "memberId"}
    for name in dict.fromkeys([*own, *(name for name, _ in plan.fields())]):
        if qualifier := codes.REFERENCES.get(name):
            described = find_description(qualifier, person) or find_description(qualifier, plan)
            values = dict.fromkeys((own.get(name, Node(None)).text, plan.at(name).text))
            for value in filter(None, values):
                transcript.add("REF", qualifier, value, described)
