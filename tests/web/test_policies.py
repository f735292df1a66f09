"""Every route, by every role, for its own and another facility, and by nobody: the whole matrix.

The routes come from the URL map and their policies from the views; what each cell must answer follows from
the policy alone. What a route is sent stands in a table, and a route that is missing there fails.
"""

import re
import secrets
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final

import pytest
from flask import Flask
from flask_smorest import Blueprint

from schemas.consent import load_consent
from schemas.intake import load_request
from schemas.roster import load_enrolment
from tests.access import OPERATOR
from tests.store.support import NOON, inquire
from tests.web.house import OTHER, OWN, WebHouse, open_web
from verifier.access.policy import FacilityRule, Policy, authorize
from verifier.access.principal import Facilities, Kind, Principal
from verifier.access.roles import SCOPES, Role, Scope
from verifier.admissions import Admissions
from verifier.errors import Forbidden, NotConfigured, Unauthenticated
from verifier.model.audit import Action
from verifier.news.webhook import SigningKey, Webhook
from verifier.web import app as application
from verifier.web.api import (
    access_examples,
    case_examples,
    examples,
    fhir_examples,
    intake_examples,
    news_examples,
    nightly_examples,
)
from verifier.web.guard import declared, require_policies

HANDLED_BY_FLASK: Final = frozenset({"HEAD", "OPTIONS"})
PROGRAM: Final = examples.PROGRAM
CALL_REPORT: Final = {name: case_examples.CALL_REPORT[name] for name in ("representative", "facts")}
NAMES_RECORD: Final = re.compile(r"\{record\}|\{place\}|\{consent\}|\{webhook\}|\{entry\}|\{intake\}")
STRANGER: Final = examples.INQUIRY | {"member": examples.INQUIRY["member"] | {"id": "XQZ{number}"}}
FORM: Final = {"Content-Type": "application/x-www-form-urlencoded"}
NEW: Final = (
    "payer=sim-commercial&facility={facility}&member.last_name=Exampleton&member.birth_date=06/30/1991"
    "&program.code=H0015&program.start_date=2026-12-07&program.weekdays=mon&program.weeks=2&network=in"
)
PLANS: Final = "&".join(
    f"{side}.start_date=2026-12-07&{side}.weekdays=mon&{side}.weeks=2&{side}.network=in" for side in "ab"
)


@dataclass(frozen=True)
class Sent:
    """What a route is sent; ``{record}`` and ``{facility}`` are filled in, and *status* is its success."""

    status: int = 200
    json: Any = None
    data: str | None = None
    headers: dict[str, str] = field(default_factory=dict)
    path: dict[str, str] = field(default_factory=dict)


IN_FHIR: Final = fhir_examples.REQUEST | {"facility": {"identifier": {"value": "{facility}"}}}
HOOK: Final = {"webhook_id": "{webhook}"}
SENT: Final = {
    "GET /": Sent(),
    "GET /docs": Sent(),
    "GET /docs/<string:name>": Sent(path={"name": "swagger-ui.css"}),
    "GET /static/<path:filename>": Sent(path={"filename": "page.css"}),
    "GET /openapi.json": Sent(),
    "GET /livez": Sent(),
    "GET /readyz": Sent(),
    "GET /metrics": Sent(),
    "POST /v1/verifications": Sent(201, examples.INQUIRY | {"facility": "{facility}"}),
    "GET /v1/verifications": Sent(),
    "GET /v1/verifications/<verification_id>": Sent(path={"verification_id": "{record}"}),
    "POST /v1/verifications/search": Sent(json=examples.SEARCH),
    "GET /v1/verifications/<verification_id>/x12": Sent(path={"verification_id": "{record}"}),
    "GET /v1/verifications/<verification_id>/fhir": Sent(path={"verification_id": "{record}"}),
    "POST /fhir/R4/CoverageEligibilityRequest/$submit": Sent(json=IN_FHIR),
    "GET /v1/verifications/<verification_id>/report.pdf": Sent(path={"verification_id": "{record}"}),
    "GET /v1/verifications/<verification_id>/explanation.pdf": Sent(path={"verification_id": "{record}"}),
    "POST /v1/verifications/<verification_id>/refresh": Sent(path={"verification_id": "{record}"}),
    "POST /v1/verifications/<verification_id>/facts": Sent(
        201, CALL_REPORT, path={"verification_id": "{record}"}
    ),
    "POST /v1/verifications/<verification_id>/notes": Sent(
        201, case_examples.NOTE, path={"verification_id": "{record}"}
    ),
    "POST /v1/verifications/<verification_id>/review": Sent(
        409, {"revision": "an older one"}, path={"verification_id": "{record}"}
    ),
    "GET /v1/changes": Sent(),
    "POST /v1/webhooks": Sent(201, news_examples.WEBHOOK_REQUEST | {"facility": "{facility}"}),
    "GET /v1/webhooks": Sent(),
    "GET /v1/webhooks/<webhook_id>": Sent(path=HOOK),
    "DELETE /v1/webhooks/<webhook_id>": Sent(204, path=HOOK),
    "POST /v1/webhooks/<webhook_id>/keys": Sent(201, path=HOOK),
    "POST /v1/webhooks/<webhook_id>/enable": Sent(path=HOOK),
    "POST /v1/webhooks/<webhook_id>/disable": Sent(path=HOOK),
    "GET /v1/webhooks/<webhook_id>/deliveries": Sent(path=HOOK),
    "POST /v1/webhooks/<webhook_id>/replay": Sent(json=news_examples.REPLAY, path=HOOK),
    "GET /free-verification": Sent(),
    "GET /free-verification/<facility>": Sent(path={"facility": "{facility}"}),
    "POST /free-verification/<facility>/payers": Sent(data="", headers=FORM, path={"facility": "{facility}"}),
    "POST /free-verification/<facility>": Sent(422, data="", headers=FORM, path={"facility": "{facility}"}),
    "GET /staff/requests/": Sent(),
    "GET /staff/requests/news": Sent(),
    "GET /staff/requests/<intake_id>": Sent(path={"intake_id": "{intake}"}),
    "POST /staff/requests/<intake_id>/payers": Sent(
        data="q=sim", headers=FORM, path={"intake_id": "{intake}"}
    ),
    "POST /staff/requests/<intake_id>/payer": Sent(
        data="choose=sim-commercial", headers=FORM, path={"intake_id": "{intake}"}
    ),
    "POST /staff/requests/<intake_id>/assignment": Sent(
        303, data="", headers=FORM, path={"intake_id": "{intake}"}
    ),
    "POST /staff/requests/<intake_id>/state": Sent(
        303, data="state=new", headers=FORM, path={"intake_id": "{intake}"}
    ),
    "POST /staff/requests/<intake_id>/verification": Sent(
        303, data="", headers=FORM, path={"intake_id": "{intake}"}
    ),
    "GET /staff/verifications/<verification_id>/worksheet": Sent(path={"verification_id": "{record}"}),
    "POST /staff/verifications/<verification_id>/worksheet": Sent(
        422, data="", headers=FORM, path={"verification_id": "{record}"}
    ),
    "GET /staff/verifications/<verification_id>/review": Sent(path={"verification_id": "{record}"}),
    "POST /staff/verifications/<verification_id>/review": Sent(
        409, data="", headers=FORM, path={"verification_id": "{record}"}
    ),
    "POST /staff/verifications/<verification_id>/notes": Sent(
        303, data="text=x", headers=FORM, path={"verification_id": "{record}"}
    ),
    "GET /v1/intakes/form": Sent(),
    "GET /v1/intakes/payers": Sent(422),
    "POST /v1/intakes": Sent(422, {}),
    "GET /v1/intakes": Sent(),
    "GET /v1/intakes/<intake_id>": Sent(path={"intake_id": "{intake}"}),
    "POST /v1/intakes/<intake_id>/assignment": Sent(json={"user_id": None}, path={"intake_id": "{intake}"}),
    "POST /v1/intakes/<intake_id>/state": Sent(json={"state": "new"}, path={"intake_id": "{intake}"}),
    "POST /v1/intakes/<intake_id>/verification": Sent(201, {}, path={"intake_id": "{intake}"}),
    "POST /v1/consents": Sent(201, examples.CONSENT_GIVEN | {"facility": "{facility}"}),
    "GET /v1/consents/<consent_id>": Sent(path={"consent_id": "{consent}"}),
    "POST /v1/consents/<consent_id>/revocation": Sent(path={"consent_id": "{consent}"}),
    "POST /v1/roster": Sent(201, {"inquiry": STRANGER | {"facility": "{facility}"}}),
    "GET /v1/roster": Sent(),
    "POST /v1/roster/import": Sent(data=nightly_examples.SHEET, headers={"Content-Type": "text/csv"}),
    "GET /v1/roster/<entry_id>": Sent(path={"entry_id": "{entry}"}),
    "PATCH /v1/roster/<entry_id>": Sent(json=nightly_examples.CHANGE, path={"entry_id": "{entry}"}),
    "POST /v1/roster/<entry_id>/discharge": Sent(
        json=nightly_examples.DISCHARGE, path={"entry_id": "{entry}"}
    ),
    "POST /v1/reverifications": Sent(),
    "GET /v1/reverifications": Sent(),
    "GET /v1/reverifications/<run_id>": Sent(path={"run_id": "{run}"}),
    "GET /v1/reverifications/<run_id>/items": Sent(path={"run_id": "{run}"}),
    "POST /v1/reverifications/<run_id>/pause": Sent(path={"run_id": "{run}"}),
    "POST /v1/reverifications/<run_id>/resume": Sent(path={"run_id": "{run}"}),
    "POST /v1/reverifications/<run_id>/cancel": Sent(path={"run_id": "{run}"}),
    "POST /v1/estimates": Sent(json={"verification_id": "{record}", "program": PROGRAM}),
    "POST /v1/normalizations": Sent(data="ISA"),
    "GET /v1/payers": Sent(),
    "GET /v1/payers/<payer_id>": Sent(path={"payer_id": "sim-commercial"}),
    "GET /v1/payers/<payer_id>/health": Sent(path={"payer_id": "sim-commercial"}),
    "GET /v1/service-codes": Sent(),
    "POST /v1/session": Sent(422, {}),
    "GET /v1/session": Sent(),
    "DELETE /v1/session": Sent(204),
    "POST /v1/emergencies": Sent(201, access_examples.EMERGENCY_REQUEST),
    "GET /v1/emergencies": Sent(),
    "POST /v1/emergencies/<emergency_id>/review": Sent(404, path={"emergency_id": "emg_none"}),
    "GET /staff/sign-in": Sent(),
    "POST /staff/sign-in": Sent(422, data="", headers=FORM),
    "GET /staff/sign-in/oidc": Sent(404),
    "GET /staff/sign-in/oidc/callback": Sent(404),
    "POST /staff/sign-in/oidc": Sent(404, data="", headers=FORM),
    "GET /staff/": Sent(),
    "GET /staff/verifications/": Sent(),
    "POST /staff/verifications/": Sent(data="member.id=XQZ44", headers=FORM),
    "GET /staff/verifications/new": Sent(),
    "POST /staff/verifications/new": Sent(303, data=NEW, headers=FORM),
    "POST /staff/verifications/new/payers": Sent(data="q=sim", headers=FORM),
    "POST /staff/verifications/new/payer": Sent(data="choose=sim-commercial", headers=FORM),
    "GET /staff/verifications/<verification_id>": Sent(path={"verification_id": "{record}"}),
    "POST /staff/verifications/<verification_id>/refresh": Sent(
        303, data="", headers=FORM, path={"verification_id": "{record}"}
    ),
    "GET /staff/verifications/<verification_id>/history": Sent(path={"verification_id": "{record}"}),
    "GET /staff/verifications/<verification_id>/what-if": Sent(path={"verification_id": "{record}"}),
    "POST /staff/verifications/<verification_id>/what-if": Sent(
        data=PLANS, headers=FORM, path={"verification_id": "{record}"}
    ),
    "GET /staff/verifications/<verification_id>/explanation": Sent(path={"verification_id": "{record}"}),
    "GET /staff/payer-health/": Sent(),
    "GET /staff/facilities/": Sent(),
    "GET /staff/facilities/new": Sent(403),  # for who acts for every facility
    "POST /staff/facilities/": Sent(403, data="", headers=FORM),
    "GET /staff/facilities/of/<facility_id>": Sent(path={"facility_id": "{place}"}),
    "POST /staff/facilities/of/<facility_id>": Sent(
        422, data="", headers=FORM, path={"facility_id": "{place}"}
    ),
    "GET /staff/facilities/rates.csv": Sent(),
    "POST /staff/facilities/rates": Sent(422, data="", headers=FORM),
    "GET /staff/people/": Sent(),
    "GET /staff/people/new": Sent(),
    "POST /staff/people/": Sent(422, data="", headers=FORM),
    "GET /staff/people/<user_id>": Sent(404, path={"user_id": "usr_none"}),
    "POST /staff/people/<user_id>": Sent(404, data="", headers=FORM, path={"user_id": "usr_none"}),
    "POST /staff/people/<user_id>/disabling": Sent(404, data="", headers=FORM, path={"user_id": "usr_none"}),
    "POST /staff/people/<user_id>/enrolment": Sent(404, data="", headers=FORM, path={"user_id": "usr_none"}),
    "GET /staff/keys/": Sent(),
    "POST /staff/keys/": Sent(422, data="", headers=FORM),
    "POST /staff/keys/<key_id>/revocation": Sent(404, data="", headers=FORM, path={"key_id": "key_none"}),
    "GET /staff/emergencies/": Sent(),
    "GET /staff/emergencies/new": Sent(),
    "POST /staff/emergencies/": Sent(422, data="", headers=FORM),
    "POST /staff/emergencies/<emergency_id>/review": Sent(
        404, data="", headers=FORM, path={"emergency_id": "emg_none"}
    ),
    "GET /staff/audit/": Sent(),
    "POST /staff/audit/": Sent(data="what=verification", headers=FORM),
    "POST /staff/audit/disclosures": Sent(data="member_id=XQZ44", headers=FORM),
    "GET /staff/digest": Sent(),
    "GET /staff/roster/": Sent(),
    "POST /staff/roster/<entry_id>/discharge": Sent(303, data="", headers=FORM, path={"entry_id": "{entry}"}),
    "POST /staff/roster/of/<verification_id>": Sent(
        409, data="frequency=hourly", headers=FORM, path={"verification_id": "{record}"}
    ),
    "POST /staff/sign-out": Sent(303, data="", headers=FORM),
}
PAGES: Final = {"GET": 303, "POST": 401}  # how a page refuses who is not known: by the page to sign in on


@dataclass(frozen=True)
class Caller:
    """Somebody of the matrix: a role or a scope at `OWN`, or nobody."""

    name: str
    principal: Principal | None = None
    key: str = ""
    user_id: str = ""

    def headers(self, house: WebHouse) -> dict[str, str]:
        if self.user_id:
            return house.session(self.user_id)
        return {"Authorization": f"Bearer {self.key}"} if self.key else {}


@pytest.fixture
def house(tmp_path: Path) -> Iterator[WebHouse]:
    with open_web(tmp_path) as opened:
        yield opened


@pytest.fixture
def callers(house: WebHouse) -> list[Caller]:
    own, reception = Facilities.of([OWN]), house.reception
    found = [Caller("nobody")]
    for role in Role:
        person = reception.add(f"{role}@riverbend.example", role, facilities=[OWN])
        found.append(Caller(role, Principal(Kind.USER, person.id, SCOPES[role], own), user_id=person.id))
    for scope in Scope:
        principal = Principal(Kind.API_KEY, "key", frozenset({scope}), own)
        found.append(Caller(f"key {scope}", principal, reception.key(scope, facilities=[OWN])))
    return found


@pytest.fixture
def records(house: WebHouse) -> dict[str, str]:
    return {each: house.verifier.verify(inquire(facility=each)).id for each in (OWN, OTHER)}


@pytest.fixture
def consents(house: WebHouse) -> dict[str, str]:
    desk = house.office.desk(OPERATOR)
    given = {each: load_consent(examples.CONSENT_GIVEN | {"facility": each}) for each in (OWN, OTHER)}
    return {each: desk.give_consent(consent).id for each, consent in given.items()}


@pytest.fixture
def entries(house: WebHouse) -> dict[str, str]:
    desk = house.night.roster_desk(OPERATOR)
    given = {each: {"inquiry": examples.INQUIRY | {"facility": each}} for each in (OWN, OTHER)}
    return {each: desk.enroll(load_enrolment(body, today=NOON.date())).id for each, body in given.items()}


@pytest.fixture
def intakes(house: WebHouse) -> dict[str, str]:
    assert house.office.intakes
    queue = Admissions(house.office, OPERATOR, house.office.intakes)
    asked = load_request(intake_examples.REQUEST)
    return {each: queue.submit(replace(asked, facility=each)).id for each in (OWN, OTHER)}


@pytest.fixture
def kept(
    records: dict[str, str], consents: dict[str, str], entries: dict[str, str], intakes: dict[str, str]
) -> dict[str, dict[str, str]]:
    return {"record": records, "consent": consents, "entry": entries, "intake": intakes}


def routes(app: Flask) -> dict[str, str]:
    """Map each route, as ``GET /path``, to its endpoint."""
    return {
        f"{method} {rule.rule}": rule.endpoint
        for rule in app.url_map.iter_rules()
        for method in (rule.methods or set()) - HANDLED_BY_FLASK
    }


def expect(route: str, policy: Policy, caller: Caller, facility: str) -> int:
    """Work out from the policy what a cell must answer."""
    try:
        reach = authorize(policy, caller.principal)
    except Unauthenticated:
        method, path = route.split(" ", 1)
        return PAGES[method] if path.startswith("/staff/") else 401
    except Forbidden:
        return 403
    if policy.facility is FacilityRule.NAMED and facility not in reach:
        return 403
    if (
        policy.facility is FacilityRule.RECORD
        and facility not in reach
        and NAMES_RECORD.search(str(SENT[route]))
    ):
        return 404
    return SENT[route].status


def add_webhook(house: WebHouse, facility: str) -> str:
    """Add one of its own for each cell, because some cells remove it."""
    keys = (SigningKey(house.news.signing.new_secret()),)
    own_id, moment = f"whk_{secrets.token_urlsafe(16)}", house.reception.clock.now()
    house.news.webhooks.keep(Webhook(own_id, "https://a.example/", frozenset(), facility, moment, keys))
    return own_id


def fill(value: Any, words: dict[str, str]) -> Any:  # noqa: ANN401 - any JSON
    if isinstance(value, dict):
        return {name: fill(inner, words) for name, inner in value.items()}
    if isinstance(value, list):
        return [fill(inner, words) for inner in value]
    return value.format(**words) if isinstance(value, str) and "{" in value else value


def test_the_matrix_of_routes_callers_and_facilities_holds_in_every_cell(
    house: WebHouse,
    callers: list[Caller],
    kept: dict[str, dict[str, str]],
) -> None:
    run = house.night.run_desk(OPERATOR).start()[0].run.id
    wrong, cells = [], 0
    # Emergencies come last: one that was declared widens what its caller reads.
    for route, endpoint in sorted(routes(house.app).items(), key=lambda each: "emergencies" in each[0]):
        method, rule = route.split(" ", 1)
        policy, sent = declared(house.app, endpoint), SENT[route]
        assert policy
        for caller in callers:
            for facility in (OWN, OTHER):
                words = {kind: ids[facility] for kind, ids in kept.items()}
                words |= {"facility": facility, "place": facility, "run": run, "number": str(cells)}
                words["webhook"] = add_webhook(house, facility) if sent.path is HOOK else ""
                path = fill(sent.path, words)
                address = re.sub(r"<(?:\w+:)?(\w+)>", lambda part, path=path: path[part[1]], rule)
                answer = house.app.test_client(use_cookies=False).open(
                    address,
                    method=method,
                    headers=sent.headers | caller.headers(house),
                    json=fill(sent.json, words),
                    data=fill(sent.data, words),
                )
                answer.close()
                cells += 1
                expected = expect(route, policy, caller, facility)
                if answer.status_code != expected:
                    wrong.append(
                        (route, caller.name, facility, answer.status_code, expected, answer.data[:300])
                    )

    assert wrong == []
    assert cells == len(SENT) * len(callers) * 2


def test_the_table_of_what_is_sent_names_every_route_and_no_other(house: WebHouse) -> None:
    assert routes(house.app).keys() == SENT.keys()


def test_another_facilitys_record_looks_like_one_that_does_not_exist(
    house: WebHouse, records: dict[str, str]
) -> None:
    client = house.app.test_client()
    headers = {"Authorization": f"Bearer {house.reception.key(facilities=[OWN])}"}

    hidden = client.get(f"/v1/verifications/{records[OTHER]}", headers=headers)
    unknown = client.get("/v1/verifications/ver_8f14e45fceea167a", headers=headers)
    listed = client.get("/v1/verifications", headers=headers)

    strip = {"request_id": None}
    assert (hidden.status_code, hidden.json | strip) == (unknown.status_code, unknown.json | strip)
    assert [row["id"] for row in listed.json["items"]] == [records[OWN]]


def test_who_acts_for_one_facility_need_not_name_it_and_who_acts_for_several_must(house: WebHouse) -> None:
    client = house.app.test_client()
    inquiry = {name: value for name, value in examples.INQUIRY.items() if name != "facility"}
    one, two = house.reception.key(facilities=[OTHER]), house.reception.key(facilities=[OWN, OTHER])

    placed = client.post("/v1/verifications", json=inquiry, headers={"Authorization": f"Bearer {one}"})
    refused = client.post("/v1/verifications", json=inquiry, headers={"Authorization": f"Bearer {two}"})

    assert (placed.status_code, placed.json["inquiry"]["facility"]) == (201, OTHER)
    assert (refused.status_code, refused.json["code"]) == (403, "forbidden")


def test_a_handler_that_forgets_to_ask_finds_nothing(house: WebHouse, records: dict[str, str]) -> None:
    house.app.before_request_funcs[None] = house.app.before_request_funcs[None][:1]  # the guard is gone

    answers = [
        house.app.test_client().get(path)
        for path in ("/v1/verifications", f"/v1/verifications/{records[OWN]}")
    ]

    assert answers[0].json["items"] == []
    assert answers[1].status_code == 404


def test_a_planted_route_without_a_policy_keeps_the_application_from_starting(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    planted = Blueprint("planted", __name__, url_prefix="/v1/planted")
    planted.route("")(lambda: "open")
    monkeypatch.setattr(application, "BLUEPRINTS", (*application.BLUEPRINTS, planted))

    with pytest.raises(NotConfigured, match="/v1/planted"), open_web(tmp_path):
        pass


def test_a_route_planted_later_answers_nobody(house: WebHouse) -> None:
    house.app.add_url_rule("/v1/planted", view_func=lambda: "open")
    headers = {"Authorization": f"Bearer {house.reception.key()}"}

    assert house.app.test_client().get("/v1/planted", headers=headers).status_code == 403
    with pytest.raises(NotConfigured, match="/v1/planted"):
        require_policies(house.app)


def test_each_denial_is_in_the_audit_trail(house: WebHouse) -> None:
    client = house.app.test_client()
    key = house.reception.key(Scope.ESTIMATE)

    client.get("/v1/verifications")
    client.get("/v1/verifications", headers={"Authorization": f"Bearer {key}"})
    client.get("/v1/verifications", headers={"Authorization": "Bearer vk_none"})

    told = house.reception.told(Action.DENIAL)
    assert [what for _, what, _ in told] == ["route GET /v1/verifications"] * 3
    assert [who.split(":")[0] for who, _, _ in told] == ["anonymous", "key", "anonymous"]
    assert {result for _, _, result in told} == {"refused"}
