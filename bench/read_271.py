"""Measure how fast a 271 is read, beside `str.split`, the least anybody must do, and packages on the index.

Rounds of all readers are interleaved, so that a busy machine slows all of them, and medians are told. As
`timeit` does, the garbage collector is off while the clock runs. Exits with 1 when a bar is missed.
"""

import gc
import io
import sys
from collections.abc import Callable
from contextlib import suppress
from statistics import median
from time import perf_counter
from typing import Any, NamedTuple

from messages import BENEFITS, PLAIN, write_message

from payers.x12.response_271 import read_coverages

ROUNDS = 15
SHORTEST = 0.02  # seconds of one measurement
SPLIT_BAR = 8.0  # times the time of a bare split, 40 EB segments
PEER_BAR = 15.0  # times as fast as the fastest package that yields typed benefits
OURS, SPLIT = "this project", "str.split"


class Reader(NamedTuple):
    """A way to read a message: what it is called, what comes out, how it is called."""

    name: str
    yields: str
    read: Callable[[str], object]
    rows: tuple[tuple[str, ...], ...] = BENEFITS

    @property
    def is_typed_peer(self) -> bool:
        return self.yields == "typed models"


def split(message: str) -> list[list[str]]:
    return [segment.split("*") for segment in message.split("~")]


def load_readers() -> list[Reader]:
    ours = [
        Reader(OURS, "typed benefits", read_coverages),
        Reader(OURS, "typed benefits", read_coverages, PLAIN),
    ]
    bare = [Reader(SPLIT, "lists of text", split), Reader(SPLIT, "lists of text", split, PLAIN)]
    peers = []
    for load in (load_x12sdk, load_linuxforhealth, load_pyx12, load_ansi_x12):
        with suppress(ImportError):
            peers += load()
    return [*ours, *bare, *peers]


def load_x12sdk() -> list[Reader]:
    from x12sdk.io import X12ModelReader, X12SegmentReader  # noqa: PLC0415 - may not be installed

    def read_segments(message: str) -> object:
        with X12SegmentReader(message) as reader:
            return list(reader.segments())

    return [
        Reader("x12sdk", "segments", read_segments),
        Reader("x12sdk", "typed models", model_reader(X12ModelReader), PLAIN),
    ]


def load_linuxforhealth() -> list[Reader]:
    """Load a package written for pydantic 1, which pydantic 2 still carries as ``pydantic.v1``."""
    import pydantic.v1  # noqa: PLC0415 - may not be installed

    name = pydantic.__name__
    newer = {key: module for key, module in sys.modules.items() if key == name or key.startswith(f"{name}.")}
    older = {
        key.replace(".v1", "", 1): module for key, module in newer.items() if key.startswith(f"{name}.v1")
    }
    sys.modules.update(older)
    try:
        from linuxforhealth.x12.io import X12ModelReader  # noqa: PLC0415 - may not be installed

        read = model_reader(X12ModelReader)
        read(write_message(1, PLAIN))  # imports what it needs only now
    finally:
        sys.modules.update(newer)
    return [Reader("linuxforhealth-x12", "typed models", read, PLAIN)]


def model_reader(reader_class: Callable[[str], Any]) -> Callable[[str], object]:
    def read(message: str) -> object:
        with reader_class(message) as reader:
            return list(reader.models())

    return read


def load_pyx12() -> list[Reader]:
    from pyx12.x12file import X12Reader  # noqa: PLC0415 - may not be installed

    return [Reader("pyx12", "segments", lambda message: list(X12Reader(io.StringIO(message))))]


def load_ansi_x12() -> list[Reader]:
    from x12 import parse_x12_interchange, tokenize_x12  # noqa: PLC0415 - may not be installed

    def read(message: str) -> object:
        return parse_x12_interchange(tokenize_x12(message.encode()))

    return [Reader("ansi-x12", "segments", read)]


def measure(readers: list[Reader], benefits: int, rounds: int = ROUNDS) -> list[float]:
    """Return the median seconds a message takes each of *readers*."""
    messages = [write_message(benefits, reader.rows) for reader in readers]
    repeats = [
        max(1, round(SHORTEST / once(reader, text))) for reader, text in zip(readers, messages, strict=True)
    ]
    times: list[list[float]] = [[] for _ in readers]
    for _ in range(rounds):
        for reader, text, count, taken in zip(readers, messages, repeats, times, strict=True):
            taken.append(clock(reader.read, text, count))
    return [median(taken) for taken in times]


def once(reader: Reader, text: str) -> float:
    reader.read(text)
    return clock(reader.read, text, 3)


def clock(read: Callable[[str], object], text: str, count: int) -> float:
    gc.collect()
    gc.disable()
    try:
        begun = perf_counter()
        for _ in range(count):
            read(text)
        return (perf_counter() - begun) / count
    finally:
        gc.enable()


def tell(readers: list[Reader], small: list[float], large: list[float]) -> None:
    base = {
        reader.rows: seconds for reader, seconds in zip(readers, small, strict=True) if reader.name == OURS
    }
    bare = {
        reader.rows: seconds for reader, seconds in zip(readers, small, strict=True) if reader.name == SPLIT
    }
    print(f"{'reader':20} {'yields':16} {'message':8}", end="")
    print(f" {'40 EB/s':>9} {'400 EB/s':>9} {'x split':>8} {'ours x':>8}")
    for reader, forty, more in sorted(
        zip(readers, small, large, strict=True), key=lambda row: row[0].rows is PLAIN
    ):
        shape = "plain" if reader.rows is PLAIN else "usual"
        print(
            f"{reader.name:20} {reader.yields:16} {shape:8} {1 / forty:9,.0f} {1 / more:9,.0f}"
            f" {forty / bare[reader.rows]:8.1f} {forty / base[reader.rows]:8.1f}"
        )


def tell_growth() -> None:
    readers = [Reader(OURS, "typed benefits", read_coverages), Reader(SPLIT, "lists of text", split)]
    print("\nmicroseconds for each EB segment with what belongs to it")
    for benefits in (40, 400, 4_000):
        ours, bare = measure(readers, benefits, rounds=5)
        print(f"{benefits:6,} EB: {ours / benefits * 1e6:6.2f}   split {bare / benefits * 1e6:6.2f}")


def judge(readers: list[Reader], small: list[float]) -> bool:
    """Hold the measurement against the bars; true when both are met."""
    found = {(reader.name, reader.rows): seconds for reader, seconds in zip(readers, small, strict=True)}
    typed = [seconds for reader, seconds in zip(readers, small, strict=True) if reader.is_typed_peer]
    against_split = found[OURS, BENEFITS] / found[SPLIT, BENEFITS]
    print(f"\nagainst split: {against_split:.1f} times its time (bar: at most {SPLIT_BAR:.0f})")
    if not typed:
        print("against typed packages: none is installed; requirements/peers.lock lists them")
        return False
    against_typed = min(typed) / found[OURS, PLAIN]
    print(
        f"against the fastest typed package: {against_typed:.0f} times as fast (bar: at least {PEER_BAR:.0f})"
    )
    return against_split <= SPLIT_BAR and against_typed >= PEER_BAR


def main() -> int:
    readers = load_readers()
    small, large = measure(readers, 40), measure(readers, 400, rounds=5)
    print(
        "Messages a second; 'usual' replies have what payers send, 'plain' ones what typed packages accept.\n"
    )
    tell(readers, small, large)
    tell_growth()
    return 0 if judge(readers, small) else 1


if __name__ == "__main__":
    sys.exit(main())
