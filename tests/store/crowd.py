"""One process of a crowd: ``URL LEDGER START ANSWER COUNT SECONDS`` asks one question COUNT times at once.

Each paid call adds a line to LEDGER. Prints a JSON list of what each of the askers got.
"""

import json
import sys
import threading
import time
from pathlib import Path

from tests.store import support
from verifier.clock import SystemClock
from verifier.keeping import SNAPSHOTS
from verifier.service import Limits, Verifier
from verifier.store.cache import EncryptedCache

ANSWERS = {
    "active": support.ACTIVE,
    "rejected": support.REJECTED,
    "fault": support.FAULT,
    "error": RuntimeError("broken"),
}


def open_service(url: str, ledger: Path, answer: str, seconds: float) -> Verifier:
    connection = support.connect(url)

    def pay() -> None:
        with ledger.open("a") as file:
            file.write("call\n")
        time.sleep(seconds)

    clock = SystemClock()
    return Verifier(
        gateway=support.ScriptedGateway(ANSWERS[answer], pay),
        cache=EncryptedCache(connection, support.RING, SNAPSHOTS),
        records=support.open_records(f"sqlite:///{ledger.parent / 'records.db'}", clock),
        replies=support.SilentReplies(),
        facilities={"abita-springs": support.FACILITY},
        clock=clock,
        gate=support.open_gate(clock),
        limits=Limits(payer_deadline=30.0),
    )


def ask_together(service: Verifier, count: int) -> list[str]:
    together = threading.Barrier(count)
    got: list[str] = []

    def ask() -> None:
        together.wait()
        try:
            found = service.verify(support.INQUIRY)
        except Exception as error:  # noqa: BLE001 - what it was is what the test asks
            got.append(type(error).__name__)
            return
        got.append(f"{found.coverage and found.coverage.status}")

    threads = [threading.Thread(target=ask) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return got


def main(arguments: list[str]) -> None:
    url, ledger, start, answer, count, seconds = arguments
    service = open_service(url, Path(ledger), answer, float(seconds))
    print("ready", flush=True)  # noqa: T201 - read by the test
    while not Path(start).exists():
        time.sleep(0.002)
    print(json.dumps(ask_together(service, int(count))))  # noqa: T201 - read by the test


if __name__ == "__main__":
    main(sys.argv[1:])
