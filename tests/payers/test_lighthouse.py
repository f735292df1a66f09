"""The Lighthouse channel: the shipped contract, what each interface is sent, every trap in its answers."""

import json
from base64 import b64decode
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from joserfc import jwt
from joserfc.jwk import RSAKey

from payers.channels.lighthouse import Lighthouse, LighthouseSettings, plug
from payers.kit.assertion import Client, PatientTokens
from payers.kit.deadline import Deadline
from payers.kit.exchange import Reply, Request
from payers.kit.http import HttpSender, refuse
from payers.kit.json_text import read_json
from payers.kit.plug import Tools
from payers.kit.signing import SigningKey
from payers.lighthouse.community_care import read_access
from payers.lighthouse.facts import Fact, find_fact
from payers.lighthouse.ratings import read_rating
from payers.lighthouse.veterans import read_status
from payers.replies import Replies
from tests.payers.checks import NOW, StandingClock, open_sender
from verifier.errors import BadInput, BadReply, NotConfigured, PayerThrottled, UnreadableReply
from verifier.model.coverage import Coverage
from verifier.model.inquiry import Member
from verifier.model.question import Question, Veteran
from verifier.model.vocabulary import CoverageStatus, RejectionClass
from verifier.testing.channel_contract import ChannelContract, Wire, Written
from verifier.testing.people import QUESTION, find_secrets

SAMPLES = Path(__file__).parents[3] / "shared" / "data" / "military" / "samples"
ICN = "1012667145V762142"
ANOTHER = "1012666182V203559"
AUDIENCE = "https://va.okta.invalid/oauth2/aus1/v1/token"
VETERAN = Veteran(ICN, None, "1 Nowhere Lane", "Covington", "LA", "70433")
BY_NAME = replace(QUESTION, veteran=replace(VETERAN, icn=None))
BY_ICN = replace(QUESTION, veteran=VETERAN)
CONSENTING = replace(QUESTION, veteran=replace(VETERAN, access_token="consent.of.the.veteran"))
JSON = "application/json; charset=utf-8"


@pytest.fixture(name="key", scope="module")
def _key() -> RSAKey:
    return RSAKey.generate_key(2048)


@pytest.fixture(name="key_file", scope="module")
def _key_file(key: RSAKey, tmp_path_factory: pytest.TempPathFactory) -> str:
    path = tmp_path_factory.mktemp("keys") / "client.pem"
    path.write_bytes(key.as_pem(private=True))
    return str(path)


@pytest.fixture(name="sender", scope="module")
def _sender() -> Iterator[HttpSender]:
    with open_sender() as sender:
        yield sender


def status(word: str, reason: str | None = None, icn: str = ICN) -> dict[str, Any]:
    reasons = {"not_confirmed_reason": reason} if reason else {}
    attributes = {"veteran_status": word, **reasons}
    return {"data": {"id": icn, "type": "veteran_status_confirmations", "attributes": attributes}}


def rating(percent: object) -> dict[str, Any]:
    attributes = {"combined_disability_rating": percent, "combined_effective_date": "2018-03-27"}
    return {"data": {"id": "12303", "type": "disability-rating", "attributes": attributes}}


def access(**fields: object) -> dict[str, Any]:
    asked = {"patientIcn": ICN, "serviceType": "MentalHealthCare"}
    return {"patientRequest": asked, "processingStatus": "successful", **fields}


def drive(least: int, most: int, **fields: object) -> dict[str, Any]:
    return {"name": "A VA CLINIC", "driveMinutes": {"min": least, "max": most}, **fields}


def write(body: object) -> Written:
    return JSON, json.dumps(body).encode()


def answer(request: bytes, member: Member) -> Written:
    """Answer as VA does, about *member*: its token server, its status, its rating."""
    path = request.split(b" ", 2)[1].decode()
    if path.endswith("/token"):
        return write({"access_token": "a.b.c", "token_type": "Bearer", "expires_in": 300})
    if "disability_rating" in path:
        return write(rating(70))
    return write(status("confirmed", icn=ICN if member == QUESTION.subscriber else ANOTHER))


class _WithoutTrace(ChannelContract):
    """What of the contract is different on a wire that returns no trace."""

    def test_the_reply_to_an_earlier_question_is_a_bad_reply(self, wire: Wire) -> None:
        """A reply comes over the connection of its question, and there is nothing else to tell them by."""
        assert self._ask(wire, self._answer_well(wire)).trace.numbers == ()


class TestVerificationKeepsTheContract(_WithoutTrace):
    @pytest.fixture(name="wire")
    def _wire(self, sender: HttpSender, key: RSAKey) -> Wire:
        def connect(url: str) -> Lighthouse:  # the key is read once: that takes a tenth of a second
            tools, client = Tools(sender), Client(f"{url}/token", AUDIENCE, "client-1", SigningKey(key))
            tokens = PatientTokens(client, sender, tools.clock)
            return Lighthouse(LighthouseSettings(url, api_key="key-1"), tools, tokens=tokens)

        return Wire(connect, answer, BY_ICN)


class TestConfirmationKeepsTheContract(_WithoutTrace):
    @pytest.fixture(name="wire")
    def _wire(self, sender: HttpSender) -> Wire:
        return Wire(
            lambda url: Lighthouse(LighthouseSettings(url, api_key="key-1"), Tools(sender)), answer, BY_NAME
        )

    def test_another_members_reply_is_a_bad_reply(self, wire: Wire) -> None:
        """Veteran Confirmation names nobody, so it gives nobody away; it says one word."""
        coverage = self._ask(wire, self._answer_well(wire))

        assert coverage.patient is None
        assert [row.messages for row in coverage.benefits] == [("Veteran status: confirmed.",)]


class Va:
    """VA's interfaces as a sender: answers by the end of the path; keeps what it was sent."""

    def __init__(self, **turns: object) -> None:
        token = {"access_token": "a.b.c", "expires_in": 300}
        self.turns = {"token": token, "status": status("confirmed"), "rating": rating(0), **turns}
        self.requests: list[Request] = []

    def send(self, request: Request, deadline: Deadline) -> Reply:  # noqa: ARG002 - as senders have it
        self.requests.append(request)
        path = urlsplit(request.url).path
        name = next((name for part, name in PARTS.items() if part in path), "status")
        turn = self.turns[name]
        if isinstance(turn, Exception):
            raise turn
        return Reply(200, {"content-type": JSON}, json.dumps(turn).encode())

    def paths(self) -> list[str]:
        return [urlsplit(request.url).path for request in self.requests]


PARTS = {"/token": "token", "/disability_rating/": "rating", "/community-care/": "access"}


def open_channel(va: Va, key_file: str = "", **settings: str) -> Lighthouse:
    whole = {"client_id": "client-1", "audience": AUDIENCE, "key_file": key_file} if key_file else {}
    return Lighthouse(
        LighthouseSettings("https://api.va.invalid", **whole, **settings), Tools(va, StandingClock())
    )


def ask(channel: Lighthouse, question: Question) -> Coverage:
    return channel.ask(question, Deadline.after(5))


def test_a_token_is_asked_for_with_a_signed_statement_and_the_patient_it_is_for(
    key: RSAKey, key_file: str
) -> None:
    va = Va()

    ask(open_channel(va, key_file, key_id="key-2026"), BY_ICN)

    request = va.requests[0]
    form = {name: values[0] for name, values in parse_qs(request.body.decode()).items()}
    statement = jwt.decode(form.pop("client_assertion"), key, algorithms=["RS256"])
    now = int(NOW.timestamp())
    identifier = statement.claims.pop("jti")
    assert request.url == "https://api.va.invalid/oauth2/veteran-verification/system/v1/token"
    assert json.loads(b64decode(form.pop("launch"))) == {"patient": ICN}
    assert form == {
        "grant_type": "client_credentials",
        "client_assertion_type": "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
        "scope": "launch veteran_status.read disability_rating.read",
    }
    assert (statement.header["alg"], statement.header["kid"]) == ("RS256", "key-2026")
    assert statement.claims == {
        "iss": "client-1",
        "sub": "client-1",
        "aud": AUDIENCE,
        "iat": now,
        "exp": now + 300,
    }
    assert len(identifier) == 32


def test_a_token_serves_one_patient_until_shortly_before_its_end(key_file: str) -> None:
    va = Va()
    channel = open_channel(va, key_file)

    for _ in range(2):
        ask(channel, BY_ICN)
    va.turns["status"] = status("confirmed", icn=ANOTHER)
    ask(channel, replace(QUESTION, veteran=Veteran(ANOTHER)))

    tokens = [request for request in va.requests if request.url.endswith("/token")]
    launches = [parse_qs(request.body.decode())["launch"][0] for request in tokens]
    assert [json.loads(b64decode(launch))["patient"] for launch in launches] == [ICN, ANOTHER]
    assert len({parse_qs(request.body.decode())["client_assertion"][0] for request in tokens}) == 2


def test_status_then_rating_then_community_care_are_asked_and_kept_with_where_they_stand(
    key_file: str,
) -> None:
    eligible = access(
        eligibilityCodes=[{"description": "Basic", "code": "B"}],
        eligible=False,
        pactStatus="Active",
        nearbyFacilities=[drive(50, 60), drive(20, 25)],
    )
    va = Va(rating=rating(70), access=eligible)

    coverage = ask(open_channel(va, key_file), CONSENTING)

    assert va.paths()[1:] == [
        f"/services/veteran_verification/v2/status/{ICN}",
        f"/services/veteran_verification/v2/disability_rating/{ICN}",
        "/services/community-care/v0/eligibility/search",
    ]
    assert parse_qs(urlsplit(va.requests[-1].url).query) == {
        "patient": [ICN],
        "serviceType": ["MentalHealthCare"],
        "extendedDriveMin": ["90"],
    }
    assert [request.headers.get("Authorization") for request in va.requests] == [
        None,
        "Bearer a.b.c",
        "Bearer a.b.c",
        "Bearer consent.of.the.veteran",
    ]
    rows = [
        (row.code, row.references[0].value, row.source.reply, row.source.pointer) for row in coverage.benefits
    ]
    assert rows == [
        ("veteran_status", "confirmed", 0, "/data/attributes/veteran_status"),
        ("combined_disability_rating", "70", 1, "/data/attributes/combined_disability_rating"),
        ("combined_effective_date", "2018-03-27", 1, "/data/attributes/combined_effective_date"),
        ("community_care_codes", "B", 2, "/eligibilityCodes"),
        ("community_care_eligible", "false", 2, "/eligible"),
        ("community_care_processing", "successful", 2, "/processingStatus"),
        ("pact_status", "Active", 2, "/pactStatus"),
        ("nearest_va_drive_minutes", "20-25", 2, "/nearbyFacilities/1/driveMinutes"),
    ]  # fmt: skip


CONFIRMATIONS = [
    (
        "v0",
        "/services/veteran_confirmation/v0/status",
        {
            "ssn": "900-00-0001",
            "first_name": "Ingrid",
            "last_name": "Contractson",
            "birth_date": "1984-02-29",
        },
    ),
    (
        "v1",
        "/services/veteran-confirmation/v1/status",
        {
            "firstName": "Ingrid",
            "lastName": "Contractson",
            "birthDate": "1984-02-29",
            "streetAddressLine1": "1 Nowhere Lane",
            "city": "Covington",
            "state": "LA",
            "zipCode": "70433",
            "country": "USA",
        },
    ),
]


@pytest.mark.parametrize(("version", "path", "body"), CONFIRMATIONS, ids=["v0", "v1"])
def test_veteran_confirmation_is_sent_the_key_and_the_words_of_its_version(
    version: str, path: str, body: dict[str, str]
) -> None:
    va = Va()
    question = replace(BY_NAME, subscriber=replace(QUESTION.subscriber, ssn="900-00-0001"))

    ask(open_channel(va, api_key="key-1", confirmation=version), question)

    (request,) = va.requests
    assert (request.method, urlsplit(request.url).path) == ("POST", path)
    assert request.headers["apikey"] == "key-1"
    assert json.loads(request.body) == body


@pytest.mark.parametrize(
    ("version", "missing"),
    [("v0", {"/member/ssn"}), ("v1", {"/va/street", "/va/city", "/va/state", "/va/zip"})],
)
def test_what_finds_nobody_is_not_sent_and_the_fields_are_named(version: str, missing: set[str]) -> None:
    va = Va()

    with pytest.raises(BadInput) as refusal:
        ask(open_channel(va, api_key="key-1", confirmation=version), QUESTION)

    assert set(refusal.value.errors) == missing
    assert va.requests == []


def test_client_credentials_need_the_icn_first(key_file: str) -> None:
    va = Va()

    with pytest.raises(BadInput) as refusal:
        ask(open_channel(va, key_file), BY_NAME)

    assert set(refusal.value.errors) == {"/va/icn"}
    assert va.requests == []


@pytest.mark.parametrize(
    ("veteran", "field"),
    [
        (Veteran("../../etc/passwd"), "/va/icn"),
        (Veteran("1012667145V762142?x=1"), "/va/icn"),
        (Veteran(ICN, "two words"), "/va/access_token"),
        (Veteran(ICN, "line\r\nHost: elsewhere"), "/va/access_token"),
    ],
)
def test_nothing_given_becomes_another_address_or_header(key_file: str, veteran: Veteran, field: str) -> None:
    with pytest.raises(BadInput) as refusal:
        ask(open_channel(Va(), key_file), replace(QUESTION, veteran=veteran))

    assert set(refusal.value.errors) == {field}


# What a status comes to: the answer, its reason, then our status and who has to act.
STATUSES = [
    ("confirmed", None, CoverageStatus.ACTIVE, None),
    ("not confirmed", "NOT_TITLE_38", CoverageStatus.INACTIVE, None),
    ("not confirmed", "ERROR", CoverageStatus.UNKNOWN, RejectionClass.PAYER_UNAVAILABLE),
    ("not confirmed", "PERSON_NOT_FOUND", CoverageStatus.REJECTED, RejectionClass.MEMBER),
    ("not confirmed", "MORE_RESEARCH_REQUIRED", CoverageStatus.REJECTED, RejectionClass.OTHER),
    ("not confirmed", "SOMETHING_NEW", CoverageStatus.REJECTED, RejectionClass.OTHER),
    ("not confirmed", None, CoverageStatus.REJECTED, RejectionClass.OTHER),
]


@pytest.mark.parametrize(("word", "reason", "expected", "category"), STATUSES)
def test_only_not_title_38_is_a_no_and_error_is_a_failed_check(
    key_file: str, word: str, reason: str | None, expected: CoverageStatus, category: RejectionClass | None
) -> None:
    va = Va(status=status(word, reason))

    coverage = ask(open_channel(va, key_file), BY_ICN)

    assert coverage.status is expected
    assert [each.category for each in coverage.rejections] == ([category] if category else [])
    assert find_fact(coverage, Fact.REASON) == reason
    asked_on = any("disability_rating" in path for path in va.paths())
    assert asked_on is (expected is CoverageStatus.ACTIVE)


@pytest.mark.parametrize("fault", [refuse(429), refuse(500), refuse(404)], ids=lambda each: str(each.status))
def test_a_rating_that_cannot_be_had_leaves_the_status_and_a_warning(key_file: str, fault: Exception) -> None:
    coverage = ask(open_channel(Va(rating=fault), key_file), BY_ICN)

    assert coverage.status is CoverageStatus.ACTIVE
    assert find_fact(coverage, Fact.RATING) is None
    assert [each.code for each in coverage.warnings] == ["DISABILITY_RATING_NOT_ANSWERED"]


def test_a_consent_that_has_ended_is_said_so_and_spoils_nothing_else(key_file: str) -> None:
    coverage = ask(open_channel(Va(access=refuse(401)), key_file), CONSENTING)

    assert coverage.status is CoverageStatus.ACTIVE
    (warning,) = coverage.warnings
    assert warning.code == "COMMUNITY_CARE_NOT_ANSWERED"
    assert "consent has ended" in warning.text


def test_a_status_refused_for_too_many_calls_is_throttling(key_file: str) -> None:
    with pytest.raises(PayerThrottled):
        ask(open_channel(Va(status=refuse(429)), key_file), BY_ICN)


def test_an_answer_about_primary_care_is_not_read_as_one_about_mental_health() -> None:
    """PrimaryCare says false whatever the codes are, so it must never stand in."""
    asked = {"patientIcn": ICN, "serviceType": "PrimaryCare"}

    with pytest.raises(BadReply):
        read_access(read_json(json.dumps(access(patientRequest=asked, eligible=False)).encode()), ICN)


@pytest.mark.parametrize("fields", [{}, {"eligible": None}])
@pytest.mark.parametrize(
    "processing", ["geocoding-not-available", "geocoding-out-of-date", "geocoding-incomplete"]
)
def test_eligible_null_or_absent_is_kept_as_not_said(processing: str, fields: dict[str, object]) -> None:
    body = access(processingStatus=processing, **fields)

    coverage = read_access(read_json(json.dumps(body).encode()), ICN)

    assert find_fact(coverage, Fact.ELIGIBLE) is None
    assert find_fact(coverage, Fact.PROCESSING) == processing


@pytest.mark.parametrize(
    ("facilities", "nearest"),
    [
        ([], None),
        ([drive(0, 10)], "0-10"),
        ([drive(40, 50), drive(20, 30)], "20-30"),
        ([drive(0, 10, active=False), drive(40, 50)], "40-50"),
        ([{"name": "NO TIMES"}], None),
        ([drive(30, 20)], None),
        ([{"driveMinutes": {"min": "5", "max": 10}}], None),
    ],
)
def test_the_nearest_facility_that_is_open_counts(facilities: list[object], nearest: str | None) -> None:
    body = access(nearbyFacilities=facilities)

    coverage = read_access(read_json(json.dumps(body).encode()), ICN)

    assert find_fact(coverage, Fact.NEAREST) == nearest


@pytest.mark.parametrize("percent", [101, -10, True, "70", 12.5])
def test_a_rating_that_is_no_percentage_is_not_taken(percent: object) -> None:
    with pytest.raises(UnreadableReply):
        read_rating(read_json(json.dumps(rating(percent)).encode()))


def test_a_veteran_without_a_rating_has_none_and_not_zero() -> None:
    coverage = read_rating(read_json(json.dumps(rating(None)).encode()))

    assert find_fact(coverage, Fact.RATING) is None


def test_single_ratings_name_illnesses_and_are_not_kept() -> None:
    body = rating(50)
    body["data"]["attributes"]["individual_ratings"] = [{"diagnostic_text": "Posttraumatic stress"}]

    coverage = read_rating(read_json(json.dumps(body).encode()))

    assert "Posttraumatic" not in f"{coverage.benefits}"


def test_a_fhir_coverage_of_va_is_other_insurance_and_never_read_as_the_va_benefit() -> None:
    """VistA's insurance file 2.312 lists what the Veteran has besides VA."""
    resource = {"resourceType": "Coverage", "id": "I3-1", "status": "active", "subscriberId": "R50797108"}
    bundle = {"resourceType": "Bundle", "type": "searchset", "entry": [{"resource": resource}]}

    for body in (resource, bundle):
        with pytest.raises(UnreadableReply):
            Replies().read(json.dumps(body).encode())


READERS: dict[str, Callable[[bytes], Coverage]] = {
    "va_veteran_verification_v2_status_confirmed.json": lambda body: read_status(read_json(body)),
    "va_veteran_verification_v2_status_not_confirmed.json": lambda body: read_status(read_json(body)),
    "va_veteran_verification_v2_disability_rating.json": lambda body: read_rating(read_json(body)),
}
EXPECTED = {
    "va_veteran_verification_v2_status_confirmed.json": (CoverageStatus.ACTIVE, None),
    "va_veteran_verification_v2_status_not_confirmed.json": (CoverageStatus.INACTIVE, None),
    "va_veteran_verification_v2_disability_rating.json": (CoverageStatus.ACTIVE, "100"),
}


@pytest.mark.skipif(not SAMPLES.exists(), reason="the published samples are not beside this copy")
@pytest.mark.parametrize("name", READERS)
def test_published_samples_are_read(name: str) -> None:
    coverage = READERS[name]((SAMPLES / name).read_bytes())

    assert (coverage.status, find_fact(coverage, Fact.RATING)) == EXPECTED[name]


@pytest.mark.skipif(not SAMPLES.exists(), reason="the published samples are not beside this copy")
def test_the_published_answer_about_community_care_is_read_once_it_is_about_mental_health() -> None:
    body = json.loads((SAMPLES / "va_cce_response_oas_example.json").read_bytes())
    body["patientRequest"]["serviceType"] = "MentalHealthCare"

    coverage = read_access(read_json(json.dumps(body).encode()), body["patientRequest"]["patientIcn"])

    facts = {fact: find_fact(coverage, fact) for fact in (Fact.CODES, Fact.NEAREST, Fact.PACT)}
    assert facts == {Fact.CODES: "B", Fact.NEAREST: "0-10", Fact.PACT: "Active"}


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({}, "api_key or client_id"),
        ({"api_key": "k", "url": "http://api.va.gov"}, "https"),
        ({"api_key": "k", "confirmation": "v9"}, "confirmation"),
        ({"api_key": "two words"}, "api_key"),
        ({"client_id": "c"}, "audience and key_file"),
        ({"client_id": "c", "audience": "http://okta.invalid", "key_file": "/k"}, "https"),
        ({"client_id": "c", "audience": AUDIENCE, "key_file": "/nowhere/key.pem"}, "key_file cannot be read"),
        ({"api_key": "k", "surprise": "x"}, "does not exist"),
    ],
)
def test_settings_that_cannot_be_used_are_named_at_the_start(settings: dict[str, str], words: str) -> None:
    with pytest.raises(NotConfigured, match=words):
        plug.build(settings, Tools(Va()))


def test_a_representation_of_the_settings_gives_no_secret_away() -> None:
    settings = LighthouseSettings(
        api_key="s3cret", client_id="client-1", audience=AUDIENCE, key_file="/k.pem"
    )

    assert not {word for word in ("s3cret", "client-1", "/k.pem") if word in repr(settings)}
    assert find_secrets(repr(CONSENTING)) == []
    assert ICN not in repr(CONSENTING)
