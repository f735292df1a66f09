"""Reads an Availity coverage request as strictly as its definition allows (Coverages 1.0.0)."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from typing import Final
from urllib.parse import parse_qs

from payers.simulator.inquiries import EligibilityInquiry, Person
from payers.simulator.scenarios import Scenario
from payers.simulator.vocabulary import RELATIONSHIPS

REQUIRED: Final = ("payerId", "providerNpi", "asOfDate", "patientBirthDate", "subscriberRelationship")
LISTED: Final = frozenset({"serviceType"})
FIELDS: Final = frozenset(
    {
        *REQUIRED,
        *LISTED,
        "providerLastName",
        "providerTaxId",
        "placeOfService",
        "procedureCode",
        "memberId",
        "patientSSN",
        "groupNumber",
        "patientLastName",
        "patientFirstName",
        "patientMiddleName",
        "patientSuffix",
        "patientGender",
        "patientAccountNumber",
    }
)
SELF: Final = "18"
WORDS: Final = {code: word for word, code in RELATIONSHIPS.items()}


class FormFault(Exception):
    """A form Availity does not take; *fields* are the names of what is wrong with it."""

    def __init__(self, fields: list[str]) -> None:
        """Keep the names, and nothing of the values."""
        super().__init__("the form breaks the definition")
        self.fields = fields


def read_form(body: bytes) -> EligibilityInquiry:
    """Read a coverage request.

    Raises:
        FormFault: it lacks a field, has one twice or one that the definition does not know.
    """
    values = parse_qs(body.decode("utf-8", "replace"), max_num_fields=60)
    faults = [name for name in REQUIRED if name not in values]
    faults += [
        name
        for name, given in values.items()
        if name not in FIELDS or (name not in LISTED and len(given) > 1)
    ]
    if faults:
        raise FormFault(faults)
    person = _read_person(values)
    is_dependent = values["subscriberRelationship"][0] != SELF
    member_id = values.get("memberId", [""])[0]
    return EligibilityInquiry(
        sender=("ZZ", ""),
        receiver=("ZZ", ""),
        application=("", ""),
        usage="T",
        interchange="",
        group="",
        transaction="",
        reference="",
        payer_id=values["payerId"][0],
        provider=("NM1", "1P", "2", values.get("providerLastName", [""])[0]),
        trace=(values.get("patientAccountNumber", [""])[0],),
        subscriber=Person(id=member_id) if is_dependent else person,
        dependent=person if is_dependent else None,
        service_types=tuple(values.get("serviceType", ["30"])),
    )


def fill_subscriber(inquiry: EligibilityInquiry, scenarios: Iterable[Scenario]) -> EligibilityInquiry:
    """Fill in who holds the member id, as the payer does: a form for a dependent names nobody else."""
    if inquiry.dependent is None:
        return inquiry
    wanted = (inquiry.payer_id, inquiry.subscriber.id)
    found = (one.person for one in scenarios if (one.payer, one.person.id) == wanted)
    return replace(inquiry, subscriber=next(found, inquiry.subscriber))


def _read_person(values: dict[str, list[str]]) -> Person:
    def pick(name: str) -> str:
        return values.get(name, [""])[0]

    try:
        birth_date = date.fromisoformat(pick("patientBirthDate")[:10])
    except ValueError:
        raise FormFault(["patientBirthDate"]) from None
    relationship = pick("subscriberRelationship")
    return Person(
        last_name=pick("patientLastName"),
        first_name=pick("patientFirstName"),
        id=pick("memberId") if relationship == SELF else "",
        birth_date=birth_date,
        sex=pick("patientGender"),
        relationship=WORDS.get(relationship, "other"),
    )
