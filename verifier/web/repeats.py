"""Requests sent again: one mechanism for every POST that carries an ``Idempotency-Key``.

A key belongs to a caller and a route. What is compared is the content of the request, not its spelling, and
without one-use tokens: those say how something is asked, not what. The first answer's bytes are kept sealed.
"""

import hashlib
import json
from collections.abc import Callable, Mapping
from contextlib import suppress
from functools import partial, wraps
from typing import Any, Final, TypeVar, cast

from flask import Response, g, request

from verifier.answering.once import act_once
from verifier.ports import Kept
from verifier.web.context import present_context
from verifier.web.exchange import idempotency_key
from verifier.web.rooms import rooms

HEADERS: Final = ("Content-Type", "Location", "Retry-After", "Preference-Applied")
ONE_USE: Final = "access_token"
REPLAYED: Final = "Idempotent-Replayed"

View = TypeVar("View", bound=Callable[..., Response])


def repeatable(view: View) -> View:
    """Let *view* be carried out once for each key of each caller."""

    @wraps(view)
    def carry_out(**path: str) -> Response:
        key = idempotency_key()
        return view(**path) if key is None else _carry_out_once(key, partial(view, **path))

    return cast("View", carry_out)


def own_id(kind: str) -> str | None:
    """Return the id of what this request makes, the same at every try; ``None`` without a key."""
    token = g.get("repeat_token")
    return f"{kind}_{token}" if token else None


def _carry_out_once(key: str, view: Callable[[], Response]) -> Response:
    claims = rooms().office.claims
    context = present_context()
    name = f"{context.who}\0{context.where}\0{key}"
    g.repeat_token = claims.token(name)
    kept, again = act_once(claims, name, _fingerprint(), lambda: _keep(view()))
    if again:
        rooms().verifier.hand_over_again(kept.headers.get("Location", "").rpartition("/")[2])
    return Response(kept.body, kept.status, {**kept.headers, **({REPLAYED: "true"} if again else {})})


def _keep(response: Response) -> Kept:
    headers = {name: response.headers[name] for name in HEADERS if name in response.headers}
    return Kept(response.status_code, headers, response.get_data())


def _fingerprint() -> str:
    content = request.get_data()
    with suppress(ValueError, RecursionError):  # what is no JSON is compared as it came
        content = json.dumps(_without_tokens(json.loads(content)), sort_keys=True).encode()
    return hashlib.sha256(request.full_path.encode() + b"\0" + content).hexdigest()


def _without_tokens(value: Any) -> Any:  # noqa: ANN401 - any JSON
    if isinstance(value, Mapping):
        return {name: _without_tokens(inner) for name, inner in value.items() if name != ONE_USE}
    return [_without_tokens(inner) for inner in value] if isinstance(value, list) else value
