"""Three hundred hostile strings in every field that a payer or a person fills: all stay words."""

import csv
import io
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Final
from urllib.parse import urlencode

import pytest
from flask.testing import FlaskClient

from tests.access import OPERATOR
from tests.hostile import HOSTILE
from tests.papers import poison
from tests.printed import ACTIVE_KEYS, keys_of
from tests.store.support import ACTIVE, INACTIVE, MASTER, NOON, inquire
from tests.web.hostile import STRINGS, Page, flat, spoil, spoil_intake
from tests.web.house import OWN, WebHouse, open_web
from tests.web.test_case_pages import send
from verifier.access.roles import Role
from verifier.model.audit import Action, Context, Event
from verifier.model.roster import Entry
from verifier.model.verification import Verification
from verifier.spreadsheet import FORMULA
from verifier.store.database.audit_trail import DatabaseTrail
from verifier.store.database.data_keys import DataKeys

PLAIN: Final = "plainword"
AGE: Final = timedelta(days=10_000)
FORM: Final = "application/x-www-form-urlencoded"
TOGETHER: Final = [" ".join(STRINGS[start : start + 10]) for start in range(0, len(STRINGS), 10)]
INTAKE: Final = f"int_{'A' * 22}"
WITH_FORMS: Final = (
    f"/free-verification/{OWN}",
    "/staff/verifications/new",
    "/staff/verifications/",
    f"/staff/requests/{INTAKE}",
    "{case}/worksheet",
    "{case}/review",
    "{case}/what-if",
    "/staff/emergencies/new",
    "/staff/facilities/new",
    "/staff/people/new",
    "/staff/keys/",
    "/staff/audit/",
)


@pytest.fixture
def house(tmp_path: Path) -> Iterator[WebHouse]:
    with open_web(tmp_path) as opened:
        yield opened


@pytest.fixture
def person(house: WebHouse) -> str:
    return house.reception.add("ana@riverbend.example", *Role, facilities=["*"]).id


@pytest.fixture
def client(house: WebHouse, person: str) -> FlaskClient:
    return house.enter(person)


def keep(house: WebHouse, text: str) -> Verification:
    kept = spoil(lambda _: text)
    house.verifier._records.change(kept.id, lambda _: kept)
    return kept


def pages(house: WebHouse, person: str, text: str) -> Iterator[tuple[str, Page]]:
    """Keep *text* in every field of a case, and yield each page that shows any of it."""
    kept, intake = keep(house, text), spoil_intake(INTAKE, OWN, lambda _: text)
    client, queue = house.enter(person), house.office.intakes
    assert queue
    queue.change(INTAKE, lambda _: intake) if queue.tally().counts[intake.state] else queue.add(intake)
    desk = house.night.roster_desk(OPERATOR)
    entry = desk.enroll(Entry("", OWN, kept.inquiry, NOON.date()))
    case = f"/staff/verifications/{kept.id}"
    yield from (
        (address, read(client, address))
        for address in (
            case,
            *(f"{case}/{name}" for name in ("history", "what-if", "worksheet", "review", "explanation")),
            "/staff/verifications/",
            "/staff/requests/",
            f"/staff/requests/{INTAKE}",
            "/staff/roster/",
        )
    )
    desk.discharge(entry.id)


def read(client: FlaskClient, address: str) -> Page:
    answer = client.get(address)
    assert answer.status_code == 200, (address, answer.text[:500])
    return Page(answer.text)


def digests(house: WebHouse, person: str, text: str) -> Iterator[tuple[str, Page]]:
    """Let coverage end for somebody of this name, whose payer says nothing else; yield the morning after."""
    house.reception.clock.move(days=2)
    born, inquiry = (
        house.reception.clock.now().date() - AGE,
        inquire(facility=OWN),
    )  # nobody of the days before
    member = replace(inquiry.member, last_name=text, first_name=text, birth_date=born)
    for answer in (ACTIVE, INACTIVE):
        house.payer.answer = poison(answer, lambda _: text)
        house.verifier.verify(replace(inquiry, member=member), refresh=True)
    yield "/staff/digest", read(house.enter(person), "/staff/digest")


@pytest.mark.parametrize("pages", [pages, digests])
def test_every_string_of_a_payer_or_person_is_words_wherever_it_is_shown(
    pages: Callable[[WebHouse, str, str], Iterator[tuple[str, Page]]], house: WebHouse, person: str
) -> None:
    plain = dict(pages(house, person, PLAIN))
    told = {address: page.says(PLAIN) for address, page in plain.items()}
    wrong = [
        (address, text)
        for text in TOGETHER
        for address, page in pages(house, person, text)
        if page.shape != plain[address].shape or not page.is_ours or page.says(text) != told[address]
    ]

    assert len(STRINGS) == len(set(STRINGS)) == 300
    assert min(told.values()) > 0
    assert wrong == []


def list_forms(client: FlaskClient, case: str) -> dict[str, list[str]]:
    """List the fields of every form of these pages, by where they are sent."""
    begun = client.post("/staff/verifications/new/payer", data={"choose": "sim-commercial"})
    drawn = (Page(begun.text), *(read(client, page.format(case=case)) for page in WITH_FORMS))
    forms = {action: names for page in drawn for action, names in page.forms.items()}
    free, new = f"/free-verification/{OWN}", "/staff/verifications/new"
    forms |= {f"{free}/payers": forms[free], f"{new}/payers": ["q"], f"{new}/payer": forms[new]}
    return {action: names for action, names in forms.items() if action != "/staff/sign-out"}


def test_every_string_that_is_typed_stays_words_of_its_form(house: WebHouse, person: str) -> None:
    case, _ = next(pages(house, person, PLAIN))
    client = house.enter(person)
    forms = list_forms(client, case)

    def send(text: str) -> set[tuple[str, ...]]:
        found: set[tuple[str, ...]] = set()
        for action, names in forms.items():
            said = dict.fromkeys(names, text) | ({"payer": "sim-commercial"} if "payer" in names else {})
            answer = client.post(action, data=urlencode(said), content_type=FORM)
            assert answer.status_code in {200, 303, 404, 409, 422}, (action, answer.status_code)
            page = Page(answer.text)
            assert page.is_ours, action
            found |= set(page.shape)
        return found

    known = send(PLAIN) | send(f"{PLAIN} " * 60) | send(f"{PLAIN}\u202e")

    assert len(forms) >= 16
    assert {text: send(text) - known for text in TOGETHER if send(text) - known} == {}


def test_every_signature_is_words_of_its_receipt(house: WebHouse) -> None:
    anybody = house.app.test_client(use_cookies=False)

    def sign(text: str) -> Page:
        house.reception.clock.move(days=1)  # nobody is slowed down
        answer = send(house, anybody, consent__name=text)
        assert answer.status_code == (201 if text.isprintable() else 422), text
        return Page(answer.text)

    plain = {is_taken: sign(text) for is_taken, text in ((True, PLAIN), (False, f"{PLAIN}\u202e"))}
    wrong = [
        text
        for text in STRINGS
        for page, known in [(sign(text), plain[text.isprintable()])]
        if page.shape != known.shape or page.says(text) != known.says(PLAIN)
    ]

    assert wrong == []


def test_no_paper_of_a_case_does_anything(house: WebHouse, client: FlaskClient) -> None:
    papers = ("report.pdf", "explanation.pdf", "explanation.pdf?language=es")
    active = {
        (name, key)
        for text in HOSTILE[::75]  # what is printed of all of them: tests/unit/verifier/press
        for kept in [keep(house, text)]
        for name in papers
        for key in keys_of(client.get(f"/v1/verifications/{kept.id}/{name}").data) & ACTIVE_KEYS
    }

    assert active == set()


def test_no_cell_of_a_sheet_does_anything(house: WebHouse, client: FlaskClient) -> None:
    trail = DatabaseTrail(house.reception.database, DataKeys.open(house.reception.database, MASTER))
    context = Context("user:usr_1", "req_1", "GET /v1")
    trail.record(*(Event(Action.READ, flat(text), replace(context, why=text), NOON) for text in HOSTILE))
    sheet = client.post("/staff/audit/", data={"action": "read", "as": "csv"})
    rows = list(csv.DictReader(io.StringIO(sheet.data.decode("utf-8-sig"), newline="")))

    assert len(rows) == 300
    assert [row for row in rows if None in row or any(formula(cell) for cell in row.values())] == []


def formula(cell: str) -> bool:
    return cell.lstrip().startswith(FORMULA)
