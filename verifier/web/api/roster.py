"""/v1/roster: who is asked about at night."""

from dataclasses import replace
from typing import Final

from flask import Response, url_for
from flask_smorest import Blueprint  # type: ignore[import-untyped]

from schemas.roster import (
    DischargeSchema,
    EnrolmentSchema,
    EntryChangeSchema,
    EntrySchema,
    ImportSchema,
    RosterPageSchema,
    dump_entry,
    load_change,
    load_discharge,
    load_enrolment,
)
from schemas.roster_sheet import LARGEST_FILE, describe, read_sheet
from verifier.access.fence import reach
from verifier.access.policy import FacilityRule, needing, place
from verifier.access.roles import Scope
from verifier.errors import VerifierError
from verifier.model.roster import Entry
from verifier.web import cursors
from verifier.web.api import nightly_examples as examples
from verifier.web.exchange import MOST_ROWS, choice, json_body, json_response, query, raw_body, row_limit
from verifier.web.openapi import Body, operation, path_parameter, query_parameter
from verifier.web.repeats import own_id
from verifier.web.rooms import rooms

ROWS: Final = 50
YES_NO: Final = ["yes", "no"]
ID: Final = "/<entry_id>"
NONE: Final = "There is none with this id"
TWICE: Final = "This person is on the list already, for this payer and facility"
NAMED: Final = needing(Scope.ROSTER, facility=FacilityRule.NAMED)
RECORD: Final = needing(Scope.ROSTER, facility=FacilityRule.RECORD)

blueprint = Blueprint("roster", __name__, url_prefix="/v1/roster", description="Who is asked about at night")
ENTRY: Final = Body(EntrySchema, examples.ENTRY, "The entry")
IN_PATH: Final = path_parameter("entry_id", "Id of an entry", "rst_8f14e45fceea167a5a36de")


@operation(
    blueprint,
    "POST",
    "",
    name="enroll",
    takes=Body(EnrolmentSchema, examples.ENROLMENT, "Whom to ask about, and how often"),
    gives={201: Body(EntrySchema, examples.ENTRY, "On the list", headers=("Location",))},
    problems={400: "The body is no JSON", 409: TWICE, 422: "Some field cannot be used"},
    policy=NAMED,
)
def enroll() -> Response:
    """Put somebody on the nightly list."""
    entry = load_enrolment(json_body(), today=rooms().roster.today)
    kept = rooms().roster.enroll(_placed(entry), as_id=own_id("rst"))
    return json_response(dump_entry(kept), 201, Location=url_for("roster.find_entry", entry_id=kept.id))


@operation(
    blueprint,
    "GET",
    "",
    name="listRoster",
    gives={200: Body(RosterPageSchema, examples.ROSTER_PAGE, "One page, in the order of the ids")},
    parameters=(
        query_parameter(
            "limit", "Rows of a page", 50, {"type": "integer", "minimum": 1, "maximum": MOST_ROWS}
        ),
        query_parameter("after", "The cursor: next of the page before", cursors.EXAMPLE, {"type": "string"}),
        query_parameter("all", "yes: those discharged too", "yes", {"type": "string", "enum": YES_NO}),
    ),
    problems={422: "A parameter cannot be used"},
    policy=RECORD,
)
def list_roster() -> Response:
    """List who is on the nightly list."""
    given = query("limit", "after", "all")
    limit, enrolled = row_limit(given, ROWS), choice(given, "all", YES_NO) != "yes"
    after = cursors.read_cursor(given, "after", enrolled)
    found = rooms().roster.listing(limit=limit + 1, after=after, enrolled=enrolled)
    following = cursors.make_cursor(found[limit - 1].id if len(found) > limit else None, enrolled)
    return json_response({"items": [dump_entry(each) for each in found[:limit]], "next": following})


@operation(
    blueprint,
    "POST",
    "/import",
    name="importRoster",
    takes=Body(
        {"type": "string"}, examples.SHEET, "One line a person", content_type="text/csv", largest=LARGEST_FILE
    ),
    gives={200: Body(ImportSchema, examples.IMPORTED, "What became of each line")},
    problems={422: "It is no such file at all; nothing of it is taken"},
    policy=needing(Scope.ROSTER),
)
def import_roster() -> Response:
    """Put everybody in a CSV file on the list; a line that cannot be used costs nothing of the others."""
    rows = read_sheet(raw_body(), today=rooms().roster.today)
    became = [(line, _take(row) if isinstance(row, Entry) else row) for line, row in rows]
    added = [each.id for _, each in became if isinstance(each, Entry)]
    errors = [fault for line, each in became if not isinstance(each, Entry) for fault in describe(line, each)]
    told = [{"line": each.line, "column": each.column, "problem": each.problem} for each in errors]
    return json_response({"added": added, "errors": told})


@operation(
    blueprint,
    "GET",
    ID,
    name="findEntry",
    gives={200: ENTRY},
    parameters=(IN_PATH,),
    problems={404: NONE},
    policy=RECORD,
)
def find_entry(entry_id: str) -> Response:
    """Look at one entry."""
    query()
    return json_response(dump_entry(rooms().roster.find(entry_id)))


@operation(
    blueprint,
    "PATCH",
    ID,
    name="changeEntry",
    takes=Body(EntryChangeSchema, examples.CHANGE, "What to change; what is left out stays"),
    gives={200: ENTRY},
    parameters=(IN_PATH,),
    problems={400: "The body is no JSON", 404: NONE, 409: TWICE, 422: "Some field cannot be used"},
    policy=RECORD,
)
def change_entry(entry_id: str) -> Response:
    """Change an entry; whoever was stopped for want of consent is asked about again."""
    change = load_change(json_body(), today=rooms().roster.today)
    return json_response(dump_entry(rooms().roster.change(entry_id, change)))


@operation(
    blueprint,
    "POST",
    f"{ID}/discharge",
    name="dischargeEntry",
    takes=Body(DischargeSchema, examples.DISCHARGE, "When they left"),
    gives={200: ENTRY},
    parameters=(IN_PATH,),
    problems={400: "The body is no JSON", 404: NONE, 422: "It is no day"},
    policy=RECORD,
)
def discharge_entry(entry_id: str) -> Response:
    """End it: from that day on nobody asks."""
    return json_response(dump_entry(rooms().roster.discharge(entry_id, load_discharge(json_body()))))


def _placed(entry: Entry) -> Entry:
    return replace(entry, facility=place(entry.facility or None, reach()) or "")


def _take(entry: Entry) -> Entry | VerifierError:
    return rooms().roster.enroll_if_possible(entry, _placed)
