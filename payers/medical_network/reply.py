"""The HTTP reply of a medical-network API: what of it is an answer, and what is a refusal of the call."""

import re
from collections.abc import Iterator
from http import HTTPStatus
from typing import Final

from payers.kit.exchange import Reply
from payers.kit.http import refuse
from payers.kit.json_text import Node, read_json
from payers.medical_network.response import read_coverages
from verifier.errors import PayerRefused, UnreadableReply
from verifier.model.coverage import Coverage

MEDIA_TYPE: Final = re.compile(r"application/([a-z0-9.-]+\+)?json\b")
FIELD: Final = re.compile(r"[/A-Za-z0-9_.\[\]-]{1,80}")
MOST_FIELDS: Final = 5


def read_reply(reply: Reply) -> list[Coverage]:
    """Read *reply*; a payer's refusal of the question may come with HTTP 400.

    Raises:
        PayerRefused: the call itself was refused.
        UnreadableReply: it is no JSON by its own word, or holds no eligibility answer.
    """
    try:
        return _read(reply)
    except UnreadableReply as error:
        if reply.status >= HTTPStatus.BAD_REQUEST:
            raise refuse(reply.status) from error
        raise


def _read(reply: Reply) -> list[Coverage]:
    if not MEDIA_TYPE.match(reply.headers.get("content-type", "").lower().strip()):
        raise UnreadableReply("The reply is not JSON by its own word.")
    document = read_json(reply.body)
    named = ", ".join(_list_fields(document))
    if named and reply.status >= HTTPStatus.BAD_REQUEST:
        raise PayerRefused(f"The clearinghouse did not take these fields of our question: {named}.")
    return read_coverages(document)


def _list_fields(document: Node) -> Iterator[str]:
    """List the fields a validation error names, and nothing that it quotes of them."""
    for place, fault in zip(range(MOST_FIELDS), document.at("fieldList").each(), strict=False):
        path = fault.at("path").text or ""
        yield path if FIELD.fullmatch(path) else f"number {place + 1}"
