"""/v1/payers: which payers can be asked, and what they need."""

from typing import Any, Final

from flask import Response
from flask_smorest import Blueprint  # type: ignore[import-untyped]

from schemas.health import PayerHealthSchema, dump_health
from schemas.payers import PayersSchema, ReachablePayerSchema, dump_match, dump_payer, dump_row
from verifier.access.policy import KNOWN
from verifier.web.api import examples
from verifier.web.exchange import json_response, query, row_limit
from verifier.web.openapi import Body, operation, path_parameter, query_parameter
from verifier.web.rooms import rooms

MATCHES: Final = 10
MOST_ROWS: Final = 1000

blueprint = Blueprint("payers", __name__, url_prefix="/v1/payers", description="Which payers can be asked")


@operation(
    blueprint,
    "GET",
    "",
    name="searchPayers",
    gives={
        200: Body(PayersSchema, examples.PAYERS, "Best match first; all of them when nothing is searched")
    },
    parameters=(
        query_parameter("q", "A name, payer id, or the words on a card", "sim comm", {"type": "string"}),
        query_parameter(
            "limit", "At most so many", 10, {"type": "integer", "minimum": 1, "maximum": MOST_ROWS}
        ),
    ),
    problems={422: "A parameter cannot be used"},
    policy=KNOWN,
)
def search_payers() -> Response:
    """Search the payer directory; spelling need not be exact."""
    given = query("q", "limit")
    rows = (
        _search(given["q"], row_limit(given, MATCHES, MOST_ROWS))
        if "q" in given
        else _list(row_limit(given, MOST_ROWS, MOST_ROWS))
    )
    return json_response({"items": rows})


def _search(text: str, limit: int) -> list[dict[str, Any]]:
    return [dump_match(match) for match in rooms().payers.search(text, limit)]


def _list(limit: int) -> list[dict[str, Any]]:
    payers = rooms().payers
    return [dump_row(payer, reachable=payers.is_reachable(payer.id)) for payer in payers.listing()[:limit]]


@operation(
    blueprint,
    "GET",
    "/<payer_id>",
    name="findPayer",
    gives={200: Body(ReachablePayerSchema, examples.PAYER, "The payer")},
    parameters=(path_parameter("payer_id", "Payer id", "sim-commercial"),),
    problems={404: "There is none with this id"},
    policy=KNOWN,
)
def find_payer(payer_id: str) -> Response:
    """Look at one payer: what an inquiry must hold, and whether it can be asked from here."""
    query()
    payers = rooms().payers
    return json_response(dump_payer(payers.find(payer_id), reachable=payers.is_reachable(payer_id)))


@operation(
    blueprint,
    "GET",
    "/<payer_id>/health",
    name="findPayerHealth",
    gives={200: Body(PayerHealthSchema, examples.PAYER_HEALTH, "By what this service saw itself")},
    parameters=(path_parameter("payer_id", "Payer id", "sim-commercial"),),
    problems={404: "There is none with this id"},
    policy=KNOWN,
)
def find_payer_health(payer_id: str) -> Response:
    """See how calls to one payer went in the last 15 minutes and 24 hours, before asking it."""
    query()
    return json_response(dump_health(rooms().payers.health(payer_id)))
