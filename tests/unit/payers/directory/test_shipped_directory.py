"""What the shipped directory has to hold, whatever is added to it."""

import re
from collections import Counter

import pytest

from payers.directory.directory import LINES, Payer, load
from payers.directory.search import search
from payers.directory.words import STATES

DIRECTORY = load()
REAL = [payer for payer in DIRECTORY if not payer.id.startswith("sim-")]
CLEARINGHOUSES = {"stedi", "availity", "caqh_core"}
ELECTRONIC_ID = re.compile(r"[A-Z0-9]{2,15}")
ANTHEM = ("ca", "co", "ct", "ga", "in", "ky", "me", "mo", "nv", "nh", "ny", "oh", "va", "wi")
BCBS = (
    *("al", "az", "ar", "il", "ks", "la", "ma", "mi", "mn", "ms", "mt", "ne", "nm", "nc", "nd", "ok"),
    *("ri", "sc", "tn", "tx", "vt", "wy"),
)
BLUE_PLANS = {
    **{f"anthem-{state}": state for state in ANTHEM},
    **{f"bcbs-{state}": state for state in BCBS},
    "premera-ak": "ak",
    "blue-shield-ca": "ca",
    "carefirst-dc": "dc",
    "carefirst-md": "md",
    "highmark-de": "de",
    "florida-blue": "fl",
    "hmsa": "hi",
    "blue-cross-idaho": "id",
    "regence-id": "id",
    "wellmark": "ia",
    "blue-kc": "mo",
    "horizon-nj": "nj",
    "excellus": "ny",
    "highmark-wny": "ny",
    "highmark-neny": "ny",
    "regence-or": "or",
    "capital-blue": "pa",
    "highmark": "pa",
    "independence": "pa",
    "triple-s": "pr",
    "regence-ut": "ut",
    "premera-wa": "wa",
    "regence-wa": "wa",
    "highmark-wv": "wv",
}
ADMINISTRATORS = {
    "carelon-behavioral-health",
    "evernorth-behavioral-health",
    "lucet",
    "magellan",
    "optum-behavioral-health",
}
MILITARY = {"tricare-east", "tricare-west", "tricare-for-life", "tricare-overseas"}
VETERANS = {"va-ccn-optum", "va-ccn-triwest", "champva"}
CLAIMS_ONLY = {
    *("alameda-alliance", "amida-care", "carolina-bha", "cbh-philadelphia", "cchp-sf"),
    *("community-care-plan-fl", "compsych", "ghc-scw", "gold-coast", "lucet", "mental-health-consultants"),
    *("north-america-administrators", "penn-behavioral", "point-c", "quest-behavioral-health"),
    *("sandhills-center", "trillium-nc", "uhc-community-pa", "uprise-health", "usfhp-pacmed"),
    "va-ccn-triwest",
}
CLAIMS_ONLY_AT_STEDI = {"bright-healthcare", "loomis", "seiu-1199"}


def test_there_are_real_payers_of_every_line_of_business() -> None:
    lines = Counter(payer.line for payer in REAL)

    assert len(REAL) >= 500
    assert set(lines) == set(LINES)
    assert lines["medicaid"] >= 200


@pytest.mark.parametrize("group", [ADMINISTRATORS, MILITARY, VETERANS], ids=["behavioral", "military", "va"])
def test_those_a_treatment_center_meets_are_there(group: set[str]) -> None:
    assert group <= {payer.id for payer in REAL}


def test_every_blue_plan_is_there_in_its_state() -> None:
    states = {plan: DIRECTORY.find(plan).states for plan in BLUE_PLANS}

    assert {plan for plan, state in BLUE_PLANS.items() if state.upper() not in states[plan]} == set()
    # South Dakota's is Wellmark; every state and territory on the list has one
    assert {state.casefold() for found in states.values() for state in found} == set(STATES)
    assert DIRECTORY.find("bcbs-fep")


def test_every_route_of_a_real_payer_has_an_id_in_form_and_a_dated_source() -> None:
    routes = [(payer.id, route) for payer in REAL for route in payer.routes]

    assert len(routes) > 900
    assert {route.connection for _, route in routes} == {*CLEARINGHOUSES, "lighthouse"}
    assert [id_ for id_, route in routes if not ELECTRONIC_ID.fullmatch(route.payer_id)] == []
    assert [
        id_ for id_, route in routes if route.source is None or not 2020 <= route.source.year <= 2026
    ] == []


def test_a_payer_has_one_route_over_a_connection() -> None:
    assert [
        payer.id for payer in REAL if len({route.connection for route in payer.routes}) < len(payer.routes)
    ] == []


def test_what_was_inferred_is_marked() -> None:
    doubtful = {route.connection for payer in REAL for route in payer.routes if not route.confirmed}

    assert doubtful == {"availity"}
    assert all(
        payer.behavioral_health.source and payer.behavioral_health.source.year
        for payer in REAL
        if payer.behavioral_health
    )


def test_ids_without_a_route_say_where_they_are_from_and_when() -> None:
    assert [payer.id for payer in REAL if payer.payer_ids and "20" not in payer.source] == []
    assert [payer.id for payer in REAL if not payer.routes and not payer.source] == []


def test_who_takes_claims_only_is_found_and_not_asked() -> None:
    asked = {
        (payer.id, route.connection) for payer in REAL for route in payer.routes if payer.id in CLAIMS_ONLY
    }
    assert {connection for _, connection in asked} <= {"lighthouse"}  # VA itself, about the Veteran
    assert search(DIRECTORY, "TWVACCN")[0].payer.id == "va-ccn-triwest"
    assert search(DIRECTORY, "95327")[0].payer.id == "alameda-alliance"


def test_who_takes_claims_only_at_stedi_is_asked_elsewhere() -> None:
    marked = {payer.id for payer in REAL if "for claims, not for eligibility" in payer.source}
    asked = {
        payer.id: [route.connection for route in payer.routes]
        for payer in REAL
        if payer.id in CLAIMS_ONLY_AT_STEDI
    }
    assert marked == CLAIMS_ONLY | CLAIMS_ONLY_AT_STEDI
    assert asked == {payer: ["availity"] for payer in CLAIMS_ONLY_AT_STEDI}


def test_behavioral_health_is_at_another_payer_that_is_there() -> None:
    pairs = {payer.id: payer.behavioral_health.payer for payer in REAL if payer.behavioral_health}

    assert pairs["cigna"] == "evernorth-behavioral-health"
    assert all(DIRECTORY.find(administrator) for administrator in pairs.values())
    assert [payer for payer, administrator in pairs.items() if payer == administrator] == []


def test_states_are_states() -> None:
    assert {state for payer in REAL for state in payer.states} <= {code.upper() for code in STATES}


def test_payers_that_share_an_id_are_few_and_known() -> None:
    held: dict[tuple[str, str], list[Payer]] = {}
    for payer in REAL:
        for route in payer.routes:
            held.setdefault((route.connection, route.payer_id), []).append(payer)

    shared = {place[1] for place, payers in held.items() if len(payers) > 1}
    assert shared == {"68069", "87726", "AGPMEDICAID", "VA"}
