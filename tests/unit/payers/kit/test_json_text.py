"""JSON replies: exact numbers, bounds, and walking without trusting any shape."""

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from payers.kit.json_text import Node, read_json
from verifier.errors import UnreadableReply


def test_numbers_are_exact_and_pointers_escaped() -> None:
    document = read_json(b'{"a": [1, {"b/c~d": 2.50}]}')

    found = document.at("a", 1, "b/c~d")

    assert found == Node(Decimal("2.50"), "/a/1/b~1c~0d")
    assert found.text == "2.50"


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"no",
        b"NaN",
        b"[Infinity]",
        b'{"a": 1, "a": 2}',
        b"[" * 33 + b"]" * 33,
        b"[" * 1_000_000,
        b"[1e99999999]",
        b"[0e-99999999]",
        b"[" + b"9" * 33 + b"]",
        b"[0." + b"1" * 40 + b"]",
        b'"\xff"',
        b'{"a": 1',
    ],
)
def test_what_could_mislead_or_swell_is_refused(body: bytes) -> None:
    with pytest.raises(UnreadableReply):
        read_json(body)


def test_brackets_inside_strings_are_no_depth() -> None:
    assert read_json(b'"' + b"[" * 1000 + b'\\"[["').text == "[" * 1000 + '"[['


@pytest.mark.parametrize(
    ("value", "text", "flag"),
    [
        (b'" A "', "A", None),
        (b'""', None, None),
        (b"12", "12", None),
        (b"1e3", "1000", None),
        (b"true", None, True),
        (b"null", None, None),
        (b"[1]", None, None),
        (b'{"a": "b"}', None, None),
    ],
)
def test_a_value_is_a_text_or_a_flag_or_nothing(value: bytes, text: str | None, *, flag: bool | None) -> None:
    node = read_json(value)

    assert (node.text, node.flag) == (text, flag)


def test_a_value_alone_is_a_list_of_one_and_nothing_is_none() -> None:
    document = read_json(b'{"one": {"a": 1}, "two": [1, 2]}')

    assert [each.pointer for each in document.at("one").each()] == ["/one"]
    assert [each.pointer for each in document.at("two").each()] == ["/two/0", "/two/1"]
    assert list(document.at("three").each()) == []
    assert list(document.at("two").fields()) == []


def test_lone_surrogates_do_not_get_out() -> None:
    node = read_json(b'"a\\ud800b"')

    assert node.text == "a\N{REPLACEMENT CHARACTER}b"
    node.write().encode()


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**20), 10**20) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=10,
)


@given(JSON, st.lists(st.text(max_size=3) | st.integers(0, 3), max_size=5))
@settings(deadline=None, max_examples=100)
def test_no_path_leads_astray(value: object, path: list[str | int]) -> None:
    node = Node(value).at(*path)

    assert node.pointer.count("/") == len(path)
    assert node.text is None or node.text.strip() == node.text
    assert all(isinstance(each, Node) for each in node.each())
