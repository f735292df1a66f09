"""`SignIn`: a person comes in by e-mail address, password and a second factor, and goes out again.

Whatever is wrong, the answer is the same and takes the same time: it does not tell whether the account
exists, whether the password was right, or whether the person was shut out.
"""

import hmac
import secrets
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Final

from verifier.access.people import User
from verifier.access.ports import Authenticator, Digest, Passwords, Sessions, Tries, Users
from verifier.access.sessions import Session
from verifier.access.throttle import Guess, Rule, password_guesses
from verifier.access.witness import NOBODY, Witness
from verifier.clock import Clock
from verifier.errors import Throttled, Unauthenticated
from verifier.model.audit import Action, Context

WRONG: Final = "The e-mail address, the password or the code is wrong, or the code was used before."
WRONG_CODE: Final = "The code is wrong, or was used before."
LONGEST_ANSWER: Final = 256  # characters of a password; hashing costs, so it is bounded before
CODE: Final = Rule(free=5, first=timedelta(seconds=90))  # a code is accepted for 90 seconds


@dataclass(frozen=True, slots=True)
class Attempt:
    """What somebody who wants in says, where from, and what their device was given last time."""

    email: str = field(repr=False)
    password: str = field(repr=False)
    code: str = field(repr=False)
    source: str
    device: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Entry:
    """What somebody who came in is given: a session's token, and a mark of their device."""

    user: User
    token: str = field(repr=False)
    device: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class SignIn:
    """How people come in."""

    users: Users
    sessions: Sessions
    tries: Tries
    passwords: Passwords
    authenticator: Authenticator
    digest: Digest
    witness: Witness
    clock: Clock

    def enter(self, attempt: Attempt, context: Context) -> Entry:
        """Begin a session with a token never used before.

        Raises:
            Unauthenticated: something is wrong.
            Throttled: too much was wrong lately; says for how long.
        """
        user = self.users.find_by_email(normalize_email(attempt.email))
        context = replace(context, who=f"user:{user.id}" if user else NOBODY)
        with self.witness.noting_refused_login(context):
            return self._begin(*self._prove(attempt, user), context)

    def admit(self, user: User, code: str | None, shown: str | None, context: Context) -> Entry:
        """Begin a session for somebody who is vouched for; their device shows the mark *shown*.

        *code* is of their authenticator, or ``None`` where a second factor was proved elsewhere.

        Raises:
            Unauthenticated: the code is wrong or was used before.
        """
        device = self._recognize(user, shown)
        if code is not None and not self._is_code(user, code, device):
            raise Unauthenticated(WRONG_CODE)
        return self._begin(user, device, context)

    def leave(self, token: str, context: Context) -> None:
        """End the session of *token*."""
        self.witness.note(Action.LOGOUT, "session", context)
        self.sessions.end(self.digest.name(f"session {token}"))

    def _prove(self, attempt: Attempt, user: User | None) -> tuple[User, str | None]:
        """Return who they are, and the name of their device if it is known."""
        device = self._recognize(user, attempt.device)
        guesses = password_guesses(self._account(attempt), attempt.source, device)
        self._take(guesses)
        if not self._is_password(user, attempt.password) or user is None:
            raise Unauthenticated(WRONG)
        if not self._is_code(user, attempt.code, device):
            raise Unauthenticated(WRONG)
        self.tries.forget([guesses[0].name])
        self.tries.give_back([guess.name for guess in guesses[1:]])
        return user, device

    def _account(self, attempt: Attempt) -> str:
        return self.digest.name(f"account {normalize_email(attempt.email)}")

    def _take(self, guesses: tuple[Guess, ...]) -> None:
        wait = max(self.tries.take(guess, self.clock.now()) for guess in guesses)
        if wait:
            raise Throttled("Too many tries; wait a little, then try again.", retry_after=wait)

    def _is_password(self, user: User | None, password: str) -> bool:
        known = user if user and user.disabled_at is None else None
        encoded = self.users.secrets(known.id).password if known else None
        return self.passwords.verify(encoded, password[:LONGEST_ANSWER]) and len(password) <= LONGEST_ANSWER

    def _is_code(self, user: User, code: str, device: str | None) -> bool:
        guess = Guess(f"code {user.id} {device or 'new'}", CODE)
        if self.tries.take(guess, self.clock.now()) or not self._spend(user, code):
            return False
        self.tries.forget([guess.name])
        return True

    def _spend(self, user: User, code: str) -> bool:
        given = "".join(code.split())
        step = self.authenticator.step(self.users.secrets(user.id).totp, given, self.clock.now())
        if step is not None:
            return self.users.spend_step(user.id, step)
        return self.users.spend_recovery_code(user.id, self.digest.name(f"recovery {user.id} {given}"))

    def _begin(self, user: User, device: str | None, context: Context) -> Entry:
        token, now = secrets.token_urlsafe(32), self.clock.now()
        self.witness.note(Action.LOGIN, "session", context)
        self.sessions.begin(Session(self.digest.name(f"session {token}"), user.id, now, now))
        nonce = device or secrets.token_urlsafe(12)
        return Entry(user, token, f"{nonce}.{self._device_mark(user, nonce)}")

    def _recognize(self, user: User | None, shown: str | None) -> str | None:
        """Return the name of the device, if it is one that this very person signed in with before."""
        nonce, _, mark = (shown or "").partition(".")
        known = user is not None and hmac.compare_digest(
            mark.encode(errors="replace"), self._device_mark(user, nonce).encode()
        )
        return nonce if known else None

    def _device_mark(self, user: User, nonce: str) -> str:
        return self.digest.name(f"device {user.id} {nonce}")


def normalize_email(text: str) -> str:
    """Write an e-mail address as it is kept: without blanks around, in lower case."""
    return text.strip().lower()
