"""Questions as medical-network JSON: whole bodies, compared with ones written by hand."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from functools import partial

import pytest

from payers.medical_network.request import write_plans, write_v3
from tests.payers.checks import CHILD, SELF, WITHOUT_ID, read_fixture
from verifier.errors import BadInput
from verifier.model.question import Question


@pytest.mark.parametrize(("question", "fixture"), [(SELF, "request_self"), (CHILD, "request_child")])
def test_a_question_becomes_the_whole_body_written_by_hand(question: Question, fixture: str) -> None:
    assert json.loads(write_v3(question, control_number="000004711")) == read_fixture(fixture)


def test_a_question_becomes_the_redesigned_body_written_by_hand() -> None:
    assert json.loads(write_plans(CHILD)) == read_fixture("request_plans")


def test_a_procedure_is_a_service_of_the_redesigned_body() -> None:
    services = json.loads(write_plans(SELF))["encounter"]["services"]

    assert services[-1] == {"system": "HCPCS", "value": "H0015"}


@pytest.mark.parametrize("today", [date(2026, 11, 20), date(2026, 11, 24)])
def test_the_date_is_left_out_when_it_is_today(today: date) -> None:
    encounter = json.loads(write_v3(CHILD, control_number="000000001", today=today))["encounter"]
    redesigned = json.loads(write_plans(CHILD, today=today))["encounter"]

    is_today = today == CHILD.date_of_service
    assert ("dateOfService" not in encounter) is is_today
    assert ("dates" not in redesigned) is is_today


def test_a_social_security_number_goes_only_where_there_is_no_member_id() -> None:
    with_id = json.loads(write_v3(SELF, control_number="000000001"))["subscriber"]
    without_id = json.loads(write_v3(WITHOUT_ID, control_number="000000001"))["subscriber"]

    assert "ssn" not in with_id
    assert without_id["ssn"] == "900000001"
    assert "memberId" not in without_id


@pytest.mark.parametrize(
    ("question", "fields"),
    [
        (replace(SELF, subscriber=replace(SELF.subscriber, id="W*1~EQ*98")), ["/member/id"]),
        (replace(SELF, subscriber=replace(SELF.subscriber, id="W_1")), ["/member/id"]),
        (replace(SELF, subscriber=replace(SELF.subscriber, last_name="\N{SNOWMAN}")), ["/member/last_name"]),
        (replace(SELF, service_types=("CJ", "C!")), ["/service_types/1"]),
        (replace(SELF, procedure="H15"), ["/program/code"]),
        (replace(SELF, provider=replace(SELF.provider, npi="12")), ["/facility/npi"]),
        (replace(SELF, payer_id="6"), ["/payer/id"]),
        (replace(SELF, service_types=(), procedure=None), ["/service_types"]),
        (replace(CHILD, patient=replace(CHILD.patient, birth_date=None)), ["/patient/birth_date"]),
        (
            replace(SELF, payer_id="6", subscriber=replace(SELF.subscriber, id="W_1")),
            ["/member/id", "/payer/id"],
        ),
    ],
)
@pytest.mark.parametrize(
    "write", [partial(write_v3, control_number="000000001"), write_plans], ids=["v3", "plans"]
)
def test_what_cannot_be_asked_names_every_field_and_no_value(
    question: Question, fields: list[str], write: Callable[[Question], bytes]
) -> None:
    with pytest.raises(BadInput) as refusal:
        write(question)

    assert sorted(refusal.value.errors) == fields
    assert "W_1" not in f"{refusal.value} {refusal.value.errors}"
