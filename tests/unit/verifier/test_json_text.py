import json
from contextlib import suppress
from decimal import Decimal
from time import perf_counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from verifier.errors import MalformedInput
from verifier.json_text import read_json

JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**15), 10**15) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=20,
)


def test_numbers_with_a_point_stay_exact_and_can_be_told_from_text() -> None:
    found = read_json(b'\xef\xbb\xbf{"a": 325.10, "b": 1E2, "c": 3, "d": "325.10", "e": [true, null]}')
    assert found == {"a": Decimal("325.10"), "b": Decimal("1E2"), "c": 3, "d": "325.10", "e": [True, None]}
    assert isinstance(found["a"], Decimal)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (b"", "line 1, column 1"),
        (b'{"a": 1', "line 1, column 8"),
        (b'{"a": 1}{', "line 1, column 9"),
        (b"{'a': 1}", "line 1, column 2"),
        (b"\xff\xfe{}", "not UTF-8"),
        (b'{"a": NaN}', "NaN is no number"),
        (b'{"a": -Infinity}', "-Infinity is no number"),
        (b'{"a": 1, "a": 1}', "names the same field twice"),
        (b'{"a": ' + b"9" * 33 + b"}", "more than 32 characters"),
        (b'{"a": 0.' + b"9" * 33 + b"}", "more than 32 characters"),
        (b"[1e99999999]", "an exponent over 30"),
        (b"[0e-99999999]", "an exponent over 30"),
        (b"[" + b"1," * 300_000 + b"1]", "more values than anything"),
        (b"[" * 33 + b"]" * 33, "nested more than 32 deep"),
        (b"[" * 1_000_000, "nested more than 32 deep"),
        (b'{"a":' * 200_000, "nested more than 32 deep"),
    ],
)
def test_what_is_no_clear_json_is_refused_with_the_place(text: bytes, reason: str) -> None:
    with pytest.raises(MalformedInput, match=reason):
        read_json(text)


def test_brackets_inside_strings_are_text() -> None:
    assert read_json(b'["' + b"[{" * 100 + rb"\"[\\" + b'"]') == ["[{" * 100 + '"[\\']


@pytest.mark.parametrize(
    "text", [b'"' + rb"\"" * 500_000, b'"\\' * 500_000, b"[]," * 340_000, b'"' * 1_000_000]
)
def test_hostile_text_costs_no_more_than_its_length(text: bytes) -> None:
    began = perf_counter()
    with pytest.raises(MalformedInput):
        read_json(text)
    assert perf_counter() - began < 5


@settings(deadline=None, max_examples=100)
@given(JSON_VALUES)
def test_any_json_value_comes_back_as_it_was(value: object) -> None:
    assert read_json(json.dumps(value).encode()) == value


@settings(deadline=None, max_examples=200)
@given(st.binary(max_size=200) | st.text(alphabet='{}[]",:\\01.eE+-nulltrue ', max_size=60).map(str.encode))
def test_any_bytes_are_read_or_refused(text: bytes) -> None:
    with suppress(MalformedInput):
        assert isinstance(read_json(text), dict | list | str | int | Decimal | None)
