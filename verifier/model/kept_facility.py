"""`KeptFacility`: a facility as it is kept, and whose word it is."""

from dataclasses import dataclass, field
from datetime import datetime

from verifier.model.inquiry import Facility


@dataclass(frozen=True, slots=True)
class KeptFacility:
    """A facility and who last changed it; nobody: it is as the settings file says."""

    facility: Facility
    revision: int  # counts the changes, so that two people do not undo each other's unseen
    changed_by: str | None = None  # a principal's label, such as user:usr_…
    changed_at: datetime | None = None
    differs_in: tuple[str, ...] = field(default=())  # fields in which the settings file says something else
