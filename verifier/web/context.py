"""In what context a request is served: who asks, in which request, by which route."""

from typing import Final

from flask import g, request

from verifier.model.audit import Context

ANONYMOUS: Final = "anonymous"
# Finding out whether and what a plan covers is payment in the sense of 45 CFR 164.501.
PAYMENT: Final = "payment"


def present_context() -> Context:
    """Return the context of the request that is answered now; the route stands for the address."""
    route = request.url_rule.rule if request.url_rule else ""
    return Context(
        who=g.get("who", ANONYMOUS),
        request_id=g.request_id,
        where=f"{request.method} {route}",
        why=g.get("why", PAYMENT),
    )
