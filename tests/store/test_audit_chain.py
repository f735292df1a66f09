"""No change to an audit chain goes unnoticed: ten thousand of them, each named by its first bad link."""

import random
from collections.abc import Callable
from itertools import pairwise

import pytest

from verifier.model.audit import Flaw
from verifier.store.audit_chain import (
    CHANGED,
    GENESIS,
    MISSING,
    OTHER_HEAD,
    OTHER_HISTORY,
    UNREADABLE,
    Head,
    Link,
    find_flaw,
)

KEY = bytes(range(32))
LENGTH = 40
MUTATIONS = 10_000
Rows = list[tuple[Link, bytes]]


def write_chain(length: int = LENGTH, key: bytes = KEY, who: str = "user:1") -> Rows:
    rows, previous = [], GENESIS
    for sequence in range(1, length + 1):
        subject = f"ver_{sequence % 7}", "GET /v1/verifications/<id>", f"req_{sequence}"
        link = Link(sequence, 1_000 * sequence, "read", "done", who, *subject, "a" * 8, "", '{"why":null}')
        previous = link.chain_to(previous, key)
        rows.append((link, previous))
    return rows


ROWS = write_chain()
ANCHOR = Head(LENGTH, ROWS[-1][1])


def edit(rows: Rows, dice: random.Random) -> int:
    at = dice.randrange(len(rows))
    link, stored = rows[at]
    name = dice.choice(Link._fields[1:])
    value = getattr(link, name)
    rows[at] = link._replace(**{name: value + 1 if isinstance(value, int) else value + "x"}), stored
    return at + 1


def edit_hash(rows: Rows, dice: random.Random) -> int:
    at = dice.randrange(len(rows))
    link, stored = rows[at]
    bit = 1 << dice.randrange(256)
    rows[at] = link, (int.from_bytes(stored) ^ bit).to_bytes(32)
    return at + 1


def delete(rows: Rows, dice: random.Random) -> int:
    at = dice.randrange(len(rows))
    del rows[at]
    return at + 1


def delete_and_renumber(rows: Rows, dice: random.Random) -> int:
    at = dice.randrange(len(rows))
    rows[at:] = [(link._replace(sequence=link.sequence - 1), stored) for link, stored in rows[at + 1 :]]
    return at + 1


def insert(rows: Rows, dice: random.Random) -> int:
    at = dice.randrange(len(rows))
    link, _ = dice.choice(rows)
    forged = link._replace(sequence=at + 1)
    later = [(link._replace(sequence=link.sequence + 1), stored) for link, stored in rows[at:]]
    rows[at:] = [(forged, dice.randbytes(32)), *later]
    return at + 1


def reorder(rows: Rows, dice: random.Random) -> int:
    first, second = sorted(dice.sample(range(len(rows)), 2))
    rows[first], rows[second] = (
        (rows[second][0]._replace(sequence=first + 1), rows[second][1]),
        (rows[first][0]._replace(sequence=second + 1), rows[first][1]),
    )
    return first + 1


def cut_the_tail(rows: Rows, dice: random.Random) -> int:
    keep = dice.randrange(len(rows))
    del rows[keep:]
    return keep + 1


WAYS: tuple[Callable[[Rows, random.Random], int], ...] = (
    edit,
    edit_hash,
    delete,
    delete_and_renumber,
    insert,
    reorder,
    cut_the_tail,
)


def test_an_untouched_chain_has_no_flaw() -> None:
    assert find_flaw(ROWS, KEY, head=ANCHOR, anchors=[Head(7, ROWS[6][1]), ANCHOR]) is None
    assert find_flaw([], KEY) is None


def test_each_of_ten_thousand_mutations_is_named_by_its_first_bad_link() -> None:
    dice = random.Random(42)  # noqa: S311 - repeatable mutations, no secrets
    missed = []
    for number in range(MUTATIONS):
        rows, way = list(ROWS), WAYS[number % len(WAYS)]
        expected = way(rows, dice)
        flaw = find_flaw(rows, KEY, anchors=[ANCHOR])
        if flaw is None or flaw.sequence != expected:
            missed.append((way.__name__, expected, flaw))

    assert missed == []


def test_without_the_key_no_link_can_be_added() -> None:
    forged = [*ROWS, *write_chain(LENGTH + 1, key=bytes(32))[LENGTH:]]

    assert find_flaw(forged, KEY) == Flaw(LENGTH + 1, CHANGED)


def test_a_chain_written_anew_with_the_key_is_not_the_anchored_one() -> None:
    anew = write_chain(who="user:2")

    assert find_flaw(anew, KEY) is None
    assert find_flaw(anew, KEY, anchors=[Head(9, ROWS[8][1]), ANCHOR]) == Flaw(9, OTHER_HISTORY)


def test_a_tail_that_was_cut_together_with_the_head_is_missed_by_the_anchor_only() -> None:
    cut = ROWS[:-3]
    head = Head(len(cut), cut[-1][1])

    assert find_flaw(cut, KEY, head=head) is None
    assert find_flaw(cut, KEY, head=head, anchors=[ANCHOR]) == Flaw(LENGTH - 2, MISSING)


@pytest.mark.parametrize(
    ("head", "flaw"),
    [
        (Head(LENGTH - 1, ROWS[-2][1]), Flaw(LENGTH, OTHER_HEAD)),
        (Head(LENGTH, ROWS[-2][1]), Flaw(LENGTH, OTHER_HEAD)),
        (Head(LENGTH + 1, ROWS[-1][1]), Flaw(LENGTH + 1, MISSING)),
    ],
)
def test_the_head_must_be_where_the_chain_ends(head: Head, flaw: Flaw) -> None:
    assert find_flaw(ROWS, KEY, head=head) == flaw


def test_a_link_that_does_not_decrypt_is_named() -> None:
    rows = [(None if link.sequence == 5 else link, stored) for link, stored in ROWS]

    assert find_flaw(rows, KEY) == Flaw(5, UNREADABLE)


def test_the_text_of_neighbouring_fields_cannot_be_moved_between_them() -> None:
    link = ROWS[0][0]
    shifted = link._replace(who=link.who + "v", what=link.what[1:])

    assert link.chain_to(GENESIS, KEY) != shifted.chain_to(GENESIS, KEY)


def test_every_hash_differs() -> None:
    assert all(one[1] != other[1] for one, other in pairwise(ROWS))
