"""Three hundred hostile strings in every field that a payer or a person fills: no page changes its shape."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlencode

import pytest
from flask.testing import FlaskClient

from tests.store.support import inquire
from tests.web.hostile import STRINGS, Shape, addresses, poison
from tests.web.house import OWN, WebHouse, open_web
from verifier.access.roles import Role
from verifier.model.coverage import CarveOut, Contact, OtherCoverage, Plan, Rejection, Source
from verifier.model.coverage import Warning as Oddity
from verifier.model.findings import FigureStatus, Remark, Rule, Unknown, Verdict
from verifier.model.verification import Attempt, Notice, Outcome, Verification
from verifier.model.vocabulary import RejectionClass, Retry

ORIGIN = Source(7, "EB*1")
PLAIN = "word"
FORM = "application/x-www-form-urlencoded"
TOGETHER = [" ".join(STRINGS[start : start + 10]) for start in range(0, len(STRINGS), 10)]
TYPED = (
    "q",
    "member.id",
    "member.first_name",
    "member.last_name",
    "member.birth_date",
    "patient.last_name",
    "program.code",
    "program.start_date",
    "program.weeks",
    "network",
    "consent.name",
    "facility",
)


def is_ours(address: str) -> bool:
    return address.startswith(("/", "#")) and not address.startswith("//")


@pytest.fixture
def house(tmp_path: Path) -> Iterator[WebHouse]:
    with open_web(tmp_path) as opened:
        yield opened


@pytest.fixture
def client(house: WebHouse) -> FlaskClient:
    person = house.reception.add("ana@riverbend.example", Role.ADMISSIONS, facilities=[OWN])
    browser = house.app.test_client(use_cookies=False)
    headers = house.session(person.id)
    browser.environ_base["HTTP_COOKIE"] = headers["Cookie"]
    browser.environ_base["HTTP_X_CSRF_TOKEN"] = headers["X-CSRF-Token"]
    return browser


def whole(kept: Verification) -> Verification:
    """Fill in everything that a page may show."""
    assert kept.coverage
    coverage = replace(
        kept.coverage,
        plan=Plan("P", "G", "N", "PPO"),
        rejections=(Rejection("72", "m", "C", "2100C", RejectionClass.MEMBER, Retry.NEVER, "a", ORIGIN),),
        other_coverage=(OtherCoverage("p", "i", "r", "t", "m", "g", None, None, ORIGIN),),
        carve_outs=(CarveOut("a", "i", ("MH",), (Contact("n", "phone", "555"),), ORIGIN),),
        warnings=(Oddity("CODE", "text"),),
        messages=("m",),
    )
    rule = Rule("tricare", 2026, FigureStatus.PRINTED, "s")
    return replace(
        kept,
        coverage=coverage,
        unknowns=(Unknown("covered", "q"),),
        notices=(Notice("N", "t"),),
        attempts=(Attempt("caqh_core", ("MH",), Outcome.ANSWERED, 1.0, "d", "p"),),
        remarks=(Remark("R", "t", Verdict.CAUTION, rule),),
        actions=("a",),
        problem="p",
    )


def poisoned(kept: Verification, text: str) -> Verification:
    inquiry = kept.inquiry
    spoiled = poison(kept, text)
    own = replace(
        inquiry,
        member=poison(inquiry.member, text),
        patient=poison(inquiry.patient, text),
    )
    return replace(spoiled, id=kept.id, inquiry=own)


def pages(house: WebHouse, client: FlaskClient, kept: Verification) -> Iterator[tuple[str, str]]:
    house.verifier._records.save(kept)
    address = f"/staff/verifications/{kept.id}"
    for path in (address, f"{address}/history", "/staff/verifications/", f"{address}/what-if"):
        answer = client.get(path)
        assert answer.status_code in {200, 422}, answer.text[:500]
        yield path, answer.text


def test_no_string_of_a_payer_or_person_changes_the_shape_of_a_page(
    house: WebHouse, client: FlaskClient
) -> None:
    kept = whole(house.verifier.verify(inquire(facility=OWN)))
    shapes = {path: Shape(page).found for path, page in pages(house, client, poisoned(kept, PLAIN))}
    changed = [
        (path, text)
        for text in TOGETHER
        for path, page in pages(house, client, poisoned(kept, text))
        if Shape(page).found != shapes[path] or not all(map(is_ours, addresses(page)))
    ]

    assert len(STRINGS) == len(set(STRINGS)) == 300
    assert changed == []


def test_no_string_that_is_typed_adds_an_element_or_attribute_to_a_form(client: FlaskClient) -> None:
    def send(text: str) -> set[tuple[str, ...]]:
        said = {"payer": "sim-commercial", **dict.fromkeys(TYPED, text)}
        found = set()
        for address in (
            "/staff/verifications/new",
            "/staff/verifications/new/payers",
            "/staff/verifications/",
        ):
            answer = client.post(address, data=urlencode(said), content_type=FORM)
            assert answer.status_code in {200, 403, 422}, (address, answer.status_code)
            assert all(map(is_ours, addresses(answer.text)))
            found |= set(Shape(answer.text).found)
        return found

    known = send("word") | send("word " * 60)

    assert {text: send(text) - known for text in TOGETHER if send(text) - known} == {}
