"""Idempotency: a request sent again under the same key is answered by the verification it led to first."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Final

from verifier.answering.identity import fingerprint
from verifier.errors import BadInput, Conflict, NotFound
from verifier.model.inquiry import Inquiry
from verifier.model.verification import Verification
from verifier.ports import Claim, Records

IN_FLIGHT: Final = timedelta(minutes=5)  # a first request that crashed gives its key free after this
KEPT: Final = timedelta(hours=24)
LONGEST_KEY: Final = 255


def act_once(
    records: Records, key: str, inquiry: Inquiry, verification_id: str, act: Callable[[], Verification]
) -> Verification:
    """Do *act* under *key*, or return what it led to before, as it stands now.

    Raises:
        Conflict: the first request with this key is still in flight, or it was another request.
        BadInput: the key is empty or longer than 255 characters.
    """
    if not 0 < len(key) <= LONGEST_KEY:
        raise BadInput("The idempotency key must have 1 to 255 characters.")
    claim = Claim(fingerprint(inquiry), verification_id)
    standing = records.claim(key, claim, keep=IN_FLIGHT)
    if standing:
        return _replay(records, standing, claim)
    try:
        verification = act()
    except BaseException:
        records.release(key)
        raise
    records.settle(key, replace(claim, answered=True), keep=KEPT)
    return verification


def _replay(records: Records, standing: Claim, claim: Claim) -> Verification:
    if standing.fingerprint != claim.fingerprint:
        raise Conflict("This idempotency key came with another request before; use a new key.")
    if not standing.answered:
        raise Conflict("The first request with this idempotency key is still in flight; repeat it shortly.")
    try:
        return records.find(standing.verification_id)
    except NotFound as error:
        raise Conflict(
            "The verification under this idempotency key is no longer kept; use a new key."
        ) from error
