"""Finds whom a 270 asks about, and says what does not fit, as a payer's member file does."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from payers.simulator.inquiries import EligibilityInquiry, Person
from payers.simulator.rendering import Refusal, find_dependent
from payers.simulator.scenarios import Scenario
from verifier.errors import BadInput

STRANGER: Final = Scenario("unknown_member", "Nobody the payer knows.", Person())
UNKNOWN_PAYER: Final = Refusal(("79",), "C", "2100A")
UNKNOWN_MEMBER: Final = Refusal(("75",), "C", "2100C")
UNKNOWN_PATIENT: Final = Refusal(("77",), "C", "2100D")


@dataclass(frozen=True, slots=True)
class Match:
    """The scenario of the member asked about, and why it may not be told, if so."""

    scenario: Scenario
    refusal: Refusal | None = None


@dataclass(slots=True)
class MemberFile:
    """Every scenario, by payer and member id."""

    scenarios: Iterable[Scenario]
    _members: dict[tuple[str, str], Scenario] = field(init=False, repr=False)
    _payers: frozenset[str] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        """Refuse two scenarios for one member of one payer.

        Raises:
            BadInput: names both.
        """
        self._members = {}
        for scenario in self.scenarios:
            for number, filed in _list_numbers(scenario):
                other = self._members.setdefault((scenario.payer, number), filed)
                if other is not filed:
                    raise BadInput(f"{scenario.name} and {other.name} are the same member of the same payer.")
        self._payers = frozenset(payer for payer, _ in self._members)

    def match(self, inquiry: EligibilityInquiry) -> Match:
        """Find the member asked about: by id or, where none is given, by name and birth date."""
        if inquiry.payer_id not in self._payers:
            return Match(STRANGER, UNKNOWN_PAYER)
        scenario = self._find(inquiry.payer_id, inquiry.subscriber)
        if scenario is None:
            return Match(STRANGER, UNKNOWN_MEMBER)
        return Match(scenario, _check(scenario, inquiry))

    def _find(self, payer: str, person: Person) -> Scenario | None:
        if person.id:
            return self._members.get((payer, person.id))
        of_payer = (scenario for (owner, _), scenario in self._members.items() if owner == payer)
        return next((scenario for scenario in of_payer if _name(scenario.person) == _name(person)), None)


def _list_numbers(scenario: Scenario) -> Iterator[tuple[str, Scenario]]:
    """List the numbers a member is found by, and dependents that have one, each then the subscriber."""
    yield from ((number, scenario) for number in (scenario.person.id, *scenario.numbers))
    for dependent in scenario.dependents:
        if dependent.id:
            person = replace(dependent, relationship="self")
            yield dependent.id, replace(scenario, person=person, dependents=())


def _name(person: Person) -> tuple[str, str, object]:
    return (_letters(person.last_name), _letters(person.first_name), person.birth_date)


def _letters(name: str) -> str:
    """Compare names by their letters alone (CAQH CORE 258 drops the rest)."""
    return "".join(filter(str.isalpha, name.upper()))


def _check(scenario: Scenario, inquiry: EligibilityInquiry) -> Refusal | None:
    """List what does not fit the member file: one code for each detected error (CAQH CORE 259)."""
    asked, filed = inquiry.subscriber, scenario.person
    errors: Mapping[str, str | None] = {
        "birth_date": _check_birth_date(asked, filed),
        "last_name": None if _letters(asked.last_name) == _letters(filed.last_name) else "73",
    }
    codes = [code for name, code in errors.items() if name in scenario.match and code]
    if codes:
        return Refusal(codes)
    if inquiry.dependent and find_dependent(scenario, inquiry.dependent) is None:
        return UNKNOWN_PATIENT
    return None


def _check_birth_date(asked: Person, filed: Person) -> str | None:
    if asked.birth_date is None:
        return "58"
    return None if asked.birth_date == filed.birth_date else "71"
