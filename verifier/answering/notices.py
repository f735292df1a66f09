"""The statements that go with an answer."""

from typing import Final

from verifier.codes.service_types import SUD
from verifier.model.verification import Notice

# 42 CFR 2.32(a)(2) as in force since 2024-04-16: the short one of the two statements to choose from. The rule
# also wants a copy of the consent, or a clear explanation of its scope, with each disclosure.
PART_2: Final = Notice(
    "42_CFR_PART_2", "42 CFR part 2 prohibits unauthorized use or disclosure of these records."
)
NO_GUARANTEE: Final = Notice(
    "NO_GUARANTEE",
    "This is an estimate and no guarantee of payment: the plan decides when it receives the claim.",
)


def notices_for(track: str | None, *, part2: bool) -> tuple[Notice, ...]:
    """List the statements for a program of *track* at a facility that is a Part 2 program, or is not.

    One that treats addiction carries the statement of Part 2, and so does all that such a facility says.
    """
    return (PART_2, NO_GUARANTEE) if track == SUD or part2 else (NO_GUARANTEE,)
