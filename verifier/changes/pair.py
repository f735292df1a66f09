"""`Pair`: what was told before and after, side by side."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from verifier.model.change import Change, ChangeKind, Facts, Severity, Told, Topic


class Pair:
    """Two verifications' facts, topic by topic."""

    def __init__(self, before: Facts, after: Facts) -> None:
        """Lay them side by side."""
        self.on = after.on
        self.is_new_year = before.on.year != after.on.year
        self._before, self._after = _by_topic(before), _by_topic(after)

    def told(self, topic: Topic) -> tuple[Told | None, Told | None]:
        """Return what was told before and after; ``None``: nothing was."""
        return next(iter(self._before[topic]), None), next(iter(self._after[topic]), None)

    def all(self, topic: Topic) -> tuple[Sequence[Told], Sequence[Told]]:
        """Return everything told before and after of a topic that may be told of several times."""
        return self._before[topic], self._after[topic]

    def words(self, topic: Topic) -> tuple[str | None, str | None]:
        """Return the words told before and after."""
        before, after = self.told(topic)
        return before.value if before else None, after.value if after else None

    def both(self, topic: Topic) -> tuple[str, str] | None:
        """Return the words told before and after where both are."""
        before, after = self.words(topic)
        return None if before is None or after is None else (before, after)

    def days(self, topic: Topic) -> tuple[date | None, date | None]:
        """Return the dates told before and after; ``None`` too for an empty one."""
        before, after = self.words(topic)
        return _day(before), _day(after)

    def amounts(self, topic: Topic) -> tuple[Decimal | None, Decimal | None]:
        """Return the amounts or rates told before and after; what follows the number is left out."""
        before, after = self.words(topic)
        return _number(before), _number(after)

    def change(self, kind: ChangeKind, severity: Severity, text: str, topic: Topic) -> Change:
        """Make the change of what was told of *topic*."""
        return Change(kind, severity, text, *self.told(topic))


def _by_topic(facts: Facts) -> defaultdict[Topic, list[Told]]:
    found: defaultdict[Topic, list[Told]] = defaultdict(list)
    for topic, told in facts.facts:
        found[topic].append(told)
    return found


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def _number(text: str | None) -> Decimal | None:
    return Decimal(text.split()[0]) if text else None
