"""Reading what a command was given: files, or standard input for ``-``."""

import json
import sys
from decimal import Decimal
from pathlib import Path
from typing import Final

from verifier.errors import BadInput

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


def read_json(name: str) -> object:
    """Read JSON with its numbers exact; a number with a point comes back as `Decimal`.

    Raises:
        BadInput: it is no JSON; the text says in which line.
    """
    content = read_bytes(name)
    try:
        return json.loads(content, parse_float=Decimal, parse_constant=_refuse_constant)
    except UnicodeDecodeError as error:
        raise BadInput(f"{name} is not JSON: it holds bytes that are no text.") from error
    except json.JSONDecodeError as error:
        raise BadInput(
            f"{name} is not JSON: {error.msg} in line {error.lineno}, column {error.colno}."
        ) from error
    except RecursionError as error:
        raise BadInput(f"{name} is nested too deep to be read.") from error


def _read_file(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(LARGEST_FILE + 1)


def _refuse_constant(name: str) -> object:
    raise BadInput(f"{name} is no number that JSON knows; write a plain number or null.")
