"""How the tests call the simulator: 270s written by hand, both envelopes, plain sockets and urllib."""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.error import HTTPError
from urllib.request import ProxyHandler, Request, build_opener

from payers.simulator.inquiries import Person
from payers.simulator.scenarios import Scenario, load_scenarios
from payers.simulator.server import PASSWORD, USER_NAME

NOW = datetime(2026, 11, 24, 12, 30, tzinfo=UTC)
SCENARIOS = {scenario.name: scenario for scenario in load_scenarios()}
ISA = (
    "ISA*00*          *00*          *ZZ*VERIFIER       *ZZ*SIMULATED      *261124*1230*{repetition}*00501"
    "*{control}*0*T*{component}"
)
PAYLOAD_ID = "7f8a2d3e-1b4c-4d5e-8f90-a1b2c3d4e5f6"
OPENER = build_opener(ProxyHandler({}))


@dataclass(frozen=True)
class FixedClock:
    moment: datetime = NOW

    def now(self) -> datetime:
        return self.moment

    def monotonic(self) -> float:
        return 0.0


def write_270(  # noqa: PLR0913 - one for each thing a test varies
    person: Person,
    services: Sequence[str] = ("30",),
    *,
    payer: str = "SIMULATED",
    dependent: Person | None = None,
    trace: str = "TRACE0001",
    control: str = "000000101",
    delimiters: str = "*^:~",
) -> str:
    element, repetition, component, terminator = tuple(delimiters)
    tracing = f"TRN*1*{trace}*9VERIFIER0"
    subscriber = [f"NM1*IL*1*{person.last_name}*{person.first_name}****MI*{person.id}", *write_birth(person)]
    patient = [tracing, *subscriber]
    if dependent:
        name = f"NM1*03*1*{dependent.last_name}*{dependent.first_name}"
        patient = [*subscriber, "HL*4*3*23*0", tracing, name, *write_birth(dependent)]
    body = [
        "ST*270*0001*005010X279A1",
        "BHT*0022*13*REFERENCE1*20261124*1230",
        "HL*1**20*1",
        f"NM1*PR*2*SIMULATED HEALTH PLAN*****PI*{payer}",
        "HL*2*1*21*1",
        "NM1*1P*2*BAYOU RECOVERY*****XX*1999999984",
        f"HL*3*2*22*{int(bool(dependent))}",
        *patient,
        "DTP*291*D8*20261124",
        *(f"EQ*{service}" for service in services),
    ]
    segments = [
        ISA.format(repetition=repetition, component=component, control=control),
        "GS*HS*VERIFIER*SIMULATED*20261124*1230*101*X*005010X279A1",
        *body,
        f"SE*{len(body) + 1}*0001",
        "GE*1*101",
        f"IEA*1*{control}",
    ]
    return "".join(segment.replace("*", element) + terminator for segment in segments)


def write_birth(person: Person) -> list[str]:
    return [f"DMG*D8*{person.birth_date:%Y%m%d}*{person.sex}".rstrip("*")] if person.birth_date else []


def ask(
    scenario: Scenario,
    services: Sequence[str] = ("30", "CJ", "CH", "MH"),
    **details: Any,  # noqa: ANN401 - those of write_270
) -> str:
    return write_270(scenario.person, services, payer=scenario.payer, **details)


def write_fields(payload: str, **changes: str) -> dict[str, str]:
    fields = {
        "PayloadType": "X12_270_Request_005010X279A1",
        "ProcessingMode": "RealTime",
        "PayloadID": PAYLOAD_ID,
        "TimeStamp": "2026-11-24T12:30:00Z",
        "UserName": USER_NAME,
        "Password": PASSWORD,
        "SenderID": "VERIFIER",
        "ReceiverID": "SIMULATED",
        "CORERuleVersion": "2.2.0",
        "Payload": payload,
    }
    return {name: value for name, value in (fields | changes).items() if value}


def write_mime(fields: dict[str, str]) -> tuple[str, bytes]:
    parts = [
        f'--edge\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
        for name, value in fields.items()
    ]
    return "multipart/form-data; boundary=edge", ("".join(parts) + "--edge--\r\n").encode()


def write_soap(fields: dict[str, str]) -> tuple[str, bytes]:
    wsse = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd"
    token = "".join(
        f"<w:{tag}>{fields[name]}</w:{tag}>"
        for name, tag in (("UserName", "Username"), ("Password", "Password"))
        if name in fields
    )
    body = "".join(
        f"<{name}><![CDATA[{value}]]></{name}>"
        for name, value in fields.items()
        if name not in {"UserName", "Password"}
    )
    return "application/soap+xml; charset=utf-8", (
        f'<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope"><s:Header>'
        f'<w:Security xmlns:w="{wsse}">'
        f"<w:UsernameToken>{token}</w:UsernameToken></w:Security></s:Header><s:Body>"
        f'<c:COREEnvelopeRealTimeRequest xmlns:c="http://www.caqh.org/SOAP/WSDL/CORERule2.2.0.xsd">{body}'
        f"</c:COREEnvelopeRealTimeRequest></s:Body></s:Envelope>"
    ).encode()


WRITERS = {"mime": write_mime, "soap": write_soap}


@dataclass(frozen=True)
class Page:
    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def fields(self) -> dict[str, str]:
        """The fields of the response envelope, whichever it is, read without any help from the simulator."""
        text = self.body.decode()
        if "multipart" in self.headers["Content-Type"]:
            return dict(re.findall(r'name="(\w+)"\r\n\r\n(.*?)\r\n--', text, re.DOTALL))
        found = re.findall(r"<(\w+)>(?:<!\[CDATA\[)?([^<]*?)(?:\]\]>)?</\1>", text, re.DOTALL)
        return dict(found)

    @property
    def segments(self) -> list[str]:
        return self.fields["Payload"].removesuffix("~").split("~")


def post(url: str, content_type: str, body: bytes, timeout: float = 10.0) -> Page:
    request = Request(url, body, {"Content-Type": content_type})  # noqa: S310 - the loopback interface
    try:
        with OPENER.open(request, timeout=timeout) as reply:
            return Page(reply.status, dict(reply.headers), reply.read())
    except HTTPError as error:
        with error:
            return Page(error.code, dict(error.headers), error.read())


def call(url: str, wire: str, payload: str, timeout: float = 10.0, **changes: str) -> Page:
    return post(f"{url}/core/{wire}", *WRITERS[wire](write_fields(payload, **changes)), timeout=timeout)


def get(url: str) -> Any:  # noqa: ANN401 - JSON
    with OPENER.open(url, timeout=10) as reply:
        return json.load(reply)
