"""The way to every payer, opened as the settings say: the configured connections, or the simulator."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, closing, contextmanager
from dataclasses import asdict
from functools import lru_cache
from pathlib import Path
from threading import Lock
from typing import Final

from payers.directory import directory
from payers.gateway import Gateway
from payers.kit.bulkhead import Lane
from payers.kit.channel import Channel
from payers.kit.deadline import Deadline
from payers.kit.discovery import Plugs, discover
from payers.kit.exchange import Request
from payers.kit.http import HttpSender
from payers.kit.plug import Tools
from payers.kit.referenced import Memory
from payers.simulator.server import PASSWORD, USER_NAME, Simulator
from payers.simulator.wires.okta import AUDIENCE, CLIENT_KEY
from verifier.calls import CallState
from verifier.clock import Clock
from verifier.ports import CoverageCache
from verifier.settings import CaqhCoreRoute, Envelope, Settings

WEBHOOK_SECONDS: Final = 15.0  # the Standard Webhooks specification asks for 15 to 30
SIGN_IN_SECONDS: Final = 10.0  # that whoever signs tokens or people in is given to answer


@contextmanager
def open_gateway(
    settings: Settings, clock: Clock, state: CallState | None = None, *, night: CoverageCache | None = None
) -> Iterator[Gateway]:
    """Open the way to every payer, for as long as the context lasts; *state* is shared by all processes.

    With *night* it is the way of nightly work: after people who wait, and with answers remembered there.
    """
    with ExitStack() as stack:
        sender = HttpSender(private=settings.private_hosts)
        stack.callback(sender.close)
        tools, plugs = Tools(sender, clock, settings.data), discover()
        programs = {name: plug.build(tools) for name, plug in plugs.programs.items()}
        gateway = Gateway(
            directory=_load(tuple((path, _stamp(path)) for path in (directory.SHIPPED, *settings.payers))),
            channels=_connect(settings, plugs, tools, stack),
            programs=programs,
            clock=clock,
            state=state,
            lane=Lane.NIGHTLY if night else Lane.INTERACTIVE,
            memory=Memory(night, clock, Lock()) if night else None,
            may_pay_twice=settings.may_pay_twice,
        )
        stack.callback(gateway.close)
        yield gateway


@lru_cache(maxsize=4)
def _load(stamped: tuple[tuple[Path, tuple[int, int]], ...]) -> directory.Directory:
    """Read the directory once for a process and those it forks, as long as its files are the same."""
    return directory.load(path for path, _ in stamped)


def _stamp(path: Path) -> tuple[int, int]:
    """Tell one content of a file from another; one that is not there is read, to say so."""
    try:
        found = path.stat()
    except OSError:
        return (0, 0)
    return (found.st_mtime_ns, found.st_size)


@contextmanager
def open_outside(settings: Settings) -> Iterator[Callable[[str, str, Mapping[str, str], bytes], bytes]]:
    """Open the way to whoever signs tokens or people in, on the same terms as that to payers.

    What it yields sends method, address, headers and body, and returns the body of a successful reply.
    """
    with closing(HttpSender(private=settings.private_hosts)) as sender:
        yield (
            lambda method, url, headers, body: (
                sender.send(Request(method, url, headers, body), Deadline.after(SIGN_IN_SECONDS)).body
            )
        )


@contextmanager
def open_post(settings: Settings) -> Iterator[Callable[[str, Mapping[str, str], bytes], None]]:
    """Open the way to whoever is told by webhook: to public hosts, and those that the operator named for it.

    What it yields posts headers and body to an address, and returns when they were taken.
    """
    with closing(HttpSender(private=settings.webhook_hosts)) as sender:

        def post(url: str, headers: Mapping[str, str], body: bytes) -> None:
            sender.send(Request("POST", url, headers, body), Deadline.after(WEBHOOK_SECONDS))

        yield post


def _connect(settings: Settings, plugs: Plugs, tools: Tools, stack: ExitStack) -> dict[str, Channel]:
    """Build every configured connection; with none, one to a simulator, started if none runs yet."""
    wires = {wire: plugs.channels[wire].build(there, tools) for wire, there in settings.connections.items()}
    core = plugs.channels["caqh_core"]
    if settings.caqh_core:
        wires["caqh_core"] = core.build(_as_text(settings.caqh_core), tools)
    if not wires:
        url = settings.simulator_url or stack.enter_context(Simulator()).url
        wires["simulator"] = core.build(_as_text(_simulator_route(url)), tools)
        wires["lighthouse-simulator"] = plugs.channels["lighthouse"].build(_simulator_account(url), tools)
    return wires


def _simulator_route(url: str) -> CaqhCoreRoute:
    return CaqhCoreRoute(f"{url}/core/mime", Envelope.MIME, "VERIFIER", "SIMULATOR", USER_NAME, PASSWORD)


def _simulator_account(url: str) -> dict[str, str]:
    """Say who we are at the simulated VA."""
    return {
        "url": f"{url}/lighthouse",
        "api_key": PASSWORD,
        "client_id": USER_NAME,
        "audience": AUDIENCE,
        "key_file": str(CLIENT_KEY),
    }


def _as_text(route: CaqhCoreRoute) -> dict[str, str]:
    return {name: str(value) for name, value in asdict(route).items()}
