"""What the core asks of the outside: each port is one small protocol, filled in by `verifier.bootstrap`."""

from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Final, Protocol, TypeVar

from verifier.model.audit import Event
from verifier.model.consent import Consent
from verifier.model.contract import ContractRate
from verifier.model.coverage import Coverage
from verifier.model.inquiry import Facility, Inquiry
from verifier.model.kept_facility import KeptFacility
from verifier.model.payment import PlanKind
from verifier.model.published import Published
from verifier.model.verification import Answer, Exchange, Verification, VerificationStatus
from verifier.model.vocabulary import Network

Result = TypeVar("Result")


class PayerGateway(Protocol):
    """The way to every payer."""

    def ask(self, inquiry: Inquiry, facility: Facility, *, deadline: float) -> Answer:
        """Put the inquiry to its payer within *deadline* seconds.

        A payer's fault is an `Answer` of unknown coverage, not an exception.

        Raises:
            NotFound: the directory knows no such payer.
            NotConfigured: no route to this payer is configured here.
            BadInput: the inquiry lacks what this payer needs, or holds what its wire cannot carry.
        """
        ...


class Rulebook(Protocol):
    """The published rules of every program: what they say of a patient that no reply carries."""

    def kind(self, payer_id: str) -> PlanKind | None:
        """Tell what kind of plan a payer of the directory is; ``None`` for one that is not known here."""
        ...

    def read(self, inquiry: Inquiry, facility: Facility, coverage: Coverage) -> Published | None:
        """Apply the rules to what the desk knows (*inquiry*) and what the payer said (*coverage*).

        Pure: no call is made. ``None`` for a program whose replies say all there is.
        """
        ...


class ReplyReader(Protocol):
    """Reads any payer reply, whatever its wire."""

    def read(self, reply: bytes) -> Sequence[Coverage]:
        """Read every transaction in *reply*.

        Raises:
            UnreadableReply: the bytes hold nothing readable.
        """
        ...


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A payer's answer as it was at *as_of* (UTC)."""

    answer: Answer
    as_of: datetime


class CoverageCache(Protocol):
    """Encrypted snapshots and the leadership over a question; a cache that is away is an empty one."""

    def get(self, key: str) -> Snapshot | None:
        """Return the snapshot kept under *key*, or ``None``."""
        ...

    def put(self, key: str, snapshot: Snapshot, *, keep: timedelta) -> None:
        """Keep *snapshot* for at most *keep*."""
        ...

    def leading(self, key: str, *, lease: float) -> AbstractContextManager[bool]:
        """Enter as the one who asks the payer (true), or as a follower (false).

        The leadership ends with the context, or by itself after *lease* seconds.
        """
        ...

    def wait(self, key: str, *, seconds: float) -> None:
        """Return when *key*'s leader is done, or after *seconds*."""
        ...


@dataclass(frozen=True, slots=True)
class Kept:
    """An answer as it was given: HTTP status, the headers that belong to it, its bytes."""

    status: int
    headers: Mapping[str, str]
    body: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Claim:
    """What an idempotency key stands for: a request, by its fingerprint, and how it was answered."""

    fingerprint: str = field(repr=False)
    answer: Kept | None = None  # none: the first request with this key is still in flight


class Claims(Protocol):
    """Claims on idempotency keys; everything raises `Unavailable` while the store is away."""

    def claim(self, key: str, claim: Claim, *, keep: timedelta) -> Claim | None:
        """Make *claim* on an idempotency key for *keep*; return the claim that stands already, if any."""
        ...

    def settle(self, key: str, claim: Claim, *, keep: timedelta) -> None:
        """Replace the claim on *key*, kept for *keep* from now."""
        ...

    def release(self, key: str) -> None:
        """Give *key* free."""
        ...

    def token(self, key: str) -> str:
        """Return 22 characters, always the same for *key*, that nobody can tell from it."""
        ...


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which verifications are looked for; ``None`` leaves it open.

    A person is looked for by member id, or by last name and birth date together; how either is written
    (case, spaces, accents, hyphens) does not matter.
    """

    facilities: frozenset[str] | None = None
    status: VerificationStatus | None = None
    member_id: str | None = field(default=None, repr=False)
    patient: tuple[str, date] | None = field(default=None, repr=False)  # last name and birth date


ANY: Final = Wanted()
Change = Callable[[Verification | None], Verification]  # given what stands there; ``None``: nothing does


class Records(Protocol):
    """Verifications by id and by person, and what went over the wire for them.

    Everything raises `Unavailable` while the store is away; nothing is done then.
    """

    def change(self, record_id: str, change: Change, exchanges: Sequence[Exchange] = ()) -> Verification:
        """Replace what stands under an id by what *change* makes of it, and return that; nobody else writes.

        *exchanges*, if any, replace the exchanges. What *change* raises leaves all as it was.
        """
        ...

    def find(self, verification_id: str, *, facilities: frozenset[str] | None = None) -> Verification:
        """Return the verification, if it is of one of *facilities*.

        Raises:
            NotFound: there is none under this id, it is of another facility, or past its retention.
        """
        ...

    def find_all(self, verification_ids: Collection[str]) -> Mapping[str, Verification]:
        """Return verifications by id; one that is past its retention or cannot be trusted is left out."""
        ...

    def recent(self, *, limit: int, before: str | None, wanted: Wanted = ANY) -> Sequence[Verification]:
        """Return the newest verifications, newest first, older than the one with id *before*."""
        ...

    def exchanges(self, verification_id: str) -> Sequence[Exchange]:
        """Return what went over the wire for a verification, in the order of the calls."""
        ...

    def hold(self, verification_ids: Sequence[str], *, held: bool) -> int:
        """Put a legal hold on verifications, or lift it, and count them; a held one is never purged."""
        ...

    def purge(self) -> Sequence[str]:
        """Delete every verification past its retention and not held, and return their ids."""
        ...


class Contracts(Protocol):
    """What payers allow by their contracts with the facilities."""

    def rate(self, facility: str, payer: str, network: Network, code: str, on: date) -> ContractRate | None:
        """Return the rate valid on that day, of several the one that began last; ``None``: no contract."""
        ...

    def listing(self) -> Sequence[ContractRate]:
        """Return every rate, by facility, payer, code and the day it begins."""
        ...

    def keep(self, rates: Sequence[ContractRate]) -> None:
        """Keep *rates*, each in place of one that begins on the same day; all or none."""
        ...


class FacilityBook(Protocol):
    """The facilities: seeded by the settings file, which says what one is until somebody changes it here."""

    def kept(self) -> Sequence[KeptFacility]:
        """Return every facility as it stands this moment; the first is meant when none is named."""
        ...

    def add(self, facility: Facility, by: str, at: datetime) -> None:
        """Keep a new facility, the last in order.

        Raises:
            Conflict: there is one under its id.
        """
        ...

    def change(self, facility: Facility, revision: int, by: str, at: datetime) -> None:
        """Put *facility* in place of what stood under its id at *revision*.

        Raises:
            Conflict: it was changed since, or is gone.
        """
        ...

    def follow_file(self, facility_id: str) -> None:
        """Let the settings file say again what a facility is, now and at each start.

        Raises:
            NotFound: the file names no such facility.
        """
        ...


class Audit(Protocol):
    """The audit trail: append-only, and complete or nothing is served."""

    def record(self, *events: Event) -> None:
        """Append *events* in this order, all or none, durably before this returns.

        Raises:
            AuditUnavailable: they cannot be recorded; whoever is asked serves nothing then.
        """
        ...


class Consents(Protocol):
    """Patients' consents; kept encrypted, and never changed but by being revoked."""

    def add(self, consent: Consent) -> None:
        """Keep *consent*."""
        ...

    def find(self, consent_id: str) -> Consent:
        """Return the consent, revoked or not.

        Raises:
            NotFound: there is none under this id.
        """
        ...

    def revoke(self, consent_id: str, at: datetime) -> Consent:
        """Note that it was revoked at *at*, if it was not before; return it as it stands now.

        Raises:
            NotFound: there is none under this id.
        """
        ...


class KeyService(Protocol):
    """Keeps the master key, and wraps the keys that data is sealed with; the master key never leaves it.

    The service that comes with this one holds the master key in a file or in the environment; one of a cloud
    does the same with a key that nobody sees.
    """

    def wrap(self, secret: bytes, *, name: str) -> bytes:
        """Encrypt *secret* so that it unwraps under *name* only.

        Raises:
            Unavailable: the service is away, or says no.
        """
        ...

    def unwrap(self, wrapped: bytes, *, name: str) -> bytes:
        """Decrypt what was wrapped under *name*.

        Raises:
            Unavailable: the service is away, says no, or has not the master key that wrapped it.
        """
        ...

    def renewing(self) -> AbstractContextManager[None]:
        """Wrap by a new master key within the context, and drop older ones when it ends well.

        A service whose master key is renewed elsewhere does nothing here.
        """
        ...
