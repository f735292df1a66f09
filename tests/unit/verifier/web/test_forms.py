"""Forms: what is typed becomes the JSON the schemas know, and what is wrong stands at its field."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.datastructures import MultiDict

from schemas.inquiry import load_inquiry
from verifier.errors import BadInput, Conflict, NotFound
from verifier.web.forms import YES_NO, Field, Form, attempt, read_form, table

FIELDS = table(
    Field("payer", "Insurance"),
    Field("member.last_name", "Last name", hint="As on the card"),
    Field("member.birth_date", "Date of birth", "day"),
    Field("program.code", "Billing code"),
    Field("program.start_date", "First day", "date"),
    Field("program.weekdays", "Days", "checkboxes"),
    Field("program.weeks", "Weeks", "number"),
    Field("program.allowed_amount", "Allowed amount", "money"),
    Field("tricare.has_referral", "Referral", "yes_no", choices=YES_NO),
    Field("part2", "Part 2", "check"),
)
TYPED = {
    "payer": ["sim-commercial"],
    "member.last_name": ["  Avery "],
    "member.birth_date": ["4/12/1988"],
    "program.code": ["H0015"],
    "program.start_date": ["2026-12-07"],
    "program.weekdays": ["mon", "wed"],
    "program.weeks": ["8"],
    "program.allowed_amount": ["$1,325.00"],
    "tricare.has_referral": [""],
}


def typed(**changes: list[str]) -> Form:
    sent = TYPED | {name.replace("__", "."): texts for name, texts in changes.items()}
    return read_form(FIELDS, MultiDict([(name, text) for name, texts in sent.items() for text in texts]))


def test_what_is_typed_becomes_the_json_of_the_contract_and_an_empty_field_is_left_out() -> None:
    assert typed().data() == {
        "payer": "sim-commercial",
        "member": {"last_name": "Avery", "birth_date": "1988-04-12"},
        "program": {
            "code": "H0015",
            "start_date": "2026-12-07",
            "weekdays": ["mon", "wed"],
            "weeks": 8,
            "allowed_amount": "1325.00",
        },
        "part2": False,
    }


@pytest.mark.parametrize(("chosen", "read"), [("yes", True), ("no", False)])
def test_a_question_of_three_answers_is_true_false_or_left_out(chosen: str, read: bool) -> None:  # noqa: FBT001
    data: Any = typed(tricare__has_referral=[chosen]).data()

    assert data["tricare"] == {"has_referral": read}


def test_the_schema_reads_what_the_form_wrote() -> None:
    data = typed().data()
    del data["part2"]

    inquiry = load_inquiry(data)

    assert (inquiry.program.allowed_amount, inquiry.member.last_name) == (Decimal("1325.00"), "Avery")


def test_each_fault_stands_at_its_field_and_the_texts_are_kept() -> None:
    form = typed(program__weeks=["eight"], member__last_name=[""], program__weekdays=["mon", "noday"])
    data = form.data()
    del data["part2"]

    wrong = attempt(form, lambda: load_inquiry(data))

    assert isinstance(wrong, Form)
    assert wrong.errors.keys() == {"program.weeks", "member.last_name", "program.weekdays"}
    assert wrong.error("program.weeks") == "must be a whole number"
    assert wrong.value("program.weeks") == "eight"
    assert wrong.described_by("member.last_name") == "member-last_name-hint member-last_name-fault"


def test_a_fault_that_names_no_field_is_told_of_the_whole_form() -> None:
    def refuse() -> None:
        raise NotFound("There is no payer with this id.")

    wrong = attempt(typed(), refuse, NotFound)

    assert isinstance(wrong, Form)
    assert wrong.errors == {"": "There is no payer with this id."}


def test_a_pointer_beside_every_field_is_kept_as_it_is() -> None:
    assert typed().wrong(BadInput("", {"/max_age": "is odd"})).errors == {"/max_age": "is odd"}


def test_other_errors_are_not_the_forms_business() -> None:
    def refuse() -> None:
        raise Conflict("Another change was quicker.")

    with pytest.raises(Conflict):
        attempt(typed(), refuse, NotFound)


@given(st.fixed_dictionaries({name: st.lists(st.text(max_size=40), max_size=3) for name in FIELDS}))
def test_whatever_is_typed_is_judged_by_the_schema_and_breaks_nothing(sent: dict[str, list[str]]) -> None:
    form = read_form(FIELDS, MultiDict([(name, text) for name, texts in sent.items() for text in texts]))

    outcome = attempt(form, lambda: load_inquiry(form.data()))

    assert isinstance(outcome, Form)
    assert all(outcome.has(name) or name.startswith("/") for name in outcome.errors)


def test_what_a_person_typed_is_in_no_representation() -> None:
    assert "Avery" not in repr(typed())
