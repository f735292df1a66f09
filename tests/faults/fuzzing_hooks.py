"""What Schemathesis has to be told: how a body of our one media type that it does not know is written."""

from typing import Any

import schemathesis

REPLY = "application/edi-x12"


@schemathesis.serializer(REPLY)
def write_reply(ctx: Any, value: Any) -> bytes:  # noqa: ANN401 - whatever was generated
    """Send text as it is, and what is no text as what it looks like."""
    return value if isinstance(value, bytes) else str(value).encode(errors="surrogatepass")
