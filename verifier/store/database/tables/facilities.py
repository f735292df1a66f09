"""The facilities and what payers allow them; nothing here is about a person."""

from typing import Final

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Date,
    ForeignKey,
    Integer,
    String,
    Table,
    Text,
    UniqueConstraint,
    false,
)

from verifier.store.database.columns import Moment, metadata

facilities: Final = Table(
    "facilities",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("position", Integer, nullable=False),  # an inquiry that names no facility is about the first
    Column("name", String(60), nullable=False),
    Column("npi", String(10), nullable=False),
    Column("tax_id", String(9)),
    Column("state", String(2)),
    Column("time_zone", String(64)),
    Column("place_of_service", String(2)),
    Column("schedule", JSON),  # the days and length a program has unless told otherwise
    Column("programs", JSON, nullable=False),  # what is offered: one object a billing code
    Column("part2", Boolean, nullable=False, server_default=false()),  # a 42 CFR part 2 program
    Column("phone", String(20)),
    Column("revision", Integer, nullable=False, server_default="1"),  # counts the changes
    Column("changed_by", Text),  # who on the page; empty: the settings say what the facility is
    Column("changed_at", Moment),
)

contract_rates: Final = Table(
    "contract_rates",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("facility", ForeignKey("facilities.id"), nullable=False),
    Column("payer", String(80), nullable=False),
    Column("network", String(8), nullable=False),
    Column("code", String(5), nullable=False),
    Column("cents", Integer, nullable=False),  # of one whole session; SQLite would make a decimal a float
    Column("valid_from", Date, nullable=False),
    Column("valid_to", Date),  # the last day; empty: without end
    UniqueConstraint("facility", "payer", "network", "code", "valid_from"),
)
