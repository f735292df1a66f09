"""One process of a crowd: ``REDIS SIMULATOR START COUNT`` asks one question COUNT times at once.

Prints a JSON list of what each of the askers got.
"""

import json
import sys
import threading
import time
from datetime import date
from pathlib import Path

from payers.directory import directory
from payers.gateway import Gateway
from payers.kit.http import HttpSender
from payers.programs.commercial import Commercial
from tests.faults.rooms import open_channel
from tests.store import support
from verifier.clock import SystemClock
from verifier.keeping import SNAPSHOTS
from verifier.model.inquiry import Inquiry, Member
from verifier.service import Verifier
from verifier.store.cache import EncryptedCache
from verifier.store.call_state import SharedCallState


def open_service(redis: str, simulator: str, folder: Path) -> Verifier:
    connection, clock = support.connect(redis), SystemClock()
    gateway = Gateway(
        directory=directory.load(),
        channels={"simulator": open_channel(simulator, HttpSender())},
        programs={"commercial": Commercial()},
        state=SharedCallState(connection, support.RING),
    )
    return Verifier(
        gateway=gateway,
        cache=EncryptedCache(connection, support.RING, SNAPSHOTS),
        records=support.open_records(f"sqlite:///{folder / 'records.db'}", clock),
        replies=support.SilentReplies(),
        facilities={support.FACILITY.id: support.FACILITY},
        clock=clock,
        gate=support.open_gate(clock),
    )


def write_inquiry() -> Inquiry:
    """Ask a payer that answers all service types in one question, so one question is one call."""
    member = Member("Avery", date(1988, 4, 12), "Jordan", "SIM100001")
    return support.inquire(payer="sim-multiple", member=member)


def ask_together(service: Verifier, inquiry: Inquiry, count: int) -> list[str]:
    together, got = threading.Barrier(count), list[str]()

    def ask() -> None:
        together.wait()
        try:
            found = service.verify(inquiry)
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
    redis, simulator, start, count = arguments
    service, inquiry = open_service(redis, simulator, Path(start).parent), write_inquiry()
    print("ready", flush=True)  # noqa: T201 - read by the test
    while not Path(start).exists():
        time.sleep(0.002)
    print(json.dumps(ask_together(service, inquiry, int(count))))  # noqa: T201 - read by the test


if __name__ == "__main__":
    main(sys.argv[1:])
