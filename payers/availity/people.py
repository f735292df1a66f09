"""Payer, provider, subscriber and patient of an Availity Coverage, written down as loops 2100A to 2100D."""

from typing import Final

from payers.availity import codes
from payers.kit.json_text import Node
from payers.medical_network.codes import RELATIONSHIPS, find_code
from payers.medical_network.transcript import Transcript

DAY_LENGTH: Final = 10
SEXES: Final = {"Female": "F", "Male": "M"}


def write_payer(transcript: Transcript, payer: Node) -> None:
    """Write the payer, by the names it answered with where it did."""
    transcript.add("HL", "1", None, "20", "1")
    name = payer.at("responseName").text or payer.at("name").text
    identifier = payer.at("responsePayerId").text or payer.at("payerId").text
    if name or identifier:
        transcript.add(
            "NM1", "PR", "2", name, None, None, None, None, "PI" if identifier else None, identifier
        )


def write_provider(transcript: Transcript, provider: Node) -> None:
    """Write who asked."""
    transcript.add("HL", "2", "1", "21", "1")
    name = (provider.at("lastName").text, provider.at("firstName").text)
    transcript.add("NM1", "1P", "2", *name, None, None, None, "XX", provider.at("npi").text)


def write_people(transcript: Transcript, coverage: Node) -> None:
    """Write subscriber and patient; the trace comes back as the patient's account number."""
    patient, subscriber = coverage.at("patient"), coverage.at("subscriber")
    code = patient.at("subscriberRelationshipCode").text
    relation = code or find_code(RELATIONSHIPS, patient.at("subscriberRelationship").text)
    is_dependent = relation not in (None, codes.SELF)
    trace = patient.at("patientAccountNumber").text
    transcript.add("HL", "3", "2", "22", "1" if is_dependent else "0")
    if not is_dependent:
        _write_trace(transcript, trace)
    holder = subscriber if subscriber.is_object else patient
    _write_person(transcript, "IL", holder, None if is_dependent else patient)
    if is_dependent:
        transcript.add("HL", "4", "3", "23", "0")
        _write_trace(transcript, trace)
        _write_person(transcript, "03", patient, None)
        transcript.add("INS", "N", relation)


def _write_trace(transcript: Transcript, trace: str | None) -> None:
    if trace:
        transcript.add("TRN", "2", trace)


def _write_person(transcript: Transcript, role: str, person: Node, same: Node | None) -> None:
    """Write one person; what is not said of the subscriber may be said of the *same* person as patient."""
    said = [person, *([same] if same else [])]
    if not any(each.is_object for each in said):
        return
    member_id = _find(said, "memberId")
    names = [_find(said, name) for name in ("lastName", "firstName", "middleName")]
    identified = ("MI", member_id) if member_id else ()
    transcript.add("NM1", role, "1", *names, None, _find(said, "suffix"), *identified)
    write_address(
        transcript, next((each.at("address") for each in said if each.at("address").is_object), person)
    )
    birth_date, gender = _find(said, "birthDate"), _find(said, "gender")
    sex = _find(said, "genderCode") or SEXES.get(gender or "")
    transcript.add("DMG", "D8" if birth_date else None, plain_day(birth_date), sex)


def _find(people: list[Node], name: str) -> str | None:
    return next((text for person in people if (text := person.at(name).text)), None)


def write_address(transcript: Transcript, address: Node) -> None:
    """Write an address as N3 and N4."""
    if street := address.at("line1").text:
        transcript.add("N3", street, address.at("line2").text)
    if town := address.at("city").text:
        state = address.at("stateCode").text or address.at("state").text
        transcript.add("N4", town, state, address.at("zipCode").text)


def plain_day(moment: str | None) -> str | None:
    """Keep the day of a moment: midnight at the payer's, written in UTC."""
    return moment[:DAY_LENGTH].replace("-", "") if moment else None
