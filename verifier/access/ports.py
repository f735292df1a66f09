"""What access asks of the outside: the records it keeps, and the crafts of secrets."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime, timedelta
from typing import Protocol

from verifier.access.emergency import Emergency
from verifier.access.people import ApiKey, Secrets, User
from verifier.access.principal import Principal
from verifier.access.sessions import Session
from verifier.access.throttle import Guess
from verifier.model.audit import Event, Person, Sought, TrailCheck


class Users(Protocol):
    """People who may sign in; e-mail addresses are in lower case."""

    def add(self, user: User, secrets: Secrets) -> None:
        """Keep a new person.

        Raises:
            Conflict: somebody has this e-mail address.
        """
        ...

    def find(self, user_id: str) -> User | None:
        """Return the person with this id."""
        ...

    def find_by_email(self, email: str) -> User | None:
        """Return the person with this e-mail address."""
        ...

    def find_all(self, user_ids: Collection[str]) -> Sequence[User]:
        """Return those of *user_ids* who exist, in whatever order."""
        ...

    def listing(self) -> Sequence[User]:
        """Return everybody, by e-mail address."""
        ...

    def secrets(self, user_id: str) -> Secrets:
        """Return what a person proves themselves by, without the digests of recovery codes."""
        ...

    def replace_secrets(self, user_id: str, secrets: Secrets) -> None:
        """Replace what a person proves themselves by, recovery codes too, and end their sessions."""
        ...

    def change(self, user: User) -> None:
        """Replace a person's roles and facilities."""
        ...

    def disable(self, user_id: str, at: datetime) -> None:
        """Shut a person out and end their sessions."""
        ...

    def spend_step(self, user_id: str, step: int) -> bool:
        """Use up an authenticator's time step and all before it; false when it was used up before."""
        ...

    def spend_recovery_code(self, user_id: str, digest: str) -> bool:
        """Use up a recovery code; false when there is none such any more."""
        ...


class Sessions(Protocol):
    """Sessions by the digest of their token."""

    def begin(self, session: Session) -> None:
        """Keep a new session."""
        ...

    def find(self, digest: str) -> Session | None:
        """Return the session."""
        ...

    def note(self, digest: str, at: datetime) -> None:
        """Write down that it was used."""
        ...

    def end(self, digest: str) -> None:
        """Forget the session."""
        ...


class ApiKeys(Protocol):
    """Keys of programs by the digest of the key."""

    def add(self, key: ApiKey, digest: str) -> None:
        """Keep a new key."""
        ...

    def find(self, digest: str) -> ApiKey | None:
        """Return the key with this digest."""
        ...

    def listing(self) -> Sequence[ApiKey]:
        """Return every key, oldest first."""
        ...

    def revoke(self, key_id: str, at: datetime) -> bool:
        """End a key; false when there is none under this id."""
        ...


class Tries(Protocol):
    """Tallies of guesses, shared by all processes."""

    def take(self, guess: Guess, now: datetime) -> timedelta:
        """Count a guess as failed, and return zero; or count nothing and tell how long to wait.

        Of many guesses at once no more get through than the rule allows.
        """
        ...

    def give_back(self, names: Iterable[str]) -> None:
        """Count one failure less under each name."""
        ...

    def forget(self, names: Iterable[str]) -> None:
        """Forget the tallies."""
        ...


class Emergencies(Protocol):
    """Who broke the glass, for what, until when."""

    def begin(self, emergency: Emergency) -> None:
        """Keep a new emergency."""
        ...

    def of_user(self, user_id: str, now: datetime) -> Sequence[Emergency]:
        """Return a person's emergencies that are open at *now*."""
        ...

    def listing(self) -> Sequence[Emergency]:
        """Return the latest hundred, newest first."""
        ...

    def review(self, emergency_id: str, reviewer_id: str) -> bool:
        """Write down who reviewed an emergency; false when there is none left that they may review."""
        ...

    def take_untold(self, now: datetime, again_at: datetime) -> Sequence[Emergency]:
        """Take it upon oneself to tell of those untold; they are untold again from *again_at* on."""
        ...

    def told(self, emergency_id: str) -> None:
        """Write down that those in charge were told of an emergency."""
        ...


class Passwords(Protocol):
    """A slow hash."""

    def hash(self, password: str) -> str:
        """Hash a new password."""
        ...

    def verify(self, encoded: str | None, password: str) -> bool:
        """Tell whether the password fits; takes the same time for nobody (``None``), and is false then."""
        ...


class Authenticator(Protocol):
    """Time-based one-time passwords (RFC 6238)."""

    def new_secret(self) -> str:
        """Make a secret, in base32."""
        ...

    def address(self, secret: str, email: str) -> str:
        """Write the ``otpauth://`` address that an authenticator reads."""
        ...

    def step(self, secret: str, code: str, now: datetime) -> int | None:
        """Return the time step whose code *code* is, among those accepted at *now*."""
        ...


class Tokens(Protocol):
    """Bearer tokens of the configured issuer."""

    def read(self, token: str, now: datetime) -> Principal:
        """Tell who holds *token*.

        Raises:
            Unauthenticated: it is none of ours, or its time is not now.
        """
        ...


class Digest(Protocol):
    """A keyed hash of a random secret: it says nothing without the key, and cannot be turned back."""

    def name(self, identity: str) -> str:
        """Return what stands for *identity*."""
        ...


class AuditOffice(Protocol):
    """What is done with the audit trail by whoever keeps watch over it."""

    def verify(self) -> TrailCheck:
        """Go through all of the trail and every signed anchor."""
        ...

    def anchor(self) -> int:
        """Sign where the trail stands, where the keeper of the database cannot write; return its last number.

        Raises:
            AuditUnavailable: the trail cannot be read, or the anchor not be written.
        """
        ...

    def search(self, sought: Sought, *, limit: int) -> Sequence[Event]:
        """Return the newest events that are *sought*, newest first; looking is recorded too."""
        ...

    def about(self, person: Person) -> Sequence[Event]:
        """Return what was done with this person's data, oldest first.

        Found by the member id if *person* has one, else by names and birth date.
        """
        ...
