"""Pages as answers: drawn from a template, whole or in part."""

from typing import Any

from flask import Response, make_response, render_template, request


def show(template: str, status: int = 200, **values: Any) -> Response:  # noqa: ANN401 - what the template needs
    """Answer with a page."""
    return make_response(render_template(template, **values), status)


def is_fragment() -> bool:
    """Tell whether a part of a page is asked for, by a script on the page."""
    return request.headers.get("HX-Request") == "true"
