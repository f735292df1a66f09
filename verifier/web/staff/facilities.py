"""The treatment programs, and what payers allow them by contract: shown, taken in and given out as CSV."""

from functools import partial
from typing import Final

from flask import Blueprint, Response, request
from werkzeug.datastructures import FileStorage

from verifier.access.fence import reach
from verifier.access.policy import needing
from verifier.access.roles import Scope
from verifier.contracts import Sheet, write_rates
from verifier.errors import BadInput
from verifier.web.forms import Field, Form, attempt, table
from verifier.web.guard import declare
from verifier.web.rooms import rooms
from verifier.web.staff.page import show

ADMINISTERING: Final = needing(Scope.ADMIN, people_only=True)
MOST_SHOWN: Final = 500
FIELDS: Final = table(Field("file", "CSV file"))

blueprint = Blueprint("facilities", __name__, url_prefix="/facilities")


@blueprint.get("/")
@declare(ADMINISTERING)
def list_facilities() -> Response:
    """List the programs and their rates."""
    return _show(Form(FIELDS))


@blueprint.get("/rates.csv")
@declare(ADMINISTERING)
def export_rates() -> Response:
    """Give every rate out, as the file that can be taken in again."""
    headers = {"Content-Disposition": 'attachment; filename="rates.csv"'}
    content = write_rates(rooms().housekeeping.rates())
    return Response(content, 200, headers, content_type="text/csv; charset=utf-8")


@blueprint.post("/rates")
@declare(ADMINISTERING)
def import_rates() -> Response:
    """Take in the rows of a CSV file that can be used, and say of each other row what is wrong with it."""
    form = Form(FIELDS)
    done = attempt(form, partial(_import, request.files.get("file")))
    return _show(done, status=422) if isinstance(done, Form) else _show(form, done)


def _import(file: FileStorage | None) -> Sheet:
    content = file.read() if file else b""
    if not content:
        raise BadInput("No file was sent.", {"/file": "must be chosen, and not be empty"})
    known = {payer.id for payer in rooms().payers.listing()}
    return rooms().housekeeping.import_rates(content, known.__contains__)


def _show(form: Form, sheet: Sheet | None = None, *, status: int = 200) -> Response:
    rates, facilities = rooms().housekeeping.rates(), rooms().housekeeping.facilities()
    shown = {"form": form, "sheet": sheet, "facilities": facilities, "rates": rates[:MOST_SHOWN]}
    return show("staff/facilities.html", status, count=len(rates), may_add=reach().every, **shown)
