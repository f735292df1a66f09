"""/v1/reverifications: the nightly runs."""

from collections.abc import Callable
from typing import Final

from flask import Response, url_for
from flask_smorest import Blueprint  # type: ignore[import-untyped]

from schemas.reverification import (
    ReverificationItemPageSchema,
    ReverificationPageSchema,
    ReverificationProgressSchema,
    dump_listed,
    dump_progress,
    dump_run,
)
from verifier.access.policy import FacilityRule, needing
from verifier.access.roles import Scope
from verifier.model.reverification import ItemState
from verifier.web import cursors
from verifier.web.api import nightly_examples as examples
from verifier.web.exchange import MOST_ROWS, choice, json_response, query, row_limit
from verifier.web.openapi import Body, View, operation, path_parameter, query_parameter
from verifier.web.rooms import rooms

ROWS: Final = 50
ID: Final = "/<run_id>"
NONE: Final = {404: "There is none with this id"}
# A run is of the whole organization; what is seen of it, and changed in it, is what lies within reach.
REACH: Final = needing(Scope.ROSTER, facility=FacilityRule.NONE)
LIMIT: Final = {"type": "integer", "minimum": 1, "maximum": MOST_ROWS}

blueprint = Blueprint(
    "reverifications", __name__, url_prefix="/v1/reverifications", description="The nightly runs"
)
PROGRESS: Final = Body(ReverificationProgressSchema, examples.PROGRESS, "How far the run is")
IN_PATH: Final = path_parameter("run_id", "Id of a run", "run_8f14e45fceea167a5a36de")


@operation(
    blueprint,
    "POST",
    "",
    name="startReverification",
    gives={
        201: Body(ReverificationProgressSchema, examples.PROGRESS, "Made and planned", headers=("Location",)),
        200: Body(ReverificationProgressSchema, examples.PROGRESS, "It stood already", headers=("Location",)),
    },
    problems={503: "The database is away; nothing was done"},
    policy=REACH,
)
def start() -> Response:
    """Make today's run; one that stands is gone on with, and whoever was enrolled since is added."""
    progress, is_new = rooms().reverifications.start()
    location = url_for("reverifications.show", run_id=progress.run.id)
    return json_response(dump_progress(progress), 201 if is_new else 200, Location=location)


@operation(
    blueprint,
    "GET",
    "",
    name="listReverifications",
    gives={200: Body(ReverificationPageSchema, examples.RUN_PAGE, "The latest, latest first")},
    parameters=(query_parameter("limit", "Rows", 50, LIMIT),),
    problems={422: "A parameter cannot be used"},
    policy=REACH,
)
def list_runs() -> Response:
    """List the latest runs."""
    found = rooms().reverifications.listing(limit=row_limit(query("limit"), ROWS))
    return json_response({"items": [dump_run(each) for each in found], "next": None})


@operation(
    blueprint,
    "GET",
    ID,
    name="findReverification",
    gives={200: PROGRESS},
    parameters=(IN_PATH,),
    problems=NONE,
    policy=REACH,
)
def show(run_id: str) -> Response:
    """Tell how far a run is."""
    query()
    return json_response(dump_progress(rooms().reverifications.progress(run_id)))


@operation(
    blueprint,
    "GET",
    f"{ID}/items",
    name="listReverificationItems",
    gives={200: Body(ReverificationItemPageSchema, examples.ITEM_PAGE, "One page, in the order of the ids")},
    parameters=(
        IN_PATH,
        query_parameter("limit", "Rows of a page", 50, LIMIT),
        query_parameter("after", "The cursor: next of the page before", cursors.EXAMPLE, {"type": "string"}),
        query_parameter(
            "state", "Only those", "failed", {"type": "string", "enum": [each.value for each in ItemState]}
        ),
    ),
    problems=NONE | {422: "A parameter cannot be used"},
    policy=REACH,
)
def list_items(run_id: str) -> Response:
    """Name the people of a run, and what became of each."""
    given = query("limit", "after", "state")
    limit, word = row_limit(given, ROWS), choice(given, "state", ItemState)
    state = ItemState(word) if word else None
    after = cursors.read_cursor(given, "after", run_id, state)
    found = rooms().reverifications.items(run_id, limit=limit + 1, after=after, state=state)
    following = cursors.make_cursor(found[limit - 1].item.id if len(found) > limit else None, run_id, state)
    return json_response({"items": [dump_listed(each) for each in found[:limit]], "next": following})


def _change(verb: str, name: str) -> Callable[[View], View]:
    return operation(
        blueprint,
        "POST",
        f"{ID}/{verb}",
        name=name,
        gives={200: PROGRESS},
        parameters=(IN_PATH,),
        problems=NONE,
        policy=REACH,
    )


@_change("pause", "pauseReverification")
def pause(run_id: str) -> Response:
    """Ask about nobody more until it is resumed; who is being asked about is let come to the end."""
    return json_response(dump_progress(rooms().reverifications.pause(run_id)))


@_change("resume", "resumeReverification")
def resume(run_id: str) -> Response:
    """Go on with what was paused."""
    return json_response(dump_progress(rooms().reverifications.resume(run_id)))


@_change("cancel", "cancelReverification")
def cancel(run_id: str) -> Response:
    """Ask about nobody more in this run."""
    return json_response(dump_progress(rooms().reverifications.cancel(run_id)))
