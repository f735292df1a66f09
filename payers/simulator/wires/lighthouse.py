"""The simulated VA Lighthouse: Veteran Confirmation, Veteran Verification, Community Care Eligibility.

Kept apart from `payers.lighthouse`: requests are read and answers written here by other eyes. The words of
Veteran Confirmation v0 and of Community Care are those of VA's definitions; where no source has the body of
an error, it is ours in the form VA's other errors have.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from hmac import compare_digest
from typing import Final, NamedTuple
from urllib.parse import parse_qs

from payers.simulator.envelopes import BAD_REQUEST, OK
from payers.simulator.exchange import Response, write_json
from payers.simulator.veterans import Record
from payers.simulator.wires.okta import Authority, Denied
from payers.simulator.wires.tokens import UNAUTHORIZED, read_json

TOKEN_PATH: Final = "/oauth2/veteran-verification/system/v1/token"  # noqa: S105 - an address
V0: Final = "/services/veteran_confirmation/v0/status"
V1: Final = "/services/veteran-confirmation/v1/status"
VERIFICATION: Final = "/services/veteran_verification/v2/"
COMMUNITY_CARE: Final = "/services/community-care/v0/eligibility/search"
FORBIDDEN: Final = "403 Forbidden"
NOT_FOUND: Final = "404 Not Found"
V0_REQUIRED: Final = ("ssn", "first_name", "last_name", "birth_date")
V1_REQUIRED: Final = (
    *("firstName", "lastName", "birthDate", "streetAddressLine1", "city", "state", "zipCode", "country"),
)
SERVICES: Final = frozenset({"MentalHealthCare", "PrimaryCare", "Audiology", "Optometry"})
SOMEBODY_ELSE: Final = "1012999999V999999"
THROTTLED: Final = {"message": "API rate limit exceeded"}


class Call(NamedTuple):
    """One request: *path* below the address of the simulated VA."""

    method: str
    path: str
    query: str
    authorization: str
    api_key: str
    body: bytes
    now: datetime


class Outcome(NamedTuple):
    """What goes back, and whom it was about, for the ledger."""

    response: Response
    scenario: str | None = None


def _va(status: str, title: str, detail: str, code: str | None = None) -> Denied:
    number = status.split(maxsplit=1)[0]
    return Denied(
        status, {"errors": [{"title": title, "detail": detail, "code": code or number, "status": number}]}
    )


@dataclass
class Lighthouse:
    """The simulated VA: the *people* it has on file, and who may ask."""

    people: Sequence[Record]
    authority: Authority
    api_key: str = field(repr=False)

    def answer(self, call: Call) -> Outcome:
        """Answer one request."""
        try:
            if call.path.startswith(VERIFICATION):
                return self._verify(call)
            for path, (method, take) in self._doors().items():
                if call.path == path:
                    _require_method(call, method)
                    return take(call)
            raise _va(NOT_FOUND, "Not found", "There are no routes matching your request.")
        except Denied as denied:
            return Outcome(denied.response)

    def _doors(self) -> Mapping[str, tuple[str, Callable[[Call], Outcome]]]:
        return {
            TOKEN_PATH: ("POST", lambda call: Outcome(self.authority.grant(call.body, call.now))),
            V0: ("POST", self._confirm_v0),
            V1: ("POST", self._confirm_v1),
            COMMUNITY_CARE: ("GET", self._search),
        }

    def _verify(self, call: Call) -> Outcome:
        _require_method(call, "GET")
        interface, _, icn = call.path.removeprefix(VERIFICATION).partition("/")
        patient = self.authority.find_patient(call.authorization, call.now)
        if patient is None:
            raise _va(UNAUTHORIZED, "Invalid token", "Invalid token.")
        if patient != icn:
            raise _va(FORBIDDEN, "Forbidden", "The token is for another patient.")
        write = {"status": self._write_status, "disability_rating": self._write_rating}.get(interface)
        if write is None:
            raise _va(NOT_FOUND, "Not found", "There are no routes matching your request.")
        person = self._find(icn=icn)
        return Outcome(write(person, icn), person.name if person else None)

    def _write_status(self, person: Record | None, icn: str) -> Response:
        if person and (failure := person.fails_at("status")):
            if failure.status != OK:
                return _fail(failure.status)
            icn = SOMEBODY_ELSE
        status, reason = (person.status, person.reason) if person else ("not confirmed", "PERSON_NOT_FOUND")
        attributes: dict[str, str] = {
            "veteran_status": status,
            **({"not_confirmed_reason": reason} if reason else {}),
        }
        return write_json(
            OK, {"data": {"id": icn, "type": "veteran_status_confirmations", "attributes": attributes}}
        )

    def _write_rating(self, person: Record | None, icn: str) -> Response:  # noqa: ARG002 - the answer has an id of its own
        if person is None:
            raise _va(NOT_FOUND, "Record not found", "The record identified by this ICN could not be found.")
        if failure := person.fails_at("rating"):
            return _fail(failure.status)
        attributes: dict[str, object] = {
            "combined_disability_rating": person.rating,
            "combined_effective_date": "2018-03-27" if person.rating else None,
            "individual_ratings": [],
        }
        return write_json(
            OK, {"data": {"id": "12303", "type": "disability-rating", "attributes": attributes}}
        )

    def _confirm_v0(self, call: Call) -> Outcome:
        asked = self._read_confirmation(call, V0_REQUIRED)
        person = self._find(ssn=_digits(asked["ssn"]), last_name=asked["last_name"].upper())
        return self._confirm(person)

    def _confirm_v1(self, call: Call) -> Outcome:
        asked = self._read_confirmation(call, V1_REQUIRED)
        words = {"birth_date": asked["birthDate"], "last_name": asked["lastName"].upper()}
        return self._confirm(self._find(zip=asked["zipCode"], **words))

    def _confirm(self, person: Record | None) -> Outcome:
        if person is None:
            unknown = {"veteran_status": "not confirmed", "not_confirmed_reason": "PERSON_NOT_FOUND"}
            return Outcome(write_json(OK, unknown))
        if failure := person.fails_at("status"):
            return Outcome(_fail(failure.status), person.name)
        reasons = {"not_confirmed_reason": person.reason} if person.reason else {}
        return Outcome(write_json(OK, {"veteran_status": person.status, **reasons}), person.name)

    def _read_confirmation(self, call: Call, required: Sequence[str]) -> dict[str, str]:
        if not compare_digest(call.api_key.encode(), self.api_key.encode()):
            raise Denied(UNAUTHORIZED, {"message": "Invalid authentication credentials"})
        asked = {name: value for name, value in read_json(call.body).items() if isinstance(value, str)}
        for name in required:
            if not asked.get(name):
                detail = f'The required parameter "{name}", is missing'
                raise _va(BAD_REQUEST, "Missing parameter", detail, "108")
        return asked

    def _search(self, call: Call) -> Outcome:
        query = {name: values[0] for name, values in parse_qs(call.query).items()}
        icn, service = query.get("patient", ""), query.get("serviceType", "")
        person = self._find(icn=icn)
        consent = call.authorization.removeprefix("Bearer ")
        if person is None or not person.consent or person.consent_ended or consent != person.consent:
            raise _va(UNAUTHORIZED, "Invalid token", "Invalid token.")
        if service not in SERVICES:
            raise _cce(BAD_REQUEST, "UnknownServiceTypeException", f"Unknown service type: {service}", call)
        if person.access is None:
            raise _cce(NOT_FOUND, "UnknownPatientIcnException", "Unknown patient ICN", call)
        if failure := person.fails_at("access"):
            return Outcome(_fail(failure.status), person.name)
        asked = {"patientIcn": icn, "serviceType": service, "timestamp": call.now.isoformat()}
        body = {"patientRequest": asked, **person.access}
        if service == "PrimaryCare":  # as VA's code has it: false, before any code on file is read
            body["eligible"] = False
        return Outcome(write_json(OK, body), person.name)

    def _find(self, **wanted: str) -> Record | None:
        """Find the one person whose particulars are all as *wanted*."""
        for person in self.people:
            known = {
                "icn": person.icn,
                "ssn": _digits(person.ssn),
                "last_name": person.last_name.upper(),
                "birth_date": person.birth_date.isoformat(),
                "zip": person.zip,
            }
            if wanted.items() <= known.items():
                return person
        return None


def _require_method(call: Call, method: str) -> None:
    if call.method != method:
        raise Denied("405 Method Not Allowed", {"allowed": method})


def _digits(text: str) -> str:
    return "".join(filter(str.isdigit, text))


def _cce(status: str, kind: str, message: str, call: Call) -> Denied:
    stamp = int(call.now.timestamp() * 1000)
    return Denied(status, {"timestamp": stamp, "type": kind, "message": message})


def _fail(status: str) -> Response:
    """Answer with an HTTP *status* as VA's gateway does."""
    if status.startswith("429"):
        return write_json(status, THROTTLED)
    return _va(status, "Service unavailable", "An outage has been reported on the Veteran service.").response
