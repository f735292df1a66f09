"""Three hundred hostile strings in what administrators read and write: all stay words there too."""

import csv
import io
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final
from urllib.parse import urlencode

import pytest
from flask.testing import FlaskClient

from tests.access import OPERATOR
from tests.store.support import MASTER
from tests.web.hostile import STRINGS, Page
from tests.web.house import OTHER, OWN, WebHouse, open_web
from verifier.access.emergency import REASON
from verifier.access.principal import Facilities, Kind, Principal
from verifier.access.roles import Role, Scope
from verifier.contracts import COLUMNS
from verifier.model.audit import Action
from verifier.store.database.audit_trail import DatabaseTrail
from verifier.store.database.data_keys import DataKeys

PLAIN: Final = "plainword"
HALF: Final = "'"  # nothing but a mark
AT_ONCE: Final = 100  # emergencies on the page
LONGEST_NAME: Final = 60
FORM: Final = "application/x-www-form-urlencoded"
LIST: Final = "/staff/facilities/"
NAMED: Final = (LIST, f"{LIST}of/{OWN}", f"/free-verification/{OWN}")
RATE: Final = dict(
    zip(COLUMNS, (OWN, "sim-commercial", "in", "H0015", "325.00", "2026-01-01", "2026-12-31"), strict=True)
)


@pytest.fixture
def house(tmp_path: Path) -> Iterator[WebHouse]:
    with open_web(tmp_path) as opened:
        yield opened


@pytest.fixture
def client(house: WebHouse) -> FlaskClient:
    person = house.reception.add("ana@riverbend.example", *Role, facilities=["*"])
    return house.enter(person.id)


def test_every_reason_of_an_emergency_is_words_where_it_is_looked_into(
    house: WebHouse, client: FlaskClient
) -> None:
    someone = house.reception.add("ben@riverbend.example", Role.ADMISSIONS, facilities=[OWN])
    trail = DatabaseTrail(house.reception.database, DataKeys.open(house.reception.database, MASTER))
    principal = Principal(Kind.USER, someone.id, frozenset({Scope.READ}), Facilities.of([OWN]))

    def write(reasons: Sequence[str]) -> list[Page]:
        for reason in reasons:
            house.reception.clock.move(seconds=1)
            house.reception.access.staffing.break_glass(OPERATOR, principal, OTHER, reason, 15)
        broken = [each for each in house.reception.audit.events if each.action is Action.BREAK_GLASS]
        trail.record(*broken[-len(reasons) :])
        return [
            Page(client.get("/staff/emergencies/").text),
            Page(client.post("/staff/audit/", data={"action": Action.BREAK_GLASS.value}).text),
        ]

    write([PLAIN * 2] * AT_ONCE)
    known = [page.shape for page in write([PLAIN * 2] * AT_ONCE)]
    for start in range(0, len(STRINGS), AT_ONCE):
        some = [f"{text} and more" for text in STRINGS[start : start + AT_ONCE]]
        pages = write(some)

        assert min(map(len, some)) in REASON
        assert [page.shape for page in pages] == known
        assert all(page.is_ours for page in pages)
        assert [text for text in some for page in pages if not page.says(text)] == []


def test_no_cell_of_a_file_of_rates_is_kept_or_shown(client: FlaskClient) -> None:
    def take_in(column: str, texts: Sequence[str]) -> Page:
        sheet = io.StringIO()
        writer = csv.DictWriter(sheet, COLUMNS)
        writer.writeheader()
        writer.writerows({**RATE, column: text} for text in texts)
        file = (io.BytesIO(sheet.getvalue().encode()), "rates.csv")
        answer = client.post(f"{LIST}rates", data={"file": file})
        assert answer.status_code == 200, column
        return Page(answer.text)

    for column in COLUMNS:
        plain, hostile = (take_in(column, texts) for texts in ([PLAIN] * len(STRINGS), STRINGS))

        assert hostile.shape == plain.shape, column
        assert hostile.is_ours
        assert hostile.says("0 rates taken in, 300 faults found") == 1, column
        assert [text for text in STRINGS if hostile.says(text)] == [], column
    assert client.get(f"{LIST}rates.csv").data.decode("utf-8-sig").splitlines() == [",".join(COLUMNS)]


def test_no_heading_of_a_file_of_rates_is_shown(client: FlaskClient) -> None:
    for text in STRINGS:
        file = (io.BytesIO(f'{text.replace(chr(34), HALF)},"{HALF}\n'.encode()), f"{text[:40]}.csv")
        answer = client.post(f"{LIST}rates", data={"file": file})
        page = Page(answer.text)

        assert answer.status_code == 422, text
        assert not page.says(text)
        assert page.is_ours


def test_the_name_of_a_facility_is_words_on_every_page_that_names_it(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("verifier.store.database.facilities.FRESH", -1.0)  # no name of a moment ago

    def rename(name: str) -> list[Page]:
        seen = client.get(f"{LIST}of/{OWN}").text.partition('name="revision"')[2].split('value="')[1]
        said = {"name": name, "npi": "1234567893", "programs.0.code": "H0015"}
        said["revision"] = seen.partition('"')[0]
        answer = client.post(f"{LIST}of/{OWN}", data=urlencode(said), content_type=FORM)
        assert answer.status_code == 303, name
        return [Page(client.get(address).text) for address in NAMED]

    known = rename(PLAIN)
    told = [page.says(PLAIN) for page in known]
    for text in (text[:LONGEST_NAME].strip() for text in STRINGS if text.isprintable()):
        pages = rename(text)

        assert [page.shape for page in pages] == [page.shape for page in known], text
        assert all(page.is_ours for page in pages), text
        assert [page.says(text) for page in pages] == told, text
    assert min(told) > 0
