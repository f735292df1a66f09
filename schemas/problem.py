"""The JSON of what went wrong: RFC 9457 problem details."""

from collections.abc import Mapping
from typing import Any

from marshmallow import fields

from schemas.written import Written
from verifier.errors import VerifierError

TYPE_PREFIX = "urn:benefits-verifier:problem:"


class FieldErrorSchema(Written):
    """One bad field: its JSON pointer (RFC 6901) and what to change."""

    pointer = fields.String(metadata={"examples": ["/program/start_date"]})
    detail = fields.String(metadata={"examples": ["is no day of the calendar"]})


class ProblemSchema(Written):
    """What went wrong and what to do next (RFC 9457)."""

    type = fields.String(metadata={"format": "uri", "examples": [f"{TYPE_PREFIX}bad_input"]})
    title = fields.String(metadata={"description": "The kind of problem, in plain words"})
    status = fields.Integer(metadata={"description": "The HTTP status"})
    code = fields.String(metadata={"description": "The kind of problem, stable", "examples": ["bad_input"]})
    detail = fields.String(metadata={"description": "What happened and what to do next"})
    request_id = fields.String(metadata={"description": "Name this when asking for help"})
    errors = fields.List(fields.Nested(FieldErrorSchema), metadata={"description": "The bad fields, if any"})


def dump_problem(error: VerifierError, *, status: int, request_id: str) -> dict[str, Any]:
    """Write a problem for the HTTP *status* that the error has here."""
    problem = write_problem(error.code, error.title, error.detail, status=status, request_id=request_id)
    errors: Mapping[str, str] = getattr(error, "errors", {})
    named = [{"pointer": pointer, "detail": detail} for pointer, detail in errors.items()]
    return problem | ({"errors": named} if named else {})


def write_problem(code: str, title: str, detail: str, *, status: int, request_id: str) -> dict[str, Any]:
    """Write a problem that no error of ours stands behind."""
    return {
        "type": f"{TYPE_PREFIX}{code}",
        "title": title,
        "status": status,
        "code": code,
        "detail": detail,
        "request_id": request_id,
    }
