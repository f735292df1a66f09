import random
from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from tests.store.database.support import at_once
from tests.store.support import NOON
from verifier.errors import Unavailable
from verifier.store.database.data_keys import DataKeys
from verifier.store.database.engine import Database
from verifier.store.database.sealed_rows import Row, SealedRows
from verifier.store.database.tables.idempotency import idempotency as table
from verifier.store.database.tables.keys import data_keys, marks
from verifier.store.encryption import SealBroken

CLAIM = b'{"fingerprint": "0f3a", "verification_id": "ver_1"}'


@pytest.fixture
def rows(keys: DataKeys) -> SealedRows:
    return SealedRows(table, keys)


def write(name: str, claim: bytes | None = CLAIM) -> Row:
    return {"id": name, "expires_at": NOON + timedelta(hours=1), "claim": claim}


def put(database: Database, rows: SealedRows, *written: Row) -> None:
    with database.begin() as connection:
        for row in written:
            rows.put(connection, row)


def get(database: Database, rows: SealedRows, name: str) -> Row | None:
    with database.read() as connection:
        return rows.get(connection, name)


def stored(database: Database, name: str) -> dict[str, object]:
    with database.read() as connection:
        return dict(connection.execute(select(table).where(table.c.id == name)).mappings().one())


def overwrite(database: Database, name: str, **values: object) -> None:
    with database.begin() as connection:
        connection.execute(update(table).where(table.c.id == name).values(**values))


def test_a_row_comes_back_as_it_was_written_last(database: Database, rows: SealedRows) -> None:
    put(database, rows, write("a"), write("b", None), write("a", b"newer"))

    found = get(database, rows, "a")

    assert found == {**write("a", b"newer"), "version": 2, "data_key": found["data_key"]}
    assert get(database, rows, "b")["claim"] is None
    assert get(database, rows, "c") is None


def test_rows_added_at_once_are_as_those_written_one_by_one(database: Database, rows: SealedRows) -> None:
    with database.begin() as connection:
        rows.add_all(connection, [write("a"), write("b", None)])

    assert get(database, rows, "a")["claim"] == CLAIM
    put(database, rows, write("a", b"newer"))
    assert get(database, rows, "a")["claim"] == b"newer"


def test_what_is_stored_is_not_what_was_written(database: Database, rows: SealedRows) -> None:
    put(database, rows, write("a"))

    assert CLAIM not in stored(database, "a")["claim"]


def damages(sealed: bytes, other: bytes, chance: random.Random) -> Iterator[bytes]:
    """Flips of one bit, cuts, and halves of two values put together."""
    while True:
        place = chance.randrange(len(sealed) * 8)
        flipped = bytearray(sealed)
        flipped[place // 8] ^= 1 << place % 8
        cut = chance.randrange(1, len(sealed))
        yield from (bytes(flipped), sealed[:cut], sealed[:cut] + other[cut:])


def test_ten_thousand_changes_of_a_sealed_value_are_refused(database: Database, rows: SealedRows) -> None:
    put(database, rows, write("a"), write("b"))
    kept, other = stored(database, "a"), stored(database, "b")
    changed = damages(kept["claim"], other["claim"], random.Random(7))  # noqa: S311 - repeatable on purpose

    refused = 0
    with database.read() as connection:
        for _ in range(10_000):
            with pytest.raises(SealBroken):
                rows.open(connection, kept | {"claim": next(changed)})
            refused += 1

    assert refused == 10_000


@pytest.mark.parametrize("whole", [False, True], ids=["the sealed value", "the whole row"])
def test_an_older_state_put_back_is_refused(whole: bool, database: Database, rows: SealedRows) -> None:  # noqa: FBT001 - a case
    put(database, rows, write("a"))
    older = stored(database, "a")
    put(database, rows, write("a", b"newer"))

    overwrite(database, "a", **(older if whole else {"claim": older["claim"]}))

    with pytest.raises(SealBroken):
        get(database, rows, "a")


def test_rows_whose_values_were_exchanged_are_refused(database: Database, rows: SealedRows) -> None:
    put(database, rows, write("a"), write("b"))
    first, second = stored(database, "a"), stored(database, "b")

    overwrite(database, "a", claim=second["claim"])
    overwrite(database, "b", claim=first["claim"])

    for name in ("a", "b"):
        with pytest.raises(SealBroken):
            get(database, rows, name)


def test_a_removed_row_that_is_put_back_is_refused(database: Database, rows: SealedRows) -> None:
    put(database, rows, write("a"))
    older = stored(database, "a")
    with database.begin() as connection:
        rows.remove(connection, table.c.id == "a")
        connection.execute(table.insert().values(**older))

    with pytest.raises(SealBroken):
        get(database, rows, "a")


def test_a_page_leaves_out_what_cannot_be_trusted(
    database: Database, rows: SealedRows, caplog: pytest.LogCaptureFixture
) -> None:
    put(database, rows, *map(write, "abc"))
    overwrite(database, "b", claim=stored(database, "a")["claim"])

    with database.read() as connection:
        opened = [row["id"] for row in rows.select(connection, select(table).order_by(table.c.id))]

    assert opened == ["a", "c"]
    assert "a row of idempotency is not used" in caplog.text


def test_marks_lead_nobody_to_their_row(database: Database, rows: SealedRows) -> None:
    put(database, rows, write("ver_1"))

    with database.read() as connection:
        [name] = connection.scalars(select(marks.c.name))

    assert len(name) == 64
    assert "ver_1" not in name


def test_writers_of_one_row_wait_for_each_other(database: Database, rows: SealedRows) -> None:
    def write_often() -> None:
        for _ in range(5):
            put(database, rows, write("a"))

    at_once([write_often] * 8)

    assert get(database, rows, "a")["version"] == 40


def test_who_takes_a_row_to_write_it_overwrites_nobody_and_waits_in_no_circle(
    database: Database, rows: SealedRows
) -> None:
    def count_on(name: str) -> None:
        with database.begin() as connection:
            row = rows.take(connection, name)
            rows.put(connection, write(name, bytes([row["claim"][0] + 1 if row else 1])))

    def count_often() -> None:
        for name in "abcdefgh":  # each new to all of them
            count_on(name)

    at_once([count_often] * 8)

    assert {get(database, rows, name)["claim"] for name in "abcdefgh"} == {bytes([8])}


def test_rows_are_removed_while_others_write_them(database: Database, rows: SealedRows) -> None:
    def write_often() -> None:
        for name in "abcdefgh" * 3:
            put(database, rows, write(name))

    def remove_often() -> None:
        for _ in range(6):
            with database.begin() as connection:
                rows.remove(connection, table.c.expires_at > NOON)

    at_once([write_often, remove_often] * 3)
    put(database, rows, write("i"))

    with database.read() as connection:
        trusted = [row["id"] for row in rows.select(connection, select(table).order_by(table.c.id))]
        assert trusted == list(connection.scalars(select(table.c.id).order_by(table.c.id)))


class Service:
    """A key service that can go away; it counts what it is asked."""

    def __init__(self) -> None:
        self.away = False
        self.asked = 0

    def wrap(self, secret: bytes, *, name: str) -> bytes:
        return self.unwrap(secret, name=name)

    def unwrap(self, wrapped: bytes, *, name: str) -> bytes:
        self.asked += 1
        if self.away:
            raise Unavailable("The key service is away.")
        return bytes(byte ^ len(name) for byte in wrapped)


def test_without_the_key_service_all_goes_on_for_five_minutes_and_then_nothing_does(
    database: Database,
) -> None:
    service, moment = Service(), 0.0
    with database.begin() as connection:
        connection.execute(data_keys.delete())
    keys = DataKeys.open(database, service, monotonic=lambda: moment)
    rows = SealedRows(table, keys)
    put(database, rows, write("a"))
    asked, service.away = service.asked, True

    moment = 299.0
    put(database, rows, write("b"))
    assert get(database, rows, "a")["claim"] == CLAIM
    assert service.asked == asked

    moment = 301.0
    with pytest.raises(Unavailable):
        get(database, rows, "a")
    with pytest.raises(Unavailable):
        put(database, rows, write("c"))
    service.away = False
    assert get(database, rows, "b")["claim"] == CLAIM
    assert get(database, rows, "c") is None
