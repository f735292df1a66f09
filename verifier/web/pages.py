"""The landing page, and the API's documentation; no file comes from another host."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import flask_swagger_ui  # type: ignore[import-untyped]
from flask import Blueprint, Response, abort, render_template, send_from_directory

from verifier.access.policy import PUBLIC
from verifier.web.guard import declare

SWAGGER_FILES: Final = Path(flask_swagger_ui.__file__).with_name("dist")
SWAGGER_NAMES: Final = frozenset({"swagger-ui.css", "swagger-ui-bundle.js", "favicon-32x32.png"})


def pages(document: Mapping[str, Any]) -> Blueprint:
    """Build /, /docs and /openapi.json; the OpenAPI *document* is written once."""
    content = json.dumps(document, separators=(",", ":")).encode()
    blueprint = Blueprint("pages", __name__)
    blueprint.add_url_rule("/", view_func=home)
    blueprint.add_url_rule("/docs", view_func=docs)
    blueprint.add_url_rule("/docs/<string:name>", view_func=docs_file)

    @blueprint.get("/openapi.json")
    @declare(PUBLIC)
    def openapi() -> Response:
        return Response(content, content_type="application/json")

    return blueprint


@declare(PUBLIC)
def home() -> str:
    """Say what this is."""
    return render_template("home.html")


@declare(PUBLIC)
def docs() -> str:
    """Show the API's documentation."""
    return render_template("docs.html")


@declare(PUBLIC)
def docs_file(name: str) -> Response:
    """Give one of the documentation's own files."""
    return send_from_directory(SWAGGER_FILES, name) if name in SWAGGER_NAMES else abort(404)
