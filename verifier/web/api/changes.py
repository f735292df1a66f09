"""/v1/changes: what changed between two answers of a person's payer, to be read on from where one stopped."""

from typing import Final

from flask import Response
from flask_smorest import Blueprint  # type: ignore[import-untyped]

from schemas.changes import ChangePageSchema, dump_report
from verifier.access.policy import FacilityRule, needing
from verifier.access.roles import Scope
from verifier.web.api import news_examples as examples
from verifier.web.cursors import EXAMPLE, make_cursor, read_cursor
from verifier.web.exchange import MOST_ROWS, json_response, query, row_limit
from verifier.web.openapi import Body, operation, query_parameter
from verifier.web.rooms import rooms

ROWS: Final = 50
AFTER: Final = "after"

blueprint = Blueprint(
    "changes", __name__, url_prefix="/v1/changes", description="What payers say otherwise than before"
)
LIMIT: Final = query_parameter(
    "limit", "Rows of a page", ROWS, {"type": "integer", "minimum": 1, "maximum": MOST_ROWS}
)
CURSOR: Final = query_parameter(
    AFTER, "The cursor: next of the page before, kept for as long as you like", EXAMPLE, {"type": "string"}
)


@operation(
    blueprint,
    "GET",
    "",
    name="listChanges",
    gives={200: Body(ChangePageSchema, examples.CHANGE_PAGE, "One page, oldest first")},
    parameters=(LIMIT, CURSOR),
    problems={422: "A parameter cannot be used"},
    policy=needing(Scope.READ, facility=FacilityRule.RECORD),
)
def list_changes() -> Response:
    """List what changed, oldest first; ask again with next, and only what came since is listed."""
    given = query("limit", AFTER)
    limit = row_limit(given, ROWS)
    position = read_cursor(given, AFTER)
    found = rooms().newsroom.changes(after=int(position or 0), limit=limit)
    last = str(found[-1][0]) if found else position
    return json_response({"items": [dump_report(report) for _, report in found], "next": make_cursor(last)})
