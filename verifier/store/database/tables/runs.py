"""Runs of nightly re-verification; nothing here is about a person but by a random id of ours."""

from typing import Final

from sqlalchemy import Column, Date, ForeignKey, Index, Integer, String, Table, UniqueConstraint

from verifier.store.database.columns import Moment, metadata

runs: Final = Table(
    "runs",
    metadata,
    Column("id", String(80), primary_key=True),
    Column("day", Date, nullable=False, index=True, unique=True),  # one run for each date
    Column("created_at", Moment, nullable=False),
    Column("planned_at", Moment),  # empty: some of those due may have no item yet
    Column("finished_at", Moment),
)

lanes: Final = Table(  # the items of one payer and one facility, of which one at a time is asked about
    "lanes",
    metadata,
    Column("id", String(80), primary_key=True),
    Column("run_id", ForeignKey("runs.id"), nullable=False),
    Column("payer", String(80), nullable=False),
    Column("facility", String(64), nullable=False),
    Column("state", String(16), nullable=False),
    Column("not_before", Moment, nullable=False),
    Column("not_after", Moment, nullable=False),
    Column("turn", Integer, nullable=False),  # a message of an earlier turn is void
    Column("called_at", Moment),  # when a worker was last sent for
    Column("holder", String(32)),  # who works on it until when; a worker that died holds it no longer
    Column("lease_until", Moment),
    Column("faults", Integer, nullable=False),  # of the payer, one after the other
    Column("faulty_since", Moment),
    Column("reason", String(32)),
    UniqueConstraint("run_id", "payer", "facility"),
    Index(None, "state", "not_before"),
)

items: Final = Table(
    "items",
    metadata,
    Column("id", String(80), primary_key=True),
    Column("run_id", ForeignKey("runs.id"), nullable=False),
    Column("lane_id", ForeignKey("lanes.id"), nullable=False),
    Column("entry_id", ForeignKey("roster.id"), nullable=False),
    Column("facility", String(64), nullable=False),
    Column("cause", String(16), nullable=False),
    Column("state", String(16), nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("not_before", Moment, nullable=False),
    Column("first_at", Moment),
    Column("ended_at", Moment),
    Column("verification_id", String(80)),  # written before the payer is asked
    Column("reason", String(32)),
    Column("changes", Integer),  # found against the answer before; empty: not compared
    Column("repeats", Integer, nullable=False),  # calls that may have been made twice, after a worker died
    UniqueConstraint("run_id", "entry_id"),  # nobody is asked about twice in a run
    Index(None, "lane_id", "state", "not_before"),
    Index(None, "run_id", "state", "id"),
)
