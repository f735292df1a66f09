"""Stedi: eligibility checks in JSON, in the shape of Change Healthcare v3 or in the one redesigned in 2026.

Sources: Stedi's API specifications 2024-04-01 and 2026-06-01. An answer carries no trace number of ours -
"you can't set your own trace number" - so whether it answers our question is told by the person in it
alone; Stedi's own numbers are kept in the coverage's extras.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta, timezone
from http import HTTPStatus
from typing import Final

from payers.kit.channel import HttpChannel
from payers.kit.exchange import Reply, Request
from payers.kit.plug import Connection, Tools
from payers.medical_network.reply import read_reply
from payers.medical_network.request import write_plans, write_v3
from payers.x12.writer import ControlNumbers
from verifier.address import is_safe
from verifier.clock import Clock
from verifier.model.coverage import Coverage
from verifier.model.question import Question

CONNECTION: Final = Connection("Stedi")
V3: Final = "2024-04-01"
REDESIGNED: Final = "2026-06-01"
PATHS: Final = {
    V3: "/2024-04-01/change/medicalnetwork/eligibility/v3",
    REDESIGNED: "/2026-06-01/eligibility-check",
}
PACIFIC: Final = timezone(
    timedelta(hours=-8)
)  # a date that is today's here is not yet tomorrow's for any payer
HEADER: Final = re.compile(r"[!-~]([ -~]{0,510}[!-~])?")
ADDRESSES: Final = re.compile(r"[0-9A-Fa-f.:]+(, ?[0-9A-Fa-f.:]+)*|")
ANSWERS: Final = frozenset({HTTPStatus.BAD_REQUEST})


@dataclass(frozen=True, slots=True)
class StediSettings:
    """One Stedi account.

    *version* is the API's date. *forwarded_for* is the chain of IP addresses a question to Medicare came
    through before it reached us, as CMS wants it told since 8 November 2025.

    Raises:
        NotConfigured: a setting cannot be used; the text names it.
    """

    api_key: str = field(repr=False)
    url: str = "https://healthcare.us.stedi.com"
    version: str = V3
    forwarded_for: str = ""

    def __post_init__(self) -> None:
        """Refuse what would fail, or leak, at the first call."""
        CONNECTION.require(
            is_safe(self.url), "url must be an https address without user name; http is for loopback only"
        )
        CONNECTION.require(HEADER.fullmatch(self.api_key), "api_key must be 1 to 512 printable characters")
        CONNECTION.require(self.version in PATHS, f"version must be one of {', '.join(PATHS)}")
        CONNECTION.require(
            ADDRESSES.fullmatch(self.forwarded_for), "forwarded_for must be IP addresses with commas between"
        )


class Stedi(HttpChannel):
    """The Stedi wire."""

    name = "stedi"

    def __init__(
        self, settings: StediSettings, tools: Tools, *, numbers: ControlNumbers | None = None
    ) -> None:
        """Ask with the account in *settings*; *numbers* issues control numbers."""
        super().__init__(tools.sender)
        self._settings = settings
        self._clock: Clock = tools.clock
        self._numbers = numbers or ControlNumbers()

    def encode(self, question: Question) -> Request:
        """Write the check; the date is left out when it is today.

        Raises:
            BadInput: something needed is missing or cannot be written; ``errors`` names the fields.
        """
        settings, today = self._settings, self._clock.now().astimezone(PACIFIC).date()
        if settings.version == REDESIGNED:
            body = write_plans(question, today=today)
        else:
            number = f"{self._numbers.issue().interchange_number:09}"
            body = write_v3(question, control_number=number, today=today)
        headers = {
            "Authorization": settings.api_key,
            "Content-Type": "application/json",
            "Accept": "application/json",
        }
        if settings.forwarded_for:
            headers["X-Forwarded-For"] = settings.forwarded_for
        url = f"{settings.url.rstrip('/')}{PATHS[settings.version]}"
        return Request("POST", url, headers, body, ANSWERS).kept_whole()

    def decode(self, reply: Reply) -> Sequence[Coverage]:
        """Read the answer; a refusal of the question comes with HTTP 400.

        Raises:
            PayerRefused: the call itself was refused.
            UnreadableReply: the reply holds no eligibility answer.
        """
        return [_forget_trace(coverage) for coverage in read_reply(reply)]


def _forget_trace(coverage: Coverage) -> Coverage:
    """Move trace numbers, none of which is ours, to where nobody compares them with ours."""
    numbers = {"trace_numbers": " ".join(coverage.trace.numbers)} if coverage.trace.numbers else {}
    return replace(coverage, trace=replace(coverage.trace, numbers=()), extras={**coverage.extras, **numbers})


plug = CONNECTION.plug(Stedi.name, StediSettings, Stedi)
