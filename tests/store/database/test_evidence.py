"""The whole house over real wires and both databases: what was asked is kept, found by person, and sealed."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select

from payers.simulator.server import PASSWORD, USER_NAME
from schemas.inquiry import load_inquiry
from verifier.desk import Desk
from verifier.errors import NotFound
from verifier.house import House, open_house
from verifier.model.audit import Context
from verifier.model.verification import Origin
from verifier.ports import Wanted
from verifier.settings import Settings
from verifier.store.database.tables.verifications import exchanges
from verifier.web.api import examples

CONTEXT = Context("user:1", "req-1", "GET /v1/verifications/<verification_id>/x12", "payment")
INQUIRY = load_inquiry(examples.INQUIRY)
MEMBER = INQUIRY.member


@pytest.fixture
def house(database_url: str, tmp_path: Path) -> Iterator[House]:
    environ = {"VERIFIER_DATA": str(tmp_path)}
    if database_url.startswith("postgresql"):
        environ["DATABASE_URL"] = database_url
    with open_house(Settings.from_environ(environ)) as opened:
        yield opened


@pytest.fixture
def desk(house: House) -> Desk:
    return house.office.desk(CONTEXT)


def test_what_went_over_the_wire_is_kept_with_the_verification_that_asked_and_no_other(desk: Desk) -> None:
    asked, cached = desk.verify(INQUIRY), desk.verify(INQUIRY)

    wire = desk.evidence(asked.id).exchanges
    assert len(wire) == len(asked.attempts) > 0
    assert [each.at for each in wire] == sorted(each.at for each in wire)
    for each in wire:
        assert each.request.startswith(b"ISA")
        assert each.reply
        assert each.reply.startswith(b"ISA")
        assert [word for word in (USER_NAME, PASSWORD) if word.encode() in each.request + each.reply] == []
    assert cached.freshness
    assert cached.freshness.origin is Origin.CACHE
    with pytest.raises(NotFound, match="cache"):
        desk.evidence(cached.id)


def test_a_refresh_keeps_what_it_sent_in_place_of_what_was_kept(desk: Desk) -> None:
    kept = desk.verify(INQUIRY)
    before = desk.evidence(kept.id).exchanges

    desk.refresh(kept.id)

    after = desk.evidence(kept.id).exchanges
    assert len(after) == len(before)
    assert {each.request for each in after}.isdisjoint(each.request for each in before)


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        (Wanted(member_id=f" {(MEMBER.id or '').lower()} "), True),
        (Wanted(patient=("exampleton", MEMBER.birth_date)), True),  # type: ignore[arg-type]
        (Wanted(member_id="XQZ4410028"), False),
        (Wanted(member_id="XQZ4410028", patient=("exampleton", MEMBER.birth_date)), False),  # type: ignore[arg-type]
    ],
    ids=["member id", "name and birth date", "another member", "one of the two is another's"],
)
def test_a_persons_verifications_are_found_page_by_page(desk: Desk, wanted: Wanted, found: bool) -> None:  # noqa: FBT001 - of a table
    ids = [desk.verify(INQUIRY).id for _ in range(3)]

    first = [each.id for each in desk.recent(limit=2, wanted=wanted)]
    rest = [each.id for each in desk.recent(limit=2, before=ids[1], wanted=wanted)]

    assert first + rest == (ids[::-1] if found else [])


def test_of_an_exchange_nothing_can_be_read_where_it_is_kept(
    house: House, desk: Desk, tmp_path: Path
) -> None:
    kept = desk.verify(INQUIRY)
    request = desk.evidence(kept.id).exchanges[0].request
    with house.database.read() as connection:
        rows = connection.execute(select(exchanges)).mappings().all()

    stored = [bytes(row[name]) for row in rows for name in ("request", "reply")]
    stored += [file.read_bytes() for file in tmp_path.rglob("*") if file.is_file()]
    words = [b"NM1*IL", (MEMBER.id or "").encode()]
    assert all(word in request for word in words)
    assert [word for word in words for content in stored if word in content] == []
