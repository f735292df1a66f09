"""The way to every payer: finds the payer, lets its program ask over the best route, or over the next one.

The next route of the directory is taken only when the question cannot have been paid for on the last: no
connection, a breaker that is open, a bulkhead that is full, throttling.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from operator import attrgetter
from typing import Final, TypeGuard

from payers.directory.directory import Directory, Payer, Route
from payers.directory.search import search
from payers.kit.asking import plan_services
from payers.kit.bulkhead import Lane
from payers.kit.channel import Channel
from payers.kit.circuit import Condition
from payers.kit.deadline import Deadline
from payers.kit.guard import Guard, GuardedChannel, HeldChannel
from payers.kit.program import AnswersAlone, Destination, Program, Regional
from payers.kit.referenced import Memory, ReferencedChannel
from payers.kit.routing import Leg, Trip, join
from verifier.calls import CallState
from verifier.clock import Clock, SystemClock
from verifier.errors import BadInput, NotConfigured, NotFound
from verifier.model.coverage import Coverage
from verifier.model.inquiry import Facility, Inquiry
from verifier.model.payment import PlanKind
from verifier.model.published import Published
from verifier.model.verification import Answer
from verifier.reference import present_reference

SIMULATED: Final = frozenset({"simulator", "lighthouse-simulator"})
NOWHERE: Final = Facility("", "", "")
SETTINGS: Final[Mapping[str, str]] = {
    "caqh_core": "set VERIFIER_CAQH_CORE_URL and what goes with it",
    "stedi": "set VERIFIER_STEDI_API_KEY",
    "optum": "set VERIFIER_OPTUM_CLIENT_ID and VERIFIER_OPTUM_CLIENT_SECRET",
    "availity": "set VERIFIER_AVAILITY_URL and what goes with it",
    "fhir": "set VERIFIER_FHIR_URL",
    "lighthouse": "set VERIFIER_LIGHTHOUSE_API_KEY, or VERIFIER_LIGHTHOUSE_CLIENT_ID and what goes with it",
    **dict.fromkeys(SIMULATED, "configure no payer at all, so that the payer simulator answers"),
}


class Gateway:
    """Implements `verifier.ports.PayerGateway` and `verifier.ports.Rulebook`.

    *channels* are the configured connections by the name that routes of the *directory* call them; *programs*
    are the kinds of coverage by name. Breakers and bulkheads live in *state*; without one there are none.
    *lane* says for whom this gateway asks; work with a reference of its own asks through *memory*. With
    *may_pay_twice* the next route is taken after every fault.
    """

    def __init__(  # noqa: PLR0913 - what to choose from, and how, each by name
        self,
        *,
        directory: Directory,
        channels: Mapping[str, Channel],
        programs: Mapping[str, Program],
        clock: Clock | None = None,
        state: CallState | None = None,
        lane: Lane = Lane.INTERACTIVE,
        memory: Memory | None = None,
        may_pay_twice: bool = False,
    ) -> None:
        """Take what to choose from."""
        self.directory = directory
        self._state = state
        self._lane = lane
        self._memory = memory
        self._may_pay_twice = may_pay_twice
        self._channels = channels
        self._programs = programs
        self._clock = clock or SystemClock()

    def ask(self, inquiry: Inquiry, facility: Facility, *, deadline: float) -> Answer:
        """Put *inquiry* to its payer within *deadline* seconds; see `verifier.ports.PayerGateway`."""
        until = Deadline.after(deadline, self._clock.monotonic)
        payer = self._choose_region(self._find(inquiry.payer), inquiry, facility)
        program = self._require_program(payer)
        _require_fields(payer, inquiry)
        if _answers_alone(program, payer) and not self._list_routes(payer):
            return program.answer_alone(payer.name)
        routes = self._require_routes(payer)
        legs: list[Leg] = []
        reached = False
        for route in routes:
            trip = Trip(self._guard(payer, route), self._clock)
            answer = program.ask(inquiry, facility, _direct(payer, route, trip), until)
            answer = replace(answer, exchanges=trip.exchanges)
            legs.append(Leg(route.connection, answer, again=reached and trip.reached))
            reached |= trip.reached
            if not answer.is_fault or until.passed or (reached and not self._may_pay_twice):
                break
        return _name_payer(join(legs), payer)

    def find_held(self, inquiry: Inquiry, facility: Facility) -> Answer | None:
        """Answer for a payer that lets nothing out over any route just now; see `CoverageSource`.

        It is the answer that asking would give, found without a place, a lease or a thread: what callers of
        a payer that fails cost is taken from the callers of all others.
        """
        payer = self._choose_region(self._find(inquiry.payer), inquiry, facility)
        program, routes = self._programs.get(payer.program), self._list_routes(payer)
        if program is None or not routes or not all(self._is_holding(payer, route) for route in routes):
            return None
        until = Deadline.after(0, self._clock.monotonic)
        legs = []
        for route in routes:
            held = _direct(payer, route, HeldChannel(self._channels[route.connection].name))
            legs.append(Leg(route.connection, program.ask(inquiry, facility, held, until), again=False))
        return _name_payer(join(legs), payer)

    def kind(self, payer_id: str) -> PlanKind | None:
        """Tell what kind of plan a payer is; see `verifier.ports.Rulebook`."""
        try:
            return PlanKind(self.directory.find(payer_id).line)
        except NotFound:
            return None

    def zone(self, payer_id: str) -> str | None:
        """Tell by whose clock a payer's night ends; see `verifier.nightly.ports.PayerTimes`."""
        return self.directory.find(payer_id).time_zone

    def count_calls(self, inquiry: Inquiry) -> int:
        """Count the questions that asking puts at least; see `verifier.nightly.ports.PayerTimes`."""
        payer = self._choose_region(self.directory.find(inquiry.payer), inquiry, NOWHERE)
        routes = self._list_routes(payer)
        channel = self._channels[routes[0].connection] if routes else None
        return len(plan_services(inquiry, _direct(payer, routes[0], channel))) if channel else 0

    def read(self, inquiry: Inquiry, facility: Facility, coverage: Coverage) -> Published | None:
        """Apply the rules of the payer's program; see `verifier.ports.Rulebook`.

        ``None`` too for a payer or a program that is no longer known here.
        """
        try:
            program = self._programs.get(self.directory.find(inquiry.payer).program)
        except NotFound:
            return None
        return program.rules(inquiry, facility, coverage) if program else None

    def is_reachable(self, payer_id: str) -> bool:
        """Tell whether this payer can be verified: a configured route leads to it, or its program needs none.

        Raises:
            NotFound: the directory knows no such payer.
        """
        payer = self.directory.find(payer_id)
        program = self._programs.get(payer.program)
        regional = [self.directory.find(each) for each in payer.regions.values()]
        has_route = any(map(self._list_routes, regional or [payer]))
        return program is not None and (has_route or _answers_alone(program, payer))

    def tell_condition(self, payer_id: str, wire: str) -> Condition | None:
        """Say how the breaker stands for the routes to this payer over a wire or connection of this name.

        The worst counts; ``None`` when there is no such route, or no shared state.

        Raises:
            NotFound: the directory knows no such payer.
        """
        payer, state = self.directory.find(payer_id), self._state
        names = [each.connection for each in self._list_routes(payer) if wire in self._names(each)]
        if state is None or not names:
            return None
        return max(
            (Guard(state, payer.id, name).tell_condition() for name in names), key=list(Condition).index
        )

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

    def _choose_region(self, payer: Payer, inquiry: Inquiry, facility: Facility) -> Payer:
        """Take the payer of a region in the place of one that has regions; the first where none is known."""
        if not payer.regions:
            return payer
        program = self._require_program(payer)
        region = program.choose_region(inquiry, facility) if isinstance(program, Regional) else None
        return self.directory.find(payer.regions.get(region or "", next(iter(payer.regions.values()))))

    def _require_program(self, payer: Payer) -> Program:
        if payer.program not in self._programs:
            raise NotConfigured(
                f"{payer.name} belongs to the program {payer.program!r}, which is not installed here."
            )
        return self._programs[payer.program]

    def _require_routes(self, payer: Payer) -> Sequence[Route]:
        routes = self._list_routes(payer)
        if not routes:
            raise NotConfigured(_advise(payer))
        return routes

    def _list_routes(self, payer: Payer) -> Sequence[Route]:
        return [route for route in payer.routes if route.connection in self._channels]

    def _names(self, route: Route) -> tuple[str, str]:
        return route.connection, self._channels[route.connection].name

    def _is_holding(self, payer: Payer, route: Route) -> bool:
        return self._state is not None and Guard(self._state, payer.id, route.connection).is_holding()

    def _guard(self, payer: Payer, route: Route) -> Channel:
        channel = self._channels[route.connection]
        if self._state is None:
            return channel
        guard = Guard(self._state, payer.id, route.connection, self._lane, each_route=self._may_pay_twice)
        guarded, reference = GuardedChannel(channel, guard), present_reference()
        return ReferencedChannel(guarded, reference, self._memory) if self._memory and reference else guarded


def _name_payer(answer: Answer, payer: Payer) -> Answer:
    return replace(answer, attempts=tuple(replace(each, payer=payer.id) for each in answer.attempts))


def _direct(payer: Payer, route: Route, channel: Channel) -> Destination:
    return Destination(
        name=payer.name,
        payer_id=route.payer_id,
        channel=channel,
        service_types=payer.service_types,
        multiple_service_types=payer.multiple_service_types,
        discreet_service_types=payer.discreet_service_types,
    )


def _answers_alone(program: Program, payer: Payer) -> TypeGuard[AnswersAlone]:
    """Tell whether *program* answers for *payer* unasked; for an invented one the simulator alone does."""
    is_real = SIMULATED.isdisjoint(route.connection for route in payer.routes)
    return is_real and isinstance(program, AnswersAlone)


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
