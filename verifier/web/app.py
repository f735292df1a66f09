"""The application factory: the web over the rooms it is given."""

from collections.abc import Callable, Mapping, Sequence
from typing import Final

from flask import Flask
from prometheus_client import CollectorRegistry
from structlog.typing import FilteringBoundLogger
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.routing import BaseConverter

from verifier.access.house import Access
from verifier.access.policy import PUBLIC
from verifier.access.ports import AuditOffice
from verifier.desk import Office
from verifier.errors import NotConfigured
from verifier.housekeeping import Premises
from verifier.model.audit import Context
from verifier.news.newsroom import News
from verifier.nightly.rooms import NightRooms
from verifier.spans import NoSpans, Spans
from verifier.web.api import (
    cases,
    changes,
    consents,
    emergencies,
    estimates,
    fhir,
    intakes,
    normalizations,
    papers,
    reverifications,
    roster,
    service_codes,
    session,
    verifications,
    webhooks,
)
from verifier.web.api import payers as payer_directory
from verifier.web.guard import declare, register_guard, register_recognition, require_policies
from verifier.web.headers import register_headers
from verifier.web.intake import form
from verifier.web.limits import Rate, register_limits
from verifier.web.observation import json_log, register_observation
from verifier.web.openapi import describe
from verifier.web.pages import pages
from verifier.web.probes import probes
from verifier.web.problems import register_problems
from verifier.web.rooms import EXTENSION, Payers, Rooms, Watch
from verifier.web.staff import federated, sign_in
from verifier.web.staff.wing import wing
from verifier.web.templating import register_templates

LARGEST_BODY: Final = 1024 * 1024
BLUEPRINTS: Final = (
    verifications.blueprint,
    cases.blueprint,
    fhir.blueprint,
    changes.blueprint,
    webhooks.blueprint,
    papers.blueprint,
    intakes.blueprint,
    consents.blueprint,
    roster.blueprint,
    reverifications.blueprint,
    estimates.blueprint,
    normalizations.blueprint,
    payer_directory.blueprint,
    service_codes.blueprint,
    session.blueprint,
    emergencies.blueprint,
)


class PathPart(BaseConverter):
    """A part of a path, such as an id, that is none of the words which stand in its place elsewhere.

    Otherwise GET would seem to be a method of an address that only takes POST (RFC 9110, 10.2.1).
    """

    regex = "(?!(search|import)$)[^/]+"
    part_isolating = True


def always_ready() -> Mapping[str, bool]:
    """Tell of no part that could be missing."""
    return {}


def nobody_watches(_: Context) -> AuditOffice:
    """Say that nobody can look into the audit trail from here."""
    raise NotConfigured("The audit trail cannot be looked into here; use: verifier admin audit.")


def create_app(  # noqa: PLR0913 - each a part of the house, by name
    office: Office,
    payers: Payers,
    access: Access,
    *,
    version: str = "0",
    answer_wait: float = 20.0,
    hosts: Sequence[str] | None = None,
    proxies: int = 0,
    readiness: Callable[[], Mapping[str, bool]] = always_ready,
    registry: CollectorRegistry | None = None,
    log: FilteringBoundLogger | None = None,
    rate: Rate | None = None,
    spans: Spans | None = None,
    news: News | None = None,
    night: NightRooms | None = None,
    watch: Watch | None = None,
    premises: Premises | None = None,
    framers: Sequence[str] = (),
) -> Flask:
    """Build the WSGI application; *access* judges every request to a route that is not public.

    ``answer_wait`` is how many seconds a caller without ``Prefer: wait`` is kept waiting. ``hosts`` are the
    host names answered to, all when left out; naming them keeps a page of another host, whose name is made
    to point here, from reading answers.
    ``proxies`` of our own stand before it and name the caller.
    ``readiness`` names each part needed and whether it is there. ``registry`` may hold the other
    rooms' metrics too. ``log`` takes one line a request; by default JSON on standard error.
    ``rate`` bounds each caller's requests; without one they are not counted. ``spans`` are told of each.
    ``news`` knows what changed, and who wants to be told.
    ``night`` is nightly re-verification.
    ``premises`` keeps the facilities and their contracts.
    ``watch`` opens the audit trail for those who may look into it.
    ``framers`` are the origins of the pages that may show the public form inside themselves.

    Raises:
        NotConfigured: a route declares no policy.
    """
    app = Flask(__name__)
    app.url_map.merge_slashes = False  # a redirect would answer outside the contract
    app.url_map.converters["default"] = PathPart
    app.config.update(MAX_CONTENT_LENGTH=LARGEST_BODY, TRUSTED_HOSTS=list(hosts) if hosts else None)
    app.extensions[EXTENSION] = Rooms(
        office, payers, access, readiness, answer_wait, watch or nobody_watches, news, night, premises
    )
    log, registry = log or json_log(), registry or CollectorRegistry()
    register_observation(app, log, registry, spans or NoSpans())
    register_headers(app, framers)
    register_templates(app)
    register_recognition(app)
    if rate:
        register_limits(app, rate)  # strangers are counted too, before they are refused
    register_guard(app)
    if proxies:  # outermost, so that everybody inside sees the caller and not the proxy
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=proxies, x_proto=proxies, x_host=proxies)  # type: ignore[method-assign]
    declare(PUBLIC)(app.view_functions["static"])
    document = describe(app, BLUEPRINTS, version)
    register_problems(app, log)
    app.register_blueprint(pages(document))
    app.register_blueprint(probes(registry))
    app.register_blueprint(sign_in.blueprint)
    app.register_blueprint(federated.blueprint)
    app.register_blueprint(wing)
    app.register_blueprint(form.blueprint)
    require_policies(app)
    return app
