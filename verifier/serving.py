"""The server the application runs in."""

from typing import Final

from granian import Granian
from granian.constants import Interfaces

THREADS: Final = 32  # a worker's threads mostly wait for payers


def run(factory: str, host: str, port: int, workers: int) -> None:
    """Serve what *factory*, ``module:function``, builds in each of *workers* processes, until interrupted."""
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
