"""Time the payer directory: its loading, its index, 200 misspelled searches; fails beyond the budget.

Run: python bench/search.py
"""

import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path

from payers.directory.directory import load
from payers.directory.search import search

BUDGET_MILLISECONDS = 5.0
LEAST_FOUND = 0.95
ROUNDS = 5
TEXTS = Path(__file__).parents[1] / "tests/unit/payers/directory/card_texts.tsv"


def read_texts() -> list[tuple[str, str]]:
    lines = TEXTS.read_text(encoding="utf-8").splitlines()
    return [(text, payer) for text, payer in (line.split("\t") for line in lines)]


def milliseconds(action: Callable[[], object]) -> float:
    started = time.perf_counter()
    action()
    return (time.perf_counter() - started) * 1000


def main() -> int:
    loading = statistics.median(milliseconds(load) for _ in range(ROUNDS))
    directory, texts = load(), read_texts()
    first = milliseconds(lambda: search(directory, "aetna"))
    times = sorted(milliseconds(lambda: search(directory, text)) for text, _ in texts * ROUNDS)  # noqa: B023
    found = sum([each.payer.id for each in search(directory, text, 1)] == [payer] for text, payer in texts)
    slow = times[int(0.95 * len(times))]
    print(f"{len(directory)} payers, {sum(len(payer.routes) for payer in directory)} routes")
    print(f"  loaded in            {loading:7.1f} ms")
    print(f"  first search         {first:7.1f} ms  (it makes the index)")
    print(f"  search, median       {statistics.median(times):7.2f} ms")
    print(f"  search, p95          {slow:7.2f} ms  of {BUDGET_MILLISECONDS} ms")
    print(f"  payer meant is first {found:5d} of {len(texts)}")
    return 0 if slow <= BUDGET_MILLISECONDS and found >= LEAST_FOUND * len(texts) else 1


if __name__ == "__main__":
    sys.exit(main())
