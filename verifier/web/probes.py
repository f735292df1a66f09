"""What a supervisor asks: alive, ready, and how it goes."""

import os
from collections.abc import Mapping
from typing import Final

from flask import Blueprint, Response
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector

from verifier.access.policy import KNOWN, PUBLIC
from verifier.web.exchange import json_response
from verifier.web.guard import declare
from verifier.web.rooms import rooms

SHARED_COUNTS: Final = (
    "PROMETHEUS_MULTIPROC_DIR"  # where the processes of one server count; the client's name
)


def _of_all_workers() -> CollectorRegistry | None:
    """Add up what the processes of one server counted, where they share a folder for it."""
    if not os.environ.get(SHARED_COUNTS):
        return None
    together = CollectorRegistry()
    MultiProcessCollector(together)  # type: ignore[no-untyped-call]
    return together


def probes(registry: CollectorRegistry) -> Blueprint:
    """Build /livez, /readyz and /metrics; the metrics are those of *registry*."""
    blueprint = Blueprint("probes", __name__)
    blueprint.add_url_rule("/livez", view_func=live)
    blueprint.add_url_rule("/readyz", view_func=ready)

    @blueprint.get("/metrics")
    @declare(KNOWN)
    def metrics() -> Response:
        return Response(generate_latest(_of_all_workers() or registry), content_type=CONTENT_TYPE_LATEST)

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
