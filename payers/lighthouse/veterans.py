"""Veteran status: Veteran Confirmation v0 and v1, and Veteran Service History and Eligibility v2.

An answer with HTTP 200 that says "not confirmed" is a no only where its reason is NOT_TITLE_38. Every other
reason, and none, is a check that came to no end: VA did not find the person, has to look further, or failed.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final, NamedTuple

from payers.kit.json_text import Node
from payers.lighthouse.facts import Fact, write_fact
from verifier.errors import BadInput, UnreadableReply
from verifier.model.coverage import Coverage, CoveredPerson, PayerName, Rejection, Source
from verifier.model.inquiry import Member, Sex
from verifier.model.question import Question, Veteran
from verifier.model.vocabulary import CoverageStatus, RejectionClass, Retry

VA: Final = PayerName("Department of Veterans Affairs")
COUNTRY: Final = "USA"
CONFIRMED: Final = "confirmed"
NOT_CONFIRMED: Final = "not confirmed"
NOT_TITLE_38: Final = "NOT_TITLE_38"


class Doubt(NamedTuple):
    """What a reason that is no "no" means."""

    meaning: str
    category: RejectionClass
    retry: Retry
    advice: str


UNEXPLAINED: Final = Doubt(
    "VA did not confirm the Veteran and gave no reason that is a no",
    RejectionClass.OTHER,
    Retry.LATER,
    "Treat the status as unknown and call VA.",
)
DOUBTS: Final[Mapping[str, Doubt]] = MappingProxyType(
    {
        "PERSON_NOT_FOUND": Doubt(
            "VA found nobody with these particulars",
            RejectionClass.MEMBER,
            Retry.WITH_CHANGES,
            "Check name, birth date and number; a Veteran may still be on file in other words.",
        ),
        "MORE_RESEARCH_REQUIRED": Doubt(
            "VA has to look further before it can confirm the Veteran",
            RejectionClass.OTHER,
            Retry.LATER,
            "Treat the status as unknown and call VA.",
        ),
        "ERROR": Doubt(
            "VA's check failed",
            RejectionClass.PAYER_UNAVAILABLE,
            Retry.LATER,
            "Ask again in a few minutes; this says nothing about the patient.",
        ),
    }
)


@dataclass(frozen=True, slots=True)
class Reading:
    """A status document as it was read."""

    status: Node
    reason: Node


def read_status(document: Node) -> Coverage:
    """Read a status reply, of any of the interfaces.

    Raises:
        UnreadableReply: it states no status.
    """
    attributes = document.at("data", "attributes")
    holder = attributes if attributes.is_object else document
    reading = Reading(holder.at("veteran_status"), holder.at("not_confirmed_reason"))
    word = (reading.status.text or "").lower()
    if word not in {CONFIRMED, NOT_CONFIRMED}:
        raise UnreadableReply("This is no answer about a Veteran's status.")
    rows = [write_fact(Fact.STATUS, word, reading.status, f"Veteran status: {word}.")]
    if reading.reason.text:
        rows.append(write_fact(Fact.REASON, reading.reason.text, reading.reason))
    status = CoverageStatus.ACTIVE if word == CONFIRMED else _judge(reading.reason.text)
    open_question = status in {CoverageStatus.REJECTED, CoverageStatus.UNKNOWN}
    return Coverage(
        status,
        payer=VA,
        subscriber=CoveredPerson("self", document.at("data", "id").text, "icn"),
        benefits=tuple(rows),
        rejections=(_explain(reading),) if open_question else (),
    )


def _judge(reason: str | None) -> CoverageStatus:
    if reason == NOT_TITLE_38:
        return CoverageStatus.INACTIVE
    failed = _find_doubt(reason).category is RejectionClass.PAYER_UNAVAILABLE
    return CoverageStatus.UNKNOWN if failed else CoverageStatus.REJECTED


def _find_doubt(reason: str | None) -> Doubt:
    return DOUBTS.get(reason or "", UNEXPLAINED)


def _explain(reading: Reading) -> Rejection:
    doubt = _find_doubt(reading.reason.text)
    node = reading.reason if reading.reason.text else reading.status
    source = Source(None, node.write(), node.pointer)
    return Rejection(
        reading.reason.text, doubt.meaning, None, None, doubt.category, doubt.retry, doubt.advice, source
    )


def write_v0(question: Question) -> Mapping[str, str]:
    """Write the body of Veteran Confirmation v0, which finds people by social security number.

    Raises:
        BadInput: something it needs is not known; ``errors`` names the fields.
    """
    member = question.subscriber
    _require({"/member/ssn": member.ssn, **_list_name(member)})
    return _drop_empty(
        {
            "ssn": member.ssn,
            "first_name": member.first_name,
            "last_name": member.last_name,
            "birth_date": f"{member.birth_date}",
            "middle_name": member.middle_name,
            "gender": _write_sex(member.sex),
        }
    )


def write_v1(question: Question) -> Mapping[str, str]:
    """Write the body of Veteran Confirmation v1, which finds people by name and residence.

    Raises:
        BadInput: something it needs is not known; ``errors`` names the fields.
    """
    member, veteran = question.subscriber, question.veteran or Veteran()
    places = {name: getattr(veteran, name) for name in ("street", "city", "state", "zip")}
    _require({**_list_name(member), **{f"/va/{name}": value for name, value in places.items()}})
    return _drop_empty(
        {
            "firstName": member.first_name,
            "middleName": member.middle_name,
            "lastName": member.last_name,
            "birthDate": f"{member.birth_date}",
            "gender": _write_sex(member.sex),
            "streetAddressLine1": veteran.street,
            "city": veteran.city,
            "state": veteran.state,
            "zipCode": veteran.zip,
            "country": COUNTRY,
        }
    )


Write = Callable[[Question], Mapping[str, str]]
CONFIRMATIONS: Final[Mapping[str, tuple[str, Write]]] = MappingProxyType(
    {
        "v0": ("/services/veteran_confirmation/v0/status", write_v0),
        "v1": ("/services/veteran-confirmation/v1/status", write_v1),
    }
)


def _list_name(member: Member) -> dict[str, object]:
    return {
        "/member/first_name": member.first_name,
        "/member/last_name": member.last_name,
        "/member/birth_date": member.birth_date,
    }


def _require(fields: Mapping[str, object]) -> None:
    missing = {pointer: "is needed to find a Veteran at VA" for pointer, value in fields.items() if not value}
    if missing:
        raise BadInput("VA cannot be asked about this Veteran without the fields named.", missing)


def _write_sex(sex: Sex | None) -> str | None:
    return sex if sex in {Sex.FEMALE, Sex.MALE} else None


def _drop_empty(fields: Mapping[str, str | None]) -> Mapping[str, str]:
    return {name: value for name, value in fields.items() if value}
