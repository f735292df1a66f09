"""`Event`: one line of the audit trail: who did what about whom, why, when, in which request, how it ended.

45 CFR 164.312(b) asks for the record, 42 CFR part 2 for being able to count who was told of a patient. Person
and reason stay out of every representation: a ``repr`` reaches logs, and a reason may name a person too.
"""

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum


class Action(StrEnum):
    """What may be done here; every event is one of these."""

    READ = "read"
    SEARCH = "search"
    EXPORT = "export"
    CHANGE = "change"
    PURGE = "purge"
    LOGIN = "login"
    LOGOUT = "logout"
    DENIAL = "denial"  # somebody was refused what they may not do
    BREAK_GLASS = "break_glass"  # emergency access, with its reason
    DISCLOSURE = "disclosure"  # a patient is about to be named to somebody outside
    PAYER_CALL = "payer_call"
    CONSENT = "consent"  # given or revoked
    ACCOUNT = "account"  # a user, a role, a session
    KEY = "key"  # an API key or an encryption key
    RULE_CHANGE = "rule_change"  # settings, facilities, rates, directories
    AUDIT = "audit"  # the trail itself was verified, anchored or reported


class Result(StrEnum):
    """How it ended."""

    DONE = "done"
    REFUSED = "refused"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Person:
    """Whose data it was; kept encrypted, and found again by keyed hashes only."""

    member_id: str | None = field(default=None, repr=False)
    last_name: str | None = field(default=None, repr=False)
    first_name: str | None = field(default=None, repr=False)
    birth_date: date | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Context:
    """Who acts, where, in which request and why: what every use case is told beside its own question.

    *who* is the name of an account or key of ours (``user:…``, ``key:…``, ``job:…``), *where* a route's
    template or a command, never an address with values in it.
    """

    who: str
    request_id: str
    where: str = ""
    why: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Sought:
    """Which events are looked for; ``None`` leaves it open. *what* is the beginning of it, days are UTC."""

    who: str | None = None
    what: str | None = None
    action: Action | None = None
    since: date | None = None
    until: date | None = None  # the last day


@dataclass(frozen=True, slots=True)
class Flaw:
    """The first link of the trail that is not as it was written, and what is wrong with it."""

    sequence: int
    reason: str


@dataclass(frozen=True, slots=True)
class TrailCheck:
    """What a check of the whole trail found: how many events and signed anchors it went by, and the flaw."""

    events: int
    anchors: int
    flaw: Flaw | None


@dataclass(frozen=True, slots=True)
class Event:
    """One thing done. *what* names the record it was about by kind and id, such as ``verification ver_…``."""

    action: Action
    what: str
    context: Context
    at: datetime
    result: Result = Result.DONE
    whose: Person | None = field(default=None, repr=False)
