"""How a view is described: one decorator that routes it and puts it into the OpenAPI document."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial, reduce, wraps
from typing import Any, Final, TypeVar, cast

from flask import Flask, Response, request
from flask_smorest import Api, Blueprint  # type: ignore[import-untyped]
from marshmallow import Schema

from schemas.fhir.concepts import describe_resource
from schemas.problem import ProblemSchema
from verifier.access.policy import Policy
from verifier.web.exchange import KEY
from verifier.web.guard import SESSION_COOKIE, declare
from verifier.web.problems import FHIR, FHIR_PREFIX, PROBLEM
from verifier.web.repeats import repeatable

View = TypeVar("View", bound=Callable[..., Response])

OUTCOME: Final = describe_resource("OperationOutcome")
DESCRIPTION: Final = (
    "Reads insurers' eligibility replies and says what an intensive outpatient program costs the patient. "
    "Money is a string with two decimals, a rate a string between 0 and 1, a date ISO 8601, a time UTC. "
    "`null` means that the payer did not say: never zero, never no. "
    "An outage is `unknown` and never shown as inactive coverage. "
    "Send an API key or a bearer token, or sign in."
)


SCHEMES: Final = {
    "bearer": {
        "type": "http",
        "scheme": "bearer",
        "description": "An API key (`vk_...`), or an OAuth 2.0 access token of the configured issuer",
    },
    "session": {
        "type": "apiKey",
        "in": "cookie",
        "name": SESSION_COOKIE,
        "description": "POST /v1/session gives it; a change needs the session's token in X-CSRF-Token too",
    },
}
ANYBODY: Final[list[dict[str, list[str]]]] = [{"bearer": []}, {"session": []}]


@dataclass(frozen=True, slots=True)
class Body:
    """A body taken or given: its schema, one example, its media type, its headers, its most bytes."""

    schema: type[Schema] | Mapping[str, Any] | None
    example: object
    description: str = ""
    content_type: str | None = "application/json"
    headers: tuple[str, ...] = ()
    largest: int | None = None  # of a body taken; ``None``: as much as any address takes


def nothing(description: str) -> Body:
    """Describe an answer that has no body."""
    return Body(None, None, description, content_type=None)


def operation(  # noqa: PLR0913 - each a named part of one description
    blueprint: Blueprint,
    method: str,
    rule: str,
    *,
    name: str,
    takes: Body | None = None,
    gives: Mapping[int, Body],
    parameters: Sequence[Mapping[str, Any]] = (),
    problems: Mapping[int, str],
    policy: Policy,
) -> Callable[[View], View]:
    """Route a view of *blueprint* under its *policy*, and describe it; the first of *gives* is usual.

    Every POST may be sent again under its ``Idempotency-Key``.
    """
    problems = {**ALWAYS, **(WITH_BODY if takes else {}), **problems}
    if method == "POST":
        parameters, problems = (*parameters, IDEMPOTENCY_KEY), {**REPEATED, **problems}
    described: dict[str, Any] = {"operationId": name}
    in_path = [parameter for parameter in parameters if parameter["in"] == "path"]
    described["security"] = [] if policy.public else [{"session": []}] if policy.people_only else ANYBODY
    described["parameters"] = [parameter for parameter in parameters if parameter["in"] != "path"]
    if takes:
        content = {takes.content_type: {"schema": takes.schema, "example": takes.example}}
        described["requestBody"] = {"required": True, "description": takes.description, "content": content}
    responses = [_answer(blueprint, status, body) for status, body in gives.items()]
    responses += [
        _problem(blueprint, status, text) for status, text in {**_refusals(policy), **problems}.items()
    ]
    steps = [
        declare(policy),
        *responses,
        blueprint.doc(**described),
        blueprint.route(rule, methods=[method], parameters=in_path),
    ]
    if takes and takes.largest:
        steps.insert(0, partial(_take_up_to, takes.largest))
    return lambda view: reduce(
        lambda done, step: step(done), steps, repeatable(view) if method == "POST" else view
    )


def _take_up_to(largest: int, view: View) -> View:
    """Let *view* take a body of *largest* bytes, before anybody reads it."""

    @wraps(view)
    def take(**path: str) -> Response:
        request.max_content_length = largest
        return view(**path)

    return cast("View", take)


def _refusals(policy: Policy) -> dict[int, str]:
    """Say how a caller is refused who is not known, or may not do this."""
    if policy.public:
        return {}
    scopes = f"the scope {', '.join(sorted(policy.needs))} is missing, or " if policy.needs else ""
    return {401: "Nobody known asks", 403: f"Not allowed: {scopes}the facility is not yours"}


def _answer(blueprint: Blueprint, status: int, body: Body) -> Callable[[Any], Any]:
    headers = {name: HEADERS[name] for name in body.headers}
    return blueprint.alt_response(  # type: ignore[no-any-return]
        status,
        schema=body.schema,
        content_type=body.content_type,
        description=body.description,
        example=body.example,
        headers=headers or None,
        success=True,
    )


def _problem(blueprint: Blueprint, status: int, description: str) -> Callable[[Any], Any]:
    is_fhir = blueprint.url_prefix.startswith(FHIR_PREFIX)
    schema, kind = (OUTCOME, FHIR) if is_fhir else (ProblemSchema, PROBLEM)
    return blueprint.alt_response(  # type: ignore[no-any-return]
        status, schema=schema, content_type=kind, description=description
    )


HEADERS: Final = {
    "Location": {"description": "The address of the verification", "schema": {"type": "string"}},
    "Retry-After": {"description": "Seconds after which to look again", "schema": {"type": "integer"}},
    "Preference-Applied": {"description": "The wait that was granted", "schema": {"type": "string"}},
}


def header_parameter(name: str, description: str, example: str, *, pattern: str = "") -> dict[str, Any]:
    """Describe an optional request header, of the form that *pattern* tells."""
    shape = {"pattern": f"^{pattern}$"} if pattern else {}
    return _parameter("header", name, description, example, {"type": "string", **shape})


def query_parameter(
    name: str, description: str, example: object, schema: Mapping[str, Any]
) -> dict[str, Any]:
    """Describe an optional query parameter."""
    return _parameter("query", name, description, example, schema)


def path_parameter(name: str, description: str, example: str) -> dict[str, Any]:
    """Describe a part of the path."""
    return _parameter("path", name, description, example, {"type": "string"}) | {"required": True}


def _parameter(
    place: str, name: str, description: str, example: object, schema: Mapping[str, Any]
) -> dict[str, Any]:
    return {"in": place, "name": name, "description": description, "example": example, "schema": dict(schema)}


IDEMPOTENCY_KEY: Final = header_parameter(
    "Idempotency-Key",
    "The same key with the same content gives the first answer again, for a day, and does nothing twice",
    "4d0a9c52-8f3c-4a53-b0a5-0f7b8f0e6a11",
    pattern=KEY.pattern,
)
ALWAYS: Final = {
    422: "A parameter or field cannot be used",
    429: "Too many requests; come again after Retry-After seconds",
    503: "Something that is needed is away, such as the audit trail; come again later",
}
WITH_BODY: Final = {
    400: "The body cannot be taken apart",
    413: "The body is too large",
    415: "The body is of another type, or compressed",
}
REPEATED: Final = {
    409: "The first request with this Idempotency-Key is still in flight",
    422: "The Idempotency-Key came with another request before",
}


class DescribedApi(Api):  # type: ignore[misc]
    """The OpenAPI document of an application; every error it describes is a problem."""

    ERROR_SCHEMA = ProblemSchema
    DEFAULT_ERROR_RESPONSE_NAME = None

    def _register_error_handlers(self) -> None:
        """Leave errors to `verifier.web.problems`."""


def describe(app: Flask, blueprints: Sequence[Blueprint], version: str) -> dict[str, Any]:
    """Register *blueprints* and return the OpenAPI 3.1 document of them."""
    app.config.update(API_TITLE="Benefits verifier", API_VERSION=version, OPENAPI_VERSION="3.1.0")
    api = DescribedApi(app, spec_kwargs={"info": {"description": DESCRIPTION}, "servers": [{"url": "/"}]})
    for blueprint in blueprints:
        api.register_blueprint(blueprint)
    for name, scheme in SCHEMES.items():
        api.spec.components.security_scheme(name, scheme)
    document: dict[str, Any] = api.spec.to_dict()
    return document
