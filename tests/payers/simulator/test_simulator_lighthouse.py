"""The simulated VA Lighthouse, called by hand and by our own channel: tokens, statuses, ratings, access."""

import json
from base64 import b64encode
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import count
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import Request

import pytest
from joserfc import jwt
from joserfc.jwk import RSAKey

from payers.channels.lighthouse import Lighthouse, LighthouseSettings
from payers.kit.deadline import Deadline
from payers.kit.plug import Tools
from payers.lighthouse.facts import Fact, find_fact
from payers.simulator.server import PASSWORD, USER_NAME, Simulator
from payers.simulator.veterans import load_veterans
from payers.simulator.wires.lighthouse import COMMUNITY_CARE, V0, V1, VERIFICATION
from payers.simulator.wires.okta import AUDIENCE, CLIENT_KEY
from tests.payers.checks import open_sender
from tests.payers.simulator.calls import NOW, OPENER
from verifier.errors import BadInput
from verifier.model.inquiry import Member
from verifier.model.question import Question, Veteran
from verifier.model.vocabulary import CoverageStatus
from verifier.testing.people import QUESTION

TOKEN = "/oauth2/veteran-verification/system/v1/token"
VETERANS = {record.name: record for record in load_veterans()}
WARD = VETERANS["va_confirmed"]
NUMBERS = count()
Answer = tuple[int, Any]


@dataclass
class Clock:
    moment: datetime = NOW

    def now(self) -> datetime:
        return self.moment

    def monotonic(self) -> float:
        return 0.0


@pytest.fixture(name="clock")
def _clock() -> Clock:
    return Clock()


@pytest.fixture(name="va")
def _va(clock: Clock) -> Iterator[str]:
    with Simulator(clock=clock) as simulator:
        yield f"{simulator.url}/lighthouse"


@pytest.fixture(name="key", scope="module")
def _key() -> RSAKey:
    return RSAKey.import_key(CLIENT_KEY.read_bytes())


def send(url: str, body: bytes | None = None, **headers: str) -> Answer:
    try:
        with OPENER.open(Request(url, body, headers)) as reply:  # noqa: S310 - to this machine
            return reply.status, json.load(reply)
    except HTTPError as refusal:
        return refusal.code, json.load(refusal)


def sign(key: RSAKey, **claims: object) -> str:
    seconds = int(NOW.timestamp())
    usual = {"iss": USER_NAME, "sub": USER_NAME, "aud": AUDIENCE, "iat": seconds, "exp": seconds + 300}
    return jwt.encode({"alg": "RS256"}, {**usual, "jti": f"statement-{next(NUMBERS)}", **claims}, key)


def write_form(statement: str, icn: str = WARD.icn, **fields: str) -> bytes:
    launch = b64encode(json.dumps({"patient": icn}).encode()).decode()
    usual = {
        "grant_type": "client_credentials",
        "client_assertion_type": "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
        "client_assertion": statement,
        "scope": "launch veteran_status.read",
        "launch": launch,
    }
    return urlencode(usual | fields).encode()


def take_token(va: str, key: RSAKey, icn: str = WARD.icn) -> str:
    status, body = send(f"{va}{TOKEN}", write_form(sign(key), icn))
    assert (status, body["expires_in"]) == (200, 300)
    return f"Bearer {body['access_token']}"


SECONDS = int(NOW.timestamp())
REFUSED_CLAIMS: dict[str, tuple[dict[str, object], str]] = {
    "the address it is sent to, not that of VA's own server": (
        {"aud": "https://sandbox-api.va.gov/oauth2/token"},
        "The audience claim for client_assertion must be the endpoint invoked for the request.",
    ),
    "an end that is past": ({"exp": SECONDS - 1}, "The client_assertion token is expired."),
    "no end": ({"exp": None}, "The client_assertion token is expired."),
    "an end more than 300 seconds away": (
        {"exp": SECONDS + 301},
        "The client_assertion token has an expiration too far into the future.",
    ),
    "another client": (
        {"iss": "somebody"},
        "The client_assertion issuer and subject must be the client id.",
    ),
    "no id": ({"jti": None}, "The client_assertion token has no id."),
}


@pytest.mark.parametrize(("claims", "words"), REFUSED_CLAIMS.values(), ids=REFUSED_CLAIMS)
def test_a_statement_that_proves_nothing_gives_no_token(
    va: str, key: RSAKey, claims: dict[str, object], words: str
) -> None:
    answer = send(f"{va}{TOKEN}", write_form(sign(key, **claims)))

    assert answer == (401, {"error": "invalid_client", "error_description": words})


def test_a_statement_is_taken_once(va: str, key: RSAKey) -> None:
    statement = sign(key)

    first, second = (send(f"{va}{TOKEN}", write_form(statement)) for _ in range(2))

    assert first[0] == 200
    assert second == (
        401,
        {
            "error": "invalid_client",
            "error_description": "The client_assertion token has already been used.",
        },
    )


@pytest.mark.parametrize("statement", ["", "a.b.c", "not a statement"])
def test_what_is_no_statement_has_no_valid_signature(va: str, statement: str) -> None:
    status, body = send(f"{va}{TOKEN}", write_form(statement))

    assert (status, body["error"]) == (401, "invalid_client")


def test_another_key_signs_nothing_valid(va: str) -> None:
    status, body = send(f"{va}{TOKEN}", write_form(sign(RSAKey.generate_key(2048))))

    assert (status, body["error_description"]) == (401, "The client_assertion signature is invalid.")


@pytest.mark.parametrize(
    ("fields", "error"),
    [
        ({"grant_type": "password"}, "unsupported_grant_type"),
        ({"scope": "launch everything"}, "invalid_scope"),
        ({"scope": ""}, "invalid_scope"),
        ({"launch": "no base64"}, "invalid_request"),
        ({"launch": b64encode(b'{"patient":17}').decode()}, "invalid_request"),
    ],
)
def test_a_request_for_a_token_is_read_strictly(
    va: str, key: RSAKey, fields: dict[str, str], error: str
) -> None:
    status, body = send(f"{va}{TOKEN}", write_form(sign(key), **fields))

    assert (status, body["error"]) == (400, error)


def test_a_token_is_for_one_patient_and_ends_after_300_seconds(va: str, key: RSAKey, clock: Clock) -> None:
    token = take_token(va, key)

    def look(icn: str) -> int:
        return send(f"{va}{VERIFICATION}status/{icn}", Authorization=token)[0]

    assert (look(WARD.icn), look(VETERANS["va_rated"].icn)) == (200, 403)
    clock.moment = NOW + timedelta(seconds=299)
    assert look(WARD.icn) == 200
    clock.moment = NOW + timedelta(seconds=300)
    assert look(WARD.icn) == 401


V0_BODY = {
    "ssn": WARD.ssn,
    "first_name": WARD.first_name,
    "last_name": WARD.last_name,
    "birth_date": WARD.birth_date.isoformat(),
}
V1_BODY = {
    "firstName": WARD.first_name,
    "lastName": WARD.last_name,
    "birthDate": WARD.birth_date.isoformat(),
    "streetAddressLine1": "1 Nowhere Lane",
    "city": "Covington",
    "state": "LA",
    "zipCode": WARD.zip,
    "country": "USA",
}


@pytest.mark.parametrize(("path", "body"), [(V0, V0_BODY), (V1, V1_BODY)], ids=["v0", "v1"])
def test_veteran_confirmation_says_one_word(va: str, path: str, body: dict[str, str]) -> None:
    stranger = {name: "Nobody" if "last" in name.lower() else value for name, value in body.items()}

    assert send(f"{va}{path}", json.dumps(body).encode(), apikey=PASSWORD) == (
        200,
        {"veteran_status": "confirmed"},
    )
    assert send(f"{va}{path}", json.dumps(stranger).encode(), apikey=PASSWORD) == (
        200,
        {"veteran_status": "not confirmed", "not_confirmed_reason": "PERSON_NOT_FOUND"},
    )


def test_veteran_confirmation_wants_a_key_and_every_field(va: str) -> None:
    nameless = {name: value for name, value in V0_BODY.items() if name != "ssn"}

    assert send(f"{va}{V0}", json.dumps(V0_BODY).encode(), apikey="another")[0] == 401
    assert send(f"{va}{V0}", json.dumps(nameless).encode(), apikey=PASSWORD) == (
        400,
        {
            "errors": [
                {
                    "title": "Missing parameter",
                    "detail": 'The required parameter "ssn", is missing',
                    "code": "108",
                    "status": "400",
                }
            ]
        },
    )


def search(va: str, name: str, service: str = "MentalHealthCare", token: str | None = None) -> Answer:
    record = VETERANS[name]
    query = urlencode({"patient": record.icn, "serviceType": service})
    return send(f"{va}{COMMUNITY_CARE}?{query}", Authorization=f"Bearer {token or record.consent}")


def test_community_care_wants_the_veterans_own_consent(va: str, key: RSAKey) -> None:
    system_token = take_token(va, key, VETERANS["va_hardship"].icn).removeprefix("Bearer ")

    assert search(va, "va_hardship")[0] == 200
    assert search(va, "va_hardship", token=system_token)[0] == 401
    assert search(va, "va_consent_ended")[0] == 401


def test_primary_care_is_false_whatever_the_codes_say(va: str) -> None:
    mental, primary = (
        search(va, "va_hardship", service)[1] for service in ("MentalHealthCare", "PrimaryCare")
    )

    assert (mental["eligible"], primary["eligible"]) == (True, False)
    assert mental["eligibilityCodes"] == primary["eligibilityCodes"]


def test_an_unknown_kind_of_care_is_refused_in_vas_words(va: str) -> None:
    status, body = search(va, "va_hardship", "dentistry")

    assert (status, body["type"], body["message"]) == (
        400,
        "UnknownServiceTypeException",
        "Unknown service type: dentistry",
    )


def test_geocoding_leaves_no_word_on_eligibility(va: str) -> None:
    body = search(va, "va_geocoding")[1]

    assert "eligible" not in body
    assert body["processingStatus"] == "geocoding-incomplete"


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("/nowhere", None, 404),
        (TOKEN, None, 405),
        (f"{VERIFICATION}status/{WARD.icn}", b"x", 405),
        (f"{VERIFICATION}status/{WARD.icn}", None, 401),
        (V1, b"", 401),
    ],
)
def test_what_is_asked_wrongly_is_refused(va: str, path: str, body: bytes | None, status: int) -> None:
    assert send(f"{va}{path}", body)[0] == status


def ask_about(name: str, *, consents: bool = False) -> Question:
    record = VETERANS[name]
    member = Member(record.last_name, record.birth_date, record.first_name, ssn=record.ssn)
    return replace(
        QUESTION, subscriber=member, veteran=Veteran(record.icn, record.consent if consents else None)
    )


def open_channel(va: str, tools: Tools, **settings: str) -> Lighthouse:
    whole = {"client_id": USER_NAME, "audience": AUDIENCE, "key_file": str(CLIENT_KEY)}
    return Lighthouse(LighthouseSettings(va, **(settings or whole)), tools)


ANSWERS = {
    "va_confirmed": (CoverageStatus.ACTIVE, "0"),
    "va_rated": (CoverageStatus.ACTIVE, "70"),
    "va_not_title_38": (CoverageStatus.INACTIVE, None),
    "va_error": (CoverageStatus.UNKNOWN, None),
    "va_person_not_found": (CoverageStatus.REJECTED, None),
    "va_more_research": (CoverageStatus.REJECTED, None),
}


@pytest.mark.parametrize(("name", "expected"), ANSWERS.items(), ids=ANSWERS)
def test_our_channel_reads_what_the_simulated_va_says(
    va: str, clock: Clock, name: str, expected: tuple[CoverageStatus, str | None]
) -> None:
    with open_sender() as sender:
        coverage = open_channel(va, Tools(sender, clock)).ask(ask_about(name), Deadline.after(5))

    assert (coverage.status, find_fact(coverage, Fact.RATING)) == expected


def test_our_channel_replaces_a_token_that_va_no_longer_takes(clock: Clock) -> None:
    with Simulator(clock=clock) as simulator, open_sender() as sender:
        channel = open_channel(f"{simulator.url}/lighthouse", Tools(sender, clock))
        channel.ask(ask_about("va_confirmed"), Deadline.after(5))
        clock.moment = NOW + timedelta(seconds=301)  # while our own clock for deadlines stands
        coverage = channel.ask(ask_about("va_confirmed"), Deadline.after(5))

        assert coverage.status is CoverageStatus.ACTIVE
        outcomes = [call.outcome for call in simulator.ledger.calls]
        # token, status, rating; then a status refused, a new token, status, rating
        assert outcomes == ["200", "200", "200", "401", "200", "200", "200"]
        assert simulator.ledger.paid == 0


def test_our_channel_asks_with_the_key_alone_and_needs_no_icn_for_it(va: str, clock: Clock) -> None:
    question = replace(ask_about("va_confirmed"), veteran=None)

    with open_sender() as sender:
        channel = open_channel(va, Tools(sender, clock), api_key=PASSWORD, confirmation="v0")
        coverage = channel.ask(question, Deadline.after(5))
        with pytest.raises(BadInput):
            channel.ask(
                replace(question, subscriber=replace(question.subscriber, ssn=None)), Deadline.after(5)
            )

    assert coverage.status is CoverageStatus.ACTIVE


def test_every_veteran_is_invented_once() -> None:
    assert len(VETERANS) >= 8
    for name in ("icn", "ssn", "zip"):
        assert len({getattr(record, name) for record in VETERANS.values()}) == len(VETERANS)
    assert all(record.ssn.startswith("900-") for record in VETERANS.values())  # never a real one
