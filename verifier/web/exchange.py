"""What comes in with a request and goes out with a response, checked."""

import json
import re
from collections.abc import Iterable
from typing import Final

from flask import Response, request
from werkzeug.exceptions import RequestEntityTooLarge, UnsupportedMediaType

from verifier.errors import BadInput
from verifier.json_text import read_json

LONGEST_WAIT: Final = 60
MOST_ROWS: Final = 100
WAIT: Final = re.compile(r'(?:^|[,;])\s*wait\s*=\s*"?(\d{1,9})"?\s*(?=$|[,;])', re.ASCII | re.IGNORECASE)
ASYNCHRONOUS: Final = re.compile(r"(?:^|[,;])\s*respond-async\s*(?=$|[,;])", re.IGNORECASE)
KEY: Final = re.compile(r"[\x21-\x7e]{1,255}")
WHOLE: Final = re.compile(r"\d{1,9}", re.ASCII)


def raw_body() -> bytes:
    """Read the body as it came.

    Raises:
        BadInput: it is empty.
        RequestEntityTooLarge: it is longer than this address takes.
        UnsupportedMediaType: it is compressed.
    """
    if request.headers.get("Content-Encoding", "identity").strip().lower() != "identity":
        raise UnsupportedMediaType("Send the body uncompressed.")
    body = request.get_data(cache=False)
    if request.content_length is None and len(body) >= (request.max_content_length or 0):
        raise RequestEntityTooLarge  # werkzeug cuts a body of untold length at the limit and says nothing
    if not body.strip():
        raise BadInput("The request has no body; send what /openapi.json describes for this address.")
    return body


def json_body() -> object:
    """Read the body as JSON.

    Raises:
        MalformedInput: it is no JSON.
        UnsupportedMediaType: it does not say that it is JSON.
    """
    if request.mimetype != "application/json" and not request.mimetype.endswith("+json"):
        raise UnsupportedMediaType('Send JSON, and say so: "Content-Type: application/json".')
    return read_json(raw_body())


def json_response(value: object, status: int = 200, **headers: str) -> Response:
    """Answer with JSON; underscores in header names stand for dashes."""
    body = json.dumps(value, separators=(",", ":"), allow_nan=False)
    named = {name.replace("_", "-"): text for name, text in headers.items()}
    return Response(body, status, named, content_type="application/json")


def preferred_wait(default: float) -> float:
    """Tell how many seconds the caller would wait (RFC 7240), at most 60.

    A preference that cannot be read is ignored, as the RFC asks; ``respond-async`` alone means none.
    """
    preferences = ",".join(request.headers.getlist("Prefer"))
    found = WAIT.search(preferences)
    if found:
        return float(min(int(found[1]), LONGEST_WAIT))
    return 0.0 if ASYNCHRONOUS.search(preferences) else default


def idempotency_key() -> str | None:
    """Return the caller's ``Idempotency-Key``, with or without the quotes of a structured field.

    Raises:
        BadInput: it is not 1 to 255 visible ASCII characters.
    """
    given = request.headers.get("Idempotency-Key")
    if given is None:
        return None
    key = given.removeprefix('"').removesuffix('"')
    if not KEY.fullmatch(key):
        raise BadInput("The Idempotency-Key header must be 1 to 255 visible ASCII characters, like a UUID.")
    return key


def query(*known: str) -> dict[str, str]:
    """Return the query parameters.

    Raises:
        BadInput: one is unknown, repeated or not printable.
    """
    strange = {
        f"/{name[:60]}": f"is not a parameter here; known: {', '.join(known)}"
        for name in request.args
        if name not in known
    }
    twice = {f"/{name}": "is given twice" for name in known if len(request.args.getlist(name)) > 1}
    odd = {
        f"/{name}": "must be 1 to 200 printable characters"
        for name in known
        if name in request.args and not _is_plain(request.args[name])
    }
    errors = strange | odd | twice
    if errors:
        raise BadInput("A query parameter cannot be used; the errors name it.", errors)
    return request.args.to_dict()


def _is_plain(text: str) -> bool:
    return 0 < len(text) <= 200 and text.isprintable()  # noqa: PLR2004 - said in the message


def choice(given: dict[str, str], name: str, known: Iterable[str], default: str = "") -> str:
    """Return which word of a closed vocabulary the parameter *name* of *given* holds.

    Raises:
        BadInput: it holds another.
    """
    word, words = given.get(name, default), list(known)
    if name in given and word not in words:
        raise BadInput(
            "A query parameter cannot be used.", {f"/{name}": f"must be one of: {', '.join(words)}"}
        )
    return word


def row_limit(given: dict[str, str], default: int, most: int = MOST_ROWS) -> int:
    """Return how many rows are asked for.

    Raises:
        BadInput: it is no number from 1 to *most*.
    """
    text = given.get("limit", str(default))
    if not WHOLE.fullmatch(text) or not 1 <= int(text) <= most:
        raise BadInput("The number of rows cannot be used.", {"/limit": f"must be from 1 to {most}"})
    return int(text)
