"""How the payers that can be asked from here have answered lately."""

from typing import Final, NamedTuple

from flask import Blueprint, Response

from verifier.access.policy import needing
from verifier.access.roles import Scope
from verifier.model.health import CallWindow, PayerHealth
from verifier.web.guard import declare
from verifier.web.rooms import rooms
from verifier.web.staff.page import show

WORDS: Final = {"open": "not asked for now", "half_open": "tried again", "closed": "asked"}
BADGES: Final = {"open": "stop", "half_open": "caution", "closed": "go"}

blueprint = Blueprint("payer_health", __name__, url_prefix="/payer-health")


class Line(NamedTuple):
    """One payer: its windows, shortest first, and how its routes stand."""

    name: str
    windows: tuple[CallWindow, ...]
    routes: tuple[tuple[str, str, str], ...]  # name, badge, words


@blueprint.get("/")
@declare(needing(Scope.ESTIMATE))
def list_health() -> Response:
    """List the payers with a configured route, those that were asked lately first."""
    payers = rooms().payers
    found = [(each.name, payers.health(each.id)) for each in payers.listing() if payers.is_reachable(each.id)]
    lines = sorted((_line(name, health) for name, health in found), key=_rank)
    return show("staff/payer_health.html", lines=lines)


def _line(name: str, health: PayerHealth) -> Line:
    routes = tuple(
        (each.route, BADGES[each.breaker], WORDS[each.breaker])
        for each in health.routes
        if each.breaker in BADGES
    )
    is_asked = any(window.calls for window in health.windows)
    return Line(name, health.windows if is_asked else (), routes)


def _rank(line: Line) -> tuple[bool, int, str]:
    is_well = all(badge == "go" for _, badge, _ in line.routes)
    return is_well, -sum(window.calls for window in line.windows), line.name
