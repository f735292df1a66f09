import dataclasses
import json
from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from enum import Enum
from functools import cache
from time import perf_counter
from types import MappingProxyType, NoneType, UnionType
from typing import Any, get_args, get_origin, get_type_hints

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas import snapshot
from schemas.snapshot import UnreadableSnapshot
from verifier.model.coverage import Benefit, Coverage, Source
from verifier.model.verification import PASSING, Answer, Attempt, Exchange, Outcome, Verification
from verifier.model.vocabulary import Authorization, BenefitKind, CoverageStatus, Network

SCALARS: dict[type, st.SearchStrategy[Any]] = {
    str: st.text(alphabet=st.characters(), max_size=8),
    int: st.integers(-(2**63), 2**63),
    bool: st.booleans(),
    float: st.floats(allow_nan=False, allow_infinity=False),
    Decimal: st.decimals(allow_nan=False, allow_infinity=False),
    date: st.dates(),
    datetime: st.datetimes(timezones=st.sampled_from([UTC, timezone(timedelta(hours=-5))])),
}


@cache
def values_of(kind: Any) -> st.SearchStrategy[Any]:  # noqa: ANN401 - a type or a hint
    """Any value that the annotations of the model allow."""
    origin, parts = get_origin(kind), get_args(kind)
    if kind in SCALARS:
        return SCALARS[kind]
    if origin is UnionType:
        return st.none() | st.one_of(values_of(part) for part in parts if part is not NoneType)
    if origin in {tuple, frozenset}:
        return st.lists(values_of(parts[0]), max_size=2).map(origin)
    if origin is Mapping:
        return st.dictionaries(st.text(max_size=4), st.text(max_size=4), max_size=2).map(MappingProxyType)
    if issubclass(kind, Enum):
        return st.sampled_from(list(kind))
    names = getattr(kind, "_fields", None) or [
        field.name for field in dataclasses.fields(kind) if field.metadata != PASSING
    ]
    hints = get_type_hints(kind)
    return st.builds(kind, **{name: values_of(hints[name]) for name in names})


@settings(deadline=None, max_examples=60)
@given(values_of(Answer))
def test_an_answer_comes_back_as_it_was(answer: Answer) -> None:
    again = snapshot.load(Answer, snapshot.dump(answer))
    assert (again, repr(again)) == (answer, repr(answer))


def test_what_went_over_the_wire_is_in_no_snapshot() -> None:
    wire = Exchange("caqh_core", datetime(2026, 11, 24, tzinfo=UTC), b"ISA*asked", b"ISA*answered")
    answer = Answer(Coverage(CoverageStatus.ACTIVE))
    with_exchange = dataclasses.replace(answer, exchanges=(wire,))

    assert snapshot.dump(with_exchange) == snapshot.dump(answer)
    assert snapshot.load(Answer, snapshot.dump(with_exchange)) == answer


@settings(deadline=None, max_examples=60)
@given(values_of(Verification))
def test_a_verification_comes_back_as_it_was(verification: Verification) -> None:
    again = snapshot.load(Verification, snapshot.dump(verification))
    assert again == verification
    assert (again.coverage, again.estimate, again.inquiry.program) == (
        verification.coverage,
        verification.estimate,
        verification.inquiry.program,
    )


@pytest.mark.parametrize("kind", snapshot.KEPT, ids=lambda kind: kind.__name__)
@settings(deadline=None, max_examples=20)
@given(data=st.data())
def test_everything_that_is_kept_comes_back_as_it_was(kind: type, data: st.DataObject) -> None:
    value = data.draw(values_of(kind))
    assert snapshot.load(kind, snapshot.dump(value)) == value


def benefit(number: int) -> Benefit:
    return Benefit(
        BenefitKind.COPAY,
        "B",
        ("MH",),
        None,
        None,
        Network.IN,
        None,
        Decimal("40.00"),
        None,
        None,
        None,
        Authorization.UNKNOWN,
        unlimited=False,
        insurance_type=None,
        plan_text=None,
        delivery=(),
        places_of_service=(),
        messages=("A MESSAGE",),
        dates=(),
        references=(),
        entities=(),
        source=Source(number, "EB*B**MH***27*40"),
    )


ANSWER = Answer(
    Coverage(CoverageStatus.ACTIVE, benefits=tuple(map(benefit, range(40)))),
    (Attempt("caqh_core", ("MH",), Outcome.ANSWERED, 0.25),),
)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"null",
        b"[]",
        b"{}",
        b"\xff",
        b'["Answer"]',
        b'["Answer",1]',
        b'["Answer",1,null]',
        b'["Answer",1,[]]',
        b'["Answer",1,[["gone"]]]',
        b'["Answer",1,[["active"],[],1]]',
        b'["Answer",0,[["active"]]]',
        b'["Answer",2,[["active"]]]',
        b'["Verification",1,[["active"]]]',
        b"[" * 100_000,
    ],
)
def test_bytes_of_another_version_or_none_of_ours_are_refused(content: bytes) -> None:
    with pytest.raises(UnreadableSnapshot):
        snapshot.load(Answer, content)


@settings(deadline=None, max_examples=200)
@given(st.binary(max_size=60), st.integers(0, 400), st.integers(0, 60))
def test_damaged_bytes_are_read_or_refused(noise: bytes, place: int, length: int) -> None:
    content = snapshot.dump(ANSWER)
    with suppress(UnreadableSnapshot):
        snapshot.load(Answer, content[:place] + noise + content[place + length :])


def test_a_field_appended_with_a_default_needs_no_new_version() -> None:
    name, version, (coverage, attempts) = json.loads(snapshot.dump(ANSWER))
    shorter = json.dumps([name, version, [coverage[:8], attempts]]).encode()
    assert snapshot.load(Answer, shorter) == ANSWER


def test_bytes_written_by_this_version_stay_readable() -> None:
    content = (
        b'["Answer",1,[["active",["SIM","S1"],[],null,null,'
        b'["GOLD",null,null,null,"2026-01-01",null,null,[["plan","2026-01-01",null,"20260101"]]],[],[],[],[],[],'
        b'[],[],[],[null,null,null,null,[]],{"a":"b"},[],null],'
        b'[["caqh_core",["MH"],"answered",0.25,null,"sim"]]]]'
    )
    answer = snapshot.load(Answer, content)
    assert answer.coverage.plan.begins == date(2026, 1, 1)
    assert snapshot.dump(answer) == content


def test_the_shape_of_the_model_is_that_of_this_version() -> None:
    """Appended a field that has a default? Write the new fingerprint here. Else raise `VERSION` too."""
    assert (snapshot.VERSION, snapshot.fingerprint()) == (1, "6f57a0b9ef955b72")


def test_reading_forty_benefits_is_quick() -> None:
    content = snapshot.dump(ANSWER)
    fastest = min(timed(content) for _ in range(50))
    assert fastest < 0.003  # a third of a millisecond on an idle machine; here others may be at work


def timed(content: bytes) -> float:
    began = perf_counter()
    snapshot.load(Answer, content)
    return perf_counter() - began
