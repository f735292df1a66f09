"""What a supervisor asks: alive, ready, and how it goes."""

from collections.abc import Mapping

from flask import Blueprint, Response
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest

from verifier.access.policy import KNOWN, PUBLIC
from verifier.web.exchange import json_response
from verifier.web.guard import declare
from verifier.web.rooms import rooms


def probes(registry: CollectorRegistry) -> Blueprint:
    """Build /livez, /readyz and /metrics; the metrics are those of *registry*."""
    blueprint = Blueprint("probes", __name__)
    blueprint.add_url_rule("/livez", view_func=live)
    blueprint.add_url_rule("/readyz", view_func=ready)

    @blueprint.get("/metrics")
    @declare(KNOWN)
    def metrics() -> Response:
        return Response(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)

    return blueprint


@declare(PUBLIC)
def live() -> Response:
    """Say that the process answers."""
    return json_response({"status": "ok"})


@declare(PUBLIC)
def ready() -> Response:
    """Say whether each part needed is there (503 when one is not), and whether anybody may come in."""
    parts: Mapping[str, bool] = rooms().readiness()
    status = "ok" if all(parts.values()) else "unavailable"
    door = "open" if rooms().access.gate.door.is_open() else "credentials"
    return json_response(
        {"status": status, "parts": dict(parts), "access": door}, 200 if status == "ok" else 503
    )
