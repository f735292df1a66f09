"""The error tree.

VerifierError                  everything this service raises on purpose; has a stable ``code``
├── BadInput                   the caller's words cannot be used; ``errors`` names each field
│   ├── KeyReused              an idempotency key that came with another request before
│   ├── MalformedInput         the words are no JSON that can be taken apart
│   └── UnreadableReply        bytes offered as a payer's reply hold nothing readable
├── NotFound                   no such payer, verification, facility or code
├── Unauthenticated            nobody known here asks
├── Forbidden                  somebody known asks for what they may not do
├── Throttled                  too many guesses of a secret; says how long to wait
├── Conflict                   the same idempotency key is in flight, or there is nothing to price by
├── Busy                       too much is under way; nothing was begun, so asking again later is safe
├── ConsentNeeded              a question reveals addiction treatment, and no active consent covers it
├── AuditUnavailable           what was asked cannot be recorded, so it is not served
├── Unavailable                the database or the key service is away; nothing was done
├── NotConfigured              the deployment lacks something; says which setting to give
└── PayerFault                 the payer or the way to it failed; never means "not covered"
    ├── PayerTimeout           the deadline of the whole exchange passed
    ├── PayerUnreachable       no connection; nothing was sent, so nothing was paid for
    │   └── PayerHeld          nothing was sent on purpose: the payer is failing, or has enough to do
    ├── AskedTooSoon           the same question may be with the payer; it is not sent again yet
    ├── PayerRefused           the wire said no: status code, SOAP fault, credentials
    │   └── PayerThrottled     too many calls of ours at once; nothing was asked, so later is safe
    └── BadReply               an answer came but is no answer to our question

No text or field of an error ever carries a name, an id, a birth date or raw X12.
"""

from collections.abc import Mapping
from datetime import timedelta
from typing import ClassVar


class VerifierError(Exception):
    """Something went wrong that this service knows how to explain."""

    code: ClassVar[str] = "error"
    title: ClassVar[str] = "Something went wrong"

    def __init__(self, detail: str) -> None:
        """Keep *detail*: one sentence saying what happened and what to do next."""
        super().__init__(detail)
        self.detail = detail


class BadInput(VerifierError):
    """The caller's words cannot be used as they are."""

    code = "bad_input"
    title = "The request cannot be used as it is"

    def __init__(self, detail: str, errors: Mapping[str, str] | None = None) -> None:
        """Keep *errors*: JSON pointer of each bad field to what is wrong with it."""
        super().__init__(detail)
        self.errors = dict(errors or {})


class KeyReused(BadInput):
    """An idempotency key came with another request before."""

    code = "idempotency_key_reused"
    title = "This idempotency key belongs to another request"


class MalformedInput(BadInput):
    """The caller's words cannot be taken apart: no JSON, or JSON that two readers would read differently."""

    code = "malformed_input"
    title = "The request is not JSON that can be read"


class UnreadableReply(BadInput):
    """The bytes offered as a payer's reply hold nothing that can be read."""

    code = "unreadable_reply"
    title = "This is not a payer's reply that can be read"


class NotFound(VerifierError):
    """The payer, verification, facility or code asked for does not exist here."""

    code = "not_found"
    title = "Not found"


class Unauthenticated(VerifierError):
    """Who asks is not known here, or what they show for it is worth nothing."""

    code = "unauthenticated"
    title = "Nobody known here asks"


class Forbidden(VerifierError):
    """Who asks is known, and may not do this."""

    code = "forbidden"
    title = "You may not do this"


class Throttled(VerifierError):
    """A secret was guessed too often; the next guess must wait."""

    code = "throttled"
    title = "Too many tries"

    def __init__(self, detail: str, retry_after: timedelta) -> None:
        """Keep how long to wait."""
        super().__init__(detail)
        self.retry_after = retry_after


class Conflict(VerifierError):
    """The same idempotency key is in flight, or what is asked for does not fit what is kept."""

    code = "conflict"
    title = "This request collides with another"


class Busy(VerifierError):
    """Too many verifications are under way; this one was not begun."""

    code = "busy"
    title = "Too much is under way"


class ConsentNeeded(VerifierError):
    """No active consent (42 CFR 2.31) covers a question that reveals addiction treatment; it was not put."""

    code = "consent_required"
    title = "The patient's consent is needed first"


class AuditUnavailable(VerifierError):
    """The audit trail cannot be written, so nothing that needs a record of it is served."""

    code = "audit_unavailable"
    title = "The audit trail cannot be written"


class Unavailable(VerifierError):
    """Something that nothing can be done without is away; asking again later is safe."""

    code = "unavailable"
    title = "The service cannot do this at the moment"


class NotConfigured(VerifierError):
    """The deployment lacks a setting that this needs."""

    code = "not_configured"
    title = "The service is not configured for this"


class PayerFault(VerifierError):
    """The payer, or the way to it, failed; says nothing about the member's coverage."""

    code = "payer_fault"
    title = "The payer could not answer"


class PayerTimeout(PayerFault):
    """The deadline of the whole exchange passed before the reply was complete."""

    code = "payer_timeout"
    title = "The payer did not answer in time"


class PayerUnreachable(PayerFault):
    """No connection was made and nothing was sent, so nothing was paid for."""

    code = "payer_unreachable"
    title = "The payer could not be reached"


class PayerHeld(PayerUnreachable):
    """The question was held back here: the payer is failing, or has as many questions as it takes."""

    code = "payer_held"
    title = "The payer was not asked"


class AskedTooSoon(PayerFault):
    """The same question may have reached the payer a moment ago, so it is not sent again yet."""

    code = "asked_too_soon"
    title = "The payer was not asked again so soon"


class PayerRefused(PayerFault):
    """The wire itself said no: an HTTP status, a SOAP fault, credentials."""

    code = "payer_refused"
    title = "The payer's system refused the call"

    def __init__(self, detail: str, status: int | None = None) -> None:
        """Keep the HTTP *status*, where it was one that said no."""
        super().__init__(detail)
        self.status = status


class PayerThrottled(PayerRefused):
    """Our budget of calls is used up for the moment; the question was not put, so asking later is safe."""

    code = "payer_throttled"
    title = "The payer's system takes no more of our calls at the moment"


class BadReply(PayerFault):
    """An answer came, but it is too large, garbled, or not an answer to the question asked."""

    code = "bad_reply"
    title = "The payer's reply cannot be trusted"
