"""Bearer tokens in front of a sender: added to each request, replaced once."""

import pytest

from payers.kit.bearer import BearerSender
from payers.kit.deadline import Deadline
from payers.kit.exchange import Reply, Request
from verifier.errors import PayerRefused

REQUEST = Request("POST", "https://payer.invalid/", {"Accept": "application/json"}, b"q", frozenset({422}))


class Purse:
    def __init__(self, *tokens: str) -> None:
        self.tokens = list(tokens)

    def token(self, deadline: Deadline) -> str:  # noqa: ARG002 - as tokens have it
        return self.tokens[0]

    def forget(self, token: str) -> None:
        self.tokens.remove(token)


class Door:
    """Lets some tokens in; refuses others by a reply where 401 is accepted, else by an error."""

    def __init__(self, *welcome: str) -> None:
        self.welcome = {f"Bearer {token}" for token in welcome}
        self.requests: list[Request] = []

    def send(self, request: Request, deadline: Deadline) -> Reply:  # noqa: ARG002 - as senders have it
        self.requests.append(request)
        if request.headers["Authorization"] in self.welcome:
            return Reply(200)
        if 401 in request.accepts:
            return Reply(401)
        raise PayerRefused("HTTP 401")


def test_a_good_token_is_used_and_the_request_is_otherwise_the_same() -> None:
    door = Door("new")

    assert BearerSender(door, Purse("new")).send(REQUEST, Deadline.after(1)).status == 200

    (sent,) = door.requests
    assert sent.headers == {"Accept": "application/json", "Authorization": "Bearer new"}
    assert (sent.method, sent.url, sent.body) == (REQUEST.method, REQUEST.url, REQUEST.body)
    assert sent.accepts >= REQUEST.accepts


def test_a_token_that_is_not_accepted_any_more_is_replaced_once() -> None:
    door, purse = Door("new"), Purse("old", "new")

    assert BearerSender(door, purse).send(REQUEST, Deadline.after(1)).status == 200

    assert [request.headers["Authorization"] for request in door.requests] == ["Bearer old", "Bearer new"]
    assert purse.tokens == ["new"]


def test_two_tokens_refused_are_a_refusal() -> None:
    door = Door()

    with pytest.raises(PayerRefused):
        BearerSender(door, Purse("old", "older")).send(REQUEST, Deadline.after(1))

    assert len(door.requests) == 2


def test_a_token_stays_out_of_representations() -> None:
    door = Door("s3cret")
    BearerSender(door, Purse("s3cret")).send(REQUEST, Deadline.after(1))

    assert "s3cret" not in repr(door.requests[0])
