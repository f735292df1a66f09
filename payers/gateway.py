"""The way to every payer: finds the payer, takes the best route that is configured, lets its program ask."""

from collections.abc import Iterator, Mapping
from operator import attrgetter
from typing import Final

from payers.directory.directory import Directory, Payer, Route
from payers.directory.search import search
from payers.kit.channel import Channel
from payers.kit.deadline import Deadline
from payers.kit.program import Destination, Program
from verifier.clock import Clock, SystemClock
from verifier.errors import BadInput, NotConfigured, NotFound
from verifier.model.inquiry import Facility, Inquiry
from verifier.model.verification import Answer

SETTINGS: Final[Mapping[str, str]] = {
    "caqh_core": "set VERIFIER_CAQH_CORE_URL and what goes with it",
    "simulator": "leave VERIFIER_CAQH_CORE_URL unset, so that the payer simulator answers",
}


class Gateway:
    """Implements `verifier.ports.PayerGateway`.

    *channels* are the configured connections by the name that routes of the *directory* call them; *programs*
    are the kinds of coverage by name.
    """

    def __init__(
        self,
        *,
        directory: Directory,
        channels: Mapping[str, Channel],
        programs: Mapping[str, Program],
        clock: Clock | None = None,
    ) -> None:
        """Take what to choose from."""
        self.directory = directory
        self._channels = channels
        self._programs = programs
        self._clock = clock or SystemClock()

    def ask(self, inquiry: Inquiry, facility: Facility, *, deadline: float) -> Answer:
        """Put *inquiry* to its payer within *deadline* seconds; see `verifier.ports.PayerGateway`."""
        until = Deadline.after(deadline, self._clock.monotonic)
        payer = self._find(inquiry.payer)
        program, route = self._require_program(payer), self._require_route(payer)
        _require_fields(payer, inquiry)
        return program.ask(inquiry, facility, self._direct(payer, route), until)

    def is_reachable(self, payer_id: str) -> bool:
        """Tell whether a configured route leads to this payer, by a program there is.

        Raises:
            NotFound: the directory knows no such payer.
        """
        payer = self.directory.find(payer_id)
        return payer.program in self._programs and self._find_route(payer) is not None

    def close(self) -> None:
        """Let every program go."""
        for program in self._programs.values():
            program.close()

    def _find(self, payer_id: str) -> Payer:
        try:
            return self.directory.find(payer_id)
        except NotFound as error:
            matches = search(self.directory, payer_id, limit=3)
            near = ", ".join(f"{match.payer.id} ({match.payer.name})" for match in matches)
            raise NotFound(f"{error.detail} Perhaps: {near}." if near else error.detail) from error

    def _require_program(self, payer: Payer) -> Program:
        if payer.program not in self._programs:
            raise NotConfigured(
                f"{payer.name} belongs to the program {payer.program!r}, which is not installed here."
            )
        return self._programs[payer.program]

    def _require_route(self, payer: Payer) -> Route:
        route = self._find_route(payer)
        if route is None:
            raise NotConfigured(_advise(payer))
        return route

    def _find_route(self, payer: Payer) -> Route | None:
        return next((route for route in payer.routes if route.connection in self._channels), None)

    def _direct(self, payer: Payer, route: Route) -> Destination:
        return Destination(
            name=payer.name,
            payer_id=route.payer_id,
            channel=self._channels[route.connection],
            service_types=payer.service_types,
            multiple_service_types=payer.multiple_service_types,
        )


def _advise(payer: Payer) -> str:
    """Say what to set so that *payer* can be asked; nobody's answer but its own will do."""
    if not payer.routes:
        return (
            f"{payer.name} is known, but no route to it: add a [[route]] with its id at your clearinghouse "
            "to a payer directory file of your own."
        )
    connections = [route.connection for route in payer.routes]
    steps = (SETTINGS.get(name, f"configure the connection {name!r}") for name in connections)
    return f"{payer.name} is known, but no connection that leads to it is configured: {' or '.join(steps)}."


def _require_fields(payer: Payer, inquiry: Inquiry) -> None:
    missing = dict(_find_missing(payer, inquiry))
    if missing:
        raise BadInput(f"{payer.name} cannot be asked without the fields named.", missing)


def _find_missing(payer: Payer, inquiry: Inquiry) -> Iterator[tuple[str, str]]:
    for name in payer.requires:
        if attrgetter(name)(inquiry) is None:
            yield f"/{name.replace('.', '/')}", "is required by this payer"
