"""`Staffing`: who is given access, by an administrator: people, and the keys of programs."""

import logging
import re
import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Final

from verifier.access.emergency import Emergency, check_terms
from verifier.access.gate import KEY_MARK
from verifier.access.people import ApiKey, Secrets, User
from verifier.access.ports import ApiKeys, Authenticator, Digest, Emergencies, Passwords, Users
from verifier.access.principal import Facilities, Principal
from verifier.access.roles import Role, Scope
from verifier.access.sign_in import LONGEST_ANSWER, normalize_email
from verifier.access.witness import Witness
from verifier.clock import Clock
from verifier.errors import BadInput, Conflict, NotFound
from verifier.model.audit import Action, Context

EMERGENCY_ID: Final = re.compile(r"emg_[\w-]{16}", re.ASCII)
EMAIL: Final = re.compile(r"[^@\s\x00-\x20]{1,64}@[^@\s\x00-\x20]{1,190}")
SHORTEST_PASSWORD: Final = 12
RECOVERY_CODES: Final = 10
LONGEST_KEY_LIFE: Final = timedelta(days=366)
PREFIX: Final = len(KEY_MARK) + 6
ALERT: Final = "break-glass: emergency %s, %s reads the records of facility %s until %s; review it"

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Enrolment:
    """What a person is handed once: the authenticator's address and the recovery codes."""

    user: User
    authenticator: str = field(repr=False)
    recovery_codes: tuple[str, ...] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Staffing:
    """Gives access and takes it away; the context says who does so."""

    users: Users
    keys: ApiKeys
    emergencies: Emergencies
    passwords: Passwords
    authenticator: Authenticator
    digest: Digest
    witness: Witness
    clock: Clock

    def add_user(
        self, context: Context, email: str, password: str, roles: Iterable[Role], facilities: Facilities
    ) -> Enrolment:
        """Give a person access.

        Raises:
            BadInput: the address is none, the password too short, or no role is given.
            Conflict: somebody has this address.
        """
        email, roles = normalize_email(email), frozenset(roles)
        _check(email, password, roles)
        if self.users.find_by_email(email):
            raise Conflict("Somebody has this e-mail address already.")
        user = User(_new_id("usr"), email, roles, facilities, self.clock.now())
        kept, enrolment = self._enrol(user, self.passwords.hash(password))
        self.witness.note(Action.ACCOUNT, f"user {user.id} added", context)
        self.users.add(user, kept)
        return enrolment

    def disable_user(self, context: Context, email: str) -> User:
        """Shut a person out, from their next request on; their keys too.

        Raises:
            NotFound: nobody has this address.
        """
        user, now = self.find_user(email), self.clock.now()
        self.witness.note(Action.ACCOUNT, f"user {user.id} disabled", context)
        self.users.disable(user.id, now)
        return replace(user, disabled_at=now)

    def change_user(
        self, context: Context, email: str, roles: Iterable[Role], facilities: Facilities
    ) -> User:
        """Give a person other roles and facilities, from their next request on.

        Raises:
            NotFound: nobody has this address.
        """
        changed = replace(self.find_user(email), roles=frozenset(roles), facilities=facilities)
        words = " ".join(sorted(changed.roles)), " ".join(facilities.listing())
        self.witness.note(Action.ACCOUNT, f"user {changed.id} is {words[0]} of {words[1]}", context)
        self.users.change(changed)
        return changed

    def enrol_anew(self, context: Context, email: str, password: str | None = None) -> Enrolment:
        """Give a person a new authenticator and new recovery codes, and end their sessions.

        They keep their password unless a new one is given.

        Raises:
            NotFound: nobody has this address.
            BadInput: the new password is too short.
        """
        user = self.find_user(email)
        if password is not None:
            _check(user.email, password, user.roles)
        old = self.users.secrets(user.id).password
        kept, enrolment = self._enrol(user, old if password is None else self.passwords.hash(password))
        self.witness.note(Action.ACCOUNT, f"user {user.id} enrolled anew", context)
        self.users.replace_secrets(user.id, kept)
        return enrolment

    def find_user(self, email: str) -> User:
        """Return the person with this address.

        Raises:
            NotFound: nobody has it.
        """
        user = self.users.find_by_email(normalize_email(email))
        if user is None:
            raise NotFound("Nobody has this e-mail address; see: verifier admin users list.")
        return user

    def create_key(  # noqa: PLR0913 - each a term of the key
        self,
        context: Context,
        name: str,
        scopes: Iterable[Scope],
        facilities: Facilities,
        *,
        life: timedelta,
        owner: str | None = None,
    ) -> tuple[ApiKey, str]:
        """Make a key, and return it with its text, which is shown this once.

        *owner* is the e-mail address of somebody with whose account it dies.

        Raises:
            BadInput: it has no name or no scope, or would live longer than a year.
            NotFound: nobody has the owner's address.
        """
        scopes = frozenset(scopes)
        if not name.strip() or not scopes or not timedelta(0) < life <= LONGEST_KEY_LIFE:
            raise BadInput("A key needs a name, at least one scope, and a life of at most a year.")
        text, now = KEY_MARK + secrets.token_urlsafe(32), self.clock.now()
        owner_id = self.find_user(owner).id if owner else None
        terms = (name.strip(), text[:PREFIX], scopes, facilities, now, now + life, owner_id)
        key = ApiKey(_new_id("key"), *terms)
        self.witness.note(Action.KEY, f"key {key.id} created", context)
        self.keys.add(key, self.digest.name(f"key {text}"))
        return key, text

    def revoke_key(self, context: Context, key_id: str) -> None:
        """End a key, from the next request on.

        Raises:
            NotFound: there is none under this id.
        """
        self.witness.note(Action.KEY, f"key {key_id} revoked", context)
        if not self.keys.revoke(key_id, self.clock.now()):
            raise NotFound("No key has this id; see: verifier admin api-keys list.")

    def break_glass(
        self, context: Context, principal: Principal, facility: str, reason: str, minutes: int
    ) -> Emergency:
        """Let a person read another facility's records for a while.

        Raises:
            BadInput: no reason, or not 15 to 60 minutes.
        """
        now, lasts = self.clock.now(), check_terms(reason, minutes)
        emergency = Emergency(_new_id("emg"), principal.id, facility, reason.strip(), now, now + lasts)
        context = replace(context, why=emergency.reason)
        self.witness.note(Action.BREAK_GLASS, f"facility {facility}, emergency {emergency.id}", context)
        self.emergencies.begin(emergency)
        log.warning(ALERT, emergency.id, principal.id, facility, emergency.ends_at.isoformat())
        return emergency

    def review_emergency(self, context: Context, principal: Principal, emergency_id: str) -> None:
        """Write down that an emergency was looked into, by somebody other than who declared it.

        Raises:
            NotFound: there is none under this id that they may review.
        """
        if EMERGENCY_ID.fullmatch(emergency_id):  # any other text of a caller may name a person
            self.witness.note(Action.BREAK_GLASS, f"emergency {emergency_id} reviewed", context)
            if self.emergencies.review(emergency_id, principal.id):
                return
        raise NotFound("There is no such emergency that is open to your review.")

    def list_emergencies(self, context: Context) -> Sequence[Emergency]:
        """Return the latest emergencies for review, newest first; their reasons may name a patient."""
        self.witness.note(Action.READ, "emergencies", context)
        return self.emergencies.listing()

    def list_users(self) -> Sequence[User]:
        """Return everybody, by e-mail address."""
        return self.users.listing()

    def list_keys(self) -> Sequence[ApiKey]:
        """Return every key, oldest first."""
        return self.keys.listing()

    def _enrol(self, user: User, password_hash: str) -> tuple[Secrets, Enrolment]:
        secret = self.authenticator.new_secret()
        codes = tuple(secrets.token_hex(8) for _ in range(RECOVERY_CODES))
        digests = frozenset(self.digest.name(f"recovery {user.id} {code}") for code in codes)
        address = self.authenticator.address(secret, user.email)
        return Secrets(password_hash, secret, digests), Enrolment(user, address, codes)


def _check(email: str, password: str, roles: frozenset[Role]) -> None:
    errors = {}
    if not EMAIL.fullmatch(email):
        errors["/email"] = "must be an e-mail address"
    if not SHORTEST_PASSWORD <= len(password) <= LONGEST_ANSWER:
        errors["/password"] = f"must be {SHORTEST_PASSWORD} to {LONGEST_ANSWER} characters"
    if not roles:
        errors["/roles"] = "must name at least one role"
    if errors:
        raise BadInput("Nobody can be given access like this; the errors name what is wrong.", errors)


def _new_id(kind: str) -> str:
    return f"{kind}_{secrets.token_urlsafe(12)}"
