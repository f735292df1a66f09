"""Sends requests with a bearer token (RFC 6750)."""

from dataclasses import replace
from http import HTTPStatus

from payers.kit.deadline import Deadline
from payers.kit.exchange import Reply, Request, Sender
from payers.kit.tokens import Tokens


class BearerSender:
    """Adds a token of *tokens* to each request; a `Sender` in front of a sender."""

    def __init__(self, sender: Sender, tokens: Tokens) -> None:
        """Send through *sender*."""
        self._sender = sender
        self._tokens = tokens

    def send(self, request: Request, deadline: Deadline) -> Reply:
        """Send *request*; a token not accepted is replaced once, for a question so refused was not taken.

        Raises:
            PayerFault: a subclass of it says what went wrong, also while getting a token.
        """
        token = self._tokens.token(deadline)
        first = replace(request, accepts=request.accepts | {HTTPStatus.UNAUTHORIZED})
        reply = self._sender.send(_authorize(first, token), deadline)
        if reply.status != HTTPStatus.UNAUTHORIZED:
            return reply
        self._tokens.forget(token)
        return self._sender.send(_authorize(request, self._tokens.token(deadline)), deadline)


def _authorize(request: Request, token: str) -> Request:
    return replace(request, headers={**request.headers, "Authorization": f"Bearer {token}"})
