"""`Federation`: people whom the organization's own OpenID Connect provider signs in.

A round begins with a secret in the browser's cookie. State, nonce and PKCE verifier are keyed hashes of it,
so nothing is kept here and nobody can make up a state; each round is finished once and within ten minutes.
The provider's word never makes an account: it must name the e-mail address of somebody who has one. Unless
the provider says that it asked for a second factor, and a setting trusts it in that, ours is asked for.
"""

import hmac
import secrets
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Final, Protocol

from verifier.access.people import User
from verifier.access.sign_in import Entry, SignIn
from verifier.access.throttle import LONGEST, Guess, Rule
from verifier.access.witness import NOBODY
from verifier.errors import Unauthenticated
from verifier.model.audit import Context

ROUND_LASTS: Final = timedelta(minutes=10)
ONCE: Final = Rule(free=1, first=LONGEST)  # held back for longer than a round lasts
ENDS: Final = ("state", "nonce", "verifier")
BEGIN_AGAIN: Final = "This sign-in was not completed, took too long, or was completed before; begin again."
NOBODY_HERE: Final = "Nobody with your e-mail address has access here; ask an administrator for it."


@dataclass(frozen=True, slots=True)
class Round:
    """One round to the provider and back to the address *back*; the rest ties its ends together."""

    back: str
    state: str = field(repr=False)
    nonce: str = field(repr=False)
    verifier: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Identity:
    """Whom the provider signed in: a verified e-mail address, and whether by a second factor too."""

    email: str = field(repr=False)
    is_strong: bool = False


@dataclass(frozen=True, slots=True)
class Returned:
    """What a browser brings back: its cookie's ticket, and what the provider sent it with."""

    ticket: str = field(repr=False)
    state: str = field(repr=False)
    code: str = field(repr=False)
    back: str


@dataclass(frozen=True, slots=True)
class Voucher:
    """This service's own note that the provider signed somebody in, whose code is still to be seen."""

    text: str = field(repr=False)


class Provider(Protocol):
    """The organization's own sign-in service."""

    def authorize(self, turn: Round, now: datetime) -> str:
        """Return the address where a person signs in.

        Raises:
            Unavailable: the provider cannot be asked.
        """
        ...

    def redeem(self, code: str, turn: Round, now: datetime) -> Identity:
        """Tell whom the provider signed in.

        Raises:
            Unauthenticated: it signed in nobody, or not in this round.
            Unavailable: the provider cannot be asked.
        """
        ...


@dataclass(frozen=True, slots=True)
class Federation:
    """The way in for people whom *provider* knows; their session is the same as by password."""

    provider: Provider
    sign_in: SignIn

    def begin(self, back: str) -> tuple[str, str]:
        """Return the address at the provider to go to, and the ticket to come back to *back* with.

        Raises:
            Unavailable: the provider cannot be asked.
        """
        ticket = self._stamp()
        return self.provider.authorize(self._round(ticket, back), self._now()), ticket

    def finish(self, returned: Returned, device: str | None, context: Context) -> Entry | Voucher:
        """Begin a session, or return what is to be shown to `confirm` with a code of the authenticator.

        Raises:
            Unauthenticated: the provider did not sign them in, or nobody here has their address.
            Unavailable: the provider cannot be asked.
        """
        with self.sign_in.witness.noting_refused_login(replace(context, who=NOBODY)):
            identity = self._identify(returned)
        user = self.sign_in.users.find_by_email(identity.email)
        with self.sign_in.witness.noting_refused_login(_by(user, context)):
            known = _require_active(user, NOBODY_HERE)
        if identity.is_strong:
            return self.sign_in.admit(known, None, device, _by(known, context))
        stamp = self._stamp()
        return Voucher(f"{known.id}.{stamp}.{self._mark(known.id, stamp)}")

    def confirm(self, voucher: str, code: str, device: str | None, context: Context) -> Entry:
        """Begin a session for who was vouched for and has their authenticator.

        Raises:
            Unauthenticated: the voucher is none, too old, or of somebody shut out since; or the code is
                wrong or was used before.
        """
        user = self._read(voucher)
        context = _by(user, context)
        with self.sign_in.witness.noting_refused_login(context):
            return self.sign_in.admit(_require_active(user, BEGIN_AGAIN), code, device, context)

    def _identify(self, returned: Returned) -> Identity:
        turn, now = self._round(returned.ticket, returned.back), self._now()
        if not (_is_same(returned.state, turn.state) and self._is_fresh(returned.ticket) and returned.code):
            raise Unauthenticated(BEGIN_AGAIN)
        if self.sign_in.tries.take(Guess(f"round {turn.state}", ONCE), now):
            raise Unauthenticated(BEGIN_AGAIN)
        return self.provider.redeem(returned.code, turn, now)

    def _round(self, ticket: str, back: str) -> Round:
        return Round(back, *(self.sign_in.digest.name(f"oidc {end} {ticket}") for end in ENDS))

    def _read(self, voucher: str) -> User | None:
        rest, _, mark = voucher.rpartition(".")
        user_id, _, stamp = rest.partition(".")
        good = _is_same(mark, self._mark(user_id, stamp)) and self._is_fresh(stamp)
        return self.sign_in.users.find(user_id) if good else None

    def _mark(self, user_id: str, stamp: str) -> str:
        return self.sign_in.digest.name(f"oidc voucher {user_id} {stamp}")

    def _stamp(self) -> str:
        return f"{int(self._now().timestamp())}.{secrets.token_urlsafe(32)}"

    def _is_fresh(self, stamp: str) -> bool:
        """Tell whether a stamp is young; who can show its keyed hash has it from here."""
        age = self._now().timestamp() - int(stamp.partition(".")[0])
        return age <= ROUND_LASTS.total_seconds()

    def _now(self) -> datetime:
        return self.sign_in.clock.now()


def _by(user: User | None, context: Context) -> Context:
    return replace(context, who=f"user:{user.id}" if user else NOBODY)


def _is_same(shown: str, expected: str) -> bool:
    return hmac.compare_digest(shown.encode(errors="replace"), expected.encode())


def _require_active(user: User | None, otherwise: str) -> User:
    if user is None or user.disabled_at is not None:
        raise Unauthenticated(otherwise)
    return user
