"""Idempotency: a request sent again under the same key is answered as it was answered first.

The claim on a key is made before anything is done, so of many at once one acts. Should its process die, the
claim ends with its lease and the next one acts, under the same token: what is kept under an id made of the
token is found again and not made a second time.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Final

from verifier.errors import Conflict, KeyReused
from verifier.ports import Claim, Claims, Kept

IN_FLIGHT: Final = timedelta(minutes=5)  # longer than any payer may take; a crashed one's key is free then
# longer than any payer may take; then a crashed request's key is free
KEPT: Final = timedelta(hours=24)
LEAST_FAULT: Final = 400  # an answer that says no is not kept: nothing was done, and the next try may differ


def act_once(claims: Claims, key: str, fingerprint: str, act: Callable[[], Kept]) -> tuple[Kept, bool]:
    """Do *act* under *key*, or return what it answered before, and whether that was before.

    Raises:
        Conflict: the first request with this key is still in flight.
        KeyReused: it was another request.
    """
    claim = Claim(fingerprint)
    standing = claims.claim(key, claim, keep=IN_FLIGHT)
    if standing:
        return _replay(standing, claim), True
    try:
        answer = act()
    except BaseException:
        claims.release(key)
        raise
    if answer.status < LEAST_FAULT:
        claims.settle(key, replace(claim, answer=answer), keep=KEPT)
    else:
        claims.release(key)
    return answer, False


def _replay(standing: Claim, claim: Claim) -> Kept:
    if standing.fingerprint != claim.fingerprint:
        raise KeyReused("This idempotency key came with another request before; use a new key.")
    if standing.answer is None:
        raise Conflict("The first request with this idempotency key is still in flight; repeat it shortly.")
    return standing.answer
