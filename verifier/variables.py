"""How each kind of value is written in the environment; what cannot be read is a `ValueError`."""

import base64
import binascii
import os
import re
from datetime import time, timedelta
from pathlib import Path
from types import MappingProxyType
from typing import Final
from urllib.parse import parse_qs, urlsplit

from verifier.address import is_name, is_safe

KEY_BYTES: Final = 32
LENGTH_OF_TIME: Final = re.compile(r"([1-9]\d{0,5})([smhd])", re.ASCII)
SECONDS: Final = MappingProxyType({"s": 1, "m": 60, "h": 3600, "d": 86_400})
HOUR: Final = re.compile(r"([01]\d|2[0-3]):[0-5]\d", re.ASCII)
LOG_LEVELS: Final = ("debug", "info", "warning", "error")
MOST: Final = 1_000_000
LAST_PORT: Final = 65_535
LOOPBACK: Final = frozenset({"127.0.0.1", "localhost", "::1"})
ORIGIN: Final = re.compile(
    r"(?:https://|http://(?=(?:localhost|127\.0\.0\.1)(?::|$)))([a-z0-9.-]{1,253})(?::\d{1,5})?", re.ASCII
)
SQL_TLS: Final = frozenset({"require", "verify-ca", "verify-full"})


def read_directory(text: str) -> Path:
    """Read an absolute path."""
    path = Path(text)
    if not path.is_absolute():
        raise ValueError("must be an absolute path")
    return path


def read_hour(text: str) -> time:
    """Read an hour of the day."""
    if not HOUR.fullmatch(text):
        raise ValueError("must be an hour such as 03:00")
    return time.fromisoformat(text)


def read_paths(text: str) -> tuple[Path, ...]:
    """Read absolute paths with ``:`` between them."""
    return tuple(read_directory(part) for part in text.split(os.pathsep) if part)


def read_keys(text: str) -> tuple[bytes, ...]:
    """Read keys with commas between them."""
    return tuple(_read_key(part.strip()) for part in text.split(","))


def _read_key(text: str) -> bytes:
    try:
        key = base64.b64decode(text, validate=True)
    except binascii.Error:
        key = b""
    if len(key) != KEY_BYTES:
        raise ValueError("must be 32 random bytes in base64, such as `openssl rand -base64 32` prints")
    return key


def read_length(text: str) -> timedelta:
    """Read a length of time."""
    found = LENGTH_OF_TIME.fullmatch(text)
    if not found:
        raise ValueError("must be a length of time such as 90s, 15m, 24h or 30d")
    return timedelta(seconds=int(found[1]) * SECONDS[found[2]])


def read_port(text: str) -> int:
    """Read a port."""
    if not (text.isascii() and text.isdecimal() and 0 < int(text) <= LAST_PORT):
        raise ValueError("must be a port from 1 to 65535")
    return int(text)


def read_count(text: str) -> int:
    """Read a whole number from 1 to a million."""
    if not (text.isascii() and text.isdecimal() and 0 < int(text) <= MOST):
        raise ValueError(f"must be a whole number from 1 to {MOST}")
    return int(text)


def read_choice(text: str) -> bool:
    """Read yes or no."""
    if text.lower() not in {"yes", "no"}:
        raise ValueError("must be yes or no")
    return text.lower() == "yes"


def read_log_level(text: str) -> str:
    """Read how much is logged."""
    if text.lower() not in LOG_LEVELS:
        raise ValueError(f"must be one of {', '.join(LOG_LEVELS)}")
    return text.lower()


def read_redis_url(text: str) -> str:
    """Read the address of a Redis."""
    if urlsplit(text).scheme not in {"redis", "rediss", "unix"}:
        raise ValueError("must start with redis://, rediss:// or unix://")
    return text


def read_database_url(text: str) -> str:
    """Read the address of a database; records do not travel in clear."""
    parts = urlsplit(text)
    if parts.scheme not in {"sqlite", "postgres", "postgresql"}:
        raise ValueError("must start with postgresql:// or sqlite:///")
    mode = parse_qs(parts.query).get("sslmode", [""])[0]
    if parts.hostname not in LOOPBACK | {None} and mode not in SQL_TLS:
        raise ValueError("must end in ?sslmode=verify-full (or require): records do not travel in clear")
    return text


def read_payer_url(text: str) -> str:
    """Read a payer's address; nothing travels in clear beyond this machine."""
    if not is_safe(text):
        raise ValueError(
            "must be an https:// address (http:// to this machine only) without credentials or fragment"
        )
    return text


def read_names(text: str) -> tuple[str, ...]:
    """Read host names with commas between them."""
    names = tuple(name.strip().lower() for name in text.split(","))
    if not all(map(is_name, names)):
        raise ValueError("must be host names with commas between, such as payer.example.org")
    return names


def read_origins(text: str) -> tuple[str, ...]:
    """Read the origins of websites, with commas between them."""
    origins = tuple(origin.strip().lower().rstrip("/") for origin in text.split(","))
    if not all(map(_is_origin, origins)):
        raise ValueError("must be origins with commas between, such as https://www.example.org")
    return origins


def _is_origin(text: str) -> bool:
    found = ORIGIN.fullmatch(text)
    return found is not None and (is_name(found[1]) or found[1] in LOOPBACK)


def read_text(text: str) -> str:
    """Take any text."""
    return text
