"""Signing in by the organization's own provider: the whole round over real HTTP, and each way it fails."""

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from payers.opening import open_outside
from tests.access import OPERATOR, Person
from tests.store.support import SetClock
from tests.web.house import OWN, WebHouse, open_web
from tests.web.provider import CLIENT, SECRET, STRANGER, Provider, address_of, serving, sign, sign_nothing
from verifier.access.environment import OidcClient
from verifier.access.federation import BEGIN_AGAIN, NOBODY_HERE
from verifier.access.roles import Role
from verifier.access.sign_in import WRONG_CODE
from verifier.credentials.oidc import AWAY, NOT_VOUCHED, OidcProvider
from verifier.model.audit import Action
from verifier.settings import Settings

SESSION, DEVICE, ROUND = "__Host-verifier-session", "__Host-verifier-device", "__Host-verifier-round"
DOCUMENT = "/.well-known/openid-configuration"
BASE = "https://verifier.example"


METHODS = "token_endpoint_auth_methods_supported"


@dataclass
class Scene:
    """A provider, a house that takes its word, somebody with access, and their browser."""

    provider: Provider
    house: WebHouse
    ana: Person
    browser: FlaskClient

    def get(self, address: str) -> TestResponse:
        return self.browser.get(address, base_url=BASE)

    def leave(self) -> dict[str, str]:
        """Go to the provider and sign in there; return what it sends the browser back with."""
        return self.provider.authorize(self.get("/staff/sign-in/oidc").headers["Location"])

    def return_(self, **changes: str) -> TestResponse:
        return self.get(address_of(self.leave() | changes))

    def confirm(self, code: str) -> TestResponse:
        return self.browser.post("/staff/sign-in/oidc", data={"code": code}, base_url=BASE)

    def cookie(self, name: str) -> str | None:
        found = self.browser.get_cookie(name, domain="verifier.example")
        return found.value if found else None

    def who(self) -> TestResponse:
        return self.get("/v1/session")

    def logins(self) -> list[tuple[str, str, str]]:
        return self.house.reception.told(Action.LOGIN)


@pytest.fixture
def trusted() -> frozenset[str]:
    return frozenset()


@pytest.fixture
def secret() -> str:
    return SECRET


@pytest.fixture
def scene(tmp_path: Path, trusted: frozenset[str], secret: str) -> Iterator[Scene]:
    clock = SetClock()
    played = Provider(lambda: clock.now().timestamp(), claims={"email_verified": True})
    with ExitStack() as stack:
        provider = stack.enter_context(serving(played))
        ask = stack.enter_context(open_outside(Settings(tmp_path)))
        client = OidcClient(provider.url, CLIENT, secret, trusted)
        house = stack.enter_context(open_web(tmp_path, provider=OidcProvider(client, ask)))
        provider.now = lambda: house.reception.clock.now().timestamp()
        ana = house.reception.add("ana@riverbend.example", Role.ADMISSIONS, facilities=[OWN])
        yield Scene(provider, house, ana, house.app.test_client())


def test_who_the_provider_signs_in_is_asked_for_their_code_and_gets_a_session(scene: Scene) -> None:
    back = scene.return_()
    before = scene.cookie(SESSION)
    came = scene.confirm(scene.ana.code())

    assert (back.status_code, before) == (200, None)
    assert 'action="/staff/sign-in/oidc"' in back.text
    assert (came.status_code, came.headers["Location"]) == (303, "/staff/")
    assert (scene.who().json["id"], scene.who().json["facilities"]) == (scene.ana.id, [OWN])
    assert scene.logins() == [(f"user:{scene.ana.id}", "session", "done")]
    assert (bool(scene.cookie(DEVICE)), scene.cookie(ROUND)) == (True, None)


@pytest.mark.parametrize("trusted", [frozenset({"mfa", "urn:loa:2"})])
@pytest.mark.parametrize("claims", [{"amr": ["pwd", "mfa"]}, {"acr": "urn:loa:2"}], ids=["amr", "acr"])
def test_a_second_factor_is_enough_where_the_provider_is_trusted_in_that(
    scene: Scene, claims: dict[str, Any]
) -> None:
    scene.provider.claims |= claims

    back = scene.return_()

    assert (back.status_code, scene.who().json["id"]) == (200, scene.ana.id)
    assert 'http-equiv="refresh" content="0; url=/staff/"' in back.text


@pytest.mark.parametrize("trusted", [frozenset({"mfa"})])
@pytest.mark.parametrize("claims", [{}, {"amr": ["pwd"]}, {"acr": "0"}, {"amr": "mfa"}])
def test_where_it_did_not_ask_for_one_ours_is(scene: Scene, claims: dict[str, Any]) -> None:
    scene.provider.claims |= claims

    scene.return_()

    assert scene.who().status_code == 401


def test_what_the_provider_says_of_second_factors_counts_for_nothing_unless_set(scene: Scene) -> None:
    scene.provider.claims |= {"amr": ["mfa"], "acr": "mfa"}

    assert "one-time-code" in scene.return_().text
    assert scene.who().status_code == 401


def test_the_browser_is_sent_there_with_state_nonce_and_a_hashed_verifier(scene: Scene) -> None:
    first, second = (scene.get("/staff/sign-in/oidc") for _ in range(2))
    asked = [
        scene.provider._codes[scene.provider.authorize(each.headers["Location"])["code"]]
        for each in (first, second)
    ]

    assert asked[0] == {
        "response_type": "code",
        "client_id": CLIENT,
        "redirect_uri": f"{BASE}/staff/sign-in/oidc/callback",
        "scope": "openid email",
        "state": asked[0]["state"],
        "nonce": asked[0]["nonce"],
        "code_challenge": asked[0]["code_challenge"],
        "code_challenge_method": "S256",
    }
    assert len({asked[n][name] for n in (0, 1) for name in ("state", "nonce", "code_challenge")}) == 6
    assert {part.strip() for part in first.headers["Set-Cookie"].split(";")[1:]} >= {
        "Secure",
        "HttpOnly",
        "Path=/",
        "SameSite=Lax",
    }


@pytest.mark.parametrize(
    ("secret", "methods", "proof"),
    [
        (SECRET, ["client_secret_post", "client_secret_basic"], ("header", CLIENT, SECRET)),
        (SECRET, ["private_key_jwt", "client_secret_post"], ("body", CLIENT, SECRET)),
        ("", ["none"], ("body", CLIENT, None)),
    ],
    ids=["header", "body", "public client"],
)
def test_the_secret_is_shown_in_the_way_the_provider_takes(
    scene: Scene, methods: list[str], proof: tuple[str, str, str | None]
) -> None:
    scene.provider.document[METHODS] = methods
    scene.provider.proof = proof

    assert scene.return_().status_code == 200


REFUSED: dict[str, tuple[dict[str, Any], str]] = {
    "another nonce": ({"nonce": "another"}, BEGIN_AGAIN),
    "no nonce": ({"nonce": None}, BEGIN_AGAIN),
    "another audience": ({"aud": "another"}, BEGIN_AGAIN),
    "for us and another who asked": ({"aud": [CLIENT, "another"], "azp": "another"}, BEGIN_AGAIN),
    "another issuer": ({"iss": "https://login.example"}, BEGIN_AGAIN),
    "no subject": ({"sub": None}, BEGIN_AGAIN),
    "expired": ({"exp": 1_700_000_000}, BEGIN_AGAIN),
    "for ever": ({"exp": None}, BEGIN_AGAIN),
    "of the future": ({"iat": 9_000_000_000, "exp": 9_000_000_300}, BEGIN_AGAIN),
    "e-mail not verified": ({"email_verified": False}, NOT_VOUCHED),
    "e-mail verified in words": ({"email_verified": "true"}, NOT_VOUCHED),
    "nothing said of the e-mail": ({"email_verified": None}, NOT_VOUCHED),
    "no e-mail": ({"email": None}, NOT_VOUCHED),
    "somebody unknown": ({"email": "bo@riverbend.example"}, NOBODY_HERE),
}


@pytest.mark.parametrize(("claims", "told"), REFUSED.values(), ids=REFUSED.keys())
def test_a_token_that_is_not_ours_lets_nobody_in(scene: Scene, claims: dict[str, Any], told: str) -> None:
    scene.provider.claims |= claims

    assert_refused(scene, scene.return_(), told)


@pytest.mark.parametrize(
    "forge",
    [sign_nothing, partial(sign, key=STRANGER), lambda _: "x", lambda _: None],
    ids=["alg none", "another key", "no token", "nothing"],
)
def test_a_token_that_the_provider_did_not_sign_lets_nobody_in(scene: Scene, forge: Any) -> None:  # noqa: ANN401
    scene.provider.sign = forge

    assert_refused(scene, scene.return_(), BEGIN_AGAIN)


@pytest.mark.parametrize("changes", [{"state": "another"}, {"state": ""}, {"code": ""}, {"code": "guessed"}])
def test_a_browser_sent_back_otherwise_lets_nobody_in(scene: Scene, changes: dict[str, str]) -> None:
    assert_refused(scene, scene.return_(**changes), BEGIN_AGAIN)


def test_a_state_is_good_in_the_browser_that_began_only(scene: Scene) -> None:
    returned = scene.leave()
    scene.browser = scene.house.app.test_client()

    assert_refused(scene, scene.get(address_of(returned)), BEGIN_AGAIN)
    assert "/token" not in scene.provider.asked


def test_a_round_is_finished_once_and_its_code_not_sent_again(scene: Scene) -> None:
    returned = scene.leave()
    ticket = scene.cookie(ROUND) or ""
    scene.get(address_of(returned))
    scene.browser.set_cookie(ROUND, ticket, domain="verifier.example", secure=True)

    assert_refused(scene, scene.get(address_of(returned)), BEGIN_AGAIN)
    assert scene.provider.asked.count("/token") == 1


def test_a_code_that_was_used_in_another_round_is_refused_by_the_provider(scene: Scene) -> None:
    used = scene.leave()
    scene.get(address_of(used))

    assert_refused(scene, scene.return_(code=used["code"]), BEGIN_AGAIN)
    assert scene.provider.asked.count("/token") == 2


def test_a_round_takes_ten_minutes_at_most(scene: Scene) -> None:
    returned = scene.leave()
    scene.house.reception.clock.move(minutes=10, seconds=1)

    assert_refused(scene, scene.get(address_of(returned)), BEGIN_AGAIN)


def test_somebody_shut_out_stays_out_even_between_the_two_steps(scene: Scene) -> None:
    scene.return_()
    scene.house.reception.access.staffing.disable_user(OPERATOR, "ana@riverbend.example")
    between = scene.confirm(scene.ana.code())
    after = scene.return_()

    assert (between.status_code, scene.who().status_code) == (401, 401)
    assert_refused(scene, after, NOBODY_HERE, who=f"user:{scene.ana.id}")


def test_a_wrong_code_may_be_mended_and_a_used_one_not(scene: Scene) -> None:
    scene.return_()
    code = scene.ana.code()
    answers = [scene.confirm("000000"), scene.confirm(code)]
    scene.return_()
    answers.append(scene.confirm(code))

    assert [each.status_code for each in answers] == [401, 303, 401]
    assert WRONG_CODE in answers[0].text
    assert [result for _, _, result in scene.logins()] == ["refused", "done", "refused"]


def test_codes_are_no_longer_looked_at_after_five_wrong_ones(scene: Scene) -> None:
    scene.return_()
    for _ in range(5):
        scene.confirm("000000")

    assert scene.confirm(scene.ana.code()).status_code == 401


@pytest.mark.parametrize("voucher", ["", "x", "..", "{id}.1790000000.x.{mark}", "usr_x.{rest}"])
def test_a_voucher_made_up_is_none(scene: Scene, voucher: str) -> None:
    scene.return_()
    user_id, _, rest = (scene.cookie(ROUND) or "").partition(".")
    made_up = voucher.format(id=user_id, rest=rest, mark=rest.rpartition(".")[2])
    scene.browser.set_cookie(ROUND, made_up, domain="verifier.example", secure=True)

    assert scene.confirm(scene.ana.code()).status_code == 401
    assert scene.who().status_code == 401


def test_a_session_planted_beforehand_is_worth_nothing_and_ends(scene: Scene) -> None:
    scene.return_()
    scene.confirm(scene.ana.code())
    first = scene.cookie(SESSION) or ""
    scene.house.reception.clock.move(minutes=1)
    scene.return_()
    scene.confirm(scene.ana.code())
    stranger = scene.house.app.test_client(use_cookies=False)

    assert scene.cookie(SESSION) not in {None, first}
    assert stranger.get("/v1/session", headers={"Cookie": f"{SESSION}={first}"}).status_code == 401
    assert scene.who().status_code == 200


def test_another_hosts_page_can_neither_begin_nor_confirm(scene: Scene) -> None:
    foreign = {"Sec-Fetch-Site": "cross-site"}
    began = scene.browser.get("/staff/sign-in/oidc", base_url=BASE, headers=foreign)
    scene.return_()
    code = {"code": scene.ana.code()}
    confirmed = scene.browser.post("/staff/sign-in/oidc", data=code, base_url=BASE, headers=foreign)

    assert (began.status_code, confirmed.status_code) == (403, 403)


@pytest.mark.parametrize("status", [302, 401, 404, 500, 503])
@pytest.mark.parametrize("path", [DOCUMENT, "/token", "/keys"])
def test_a_provider_that_fails_is_told_on_the_page_and_the_password_offered(
    scene: Scene, path: str, status: int
) -> None:
    scene.provider.statuses[path] = status

    began = scene.get("/staff/sign-in/oidc")
    answer = began if path == DOCUMENT else scene.return_()

    assert (answer.status_code, answer.mimetype) == (503, "text/html")
    assert AWAY in html(answer)
    assert 'name="password"' in answer.text
    assert "/elsewhere" not in scene.provider.asked


DOCUMENTS: dict[str, dict[str, Any]] = {
    "another issuer": {"issuer": "https://login.example"},
    "tokens in clear": {"token_endpoint": "http://login.example/token"},
    "keys in clear": {"jwks_uri": "http://login.example/keys"},
    "this machine": {"token_endpoint": "http://localhost:8000/token"},
    "a private network": {"jwks_uri": "https://10.0.0.7/keys"},
    "a script": {"authorization_endpoint": "javascript:alert(1)"},
    "a list": {"authorization_endpoint": ["https://login.example"]},
    "no keys": {"jwks_uri": None},
}


@pytest.mark.parametrize("document", DOCUMENTS.values(), ids=DOCUMENTS.keys())
def test_a_provider_that_describes_itself_wrongly_is_not_gone_to(
    scene: Scene, document: dict[str, Any]
) -> None:
    scene.provider.document |= document

    assert scene.get("/staff/sign-in/oidc").status_code == 503


def test_a_provider_that_is_away_is_told_on_the_page(tmp_path: Path) -> None:
    with serving(Provider(lambda: 0.0)) as gone:
        client = OidcClient(gone.url, CLIENT, SECRET)
    with (
        open_outside(Settings(tmp_path)) as ask,
        open_web(tmp_path, provider=OidcProvider(client, ask)) as house,
    ):
        answer = house.app.test_client().get("/staff/sign-in/oidc")
        offered = house.app.test_client().get("/staff/sign-in").text

    assert (answer.status_code, AWAY in html(answer)) == (503, True)
    assert 'href="/staff/sign-in/oidc"' in offered


def test_without_a_provider_the_page_offers_none(tmp_path: Path) -> None:
    with open_web(tmp_path) as house:
        client = house.app.test_client()

        assert "oidc" not in client.get("/staff/sign-in").text
        assert client.get("/staff/sign-in/oidc").status_code == 404


def html(answer: TestResponse) -> str:
    return answer.text.replace("&#39;", "'")


def assert_refused(scene: Scene, answer: TestResponse, told: str, who: str = "nobody") -> None:
    assert (answer.status_code, answer.mimetype) == (401, "text/html")
    assert told in html(answer)
    assert (scene.who().status_code, scene.cookie(SESSION), scene.cookie(ROUND)) == (401, None, None)
    assert scene.logins()[-1] == (who, "session", "refused")
