"""What an estimate takes for granted: the words, kept in `assumptions.tsv`, and the cost in confidence."""

from collections.abc import Iterable, Mapping
from functools import cache
from types import MappingProxyType
from typing import Final

from verifier.codes.table import read_rows
from verifier.model.estimate import Assumption, Confidence

# Points of 100 each doubt costs, once, however many assumptions raise it.
DOUBTS: Final[Mapping[str, int]] = MappingProxyType(
    {
        "": 0,
        "service": 20,  # the cost share of another service type
        "network": 20,  # not from the provider's contract
        "rate": 25,  # not contracted
        "tie": 15,  # several rows fit alike
        "remaining": 10,  # inferred
        "row_network": 10,  # the row names none
        "reset": 10,  # the plan year ends inside the program
        "other_payer": 15,
        "carve_out": 30,  # nobody asked the administrator
        "unproven": 30,  # nobody confirmed the coverage
        "rule_missing": 30,  # no source, or not this year's
        "rule_open": 20,  # nobody said which rule applies
        "rule_unconfirmed": 15,
        "rule_inferred": 10,
    }
)


def assume(code: str, **words: object) -> Assumption:
    """Put the assumption *code* into words; *words* fill the blanks of its text."""
    text = _assumptions()[code][0].text
    return Assumption(code, text.format(**words))


def confidence_in(codes: Iterable[str]) -> Confidence:
    """Score an estimate that rests on these assumptions: 100 less the points of each doubt among them."""
    doubts = {_assumptions()[code][1] for code in codes}
    return Confidence(max(0, 100 - sum(DOUBTS[doubt] for doubt in doubts)))


@cache
def _assumptions() -> Mapping[str, tuple[Assumption, str]]:
    rows = read_rows("assumptions.tsv", "verifier.estimation")
    return MappingProxyType(
        {row["code"]: (Assumption(row["code"], row["text"]), row["doubt"]) for row in rows}
    )
