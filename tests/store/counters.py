"""One process of several that count together: ``URL START COUNT`` adds one to a shared number COUNT times."""

import sys
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

from tests.store import support
from verifier.store.call_state import SharedCallState

KEEP = timedelta(minutes=1)


def add_one(text: str | None, _: float) -> tuple[str, int]:
    return str(int(text or 0) + 1), int(text or 0) + 1


def main(arguments: list[str]) -> None:
    url, start, count = arguments
    state = SharedCallState(support.connect(url), support.RING)
    print("ready", flush=True)  # noqa: T201 - read by the test
    while not Path(start).exists():
        time.sleep(0.002)
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: state.change("number", add_one, keep=KEEP), range(int(count))))


if __name__ == "__main__":
    main(sys.argv[1:])
