import stat
import threading
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from verifier.errors import NotConfigured
from verifier.store.encryption import Box, Key, KeyedHash, KeyRing, SealBroken, load_keys

OLD, NEW, STRANGE = (bytes([number]) * 32 for number in (1, 2, 3))
CONTENT = b"plan: gold; remaining: 250.00"


def box(*keys: bytes, purpose: str = "coverage", version: int = 1) -> Box:
    return Box(KeyRing.of(keys), purpose=purpose, version=version)


@given(content=st.binary(max_size=2000), name=st.text(max_size=40))
@settings(max_examples=50, deadline=None)
def test_what_is_sealed_under_a_name_opens_under_it(content: bytes, name: str) -> None:
    assert box(OLD).open(box(OLD).seal(content, name=name), name=name) == content


def test_every_flipped_bit_is_noticed() -> None:
    sealed = box(OLD).seal(CONTENT, name="row")
    reader = box(OLD)

    refused = 0
    for place in range(len(sealed) * 8):
        flipped = bytearray(sealed)
        flipped[place // 8] ^= 1 << place % 8
        with pytest.raises(SealBroken):
            reader.open(bytes(flipped), name="row")
        refused += 1

    assert refused == 8 * (1 + 8 + 12 + len(CONTENT) + 16)


@pytest.mark.parametrize("length", range(0, 1 + 8 + 12 + len(CONTENT) + 16, 3))
def test_every_cut_is_noticed(length: int) -> None:
    with pytest.raises(SealBroken):
        box(OLD).open(box(OLD).seal(CONTENT, name="row")[:length], name="row")


@pytest.mark.parametrize(
    ("reader", "name"),
    [
        (box(OLD), "other row"),
        (box(OLD, purpose="verification"), "row"),
        (box(OLD, version=2), "row"),
        (box(STRANGE), "row"),
        (box(OLD, purpose="coverage\x001", version=0), "row"),
    ],
    ids=[
        "another row",
        "another purpose",
        "another version",
        "another key",
        "a purpose that spells a version",
    ],
)
def test_what_was_moved_is_refused(reader: Box, name: str) -> None:
    with pytest.raises(SealBroken):
        reader.open(box(OLD).seal(CONTENT, name="row"), name=name)


def test_after_a_rotation_old_contents_open_and_new_ones_need_the_new_key() -> None:
    before, during, after = box(OLD), box(NEW, OLD), box(NEW)

    assert during.open(before.seal(CONTENT, name="row"), name="row") == CONTENT
    assert after.open(during.seal(CONTENT, name="row"), name="row") == CONTENT
    with pytest.raises(SealBroken):
        after.open(before.seal(CONTENT, name="row"), name="row")


def test_no_nonce_comes_twice() -> None:
    writer = box(OLD)
    assert len({writer.seal(b"", name="row")[9:21] for _ in range(10_000)}) == 10_000


def test_a_name_says_nothing_without_the_key_and_survives_a_rotation() -> None:
    before = KeyedHash(KeyRing.of([OLD]), purpose="coverage")
    during = KeyedHash(KeyRing.of([NEW, OLD]), purpose="coverage")
    others = [
        KeyedHash(KeyRing.of([STRANGE]), purpose="coverage"),
        KeyedHash(KeyRing.of([OLD]), purpose="claim"),
    ]

    assert before.name("W199003344") == during.name("W199003344")
    assert len({each.name("W199003344") for each in (before, *others)}) == 3
    assert before.name("W199003344") != before.name("W199003345")
    assert len(before.name("\ud800")) == 64


def test_no_key_shows_in_a_representation() -> None:
    assert repr(Key(b"k" * 32)) == "Key()"


@pytest.mark.parametrize("raw", [b"", b"k" * 31, b"k" * 33])
def test_a_key_of_another_length_is_refused(raw: bytes) -> None:
    with pytest.raises(NotConfigured):
        KeyRing.of([raw])


def test_no_key_at_all_is_refused() -> None:
    with pytest.raises(NotConfigured):
        KeyRing.of([])


def test_a_key_file_is_made_once_and_for_its_owner_only(tmp_path: Path) -> None:
    path = tmp_path / "data" / "payload.key"

    first = load_keys(path)

    assert load_keys(path) == first
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [file.name for file in path.parent.iterdir()] == ["payload.key"]


def test_of_many_who_make_the_key_file_at_once_all_read_the_same_key(tmp_path: Path) -> None:
    found = []
    start = threading.Barrier(16)

    def make() -> None:
        start.wait()
        found.append(load_keys(tmp_path / "payload.key"))

    threads = [threading.Thread(target=make) for _ in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(found) == 16
    assert all(keys == found[0] for keys in found)


def test_a_key_file_that_others_may_read_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "payload.key"
    load_keys(path)
    path.chmod(0o640)

    with pytest.raises(NotConfigured, match="chmod 600"):
        load_keys(path)


def test_a_damaged_key_file_is_not_replaced(tmp_path: Path) -> None:
    path = tmp_path / "payload.key"
    path.write_bytes(b"short")
    path.chmod(0o600)

    with pytest.raises(NotConfigured):
        load_keys(path)

    assert path.read_bytes() == b"short"


def test_a_place_where_no_key_file_can_be_made_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    with pytest.raises(NotConfigured, match="VERIFIER_KEY"):
        load_keys(tmp_path / "file" / "payload.key")

    assert [path.name for path in tmp_path.iterdir()] == ["file"]
