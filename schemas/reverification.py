"""The JSON of nightly runs."""

from collections import Counter
from typing import Any, Final

from marshmallow import fields

from schemas.fields import Word
from schemas.times import Day, Moment
from schemas.written import Written
from verifier.model.reverification import ItemState, Listed, Progress, Reason, Run, RunState
from verifier.nightly.planning import PayerClock, Plan

COUNTS: Final = {"type": "object", "additionalProperties": {"type": "integer"}}


class ReverificationSchema(Written):
    """One run: of which date of the organization, and how far it is."""

    id = fields.String()
    date = Day(attribute="day")
    created_at = Moment()
    planned_at = Moment(allow_none=True, metadata={"description": "When everybody due had been found"})
    finished_at = Moment(allow_none=True)


class ReverificationProgressSchema(ReverificationSchema):
    """How far a run is, for the facilities within your reach."""

    state = Word(RunState)
    people = fields.Integer()
    open = fields.Integer(metadata={"description": "Of whom nothing is known yet"})
    counts = fields.Dict(
        keys=Word(ItemState), values=fields.Integer(), metadata={"description": "People by state"}
    )
    changed = fields.Integer(metadata={"description": "People whose coverage is not as it was"})
    not_reached = fields.Integer(metadata={"description": "People of whom nobody could say anything"})
    repeats = fields.Integer(metadata={"description": "Calls that may have been made twice"})
    parked = fields.Dict(
        keys=fields.String(), values=Word(Reason), metadata={"description": "Payers not asked now, and why"}
    )


class ReverificationPageSchema(Written):
    """The latest runs, latest first."""

    items = fields.List(fields.Nested(ReverificationSchema))
    next = fields.String(allow_none=True)


class ReverificationItemSchema(Written):
    """One person of a run. ``verification_id`` is the answer, ``reason`` why there is none."""

    id = fields.String()
    entry_id = fields.String(metadata={"description": "Id of the entry on the roster"})
    facility = fields.String()
    payer = fields.String()
    last_name = fields.String()
    first_name = fields.String(allow_none=True)
    cause = fields.String(metadata={"description": "Why this person was due"})
    state = Word(ItemState)
    reason = Word(Reason, nullable=True)
    attempts = fields.Integer()
    not_before = Moment()
    ended_at = Moment(allow_none=True)
    verification_id = fields.String(allow_none=True)
    changes = fields.Integer(allow_none=True, metadata={"description": "null: there was nothing to compare"})
    repeats = fields.Integer(metadata={"description": "Calls that may have been made twice"})


class ReverificationItemPageSchema(Written):
    """One page of a run's people."""

    items = fields.List(fields.Nested(ReverificationItemSchema))
    next = fields.String(allow_none=True)


def dump_run(run: Run) -> dict[str, Any]:
    """Write *run* as JSON's own kinds of value."""
    written: dict[str, Any] = RUN.dump(run)
    return written


def dump_progress(progress: Progress) -> dict[str, Any]:
    """Write how far a run is."""
    return dump_run(progress.run) | {
        "state": progress.state.value,
        "people": progress.people,
        "open": progress.open,
        "counts": {state.value: number for state, number in sorted(progress.counts.items())},
        "changed": progress.changed,
        "not_reached": progress.not_reached,
        "repeats": progress.repeats,
        "parked": {payer: reason.value for payer, reason in sorted(progress.parked.items())},
    }


def dump_listed(listed: Listed) -> dict[str, Any]:
    """Write one person of a run."""
    item = listed.item
    named = {"payer": listed.payer, "last_name": listed.last_name, "first_name": listed.first_name}
    plain = ("id", "entry_id", "facility", "cause", "attempts", "changes", "repeats")
    return {name: getattr(item, name) for name in plain} | {
        **named,
        "state": item.state.value,
        "reason": item.reason.value if item.reason else None,
        "not_before": item.not_before.isoformat(),
        "ended_at": item.ended_at.isoformat() if item.ended_at else None,
        "verification_id": item.verification_id if item.ended_at else None,
    }


def dump_plan(plan: Plan) -> dict[str, Any]:
    """Write what a run would do."""
    return {
        "date": plan.day.isoformat(),
        "people": plan.payers.total(),
        "paid_calls": plan.calls,
        "payers": dict(plan.payers.most_common()),
        "causes": dict(plan.causes.most_common()),
        "clocks": dump_clocks(plan.clocks),
    }


def dump_clocks(clocks: Counter[PayerClock]) -> list[dict[str, Any]]:
    """Write by whose clocks payers are asked, and of how many people."""
    return [
        {"whose": whose.value, "time_zone": zone, "people": people}
        for (whose, zone), people in clocks.most_common()
    ]


RUN: Final = ReverificationSchema()
