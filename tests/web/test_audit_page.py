"""The auditor finds what was done by whom, and to whom a patient was disclosed, as a page and as CSV."""

import csv
import io
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from werkzeug.test import TestResponse

from tests.store.support import MASTER, NOON
from tests.web.house import OWN, WebHouse, open_web
from verifier.access.roles import Role
from verifier.model.audit import Action, Context, Event, Person
from verifier.store.database.audit_trail import DatabaseTrail
from verifier.store.database.data_keys import DataKeys

ANA = Person("W199003344", "Testcase", "Ana")
READ = Event(Action.READ, "verification ver_1", Context("user:usr_1", "req_1", "GET /v1"), NOON, whose=ANA)
EVENTS = (
    READ,
    replace(READ, action=Action.EXPORT, what="report of verification ver_1", at=NOON + timedelta(hours=1)),
    replace(READ, what="=HYPERLINK(1)", context=Context("key:key_2", "req_2"), at=NOON + timedelta(days=1)),
    replace(READ, action=Action.LOGIN, what="user usr_1", whose=None, at=NOON + timedelta(days=2)),
)


@pytest.fixture
def house(tmp_path: Path) -> Iterator[WebHouse]:
    with open_web(tmp_path) as opened:
        keys = DataKeys.open(opened.reception.database, MASTER)
        DatabaseTrail(opened.reception.database, keys).record(*EVENTS)
        yield opened


def post(house: WebHouse, address: str, *roles: Role, **form: str) -> TestResponse:
    person = house.reception.add("audit@riverbend.example", *(roles or (Role.AUDITOR,)), facilities=[OWN])
    client = house.app.test_client(use_cookies=False)
    return client.post(address, data=form, headers=house.session(person.id))


def rows(answer: TestResponse) -> list[dict[str, str]]:
    assert answer.mimetype == "text/csv"
    return list(csv.DictReader(io.StringIO(answer.data.decode("utf-8-sig"), newline="")))


@pytest.mark.parametrize(
    ("form", "found"),
    [
        ({"who": "key:key_2"}, ["'=HYPERLINK(1)"]),
        ({"action": "export"}, ["report of verification ver_1"]),
        ({"what": "report of"}, ["report of verification ver_1"]),
        ({"what": "%"}, []),
        ({"since": "11/25/2026", "until": "11/25/2026"}, ["'=HYPERLINK(1)"]),
        (
            {"until": "11/24/2026", "who": "user:usr_1"},
            ["report of verification ver_1", "verification ver_1"],
        ),
        ({"since": "11/26/2026", "action": "login"}, ["user usr_1"]),
    ],
)
def test_events_are_found_by_who_what_and_when_newest_first(
    house: WebHouse, form: dict[str, str], found: list[str]
) -> None:
    answer = post(house, "/staff/audit/", **form, **{"as": "csv"})

    assert [row["what"] for row in rows(answer)] == found
    assert answer.headers["Content-Disposition"] == 'attachment; filename="audit.csv"'


def test_the_page_shows_the_same_events(house: WebHouse) -> None:
    answer = post(house, "/staff/audit/", action="export")

    assert answer.status_code == 200
    assert "report of verification ver_1" in answer.text
    assert "user usr_1" not in answer.text


@pytest.mark.parametrize(
    "form", [{"member_id": "w-199 003344"}, {"member_id": "W199003344", "everything": "yes"}]
)
def test_a_patients_disclosures_are_reported_and_all_that_was_done_only_when_asked_for(
    house: WebHouse, form: dict[str, str]
) -> None:
    answer = post(house, "/staff/audit/disclosures", **form, **{"as": "csv"})

    told = [row["action"] for row in rows(answer)]
    everything = ["read", "export", "read", "audit"]  # the last one is this report
    assert told == (everything if "everything" in form else ["export"])


def test_looking_into_the_trail_is_in_the_trail(house: WebHouse) -> None:
    post(house, "/staff/audit/disclosures", member_id="W199003344")
    keys = DataKeys.open(house.reception.database, MASTER)

    last = DatabaseTrail(house.reception.database, keys).about(ANA)[-1]

    assert (last.action, last.what) == (Action.AUDIT, "disclosures reported")
    assert last.context.where == "POST /staff/audit/disclosures"


@pytest.mark.parametrize(
    ("address", "form"),
    [
        ("/staff/audit/", {"since": "soon"}),
        ("/staff/audit/", {"action": "dancing"}),
        ("/staff/audit/", {"who": "nobody@riverbend.example"}),
        ("/staff/audit/disclosures", {"last_name": "Testcase"}),
        ("/staff/audit/disclosures", {}),
    ],
)
def test_what_cannot_be_looked_for_is_told_in_place(
    house: WebHouse, address: str, form: dict[str, str]
) -> None:
    answer = post(house, address, **form)

    assert answer.status_code == 422
    assert 'role="alert"' in answer.text


@pytest.mark.parametrize("role", [Role.ADMISSIONS, Role.REVIEWER, Role.BILLING, Role.ADMIN])
def test_nobody_but_an_auditor_looks_into_the_trail(house: WebHouse, role: Role) -> None:
    assert post(house, "/staff/audit/", role).status_code == 403
