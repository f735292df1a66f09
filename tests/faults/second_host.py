"""A second host for tests: a network namespace that reaches this one over one wire, and nothing else.

What the first host serves on sockets of its own is offered on the wire, and a relay within the second host
offers it there on loopback, as an encrypted tunnel between two machines would.
"""

import os
import secrets
import socket
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from shutil import which

HERE, THERE = "10.213.77.1", "10.213.77.2"
ACCEPTED = 0  # where connections are counted, of every port
RELAY = "import sys; from tests.faults.second_host import relay_all; relay_all(sys.argv[1:])"


def why_not() -> str | None:
    """Say why no network namespace can be made; ``None`` when one can."""
    if os.geteuid() != 0:
        return "network namespaces need root"
    if which("ip") is None:
        return "iproute2 is not installed"
    name = f"try{secrets.token_hex(3)}"
    if subprocess.run(["ip", "netns", "add", name], capture_output=True, check=False).returncode:  # noqa: S603, S607 - fixed words
        return "the kernel gives no network namespace"
    ip("netns", "delete", name)
    return None


def ip(*words: str) -> None:
    subprocess.run(["ip", *words], check=True, capture_output=True)  # noqa: S603, S607 - fixed words


@contextmanager
def second_host() -> Iterator[list[str]]:
    """Make the namespace and its wire, and give what to put before a command that is to run there."""
    name, near, far = "night2", "night-near", "night-far"
    with suppress(subprocess.CalledProcessError):
        ip("netns", "delete", name)
    ip("netns", "add", name)
    try:
        ip("link", "add", near, "type", "veth", "peer", "name", far, "netns", name)
        ip("addr", "add", f"{HERE}/30", "dev", near)
        ip("link", "set", near, "up")
        ip("-n", name, "addr", "add", f"{THERE}/30", "dev", far)
        ip("-n", name, "link", "set", far, "up")
        ip("-n", name, "link", "set", "lo", "up")
        yield ["ip", "netns", "exec", name]
    finally:
        ip("netns", "delete", name)


@contextmanager
def offering(targets: Mapping[int, str | tuple[str, int]]) -> Iterator[Counter[int]]:
    """Offer on the wire, by port, what listens on sockets of this host; count the HTTP requests of each."""
    counted: Counter[int] = Counter()
    listeners = [(socket.create_server((HERE, port)), target) for port, target in targets.items()]
    threads = [threading.Thread(target=serve, args=(*each, counted), daemon=True) for each in listeners]
    for thread in threads:
        thread.start()
    try:
        yield counted
    finally:
        for listener, _ in listeners:
            listener.shutdown(socket.SHUT_RDWR)
            listener.close()
        for thread in threads:
            thread.join()


def tunnel(before: Sequence[str], ports: Sequence[int]) -> "subprocess.Popen[bytes]":
    """Run within the second host what offers there, on loopback, what is offered on the wire."""
    command = [*before, sys.executable, "-c", RELAY, *map(str, ports)]
    return subprocess.Popen(command, start_new_session=True)  # noqa: S603 - our own file


def relay_all(ports: Sequence[str]) -> None:
    """Relay each port of loopback to the same port of the first host, for good."""
    for port in map(int, ports):
        listener = socket.create_server(("127.0.0.1", port))
        threading.Thread(target=serve, args=(listener, (HERE, port), Counter()), daemon=True).start()
    threading.Event().wait()


def serve(listener: socket.socket, target: str | tuple[str, int], counted: Counter[int]) -> None:
    port, joined = listener.getsockname()[1], []
    with suppress(OSError):  # until the listener is shut down
        while True:
            near, _ = listener.accept()
            counted[ACCEPTED] += 1
            thread = threading.Thread(target=join, args=(near, target, port, counted), daemon=True)
            thread.start()
            joined.append(thread)
    for thread in joined:
        thread.join()


def join(near: socket.socket, target: str | tuple[str, int], port: int, counted: Counter[int]) -> None:
    """Pass on in both directions until both have ended."""
    far = socket.socket(socket.AF_UNIX if isinstance(target, str) else socket.AF_INET)
    with near, far, suppress(OSError):
        far.connect(target)
        back = threading.Thread(target=pump, args=(far, near, port, Counter()), daemon=True)
        back.start()
        pump(near, far, port, counted)
        back.join()


def pump(one: socket.socket, other: socket.socket, port: int, counted: Counter[int]) -> None:
    with suppress(OSError):
        while data := one.recv(65_536):
            counted[port] += data.startswith(b"POST ")  # each request begins a segment of its own
            other.sendall(data)
    with suppress(OSError):
        other.shutdown(socket.SHUT_WR)
