"""How much memory one reply costs: ``WIRE URL SECONDS`` asks once, in a process of its own.

The first question is answered harmlessly, so that all that is loaded once is there; then the high-water mark
of the resident set is set back, and the second question meets the hostile reply. Prints JSON: what came of
it, the seconds it took, and by how many bytes the mark rose above the set before.
"""

import json
import re
import sys
import time
from pathlib import Path

from payers.kit.deadline import Deadline
from payers.kit.http import HttpSender
from payers.kit.plug import Tools
from tests.payers.wires import OPENING, pause
from verifier.errors import PayerFault
from verifier.testing.people import QUESTION

SETS_BACK_THE_MARK = "5"  # proc(5), /proc/pid/clear_refs


def read_memory(name: str) -> int:
    found = re.search(rf"^{name}:\s+(\d+) kB", Path("/proc/self/status").read_text(), re.MULTILINE)
    assert found
    return int(found[1]) * 1024


def main(arguments: list[str]) -> None:
    wire, url, seconds = arguments
    sender = HttpSender(pause=pause)
    channel = OPENING[wire](url, Tools(sender))
    outcomes = []
    for allowed in (20.0, float(seconds)):
        Path("/proc/self/clear_refs").write_text(SETS_BACK_THE_MARK)
        before, started = read_memory("VmRSS"), time.monotonic()
        try:
            outcomes.append(str(channel.ask(QUESTION, Deadline.after(allowed)).status))
        except PayerFault as fault:
            outcomes.append(type(fault).__name__)
    taken, grown = time.monotonic() - started, read_memory("VmHWM") - before
    sender.close()
    print(json.dumps({"outcomes": outcomes, "seconds": taken, "grown": grown}))  # noqa: T201 - read by the test


if __name__ == "__main__":
    main(sys.argv[1:])
