"""The server that runs the application in several processes; the one home of granian."""

import multiprocessing
import os
from tempfile import TemporaryDirectory
from typing import Final

from granian import Granian
from granian.constants import Interfaces

THREADS: Final = 32  # a worker's threads mostly wait for payers
COUNTS: Final = "PROMETHEUS_MULTIPROC_DIR"  # where each process counts, for /metrics to add up


def run(factory: str, host: str, port: int, workers: int) -> None:
    """Serve what *factory* (``module:function``) builds in each of so many processes, until interrupted."""
    with TemporaryDirectory(prefix="verifier-counts-") as counts:
        os.environ[COUNTS] = counts  # the client of Prometheus looks for it when it is imported
        multiprocessing.set_start_method("spawn", force=True)  # so anew; and no lock of a thread is inherited
        Granian(
            factory,
            address=host,
            port=port,
            interface=Interfaces.WSGI,
            workers=workers,
            blocking_threads=THREADS,
            backpressure=2 * THREADS,
            websockets=False,
            factory=True,
        ).serve()
