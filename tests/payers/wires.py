"""Every wire a channel speaks, opened to a simulator, or to whatever stands at its address."""

from collections.abc import Callable
from time import sleep

from payers.channels.availity import Availity, AvailitySettings
from payers.channels.caqh_core import CaqhCore, CoreSettings
from payers.channels.fhir import Fhir, FhirSettings
from payers.channels.optum import Optum, OptumSettings
from payers.channels.stedi import REDESIGNED, Stedi, StediSettings
from payers.kit.channel import Channel
from payers.kit.plug import Tools
from payers.simulator.server import PASSWORD, USER_NAME


def pause(seconds: float) -> None:
    sleep(min(seconds, 0.01))


def open_core(url: str, tools: Tools, envelope: str) -> CaqhCore:
    settings = CoreSettings(
        f"{url}/core/{envelope}", "VERIFIER", "SIMULATED", USER_NAME, PASSWORD, envelope=envelope
    )
    return CaqhCore(settings, tools)


def open_fhir(url: str, tools: Tools) -> Fhir:
    return Fhir(FhirSettings(f"{url}/fhir-secured", f"{url}/fhir-secured/token", USER_NAME, PASSWORD), tools)


def open_availity(url: str, tools: Tools, mood: str) -> Availity:
    return Availity(AvailitySettings(f"{url}/{mood}/v1", USER_NAME, PASSWORD), tools, pause=pause)


OPENING: dict[str, Callable[[str, Tools], Channel]] = {
    "core-mime": lambda url, tools: open_core(url, tools, "mime"),
    "core-soap": lambda url, tools: open_core(url, tools, "soap"),
    "stedi-v3": lambda url, tools: Stedi(StediSettings(PASSWORD, f"{url}/stedi"), tools),
    "stedi-2026-06-01": lambda url, tools: Stedi(StediSettings(PASSWORD, f"{url}/stedi", REDESIGNED), tools),
    "optum": lambda url, tools: Optum(OptumSettings(USER_NAME, PASSWORD, f"{url}/optum"), tools),
    "availity": lambda url, tools: open_availity(url, tools, "availity"),
    "availity-at-poll": lambda url, tools: open_availity(url, tools, "availity-at-poll"),
    "fhir": open_fhir,
}
