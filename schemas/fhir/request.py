"""A CoverageEligibilityRequest (FHIR R4) as an inquiry: by itself, in a Bundle, or in Parameters.

What it refers to is contained in it, or comes beside it in the Bundle; nothing is fetched from anywhere. All
is brought to the form of `schemas.inquiry`, whose rules are the only ones.

====================================  ======================================================================
``insurer``                           identifier: payer id of GET /v1/payers
``patient``                           Patient: name, gender, birthDate
``insurance[0].coverage``             Coverage: subscriberId, subscriber, relationship, group
``facility`` or ``provider``          identifier: the facility
``servicedDate``, ``servicedPeriod``  earliest day of the first session
``item[0]``                           productOrService: code of the program; quantity: sessions; unitPrice:
                                      what is billed for one; extensions ``urn:benefits-verifier:weekday``,
                                      valueCode ``mon`` to ``sun``: the days it meets
``supportingInfo``                    information.identifier of ``urn:benefits-verifier:consent``: the consent
====================================  ======================================================================
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from schemas.fhir.concepts import GENDERS, OURS, Json, drop_empty
from schemas.inquiry import load_inquiry
from verifier.errors import BadInput
from verifier.model.inquiry import Inquiry

KIND: Final = "CoverageEligibilityRequest"
SEXES: Final = {gender: sex for sex, gender in GENDERS.items()} | {"other": "U"}
CONSENT: Final = f"{OURS}consent"
WEEKDAY: Final = f"{OURS}weekday"


@dataclass(frozen=True, slots=True)
class Body:
    """What was sent: the request, and the resources it may refer to, each by every name it has."""

    request: Json
    resources: Mapping[str, Json]

    def find(self, reference: object) -> Json:
        """Return what *reference* leads to; empty when it leads nowhere."""
        name = _member(reference, "reference")
        return self.resources.get(name, {}) if isinstance(name, str) else {}


def load_request(data: object, *, today: date | None = None) -> Inquiry:
    """Load the inquiry that a request makes; nobody is born after *today* (by default the day it is in UTC).

    Raises:
        BadInput: it is no CoverageEligibilityRequest, or lacks what an inquiry needs; the fields named are
            those of the inquiry, and `schemas.fhir.outcome` tells which element each comes from.
    """
    return load_inquiry(_write_inquiry(_open(data)), today=today)


def _open(data: object) -> Body:
    """Find the request and everything that came with it."""
    resources = list(_unwrap(data))
    requests = [each for each in resources if each.get("resourceType") == KIND]
    if len(requests) != 1:
        raise BadInput(f"Send one {KIND}, by itself, in a Bundle or in Parameters.", {"": "is needed once"})
    return Body(requests[0], dict(_list_names(data, requests[0])))


def _unwrap(data: object) -> Iterator[Json]:
    """Walk the resources that *data* is or holds, one level deep."""
    kind = _member(data, "resourceType")
    inner = {"Bundle": "entry", "Parameters": "parameter"}.get(kind) if isinstance(kind, str) else None
    if inner is None:
        yield _object(data)
    for each in _list(_member(data, inner or "")):
        yield _object(_member(each, "resource"))


def _list_names(data: object, request: Json) -> Iterator[tuple[str, Json]]:
    for each in _list(_member(data, "entry")):
        resource = _object(_member(each, "resource"))
        if isinstance(url := _member(each, "fullUrl"), str):
            yield url, resource
        yield f"{resource.get('resourceType')}/{resource.get('id')}", resource
    for each in _list(request.get("contained")):
        yield f"#{_object(each).get('id')}", _object(each)


def _write_inquiry(body: Body) -> Json:
    request = body.request
    insurance = _first(request.get("insurance"))
    coverage = body.find(insurance.get("coverage"))
    patient, holder = body.find(request.get("patient")), body.find(coverage.get("subscriber"))
    relationship = _code(coverage.get("relationship")) or "self"
    is_own = relationship == "self" or not holder
    item = _first(request.get("item"))
    return drop_empty(
        {
            "payer": _identify(body, request.get("insurer")),
            "member": _write_person(patient if is_own else holder)
            | drop_empty({"id": coverage.get("subscriberId"), "group_number": _group(coverage)}),
            "patient": {} if is_own else _write_person(patient) | {"relationship": relationship},
            "facility": _identify(body, request.get("facility")) or _identify(body, request.get("provider")),
            "program": _write_program(request, item),
            "consent_id": next(_list_consents(request), None),
        }
    )


def _write_program(request: Json, item: Json) -> Json:
    quantity, price = _object(item.get("quantity")), _object(item.get("unitPrice"))
    if price and price.get("currency") not in {"USD", None}:
        raise BadInput("The price is not in US dollars.", {"/program/billed_amount": "must be in USD"})
    return drop_empty(
        {
            "code": _code(item.get("productOrService")),
            "start_date": request.get("servicedDate") or _member(request.get("servicedPeriod"), "start"),
            "sessions": quantity.get("value"),
            "billed_amount": _text(price.get("value")),
            "weekdays": list(_list_weekdays(item)),
        }
    )


def _list_weekdays(item: Json) -> Iterator[object]:
    for each in map(_object, _list(item.get("extension"))):
        if each.get("url") == WEEKDAY:
            yield each.get("valueCode")


def _write_person(person: Json) -> Json:
    name = _first(person.get("name"))
    given = _list(name.get("given"))
    return drop_empty(
        {
            "last_name": name.get("family"),
            "first_name": given[0] if given else None,
            "middle_name": given[1] if len(given) > 1 else None,
            "suffix": next(iter(_list(name.get("suffix"))), None),
            "birth_date": person.get("birthDate"),
            "sex": SEXES.get(str(person.get("gender"))),
        }
    )


def _identify(body: Body, reference: object) -> object:
    """Read the identifier of a reference, or of the resource that it leads to."""
    own = _object(_member(reference, "identifier")).get("value")
    return own or _first(body.find(reference).get("identifier")).get("value")


def _group(coverage: Json) -> object:
    classes = map(_object, _list(coverage.get("class")))
    return next((each.get("value") for each in classes if _code(each.get("type")) == "group"), None)


def _list_consents(request: Json) -> Iterator[object]:
    for each in _list(request.get("supportingInfo")):
        named = _object(_member(_member(each, "information"), "identifier"))
        if named.get("system") == CONSENT:
            yield named.get("value")


def _code(concept: object) -> Any:  # noqa: ANN401 - whatever was sent; the inquiry's schema judges it
    return _first(_member(concept, "coding")).get("code")


def _text(number: object) -> object:
    return None if number is None else str(number)


def _first(value: object) -> Json:
    return _object(next(iter(_list(value)), None))


def _member(value: object, name: str) -> object:
    return value.get(name) if isinstance(value, dict) else None


def _object(value: object) -> Json:
    return value if isinstance(value, dict) else {}


def _list(value: object) -> list[object]:
    return value if isinstance(value, list) else []
