"""Reading what a command was given: files, or standard input for ``-``."""

import sys
from pathlib import Path
from typing import Any, Final

from verifier import json_text
from verifier.errors import BadInput, MalformedInput

LARGEST_FILE: Final = 16 * 1024 * 1024


def read_bytes(name: str) -> bytes:
    """Read a file, or standard input for ``-``.

    Raises:
        BadInput: it cannot be read, is empty, or is larger than 16 MiB.
    """
    try:
        content = sys.stdin.buffer.read(LARGEST_FILE + 1) if name == "-" else _read_file(Path(name))
    except OSError as error:
        raise BadInput(f"{name} cannot be read: {error.strerror or 'input error'}.") from error
    if not content.strip():
        raise BadInput(f"{name} is empty; give the payer's reply or the JSON described in --help.")
    if len(content) > LARGEST_FILE:
        raise BadInput(f"{name} is larger than 16 MiB; split it and give the parts.")
    return content


def read_json(name: str) -> Any:  # noqa: ANN401 - any JSON
    """Read strict JSON from a file, or from standard input for ``-``; numbers stay exact.

    Raises:
        BadInput: it is no JSON, or JSON that two readers would read differently.
    """
    content = read_bytes(name)
    try:
        return json_text.read_json(content)
    except MalformedInput as error:
        raise MalformedInput(f"{name}: {error.detail}", error.errors) from error


def _read_file(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(LARGEST_FILE + 1)
