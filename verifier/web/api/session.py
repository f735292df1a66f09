"""/v1/session: a person comes in, sees who they are here, and goes out."""

from typing import Final

from flask import Response
from flask_smorest import Blueprint  # type: ignore[import-untyped]

from schemas.access import PrincipalSchema, SignInSchema, dump_principal, load_sign_in
from verifier.access.policy import KNOWN, PUBLIC, SIGNED_IN
from verifier.access.principal import Kind
from verifier.access.sign_in import Attempt, Entry
from verifier.web.api import access_examples as examples
from verifier.web.context import present_context
from verifier.web.cookies import give_entry, shown_device, take_session
from verifier.web.exchange import json_body, json_response, query
from verifier.web.guard import principal, require_same_origin, session_token, source
from verifier.web.openapi import Body, nothing, operation
from verifier.web.rooms import rooms

blueprint = Blueprint(
    "session", __name__, url_prefix="/v1/session", description="Who asks: signing in and out"
)
PRINCIPAL: Final = Body(PrincipalSchema, examples.PRINCIPAL, "Who asks")


@operation(
    blueprint,
    "POST",
    "",
    name="signIn",
    takes=Body(SignInSchema, examples.SIGN_IN, "E-mail address, password and a code"),
    gives={201: Body(PrincipalSchema, examples.SIGNED_IN, "Who came in; the session is in a cookie")},
    problems={
        400: "The body is no JSON",
        401: "Something of it is wrong; what, is not told",
        403: "Sent from another host's page",
        422: "Some field cannot be used",
        429: "Too many tries; wait for Retry-After seconds",
    },
    policy=PUBLIC,
)
def sign_in() -> Response:
    """Begin a session: a cookie that no script reads, for 15 idle minutes and 12 hours at most."""
    require_same_origin()
    entry = enter(load_sign_in(json_body()))
    gate = rooms().access.gate
    return give_entry(
        json_response(dump_principal(gate.describe(entry.user), gate.csrf(entry.token)), 201), entry
    )


@operation(
    blueprint,
    "GET",
    "",
    name="whoAmI",
    gives={200: PRINCIPAL},
    problems={422: "There is no parameter here"},
    policy=KNOWN,
)
def who_am_i() -> Response:
    """See what the credential sent along stands for."""
    query()
    asking = principal()
    token = session_token() if asking.kind is Kind.USER else None
    csrf = rooms().access.gate.csrf(token) if token else None
    return json_response(dump_principal(asking, csrf))


@operation(
    blueprint,
    "DELETE",
    "",
    name="signOut",
    gives={204: nothing("Out")},
    problems={},
    policy=SIGNED_IN,
)
def sign_out() -> Response:
    """End the session."""
    leave()
    return take_session(Response(status=204))


def enter(said: dict[str, str]) -> Entry:
    """Let in who says the right things; a session they had already ends, so that none is fixed beforehand."""
    attempt = Attempt(said["email"], said["password"], said["code"], source(), shown_device())
    return renew(rooms().access.sign_in.enter(attempt, present_context()))


def renew(entry: Entry) -> Entry:
    """End the session that somebody who just came in had already."""
    if session_token():
        leave()
    return entry


def leave() -> None:
    """End the session that the request came with."""
    rooms().access.sign_in.leave(session_token() or "", present_context())
