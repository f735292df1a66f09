"""Client credentials: what is asked, how long a token is used, and that one call fetches it for all."""

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from http import HTTPStatus
from threading import Event
from urllib.parse import parse_qsl

import pytest

from payers.kit.deadline import Deadline
from payers.kit.exchange import Reply, Request
from payers.kit.oauth import ClientCredentials, Credentials
from tests.payers.checks import NOW
from verifier.errors import BadReply, PayerRefused, PayerTimeout

CREDENTIALS = Credentials("https://issuer.invalid/token", "client 1", "s3cret&", scope="eligibility")


class Clock:
    def __init__(self) -> None:
        self.seconds = 0.0

    def now(self) -> object:
        return NOW

    def monotonic(self) -> float:
        return self.seconds


class Issuer:
    """A sender that answers with what *write* gives, and keeps what it was asked."""

    def __init__(self, write: Callable[[int], object]) -> None:
        self.requests: list[Request] = []
        self._write = write

    def send(self, request: Request, deadline: Deadline) -> Reply:  # noqa: ARG002 - as senders have it
        self.requests.append(request)
        answer = self._write(len(self.requests))
        if isinstance(answer, Exception):
            raise answer
        return Reply(200, {}, answer if isinstance(answer, bytes) else json.dumps(answer).encode())


def grant(number: int) -> object:
    return {"access_token": f"token-{number}", "token_type": "bearer", "expires_in": 3600}


def open_source(issuer: Issuer, clock: Clock, credentials: Credentials = CREDENTIALS) -> ClientCredentials:
    return ClientCredentials(credentials, issuer, clock)  # type: ignore[arg-type] # a clock of a moment


def soon() -> Deadline:
    return Deadline.after(5)


def test_a_token_is_asked_for_with_a_form_as_the_rfc_has_it() -> None:
    issuer = Issuer(grant)

    assert open_source(issuer, Clock()).token(soon()) == "token-1"

    (request,) = issuer.requests
    assert (request.method, request.url) == ("POST", "https://issuer.invalid/token")
    assert request.headers["Content-Type"] == "application/x-www-form-urlencoded"
    assert dict(parse_qsl(request.body.decode())) == {
        "grant_type": "client_credentials",
        "client_id": "client 1",
        "client_secret": "s3cret&",
        "scope": "eligibility",
    }


def test_a_token_is_asked_for_with_json_where_that_is_wanted() -> None:
    issuer = Issuer(grant)
    credentials = Credentials("https://issuer.invalid/token", "a", "b", as_json=True)

    open_source(issuer, Clock(), credentials).token(soon())

    assert json.loads(issuer.requests[0].body) == {
        "grant_type": "client_credentials",
        "client_id": "a",
        "client_secret": "b",
    }


@pytest.mark.parametrize(
    ("life", "good", "gone"),
    [
        (3600, 3539, 3540),
        ("1200", 1139, 1140),
        (100, 49, 50),
        (None, 239, 240),
        ("x", 239, 240),
        (10**9, 86_339, 86_340),
    ],
)
def test_a_token_is_used_until_a_margin_before_its_end(life: object, good: float, gone: float) -> None:
    issuer, clock = Issuer(lambda n: {"access_token": f"t{n}", "expires_in": life}), Clock()
    source = open_source(issuer, clock)
    source.token(soon())

    clock.seconds = good
    assert source.token(soon()) == "t1"
    clock.seconds = gone
    assert source.token(soon()) == "t2"


@pytest.mark.parametrize("life", [0, -5])
def test_a_token_that_lives_no_time_serves_the_call_it_was_fetched_for(life: int) -> None:
    issuer = Issuer(lambda n: {"access_token": f"t{n}", "expires_in": life})
    source = open_source(issuer, Clock())

    assert [source.token(soon()), source.token(soon())] == ["t1", "t2"]


def test_a_forgotten_token_is_never_given_again_and_another_is_not_forgotten_for_it() -> None:
    source = open_source(Issuer(grant), Clock())
    source.token(soon())

    source.forget("token-1")
    assert source.token(soon()) == "token-2"
    source.forget("token-1")
    assert source.token(soon()) == "token-2"


def test_many_calls_at_once_fetch_one_token() -> None:
    ready = Event()

    def write(number: int) -> object:
        ready.wait(5)
        return grant(number)

    issuer = Issuer(write)
    source = open_source(issuer, Clock())
    with ThreadPoolExecutor(16) as executor:
        waiting = [executor.submit(source.token, soon()) for _ in range(16)]
        ready.set()
        tokens = {future.result() for future in waiting}

    assert tokens == {"token-1"}
    assert len(issuer.requests) == 1


def test_whoever_waits_for_another_call_s_token_waits_no_longer_than_allowed() -> None:
    entered, leave = Event(), Event()

    def write(number: int) -> object:
        entered.set()
        leave.wait(5)
        return grant(number)

    source = open_source(Issuer(write), Clock())
    with ThreadPoolExecutor(1) as executor:
        first = executor.submit(source.token, soon())
        entered.wait(5)
        with pytest.raises(PayerTimeout):
            source.token(Deadline.after(0.01))
        leave.set()
        assert first.result() == "token-1"


def test_a_refusal_is_passed_on_and_the_next_call_tries_again() -> None:
    issuer = Issuer(lambda n: PayerRefused("no") if n == 1 else grant(n))
    source = open_source(issuer, Clock())

    with pytest.raises(PayerRefused):
        source.token(soon())
    assert source.token(soon()) == "token-2"


@pytest.mark.parametrize(
    "answer",
    [
        b"<html>",
        [],
        {},
        {"access_token": None},
        {"access_token": "two\r\nlines"},
        {"access_token": "a b"},
        {"access_token": "x" * 9000},
        b'{"access_token": NaN}',
    ],
)
def test_what_is_no_token_is_a_bad_reply(answer: object) -> None:
    with pytest.raises(BadReply):
        open_source(Issuer(lambda _: answer), Clock()).token(soon())


def test_secrets_stay_out_of_representations() -> None:
    assert "s3cret" not in repr(CREDENTIALS)
    assert "client" not in repr(CREDENTIALS)


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b'{"error":"invalid_client","error_description":"client 1"}', "check the client id"),
        (b'{"error":"invalid_scope"}', "scope asked for"),
        (b'{"error":"something_new"}', "user name and password"),
        (b"no", "user name and password"),
    ],
)
def test_a_refused_token_says_what_to_check_and_quotes_nothing(body: bytes, words: str) -> None:
    class Refusing(Issuer):
        def send(self, request: Request, deadline: Deadline) -> Reply:
            super().send(request, deadline)
            assert HTTPStatus.UNAUTHORIZED in request.accepts
            return Reply(401, {}, body)

    with pytest.raises(PayerRefused, match=words) as refusal:
        open_source(Refusing(grant), Clock()).token(soon())

    assert refusal.value.status == 401
    assert "client 1" not in str(refusal.value)
