"""The audit trail: what was done by whom and when, and to whom a patient was disclosed."""

from collections.abc import Callable, Sequence
from datetime import UTC, date
from functools import partial
from typing import Final

from flask import Blueprint, Response, request

from verifier.access.policy import needing
from verifier.access.roles import Scope
from verifier.errors import BadInput, NotFound
from verifier.model.audit import Action, Event, Person, Sought
from verifier.spreadsheet import write_csv
from verifier.web.context import present_context
from verifier.web.forms import Field, Form, attempt, read_form, table
from verifier.web.guard import declare
from verifier.web.rooms import rooms
from verifier.web.staff.colleagues import name_people
from verifier.web.staff.page import show
from verifier.wording import plain

AUDITING: Final = needing(Scope.AUDIT, people_only=True)
SHOWN: Final = 200  # events on a page
EXPORTED: Final = 10_000  # events in a file
TOLD: Final = frozenset({Action.DISCLOSURE, Action.PAYER_CALL, Action.EXPORT})
COLUMNS: Final = ("at", "who", "action", "what", "result", "where", "why", "request_id")
ACTIONS: Final = (("", "Anything"), *((action.value, plain(action.value).capitalize()) for action in Action))
SEARCH: Final = table(
    Field(
        "who", "By whom", hint="E-mail address, or the name of an account such as key:key_…", is_optional=True
    ),
    Field("action", "What was done", "select", choices=ACTIONS),
    Field("what", "To what", hint="Its beginning, such as verification ver_…", is_optional=True),
    Field("since", "From day", "day", hint="MM/DD/YYYY, UTC", is_optional=True),
    Field("until", "To day", "day", hint="MM/DD/YYYY, UTC", is_optional=True),
)
PATIENT: Final = table(
    Field("member_id", "Member ID", is_optional=True, longest=80),
    Field("last_name", "Last name", is_optional=True, longest=60),
    Field("first_name", "First name", is_optional=True, longest=60),
    Field("birth_date", "Date of birth", "day", hint="MM/DD/YYYY", is_optional=True),
    Field("everything", "Everything that was done, and not only what left this service", "check"),
)

blueprint = Blueprint("audit", __name__, url_prefix="/audit")


@blueprint.get("/")
@declare(AUDITING)
def show_audit() -> Response:
    """Show both ways to look into the trail."""
    return _show(Form(SEARCH), Form(PATIENT))


@blueprint.post("/")
@declare(AUDITING)
def search() -> Response:
    """Search by who, what and when; as a page or as CSV."""
    form = read_form(SEARCH, request.form)
    found = attempt(form, partial(_search, form), NotFound)
    if isinstance(found, Form):
        return _show(found, Form(PATIENT), status=422)
    return _answer(found, lambda: _show(form, Form(PATIENT), found, title="Events"))


@blueprint.post("/disclosures")
@declare(AUDITING)
def report_disclosures() -> Response:
    """Report to whom a patient was disclosed (45 CFR 164.528); who it is stands in no address."""
    form = read_form(PATIENT, request.form)
    found = attempt(form, partial(_about, form))
    if isinstance(found, Form):
        return _show(Form(SEARCH), found, status=422)
    return _answer(found, lambda: _show(Form(SEARCH), form, found, title="This patient"))


def _search(form: Form) -> Sequence[Event]:
    data = form.data()
    action = str(data.get("action", ""))
    if action and action not in set(Action):
        raise BadInput("There is no such action.", {"/action": "must be one of these"})
    sought = Sought(
        who=_account(form.value("who").strip()),
        what=form.value("what").strip() or None,
        action=Action(action) if action else None,
        since=_read_day(data, "since"),
        until=_read_day(data, "until"),
    )
    return rooms().watch(present_context()).search(sought, limit=EXPORTED if _is_file() else SHOWN)


def _account(text: str) -> str | None:
    """Return the account that the trail knows somebody by, found by their e-mail address too."""
    if "@" not in text:
        return text or None
    return f"user:{rooms().access.staffing.find_user(text).id}"


def _about(form: Form) -> Sequence[Event]:
    data = form.data()
    born = _read_day(data, "birth_date")
    told = {name: str(data[name]) for name in ("member_id", "last_name", "first_name") if name in data}
    if "member_id" not in told and not ("last_name" in told and born):
        raise BadInput(
            "Name the patient.", {"/member_id": "must be given, or last name, first name and date of birth"}
        )
    found = rooms().watch(present_context()).about(Person(**told, birth_date=born))
    return [event for event in found if data.get("everything") or event.action in TOLD]


def _read_day(data: dict[str, object], name: str) -> date | None:
    text = data.get(name)
    try:
        return date.fromisoformat(str(text)) if text else None
    except ValueError as error:
        raise BadInput("A day cannot be read.", {f"/{name}": "must be a day such as 12/07/2026"}) from error


def _is_file() -> bool:
    return request.form.get("as") == "csv"


def _answer(found: Sequence[Event], draw: Callable[[], Response]) -> Response:
    if not _is_file():
        return draw()
    headers = {"Content-Disposition": 'attachment; filename="audit.csv"'}
    return Response(
        write_csv(COLUMNS, map(_row, found)), 200, headers, content_type="text/csv; charset=utf-8"
    )


def _row(event: Event) -> tuple[str, ...]:
    context, at = event.context, event.at.astimezone(UTC).isoformat()
    told = (event.action, event.what, event.result, context.where, context.why or "", context.request_id)
    return (at, context.who, *told)


def _show(
    search: Form, patient: Form, found: Sequence[Event] | None = None, *, title: str = "", status: int = 200
) -> Response:
    names = name_people({each.context.who for each in found or ()})
    shown = {"search": search, "patient": patient, "found": found, "title": title, "names": names}
    return show("staff/audit.html", status, most=SHOWN, **shown)
