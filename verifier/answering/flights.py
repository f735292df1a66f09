"""`Flights`: identical questions put at one time share one answer, within this process."""

import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from typing import Final, Generic, TypeVar

from verifier.errors import PayerTimeout

Result = TypeVar("Result")

REMEMBERED_SECONDS: Final = 30.0


class Flights(Generic[Result]):
    """Shares the result, or the error, of one flight among all who ask for it while it is under way.

    Somebody who asked before it landed but comes to wait only after it did still gets what it brought.
    """

    def __init__(self, *, monotonic: Callable[[], float] = time.monotonic) -> None:
        """Tell before from after by *monotonic*."""
        self._monotonic = monotonic
        self._lock = threading.Lock()
        self._aloft: dict[str, Future[Result]] = {}
        self._landed: dict[str, tuple[float, Future[Result]]] = {}

    def now(self) -> float:
        """Tell the moment to give as *asked_at*."""
        return self._monotonic()

    def share(self, name: str, fly: Callable[[], Result], *, asked_at: float, patience: float) -> Result:
        """Return what *fly* brings, or what another caller's flight of this *name* brings.

        Raises:
            PayerTimeout: the other caller's flight is not back after *patience* seconds.
        """
        flight, leads = self._board(name, asked_at)
        if leads:
            self._lead(name, fly, flight)
        try:
            return flight.result(timeout=patience)
        except TimeoutError:
            if flight.done():
                raise
            raise PayerTimeout("The payer did not answer in time; try again later.") from None

    def _board(self, name: str, asked_at: float) -> tuple["Future[Result]", bool]:
        with self._lock:
            landed_at, landed = self._landed.get(name, (0.0, None))
            if landed and landed_at > asked_at:
                return landed, False
            if name in self._aloft:
                return self._aloft[name], False
            self._aloft[name] = Future()
            return self._aloft[name], True

    def _lead(self, name: str, fly: Callable[[], Result], flight: "Future[Result]") -> None:
        try:
            flight.set_result(fly())
        except BaseException as error:  # noqa: BLE001 - the followers must be told whatever it is
            flight.set_exception(error)
        with self._lock:
            now = self._monotonic()
            del self._aloft[name]
            self._landed[name] = (now, flight)
            for old in [other for other, (at, _) in self._landed.items() if at < now - REMEMBERED_SECONDS]:
                del self._landed[old]
