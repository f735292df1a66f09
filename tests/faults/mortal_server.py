"""A service that is killed while it serves: ``KILLS SEED`` prints what its clients were told, as JSON.

Each server is forked from this process, which has everything imported and no thread running: it opens the
whole house, as the environment says, and dies by SIGKILL at a moment left to chance, sometimes before it is
up. Clients post verifications, each under a key of its own, and note an answer once they have read all of it.
"""

import json
import os
import random
import signal
import socket
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.client import HTTPConnection, HTTPException
from typing import Any, Final

from werkzeug.serving import make_server

from verifier.bootstrap import build
from verifier.web.api import examples

CLIENTS: Final = 4
SECONDS: Final = 60.0
EARLY: Final = 0.2  # of the servers are killed while they start
MEMBER: Final = {
    "id": "SIM100001",
    "first_name": "Jordan",
    "last_name": "Avery",
    "birth_date": "1988-04-12",
}
INQUIRY: Final = examples.INQUIRY | {"payer": "sim-multiple", "member": MEMBER}
JSON: Final = {"Content-Type": "application/json", "Prefer": "wait=20"}


def serve(listener: socket.socket) -> None:
    """Open the house and serve on *listener* until killed."""
    null = os.open(os.devnull, os.O_WRONLY)
    os.dup2(null, sys.stderr.fileno())
    host, port = listener.getsockname()
    make_server(host, port, build(os.environ), threaded=True, fd=listener.fileno()).serve_forever()


@contextmanager
def born() -> Iterator[tuple[int, int]]:
    """Fork a server and give its process and port; at the end it is killed."""
    listener = socket.create_server(("127.0.0.1", 0))
    child = os.fork()
    if child == 0:
        try:
            serve(listener)
        finally:
            os._exit(3)
    port = listener.getsockname()[1]
    listener.close()
    try:
        yield child, port
    finally:
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)


def request(port: int, method: str, path: str, body: object = None, key: str = "") -> tuple[int, Any]:
    """Send a request and read all of the answer."""
    connection = HTTPConnection("127.0.0.1", port, timeout=SECONDS)
    try:
        headers = JSON | ({"Idempotency-Key": key} if key else {})
        connection.request(method, path, json.dumps(body) if body else None, headers)
        response = connection.getresponse()
        return response.status, json.loads(response.read())
    finally:
        connection.close()


def post(port: int, key: str) -> tuple[int, Any]:
    """Ask about a program that differs with the key, so that no two keys stand for the same inquiry."""
    weeks = 1 + int(key.rpartition("-")[2]) % 4
    return request(
        port, "POST", "/v1/verifications", INQUIRY | {"program": examples.PROGRAM | {"weeks": weeks}}, key
    )


def post_on(port: int, prefix: str, told: dict[str, Any], heard: threading.Event) -> None:
    """Post under one key after the other until nobody answers any more."""
    with suppress(OSError, HTTPException, ValueError):
        for number in range(1_000_000):
            key = f"{prefix}-{number}"
            status, answer = post(port, key)
            assert status == 201, answer
            told[key] = answer
            heard.set()


def live_once(turn: int, chance: random.Random, told: dict[str, Any]) -> None:
    """Let a server live for a while among its clients; what they were told is added to *told*."""
    heard = threading.Event()
    early, delay = chance.random() < EARLY, chance.uniform(0.0, 0.3)
    with born() as (_, port):
        clients = [
            threading.Thread(target=post_on, args=(port, f"{turn}-{client}", told, heard))
            for client in range(CLIENTS)
        ]
        for client in clients:
            client.start()
        if not early:
            assert heard.wait(SECONDS), "the service did not come up again"
        threading.Event().wait(delay)
    for client in clients:
        client.join()


def compare(told: dict[str, Any]) -> dict[str, list[str]]:
    """Start once more and list the keys whose answer is gone, differs, or is given anew."""
    found: dict[str, list[str]] = {"missing": [], "differs": [], "again": []}
    with born() as (_, port):
        for key, answer in told.items():
            status, kept = request(port, "GET", f"/v1/verifications/{answer['id']}")
            if status != 200:
                found["missing"].append(key)
            elif kept != answer:
                found["differs"].append(key)
            if post(port, key)[1].get("id") != answer["id"]:
                found["again"].append(key)
    return found


def main(kills: str, seed: str) -> None:
    chance, told = random.Random(seed), dict[str, Any]()  # noqa: S311 - repeatable on purpose
    for turn in range(int(kills)):
        live_once(turn, chance, told)
    ids = [answer["id"] for answer in told.values()]
    print(json.dumps({"ids": ids, **compare(told)}))  # noqa: T201 - read by the test


if __name__ == "__main__":
    main(*sys.argv[1:])
