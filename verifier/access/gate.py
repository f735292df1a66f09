"""`Gate`: from what a request shows to the principal it stands for.

Nothing is remembered between two requests: a person disabled, a role lowered, a key revoked holds from the
next request on.
"""

from dataclasses import dataclass, field
from typing import Final

from verifier.access.door import Door
from verifier.access.people import User
from verifier.access.ports import ApiKeys, Digest, Emergencies, Sessions, Tokens, Users
from verifier.access.principal import OPEN, Facilities, Kind, Principal
from verifier.access.roles import scopes_of
from verifier.clock import Clock
from verifier.errors import Unauthenticated

KEY_MARK: Final = "vk_"


@dataclass(frozen=True, slots=True)
class Shown:
    """What a request shows of its sender: a bearer credential, a session's token, or that it is local."""

    bearer: str | None = field(default=None, repr=False)
    session: str | None = field(default=None, repr=False)
    local: bool = False


@dataclass(frozen=True, slots=True)
class Gate:
    """Tells who asks; a credential that is shown and is worth nothing is never overlooked."""

    users: Users
    sessions: Sessions
    keys: ApiKeys
    emergencies: Emergencies
    tokens: Tokens
    digest: Digest
    door: Door
    clock: Clock

    def admit(self, shown: Shown) -> Principal | None:
        """Return the principal, or ``None`` for nobody known.

        Raises:
            Unauthenticated: a bearer credential was shown that is unknown, expired or revoked.
        """
        if shown.bearer is not None:
            return self._by_bearer(shown.bearer)
        if shown.session is not None and (found := self._by_session(shown.session)):
            return found
        return OPEN if shown.local and self.door.is_open() else None

    def csrf(self, token: str) -> str:
        """Return what a page must send along with a session's cookie (OWASP: synchronizer token)."""
        return self.digest.name(f"csrf {token}")

    def _by_bearer(self, bearer: str) -> Principal:
        if not bearer.startswith(KEY_MARK):
            return self.tokens.read(bearer, self.clock.now())
        key = self.keys.find(self.digest.name(f"key {bearer}"))
        if key is None or not key.is_alive(self.clock.now()) or not self._is_owned(key.owner_id):
            raise Unauthenticated("This API key is unknown, expired or revoked; ask for a new one.")
        return Principal(Kind.API_KEY, key.id, key.scopes, key.facilities, key.name)

    def _is_owned(self, owner_id: str | None) -> bool:
        return owner_id is None or self._find_active(owner_id) is not None

    def _by_session(self, token: str) -> Principal | None:
        now, digest = self.clock.now(), self.digest.name(f"session {token}")
        session = self.sessions.find(digest)
        if session is None or not session.is_alive(now):
            return None
        user = self._find_active(session.user_id)
        if user is None:
            return None
        if session.is_due(now):
            self.sessions.note(digest, now)
        return self.describe(user)

    def _find_active(self, user_id: str) -> User | None:
        user = self.users.find(user_id)
        return user if user and user.disabled_at is None else None

    def describe(self, user: User) -> Principal:
        """Return a person as a principal."""
        opened = self.emergencies.of_user(user.id, self.clock.now())
        emergency = Facilities(frozenset(each.facility for each in opened))
        return Principal(Kind.USER, user.id, scopes_of(user.roles), user.facilities, user.email, emergency)
