"""The page of a facility: what an administrator says there counts at once, for whoever asks next."""

import io
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlencode

import pytest
from flask.testing import FlaskClient

from tests.web.house import OTHER, OWN, WebHouse, open_web
from verifier.access.roles import Role
from verifier.model.audit import Action

FORM = "application/x-www-form-urlencoded"
LIST = "/staff/facilities/"
HERE = f"{LIST}of/{OWN}"
GOOD = {"name": "Abita Springs Recovery", "npi": "1234567893", "state": "LA", "programs.0.code": "S9480"}
HEADER = "facility,payer,network,code,amount,valid_from,valid_to\n"

Enter = Callable[..., FlaskClient]


@pytest.fixture
def house(tmp_path: Path) -> Iterator[WebHouse]:
    with open_web(tmp_path) as opened:
        yield opened


@pytest.fixture
def enter(house: WebHouse) -> Enter:
    def enter(*facilities: str, name: str = "boss") -> FlaskClient:
        person = house.reception.add(
            f"{name}@riverbend.example", Role.ADMIN, facilities=list(facilities or ["*"])
        )
        return house.enter(person.id)

    return enter


def send(client: FlaskClient, address: str, **values: str | list[str]) -> tuple[int, str]:
    answer = client.post(address, data=urlencode(values, doseq=True), content_type=FORM)
    return answer.status_code, answer.text


def fields(client: FlaskClient, address: str = HERE) -> dict[str, str]:
    """Read the texts of a form's inputs."""
    page = client.get(address).text
    return dict(re.findall(r'<input [^>]*?name="([\w.]+)"[^>]*? value="([^"]*)"', page))


def revision(client: FlaskClient) -> str:
    return fields(client)["revision"]


def test_what_is_said_on_the_page_counts_at_once_and_is_in_the_audit_trail(
    house: WebHouse, enter: Enter
) -> None:
    client = enter()
    told = GOOD | {
        "revision": revision(client),
        "npi": "1245319599",
        "tax_id": "12-3456789",
        "time_zone": "America/Chicago",
        "part2": "yes",
        "schedule.weekdays": ["mon", "wed"],
        "schedule.weeks": "6",
        "programs.0.billed_amount": "$1,950",
        "programs.0.revenue_code": "0906",
    }

    assert send(client, HERE, **told)[0] == 303

    kept = {each.facility.id: each for each in house.app.extensions["verifier"].premises.facilities.kept()}
    facility = kept[OWN].facility
    assert (facility.npi, facility.tax_id, facility.part2) == ("1245319599", "123456789", True)
    assert facility.schedule
    assert (facility.schedule.weekdays, facility.schedule.weeks) == (("mon", "wed"), 6)
    assert [(each.code, str(each.billed_amount)) for each in facility.programs] == [("S9480", "1950.00")]
    [(who, what, result)] = house.reception.told(Action.RULE_CHANGE)
    assert (who, result) == (kept[OWN].changed_by, "done")
    assert what.startswith(f"facility {OWN}: ")
    assert "npi" in what
    assert "1245319599" not in what
    assert "this page, " in client.get(LIST).text
    assert "boss@riverbend.example" in client.get(HERE).text


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"npi": "1234567890"}, "must be ten digits, the last of which checks the others"),
        ({"npi": ""}, "must be given"),
        ({"name": " "}, "must be given"),
        ({"tax_id": "12345"}, "must be nine digits"),
        ({"state": "XX"}, "must be two capital letters"),
        ({"time_zone": "Mars/Olympus"}, "must be a time zone"),
        ({"phone": "call us"}, "must be a number such as"),
        ({"schedule.weeks": "99"}, "must be a number from 1 to 52"),
        ({"programs.0.hours_per_session": "three"}, "must be hours such as"),
        ({"programs.1.weeks": "8"}, "must be given"),
        ({"programs.1.code": "S9480"}, "is offered twice"),
        ({"programs.1.code": "<script>"}, "must be a HCPCS or CPT code"),
    ],
)
def test_a_fault_stands_at_its_field_and_nothing_is_kept(
    wrong: dict[str, str], said: str, house: WebHouse, enter: Enter
) -> None:
    client = enter()
    before = client.get(HERE).text

    status, page = send(client, HERE, **(GOOD | {"revision": revision(client)} | wrong))

    assert status == 422
    [name] = wrong
    element = re.escape(name.replace(".weeks", ".code") if name == "programs.1.weeks" else name).replace(
        r"\.", "-"
    )
    assert re.search(rf'id="{element}-fault">.*?{re.escape(said)}', page)
    assert client.get(HERE).text == before
    assert house.reception.told(Action.RULE_CHANGE) == []


def test_a_program_is_left_out_by_its_mark_and_a_row_more_is_drawn_on_demand(
    house: WebHouse, enter: Enter
) -> None:
    client = enter()
    two = GOOD | {"programs.1.code": "H0015", "programs.1.weeks": "8"}

    status, page = send(client, HERE, **two, revision=revision(client), more="yes")
    assert (status, 'name="programs.2.code"' in page) == (200, True)
    assert send(client, HERE, **two, revision=revision(client))[0] == 303
    left = two | {"revision": revision(client), "programs.0.remove": "yes"}
    assert send(client, HERE, **left)[0] == 303

    [kept, _] = house.app.extensions["verifier"].premises.facilities.kept()
    assert [(each.code, each.weeks) for each in kept.facility.programs] == [("H0015", 8)]


def test_saving_what_stands_already_changes_nothing(house: WebHouse, enter: Enter) -> None:
    client = enter()
    send(client, HERE, **GOOD, revision=revision(client))
    stands, events = client.get(HERE).text, house.reception.told(Action.RULE_CHANGE)

    assert send(client, HERE, **GOOD, revision=revision(client))[0] == 303

    assert (client.get(HERE).text, house.reception.told(Action.RULE_CHANGE)) == (stands, events)


def test_of_two_who_change_the_same_the_second_is_told(enter: Enter) -> None:
    one, other = enter(), enter(name="other")
    seen = revision(one)
    assert send(one, HERE, **GOOD, revision=seen)[0] == 303

    status, page = send(other, HERE, **(GOOD | {"name": "Something else"}), revision=seen)

    assert status == 422
    assert "Somebody else changed this facility meanwhile" in page
    assert "Something else" not in other.get(LIST).text


def test_a_facility_is_added_and_can_be_asked_for(house: WebHouse, enter: Enter) -> None:
    client = enter()

    assert send(client, LIST, **GOOD, id="bayou-house")[0] == 303

    assert "bayou-house" in client.get(LIST).text
    status, page = send(client, LIST, **GOOD, id="bayou-house")
    assert (status, "is another facility" in page) == (422, True)
    status, page = send(client, LIST, **GOOD, id="Bayou House")
    assert (status, "must be lower case letters" in page) == (422, True)
    assert [what for _, what, _ in house.reception.told(Action.RULE_CHANGE)] == [
        "facility bayou-house added",
        "facility bayou-house added",
    ]


def test_who_acts_for_one_facility_neither_sees_nor_adds_another(enter: Enter) -> None:
    client = enter(OWN)

    assert OTHER not in client.get(LIST).text
    assert "/staff/facilities/new" not in client.get(LIST).text
    assert client.get(f"{LIST}of/{OTHER}").status_code == 404
    assert send(client, f"{LIST}of/{OTHER}", **GOOD)[0] == 404
    assert send(client, LIST, **GOOD, id="bayou-house")[0] == 403
    assert client.get(HERE).status_code == 200


def test_rates_of_a_facility_out_of_reach_are_neither_taken_nor_given_out(enter: Enter) -> None:
    sheet = HEADER + "".join(
        f"{facility},sim-commercial,in,H0015,310.00,2026-01-01,\n" for facility in (OWN, OTHER)
    )

    def bring(client: FlaskClient) -> str:
        file = {"file": (io.BytesIO(sheet.encode()), "rates.csv")}
        return client.post(f"{LIST}rates", data=file, content_type="multipart/form-data").text

    page = bring(enter(OWN))
    assert "1 rate taken in, 1 fault found." in page
    assert "names no facility of this service" in page
    assert "2 rates taken in, 0 faults found." in bring(enter(name="every"))
    given = enter(OWN, name="again").get(f"{LIST}rates.csv").text
    assert (OWN in given, OTHER in given) == (True, False)
