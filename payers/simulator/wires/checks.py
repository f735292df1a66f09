"""Reads an eligibility check in medical-network JSON (v3) as a strict clearinghouse does.

Kept apart from `payers.medical_network` on purpose: whatever that writes is read here by other eyes. Fields,
lengths and patterns are those of Stedi's specification 2024-04-01 and Optum's Medical Network Eligibility v3.
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime
from typing import Any, Final, NamedTuple

from payers.simulator.inquiries import EligibilityInquiry, Person

DAY: Final = r"\d{4}(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])"
PRINTABLE: Final = r"[ -~]"
PERSON: Final = {
    "memberId": r"[A-Za-z0-9 -]{2,80}",
    "firstName": PRINTABLE + "{1,35}",
    "lastName": PRINTABLE + "{1,60}",
    "middleName": PRINTABLE + "{1,25}",
    "suffix": PRINTABLE + "{1,10}",
    "gender": "[MF]",
    "dateOfBirth": DAY,
    "groupNumber": PRINTABLE + "{1,50}",
    "ssn": r"\d{9}",
}
DEPTH: Final = 4
RELATIONSHIPS: Final = {"01": "spouse", "19": "child", "34": "other"}
WHOLE_PLAN: Final = "30"


class Specification(NamedTuple):
    """What a check may hold: a pattern by JSON pointer, what it must hold, and one of what at least.

    What *repeated* pointers lead to may stand there several times; the places in their lists are left out.
    """

    fields: Mapping[str, str]
    required: tuple[str, ...]
    keys: tuple[str, ...]
    repeated: tuple[str, ...]


V3: Final = Specification(
    fields={
        "/controlNumber": r"\d{9}",
        "/submitterTransactionIdentifier": PRINTABLE + "{1,50}",
        "/tradingPartnerServiceId": r"[A-Za-z0-9]{1,80}",
        "/provider/organizationName": PRINTABLE + "{1,60}",
        "/provider/npi": r"\d{10}",
        **{f"/subscriber/{name}": pattern for name, pattern in PERSON.items()},
        **{f"/dependents/0/{name}": pattern for name, pattern in PERSON.items()},
        "/dependents/0/individualRelationshipCode": "01|19|34",
        "/encounter/serviceTypeCodes": r"[A-Z0-9]{1,2}",
        "/encounter/dateOfService": DAY,
        "/encounter/productOrServiceIDQualifier": "AD|CJ|HC|ID|IV|N4|ZZ",
        "/encounter/procedureCode": r"[A-Z0-9]{1,48}",
    },
    required=("/tradingPartnerServiceId", "/provider/organizationName", "/provider/npi"),
    keys=("/subscriber/memberId", "/subscriber/dateOfBirth", "/subscriber/lastName"),
    repeated=("/encounter/serviceTypeCodes",),
)


class CheckFault(Exception):
    """A check the clearinghouse does not take; *fields* are the JSON pointers of what is wrong with it."""

    def __init__(self, fields: Iterable[str]) -> None:
        """Keep the pointers, and nothing of the values."""
        super().__init__("the check breaks the specification")
        self.fields = tuple(fields)


def read_check(
    body: bytes, specification: Specification = V3, *, required: Iterable[str] = ()
) -> dict[str, list[str]]:
    """Read *body* into its values by JSON pointer; what is repeated stays a list.

    Raises:
        CheckFault: it is no JSON, lacks what is required, or holds what is not in the specification.
    """
    try:
        document = json.loads(body)
    except (ValueError, RecursionError):
        raise CheckFault(["/"]) from None
    values: dict[str, list[str]] = {}
    for pointer, value in _flatten(document, "", DEPTH, specification.repeated):
        values.setdefault(pointer, []).append(value)
    faults = sorted(set(_find_faults(values, specification, required)))
    if faults:
        raise CheckFault(faults)
    return values


def _find_faults(
    values: Mapping[str, list[str]], specification: Specification, required: Iterable[str]
) -> Iterator[str]:
    yield from (pointer for pointer, texts in values.items() if not _is_fit(pointer, texts, specification))
    yield from (pointer for pointer in (*specification.required, *required) if pointer not in values)
    if not any(pointer in values for pointer in specification.keys):
        yield "/subscriber"


def _is_fit(pointer: str, texts: list[str], specification: Specification) -> bool:
    pattern = specification.fields.get(pointer)
    is_single = len(texts) == 1 or pointer.startswith(specification.repeated)
    return pattern is not None and is_single and all(re.fullmatch(pattern, text, re.ASCII) for text in texts)


def _flatten(
    value: Any,  # noqa: ANN401 - JSON
    pointer: str,
    depth: int,
    repeated: tuple[str, ...],
) -> Iterator[tuple[str, str]]:
    if isinstance(value, str):
        yield pointer, value
    elif isinstance(value, dict) and value and depth:
        for name, each in value.items():
            yield from _flatten(each, f"{pointer}/{name[:60]}", depth - 1, repeated)
    elif isinstance(value, list) and value and depth:
        for place, each in enumerate(value):
            yield from _flatten(
                each, pointer if pointer in repeated else f"{pointer}/{place}", depth - 1, repeated
            )
    else:
        raise CheckFault([pointer or "/"])


def build_inquiry(
    values: Mapping[str, list[str]], *, control: str, reference: str, trace: str
) -> EligibilityInquiry:
    """Build what the check asks, as the clearinghouse's own 270 would ask it."""

    def pick(pointer: str) -> str:
        return values.get(pointer, [""])[0]

    return EligibilityInquiry(
        sender=("ZZ", f"{'CLEARINGHOUSE':15}"),
        receiver=("ZZ", f"{'SIMULATED':15}"),
        application=("CLEARINGHOUSE", "SIMULATED"),
        usage="T",
        interchange=control,
        group="1",
        transaction="0001",
        reference=reference,
        payer_id=pick("/tradingPartnerServiceId"),
        provider=(
            "NM1",
            "1P",
            "2",
            pick("/provider/organizationName"),
            "",
            "",
            "",
            "",
            "XX",
            pick("/provider/npi"),
        ),
        trace=(trace, "3117151744"),
        subscriber=_build_person(pick, "/subscriber"),
        dependent=_build_person(pick, "/dependents/0") if pick("/dependents/0/lastName") else None,
        service_types=tuple(values.get("/encounter/serviceTypeCodes", [WHOLE_PLAN])),
    )


def _build_person(pick: Any, pointer: str) -> Person:  # noqa: ANN401 - a function of one text
    return Person(
        last_name=pick(f"{pointer}/lastName"),
        first_name=pick(f"{pointer}/firstName"),
        id=pick(f"{pointer}/memberId"),
        birth_date=_read_day(pick(f"{pointer}/dateOfBirth")),
        sex=pick(f"{pointer}/gender"),
        relationship=RELATIONSHIPS.get(pick(f"{pointer}/individualRelationshipCode"), "self"),
    )


def _read_day(text: str) -> date | None:
    try:
        return datetime.strptime(text, "%Y%m%d").date() if text else None  # noqa: DTZ007 - a date has no zone
    except ValueError:
        raise CheckFault(["/subscriber/dateOfBirth"]) from None
