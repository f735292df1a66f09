"""What a PDF holds, for tests: its text, and the name of everything in it."""

import io
import re
from typing import Any

import pypdf

ACTIVE_KEYS = frozenset(
    {
        "/JS",
        "/JavaScript",
        "/URI",
        "/Launch",
        "/OpenAction",
        "/AA",
        "/A",
        "/Annots",
        "/AcroForm",
        "/EmbeddedFiles",
    }
)


def read(content: bytes) -> pypdf.PdfReader:
    return pypdf.PdfReader(io.BytesIO(content), strict=True)


def text_of(content: bytes) -> str:
    return "\n".join(page.extract_text() for page in read(content).pages)


def keys_of(content: bytes) -> set[str]:
    """Collect every name that any object of the file has as a key."""
    reader, found = read(content), set()
    waiting: list[Any] = [reader.trailer]
    seen: set[int] = set()
    while waiting:
        one = waiting.pop()
        one = one.get_object() if hasattr(one, "get_object") else one
        if id(one) in seen:
            continue
        seen.add(id(one))
        if isinstance(one, dict):
            found |= set(one)
            waiting += one.values()
        elif isinstance(one, list):
            waiting += one
    return found


def squeeze(text: str) -> str:
    return re.sub(r"\s+", "", text)
