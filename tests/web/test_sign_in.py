"""Signing in and out over HTTP: what gets in, what does not, and when it ends."""

import json
import re
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from joserfc import jwt
from joserfc.jwk import ECKey, KeySet
from werkzeug.test import TestResponse

from tests.access import OPERATOR, PASSWORD, Person, Reception
from tests.store.support import inquire
from tests.web.house import OTHER, OWN, WebHouse, open_web
from verifier.access.principal import Facilities
from verifier.access.roles import Role, Scope
from verifier.credentials.bearer import BearerTokens
from verifier.model.audit import Action
from verifier.web.guard import OPEN_HEADER

SESSION, DEVICE = "__Host-verifier-session", "__Host-verifier-device"


@pytest.fixture
def house(tmp_path: Path) -> Iterator[WebHouse]:
    with open_web(tmp_path) as opened:
        yield opened


@pytest.fixture
def reception(house: WebHouse) -> Reception:
    return house.reception


@pytest.fixture
def ana(reception: Reception) -> Person:
    return reception.add("ana@riverbend.example", Role.ADMISSIONS, facilities=[OWN])


@pytest.fixture
def client(house: WebHouse) -> FlaskClient:
    return house.app.test_client(use_cookies=False)


def sign_in(client: FlaskClient, person: Person, cookies: str = "", **changes: str) -> TestResponse:
    headers = {"Cookie": cookies} if cookies else {}
    address = {"REMOTE_ADDR": changes.pop("source", "203.0.113.7")}
    said = person.says(**changes)
    return client.post("/v1/session", json=said, headers=headers, environ_overrides=address)


def cookie(response: TestResponse, name: str) -> str:
    (line,) = (each for each in response.headers.getlist("Set-Cookie") if each.startswith(f"{name}="))
    return line.split(";")[0]


def who(client: FlaskClient, cookies: str) -> TestResponse:
    return client.get("/v1/session", headers={"Cookie": cookies})


def test_who_says_the_right_things_gets_a_session_of_their_own(
    client: FlaskClient, ana: Person, reception: Reception
) -> None:
    answer = sign_in(client, ana)
    again = who(client, cookie(answer, SESSION))

    assert answer.status_code == 201
    assert (
        answer.json
        == again.json
        == {
            "kind": "user",
            "id": ana.id,
            "name": "ana@riverbend.example",
            "scopes": ["estimate", "read", "roster", "verify"],
            "facilities": [OWN],
            "emergency": [],
            "csrf_token": answer.json["csrf_token"],
        }
    )
    assert reception.told(Action.LOGIN) == [(f"user:{ana.id}", "session", "done")]


def test_the_cookies_are_out_of_reach_of_scripts_and_of_other_sites(client: FlaskClient, ana: Person) -> None:
    lines = sign_in(client, ana).headers.getlist("Set-Cookie")

    assert len(lines) == 2
    for line in lines:
        assert {part.strip() for part in line.split(";")[1:]} >= {
            "Secure",
            "HttpOnly",
            "Path=/",
            "SameSite=Strict",
        }
        assert "Domain" not in line


def test_only_a_digest_of_the_token_is_kept(client: FlaskClient, ana: Person, reception: Reception) -> None:
    token = cookie(sign_in(client, ana), SESSION).partition("=")[2]
    name = reception.database._engine.url.database or ""
    content = b"".join(path.read_bytes() for path in Path(name).parent.glob(f"{Path(name).name}*"))

    assert len(token) >= 43
    for secret in (
        token,
        PASSWORD,
        *ana.enrolment.recovery_codes,
        ana.enrolment.authenticator.split("secret=")[1][:32],
    ):
        assert secret.encode() not in content


@pytest.mark.parametrize(
    "changes",
    [
        {"email": "nobody@riverbend.example"},
        {"password": "correct horse battery stapler"},
        {"password": "x" * 256},
        {"code": "000000"},
        {"code": "not a code"},
    ],
    ids=["nobody", "password", "long password", "code", "no code"],
)
def test_whatever_is_wrong_the_answer_is_the_same(
    client: FlaskClient, ana: Person, changes: dict[str, str]
) -> None:
    answer = sign_in(client, ana, **changes)

    assert (answer.status_code, answer.json["code"]) == (401, "unauthenticated")
    assert answer.json["detail"] == (
        "The e-mail address, the password or the code is wrong, or the code was used before."
    )
    assert "Set-Cookie" not in answer.headers


def test_a_code_is_good_once_even_for_two_who_send_it_at_once(
    house: WebHouse, client: FlaskClient, ana: Person
) -> None:
    said, answers = ana.says(), []

    def try_it() -> None:
        answers.append(house.app.test_client().post("/v1/session", json=said).status_code)

    threads = [threading.Thread(target=try_it) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(answers) == [201, 401, 401, 401]
    assert sign_in(client, ana, code=said["code"], source="203.0.113.8").status_code == 401


def test_a_code_before_one_that_was_used_is_used_up_too(client: FlaskClient, ana: Person) -> None:
    assert sign_in(client, ana).status_code == 201
    assert sign_in(client, ana, code=ana.code(seconds=-30)).status_code == 401
    assert sign_in(client, ana, code=ana.code(seconds=30)).status_code == 201


def test_a_recovery_code_is_good_once(client: FlaskClient, ana: Person) -> None:
    first, second = ana.enrolment.recovery_codes[:2]

    answers = [sign_in(client, ana, code=code).status_code for code in (first, first, second)]

    assert answers == [201, 401, 201]


def test_a_session_planted_beforehand_is_worth_nothing_and_ends(
    client: FlaskClient, ana: Person, reception: Reception
) -> None:
    planted = f"{SESSION}=chosen-by-somebody-else"
    first = cookie(sign_in(client, ana, planted), SESSION)
    reception.clock.move(minutes=1)
    second = cookie(sign_in(client, ana, first), SESSION)

    assert len({planted, first, second}) == 3
    assert [who(client, each).status_code for each in (planted, first, second)] == [401, 401, 200]


def test_a_session_ends_after_15_minutes_without_use(
    client: FlaskClient, ana: Person, reception: Reception
) -> None:
    session = cookie(sign_in(client, ana), SESSION)
    seen = []
    for minutes in (14, 14, 15):
        reception.clock.move(minutes=minutes)
        seen.append(who(client, session).status_code)

    assert seen == [200, 200, 401]


def test_a_session_ends_after_12_hours_however_much_it_is_used(
    client: FlaskClient, ana: Person, reception: Reception
) -> None:
    session = cookie(sign_in(client, ana), SESSION)
    seen = []
    for _ in range(72):
        reception.clock.move(minutes=10)
        seen.append(who(client, session).status_code)

    assert seen == [200] * 71 + [401]


def test_who_signs_out_is_out_wherever_the_cookie_is_kept(client: FlaskClient, ana: Person) -> None:
    answer = sign_in(client, ana)
    session = cookie(answer, SESSION)
    headers = {"Cookie": session, "X-CSRF-Token": answer.json["csrf_token"]}

    gone = client.delete("/v1/session", headers=headers)

    assert (gone.status_code, cookie(gone, SESSION)) == (204, f"{SESSION}=")
    assert who(client, session).status_code == 401


def test_who_is_disabled_is_out_at_the_next_request_and_so_are_their_keys(
    client: FlaskClient, ana: Person, reception: Reception
) -> None:
    session = cookie(sign_in(client, ana), SESSION)
    key = {"Authorization": f"Bearer {reception.key(owner='ana@riverbend.example')}"}
    assert client.get("/v1/session", headers=key).status_code == 200

    reception.access.staffing.disable_user(OPERATOR, "ana@riverbend.example")

    assert who(client, session).status_code == 401
    assert client.get("/v1/session", headers=key).status_code == 401
    reception.clock.move(minutes=1)
    assert sign_in(client, ana).status_code == 401


def test_a_new_second_factor_ends_sessions_and_the_old_one(
    client: FlaskClient, ana: Person, reception: Reception
) -> None:
    session = cookie(sign_in(client, ana), SESSION)

    enrolment = reception.access.staffing.enrol_anew(OPERATOR, "ana@riverbend.example")
    reception.clock.move(minutes=1)

    assert who(client, session).status_code == 401
    assert sign_in(client, ana).status_code == 401
    assert sign_in(client, ana, code=ana.enrolment.recovery_codes[3]).status_code == 401
    assert sign_in(client, Person(enrolment, reception.clock)).status_code == 201


def test_other_roles_and_facilities_hold_from_the_next_request_on(
    house: WebHouse, client: FlaskClient, ana: Person, reception: Reception
) -> None:
    record = house.verifier.verify(inquire(facility=OWN)).id
    headers, staffing = house.session(ana.id), reception.access.staffing

    def look() -> int:
        return client.get(f"/v1/verifications/{record}", headers=headers).status_code

    seen = [look()]
    for roles, facilities in (([Role.ADMIN], "*"), ([Role.AUDITOR], OTHER), ([Role.AUDITOR], OWN)):
        staffing.change_user(OPERATOR, "ana@riverbend.example", roles, Facilities.of([facilities]))
        seen.append(look())

    assert seen == [200, 403, 404, 200]


def test_a_new_password_replaces_the_old_one(client: FlaskClient, ana: Person, reception: Reception) -> None:
    other = "a password nobody had yet"
    enrolment = reception.access.staffing.enrol_anew(OPERATOR, "ana@riverbend.example", other)
    again = Person(enrolment, reception.clock)

    assert [sign_in(client, again, password=each).status_code for each in (PASSWORD, other)] == [401, 201]


def test_a_revoked_an_expired_and_an_invented_key_are_refused_at_once(
    client: FlaskClient, reception: Reception
) -> None:
    key, other = reception.key(), reception.key()
    headers = [{"Authorization": f"Bearer {each}"} for each in (key, other, f"{key}x", "vk_")]
    before = [client.get("/v1/payers", headers=each).status_code for each in headers]
    revoked = reception.access.staffing.list_keys()[0]

    reception.access.staffing.revoke_key(OPERATOR, revoked.id)
    after = [client.get("/v1/payers", headers=each).status_code for each in headers[:2]]
    reception.clock.move(days=31)
    late = client.get("/v1/payers", headers=headers[1]).status_code

    assert (before, sorted(after), late) == ([200, 200, 401, 401], [200, 401], 401)


@pytest.mark.parametrize("scheme", ["Basic YTpi", "bearer", "Bearer", "Bearer  ", "vk_x", "Token vk_x"])
def test_a_credential_that_is_none_is_never_overlooked(client: FlaskClient, ana: Person, scheme: str) -> None:
    session = cookie(sign_in(client, ana), SESSION)

    answer = client.get("/v1/session", headers={"Cookie": session, "Authorization": scheme})

    assert (answer.status_code, answer.headers["WWW-Authenticate"]) == (401, "Bearer")


@pytest.mark.parametrize("sent", ["", "x", "é", "0" * 64])
@pytest.mark.parametrize(
    ("method", "address"),
    [
        ("POST", "/v1/verifications"),
        ("POST", "/v1/estimates"),
        ("POST", "/v1/emergencies"),
        ("DELETE", "/v1/session"),
        ("POST", "/staff/sign-out"),
    ],
)
def test_a_change_without_the_sessions_token_is_refused(
    client: FlaskClient, ana: Person, method: str, address: str, sent: str
) -> None:
    session = cookie(sign_in(client, ana), SESSION)
    headers = {"Cookie": session} | ({"X-CSRF-Token": sent.encode().decode("latin-1")} if sent else {})

    answer = client.open(address, method=method, headers=headers, json={})

    assert answer.status_code == 403
    assert "You may not do this" in answer.text
    assert who(client, session).status_code == 200


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Origin": "http://localhost", "Sec-Fetch-Site": "same-origin"}, 201),
        ({"Sec-Fetch-Site": "none"}, 201),
        ({}, 201),
        ({"Origin": "https://evil.example"}, 403),
        ({"Origin": "null"}, 403),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Sec-Fetch-Site": "same-site", "Origin": "http://localhost"}, 403),
    ],
)
def test_another_hosts_page_signs_nobody_in(
    client: FlaskClient, ana: Person, headers: dict[str, str], status: int
) -> None:
    assert client.post("/v1/session", json=ana.says(), headers=headers).status_code == status


def test_after_five_wrong_passwords_a_source_waits_longer_each_time_and_is_told_so(
    client: FlaskClient, ana: Person, reception: Reception
) -> None:
    wrong = [sign_in(client, ana, password="wrong password").status_code for _ in range(6)]
    right = sign_in(client, ana)
    reception.clock.move(seconds=60)
    seventh = sign_in(client, ana, password="wrong password")
    eighth = sign_in(client, ana, password="wrong password")

    assert wrong == [401] * 5 + [429]
    assert (right.status_code, right.headers["Retry-After"]) == (429, "60")
    assert (seventh.status_code, eighth.status_code, eighth.headers["Retry-After"]) == (401, 429, "120")


def test_nobody_is_locked_out_by_a_stranger_who_guesses_from_everywhere(
    client: FlaskClient, ana: Person, reception: Reception
) -> None:
    device = cookie(sign_in(client, ana), DEVICE)
    for number in range(60):
        sign_in(client, ana, password="wrong password", source=f"198.51.100.{number}")
    reception.clock.move(seconds=30)
    stranger = sign_in(client, ana, source="198.51.100.200")
    from_their_own_place = sign_in(client, ana, device, source="198.51.100.3")

    assert stranger.status_code == 429  # even with everything right: it may be the sixtieth guess that fits
    assert from_their_own_place.status_code == 201


def test_a_device_of_somebody_else_and_an_invented_one_are_strangers(
    client: FlaskClient, ana: Person, reception: Reception
) -> None:
    ben = reception.add("ben@riverbend.example", Role.BILLING)
    bens = cookie(sign_in(client, ben), DEVICE)
    for device in (bens, f"{DEVICE}=x.y", f"{DEVICE}=", f"{DEVICE}=é"):
        for _ in range(2):
            sign_in(client, ana, device, password="wrong password")

    assert sign_in(client, ana, bens).status_code == 429


def test_no_more_than_five_guesses_are_made_at_one_code(
    client: FlaskClient, ana: Person, reception: Reception
) -> None:
    guesses = [
        sign_in(client, ana, code=f"00000{number}", source=f"198.51.100.{number}").status_code
        for number in range(5)
    ]
    sixth = sign_in(client, ana, source="198.51.100.99")
    reception.clock.move(seconds=90)
    later = sign_in(client, ana, source="198.51.100.100")

    assert (guesses, sixth.status_code, later.status_code) == ([401] * 5, 401, 201)


def test_addresses_of_one_ipv6_customer_are_one_source(client: FlaskClient, ana: Person) -> None:
    answers = [
        sign_in(client, ana, password="wrong password", source=f"2001:db8::{number}").status_code
        for number in range(6)
    ]

    assert answers == [401] * 5 + [429]


def test_what_cannot_be_recorded_lets_nobody_in(
    client: FlaskClient, ana: Person, reception: Reception
) -> None:
    reception.audit.away = True

    refused = sign_in(client, ana)

    assert (refused.status_code, refused.json["code"]) == (503, "audit_unavailable")
    assert "Set-Cookie" not in refused.headers
    assert client.get("/staff/sign-in").status_code == client.get("/livez").status_code == 200


def test_in_an_emergency_somebody_reads_one_more_facility_for_a_while_and_others_are_told(
    house: WebHouse, client: FlaskClient, ana: Person, reception: Reception, caplog: pytest.LogCaptureFixture
) -> None:
    record = house.verifier.verify(inquire(facility=OTHER)).id
    headers = house.session(ana.id)
    terms = {"facility": OTHER, "reason": "brought in unable to speak", "minutes": 15}

    before = client.get(f"/v1/verifications/{record}", headers=headers).status_code
    opened = client.post("/v1/emergencies", json=terms, headers=headers)
    during = client.get(f"/v1/verifications/{record}", headers=headers).status_code
    refresh = client.post(f"/v1/verifications/{record}/refresh", headers=headers).status_code
    reception.clock.move(minutes=14)
    client.get("/v1/session", headers=headers)
    reception.clock.move(minutes=1)
    after = client.get(f"/v1/verifications/{record}", headers=headers).status_code

    assert (before, opened.status_code, during, refresh, after) == (404, 201, 200, 404, 404)
    (broken,) = (each for each in reception.audit.events if each.action is Action.BREAK_GLASS)
    assert (broken.context.who, broken.context.why) == (f"user:{ana.id}", terms["reason"])
    assert "break-glass" in caplog.text
    assert terms["reason"] not in caplog.text


def test_an_emergency_at_a_facility_that_cannot_be_one_is_refused(
    house: WebHouse, client: FlaskClient, ana: Person, reception: Reception
) -> None:
    terms = {"facility": "Ana Testcase", "reason": "brought in unable to speak", "minutes": 15}

    refused = client.post("/v1/emergencies", json=terms, headers=house.session(ana.id))

    assert (refused.status_code, refused.json["errors"][0]["pointer"]) == (422, "/facility")
    assert reception.told(Action.BREAK_GLASS) == []


def test_an_emergency_is_reviewed_once_and_not_by_who_declared_it(
    house: WebHouse, client: FlaskClient, reception: Reception
) -> None:
    both = reception.add("both@riverbend.example", Role.ADMISSIONS, Role.ADMIN)
    head = reception.add("head@riverbend.example", Role.ADMIN)
    terms = {"facility": OTHER, "reason": "brought in unable to speak", "minutes": 15}
    opened = client.post("/v1/emergencies", json=terms, headers=house.session(both.id)).json
    address = f"/v1/emergencies/{opened['id']}/review"

    reviews = [
        client.post(address, headers=house.session(each.id)).status_code for each in (both, head, head)
    ]
    listed = client.get("/v1/emergencies", headers=house.session(head.id)).json["items"]

    named = client.post("/v1/emergencies/Ana Testcase/review", headers=house.session(head.id)).status_code

    assert (reviews, named) == ([404, 204, 404], 404)
    assert "Testcase" not in repr([(each.what, each.context) for each in reception.audit.events])
    assert listed == [opened | {"reviewed_by": head.id}]


def test_the_page_signs_in_shows_who_is_in_and_signs_out(client: FlaskClient, ana: Person) -> None:
    asked = client.get("/staff/")
    empty = client.post("/staff/sign-in", data={"email": "ana@riverbend.example"})
    wrong = client.post("/staff/sign-in", data=ana.says(password="<script>"))
    right = client.post("/staff/sign-in", data=ana.says())
    session = cookie(right, SESSION)
    page = client.get("/staff/", headers={"Cookie": session})
    found = re.search(r'name="csrf_token" value="(\w+)"', page.text)
    assert found
    out = client.post("/staff/sign-out", data={"csrf_token": found[1]}, headers={"Cookie": session})

    assert (asked.status_code, asked.headers["Location"]) == (303, "/staff/sign-in")
    assert (empty.status_code, wrong.status_code) == (422, 401)
    assert "<script" not in wrong.text
    assert (right.status_code, right.headers["Location"]) == (303, "/staff/")
    assert "ana@riverbend.example" in page.text
    assert (out.status_code, out.headers["Location"]) == (303, "/staff/sign-in")
    assert client.get("/staff/", headers={"Cookie": session}).status_code == 303


def test_the_pages_allow_forms_to_this_host_and_no_script(client: FlaskClient) -> None:
    page = client.get("/staff/sign-in")

    policy = dict(part.strip().split(" ", 1) for part in page.headers["Content-Security-Policy"].split(";"))
    assert (policy["form-action"], policy["default-src"], policy["frame-ancestors"]) == (
        "'self'",
        "'none'",
        "'none'",
    )
    assert "script-src" not in policy
    assert page.headers["Cache-Control"] == "no-store"


def test_a_bearer_token_of_the_issuer_reaches_what_its_claims_say(tmp_path: Path) -> None:
    key = ECKey.generate_key("P-256", {"kid": "k1", "use": "sig"})
    published = json.dumps(KeySet([key]).as_dict(private=False)).encode()
    claims = {"iss": "https://login.example", "aud": "verifier", "sub": "job", "exp": 2_000_000_000}

    def bearing(**more: object) -> dict[str, str]:
        header = {"alg": "ES256", "kid": "k1"}
        token = jwt.encode(header, claims | more, key, algorithms=["ES256"])  # type: ignore[arg-type]
        return {"Authorization": f"Bearer {token}"}

    tokens = BearerTokens("https://login.example", "verifier", lambda: published)
    with open_web(tmp_path, tokens=tokens) as house:
        client = house.app.test_client()
        own, other = (house.verifier.verify(inquire(facility=each)).id for each in (OWN, OTHER))
        reading = bearing(scope="read", facilities=[OWN])
        answers = [
            client.get(f"/v1/verifications/{own}", headers=reading).status_code,
            client.get(f"/v1/verifications/{other}", headers=reading).status_code,
            client.post(f"/v1/verifications/{own}/refresh", headers=reading).status_code,
            client.get(f"/v1/verifications/{own}", headers=bearing(scope="read")).status_code,
            client.get(f"/v1/verifications/{own}", headers=bearing(scope="read", aud="x")).status_code,
        ]

    assert answers == [200, 404, 403, 404, 401]


def test_a_simulator_on_loopback_answers_anybody_until_somebody_is_given_access(tmp_path: Path) -> None:
    with open_web(tmp_path, door=True) as house:
        client = house.app.test_client()
        open_to_all = client.get("/v1/verifications")
        ready = client.get("/readyz").json["access"]
        proxied = [
            client.get("/v1/verifications", headers={name: "203.0.113.7"}).status_code
            for name in ("X-Forwarded-For", "Forwarded", "Via", "X-Real-IP")
        ]
        far = client.get("/v1/verifications", environ_overrides={"REMOTE_ADDR": "203.0.113.7"}).status_code
        wrong = client.get("/v1/verifications", headers={"Authorization": "Bearer vk_x"}).status_code
        key = house.reception.key(Scope.READ)
        shut = client.get("/v1/verifications")
        with_key = client.get("/v1/verifications", headers={"Authorization": f"Bearer {key}"})
        later = client.get("/readyz").json["access"]

    assert (open_to_all.status_code, open_to_all.headers[OPEN_HEADER], ready) == (200, "open", "open")
    assert (proxied, far, wrong) == ([401] * 4, 401, 401)
    assert (shut.status_code, with_key.status_code, later) == (401, 200, "credentials")
    assert OPEN_HEADER not in with_key.headers
