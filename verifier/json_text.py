"""JSON text in: exact, bounded, and refused where readers could disagree (RFC 8259, RFC 7493).

One reader for what callers send and for what payers answer: both are hostile until read.
"""

import json
import re
from collections.abc import Iterable
from decimal import Decimal
from typing import Any, Final

from verifier.errors import MalformedInput

DEEPEST: Final = 32
LONGEST_NUMBER: Final = 32
LARGEST_EXPONENT: Final = 30
MOST_MARKS: Final = 300_000  # 10,000 benefits have 260,000; each may cost a hundred bytes once it is read
MARKS: Final = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"?|[,:\[\]{}]', re.DOTALL)  # or a whole string
DEEPER: Final = {b"[": 1, b"{": 1, b"]": -1, b"}": -1}


def read_json(text: bytes) -> object:
    """Read JSON; a number with a point or exponent comes back as `Decimal`, so that it can be told apart.

    Raises:
        MalformedInput: it is no JSON, is nested over 32 deep, has more values than anything needs, names a
            field twice, or holds NaN, Infinity, a number over 32 characters or one with an exponent over 30.
    """
    _refuse_shape(text)
    try:
        return json.loads(
            text.decode("utf-8-sig"),
            parse_float=_number,
            parse_int=_whole,
            parse_constant=_refuse_constant,
            object_pairs_hook=_unrepeated,
        )
    except UnicodeDecodeError as error:
        raise MalformedInput("The body is not UTF-8 text; send JSON in UTF-8.") from error
    except json.JSONDecodeError as error:
        place = f"line {error.lineno}, column {error.colno}"
        raise MalformedInput(f"The body is not JSON: {error.msg} at {place}. Correct it there.") from error


def _refuse_shape(text: bytes) -> None:
    """Refuse what would grow on the way, before anything is built of it; nothing is kept while looking."""
    depth = 0
    for count, mark in enumerate(MARKS.finditer(text)):
        depth += DEEPER.get(mark[0][:2], 0)
        if depth > DEEPEST:
            raise MalformedInput(f"The JSON is nested more than {DEEPEST} deep; nothing here needs that.")
        if count > MOST_MARKS:
            raise MalformedInput("The JSON has more values than anything here needs; send less at once.")


def _number(text: str) -> Decimal:
    number = Decimal(_short(text))
    exponent = number.as_tuple().exponent
    if not isinstance(exponent, int) or abs(exponent) > LARGEST_EXPONENT:
        raise MalformedInput(
            f"A number has an exponent over {LARGEST_EXPONENT}; no amount is that large or small."
        )
    return number


def _whole(text: str) -> int:
    return int(_short(text))


def _short(text: str) -> str:
    if len(text) > LONGEST_NUMBER:
        raise MalformedInput(f"A number has more than {LONGEST_NUMBER} characters; no field here needs that.")
    return text


def _refuse_constant(name: str) -> object:
    raise MalformedInput(f"{name} is no number that JSON knows; write a plain number or null.")


def _unrepeated(pairs: Iterable[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in pairs:
        if name in found:
            raise MalformedInput(
                "An object names the same field twice; name each once.", {f"/{name[:60]}": "twice"}
            )
        found[name] = value
    return found
