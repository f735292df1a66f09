"""FHIR R4: ``CoverageEligibilityRequest/$submit`` and its CoverageEligibilityResponse.

What comes back is one response, a Bundle with it, or an OperationOutcome; the last may come with HTTP 400 or
422 (http://hl7.org/fhir/R4/http.html), and is then a refusal of the question and not of the call.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Final

from payers.fhir.outcome import is_about_credentials
from payers.fhir.request import write_request
from payers.fhir.resources import Body
from payers.fhir.response import OUTCOME, read_coverages
from payers.kit.bearer import BearerSender
from payers.kit.channel import HttpChannel
from payers.kit.exchange import Reply, Request, Sender
from payers.kit.http import refuse
from payers.kit.json_text import read_json
from payers.kit.oauth import ClientCredentials, Credentials
from payers.kit.plug import Connection, Tools
from verifier.address import is_safe
from verifier.clock import Clock
from verifier.errors import BadReply, PayerRefused, UnreadableReply
from verifier.model.coverage import Coverage
from verifier.model.question import Question

CONNECTION: Final = Connection("FHIR")
JSON: Final = "application/fhir+json"
OPERATION: Final = "CoverageEligibilityRequest/$submit"
REFUSALS: Final = frozenset({HTTPStatus.BAD_REQUEST, HTTPStatus.UNPROCESSABLE_ENTITY})


@dataclass(frozen=True, slots=True)
class FhirSettings:
    """One FHIR connection: its base address and, where it wants OAuth 2 client credentials, whose.

    Raises:
        NotConfigured: a setting cannot be used; the text names it.
    """

    url: str
    token_url: str = ""
    client_id: str = field(default="", repr=False)
    client_secret: str = field(default="", repr=False)
    scope: str = ""

    def __post_init__(self) -> None:
        """Refuse what would fail, or leak, at the first call."""
        for name in ("url", "token_url"):
            address = getattr(self, name)
            CONNECTION.require(
                not address or is_safe(address), f"{name} must be an https address; http is for loopback only"
            )
        CONNECTION.require(self.url, "url is missing")
        credentials = [bool(self.token_url), bool(self.client_id), bool(self.client_secret)]
        CONNECTION.require(
            all(credentials) or not any(credentials), "token_url, client_id and client_secret go together"
        )


class Fhir(HttpChannel):
    """The FHIR wire."""

    name = "fhir"

    def __init__(self, settings: FhirSettings, tools: Tools) -> None:
        """Ask over the connection *settings* describe."""
        super().__init__(_authorize(settings, tools))
        self._settings = settings
        self._clock: Clock = tools.clock

    def encode(self, question: Question) -> Request:
        """Write the request resource; its identifier is the question's trace.

        Raises:
            BadInput: what finds the member is missing; ``errors`` names the fields.
        """
        resource = write_request(question, self._clock.now().date())
        headers = {"Content-Type": JSON, "Accept": JSON}
        url = f"{self._settings.url.rstrip('/')}/{OPERATION}"
        return Request("POST", url, headers, json.dumps(resource).encode(), REFUSALS).kept_whole()

    def decode(self, reply: Reply) -> Sequence[Coverage]:
        """Read every response in *reply*.

        Raises:
            PayerRefused: the payer refuses us and not the question.
            BadReply: the reply is no JSON by its own word.
            UnreadableReply: it holds no eligibility response.
        """
        if "json" not in reply.headers.get("content-type", "").lower():
            raise (
                refuse(reply.status)
                if reply.status in REFUSALS
                else BadReply("The payer's reply is not FHIR JSON.")
            )
        try:
            document = read_json(reply.body)
            outcomes = Body(document).of_type(OUTCOME)
            if any(map(is_about_credentials, outcomes)):
                raise PayerRefused("The payer's system does not let this account ask about eligibility.")
            return read_coverages(document)
        except UnreadableReply as error:
            raise (refuse(reply.status) if reply.status in REFUSALS else error) from error


def _authorize(settings: FhirSettings, tools: Tools) -> Sender:
    if not settings.token_url:
        return tools.sender
    credentials = Credentials(settings.token_url, settings.client_id, settings.client_secret, settings.scope)
    return BearerSender(tools.sender, ClientCredentials(credentials, tools.sender, tools.clock))


plug = CONNECTION.plug(Fhir.name, FhirSettings, Fhir)
