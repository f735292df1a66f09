"""What an estimate notes down on its way: assumptions made, values used and where each came from."""

from dataclasses import dataclass, field
from decimal import Decimal

from verifier.model.coverage import Benefit
from verifier.model.estimate import Figure, Step
from verifier.money import write_amount, write_rate


@dataclass(slots=True)
class Findings:
    """The codes of the assumptions, each once, and the steps, both in the order they were made."""

    codes: dict[str, None] = field(default_factory=dict)
    steps: list[Step] = field(default_factory=list)

    def copy(self) -> "Findings":
        """Copy what was found so far, to go on from it twice."""
        return Findings(dict(self.codes), list(self.steps))

    def assume(self, *codes: str) -> None:
        """Note assumptions."""
        self.codes.update(dict.fromkeys(codes))

    def use(self, what: str, value: str, row: Benefit | None = None, note: str | None = None) -> None:
        """Note a value and the row it came from; no row for a rule or the caller's word."""
        self.steps.append(Step(what, str(value), row.source if row else None, note))

    def follow(self, figure: Figure, note: str | None = None) -> None:
        """Note a published figure with the rule it follows, once."""
        step = Step(figure.what, figure.value or "not known", None, note, figure.rule)
        if step not in self.steps:
            self.steps.append(step)

    def use_amount(
        self, what: str, amount: Decimal | None, row: Benefit | None = None, note: str | None = None
    ) -> None:
        """Note an amount, if there is one."""
        if amount is not None:
            self.use(what, write_amount(amount), row, note)

    def use_rate(
        self, what: str, rate: Decimal | None, row: Benefit | None = None, note: str | None = None
    ) -> None:
        """Note a rate, if there is one."""
        if rate is not None:
            self.use(what, write_rate(rate), row, note)
