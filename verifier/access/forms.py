"""Tokens of public forms: what keeps most programs out without asking anybody outside.

A form is handed out with a token: when, which facility, a nonce, and a keyed hash of these. It can be sent
once, not at once (a person takes a while to fill it in), and not hours later. Whoever does some work on it,
as the page's script does, need wait less; without a script the form is slower and works all the same. What
is sent from one source is tallied, and waits grow.
"""

import hashlib
import hmac
import re
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from verifier.access.ports import Digest, Tries
from verifier.access.throttle import Guess, Rule
from verifier.clock import Clock
from verifier.errors import BadInput, Throttled
from verifier.ports import Claim, Claims

LASTS: Final = timedelta(hours=4)
WITH_WORK: Final = timedelta(seconds=3)  # no person fills the form in faster
WITHOUT_WORK: Final = timedelta(seconds=8)
WORK_BITS: Final = 16  # leading zero bits of SHA-256: a second or so of a phone's script
SENT: Final = Rule(free=20, first=timedelta(minutes=2))
TOKEN: Final = re.compile(r"(\d{10})\.([a-z0-9-]{1,64})\.([\w-]{22})\.([0-9a-f]{64})", re.ASCII)
WORK: Final = re.compile(r"\d{1,12}", re.ASCII)
STALE: Final = "This form is too old, was sent before, or is not ours. Reload the page and send it again."


@dataclass(frozen=True, slots=True)
class Sending:
    """What comes with a form beside its fields: token, work (empty: none), the bait field, the source."""

    token: str
    work: str
    bait: str
    source: str


@dataclass(frozen=True, slots=True)
class Forms:
    """Hands forms out and takes them in, each once."""

    digest: Digest
    tries: Tries
    claims: Claims
    clock: Clock

    def hand_out(self, facility: str) -> str:
        """Make the token of one form for *facility*."""
        said = f"{int(self.clock.now().timestamp())}.{facility}.{secrets.token_urlsafe(16)}"
        return f"{said}.{self._sign(said)}"

    def take_in(self, sending: Sending) -> str:
        """Use a form up, and return for which facility it was handed out.

        Raises:
            BadInput: it came too soon, or is too old, was sent before, or is none of ours.
            Throttled: too many came from this source.
        """
        found = TOKEN.fullmatch(sending.token)
        said = sending.token.rpartition(".")[0]
        if not found or sending.bait or not hmac.compare_digest(found[4], self._sign(said)):
            raise BadInput(STALE, {"/token": "cannot be used"})
        self._require_time(found[1], is_worked=_is_worked(sending))
        wait = self.tries.take(Guess(f"form {sending.source}", SENT), self.clock.now())
        if wait:
            raise Throttled("Many requests came from here; wait a little, or call us.", retry_after=wait)
        if self.claims.claim(f"form {said}", Claim("sent"), keep=LASTS):
            raise BadInput(STALE, {"/token": "was sent before"})
        return found[2]

    def is_ours(self, token: str) -> bool:
        """Tell whether a token was handed out here and is not too old."""
        found = TOKEN.fullmatch(token)
        if not found or not hmac.compare_digest(found[4], self._sign(token.rpartition(".")[0])):
            return False
        return timedelta(0) <= self._age(found[1]) <= LASTS

    def _require_time(self, since: str, *, is_worked: bool) -> None:
        age = self._age(since)
        if not timedelta(0) <= age <= LASTS:
            raise BadInput(STALE, {"/token": "is too old"})
        if age < (WITH_WORK if is_worked else WITHOUT_WORK):
            raise BadInput(
                "That was very quick. Wait a few seconds, then send it again.", {"/token": "came too soon"}
            )

    def _age(self, since: str) -> timedelta:
        return self.clock.now() - datetime.fromtimestamp(int(since), UTC)

    def _sign(self, said: str) -> str:
        return self.digest.name(f"form {said}")


def _is_worked(sending: Sending) -> bool:
    """Tell whether the work was done: a number that makes the hash of token and number begin with zeros."""
    if not WORK.fullmatch(sending.work):
        return False
    proof = hashlib.sha256(f"{sending.token}:{sending.work}".encode()).digest()
    return int.from_bytes(proof[:4]) >> (32 - WORK_BITS) == 0
