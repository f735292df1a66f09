"""The files that pages load from this host: their address changes with their content, so they may be kept."""

import hashlib
from functools import cache
from pathlib import Path
from typing import Final

from flask import request, url_for

FOLDER: Final = Path(__file__).with_name("static")


def own_file(name: str) -> str:
    """Return the address of a file of `static`."""
    return url_for("static", filename=name, v=_version(name))


def is_versioned() -> bool:
    """Tell whether the request asks for a file by the address of its present content."""
    name = (request.view_args or {}).get("filename")
    return request.endpoint == "static" and request.args.get("v", "-") == _version(str(name))


@cache
def _version(name: str) -> str:
    path = (FOLDER / name).resolve()
    known = path.is_relative_to(FOLDER) and path.is_file()
    return hashlib.sha256(path.read_bytes()).hexdigest()[:12] if known else ""
