"""What looking at many verifications together leaves in the audit trail: an event for each person."""

from collections.abc import Iterable
from datetime import datetime
from functools import partial

from verifier.answering.consent_gate import person_of
from verifier.model.audit import Action, Context, Event
from verifier.model.verification import Verification


def looked_at(found: Iterable[Verification], context: Context, now: datetime) -> list[Event]:
    """Return the events of looking at the verifications *found*."""
    read = partial(Event, Action.READ, context=context, at=now)
    return [read(f"verification {each.id}", whose=person_of(each.inquiry)) for each in found]
