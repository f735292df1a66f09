"""Events as links of the chain and back: what is in the clear, what is hashed, what is sealed."""

import json
from collections.abc import Mapping
from dataclasses import asdict
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final

from verifier.model.audit import Action, Context, Event, Person, Result
from verifier.store.audit_chain import Link
from verifier.store.encryption import KeyedHash

EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND: Final = timedelta(microseconds=1)


class Names:
    """Keyed hashes by which events about one person are found: by member id, and by names and birth date."""

    def __init__(self, members: KeyedHash, people: KeyedHash) -> None:
        """Hash with these."""
        self._members = members
        self._people = people

    def member(self, person: Person | None) -> str:
        """Name the member id, however it is written; empty when there is none."""
        plain = _plain(person.member_id) if person else ""
        return self._members.name(plain) if plain else ""

    def person(self, person: Person | None) -> str:
        """Name names and birth date together; empty when one is not known."""
        if person is None or not person.last_name or person.birth_date is None:
            return ""
        names = f"{_plain(person.last_name)}|{_plain(person.first_name)}"
        return self._people.name(f"{names}|{person.birth_date}")


def write_link(sequence: int, event: Event, names: Names) -> Link:
    """Turn *event* into the link with this number."""
    context = event.context
    return Link(
        sequence,
        (event.at - EPOCH) // MICROSECOND,
        event.action,
        event.result,
        _clean(context.who),
        _clean(event.what),
        _clean(context.where),
        _clean(context.request_id),
        names.member(event.whose),
        names.person(event.whose),
        _write_detail(event),
    )


def read_event(link: Link) -> Event:
    """Turn a link back into the event."""
    detail: Mapping[str, Any] = json.loads(link.detail) if link.detail else {}
    whose = detail.get("whose")
    return Event(
        Action(link.action),
        link.what,
        Context(link.who, link.request_id, link.place, detail.get("why")),
        EPOCH + link.at * MICROSECOND,
        Result(link.result),
        Person(**whose | {"birth_date": _read_day(whose["birth_date"])}) if whose else None,
    )


def _write_detail(event: Event) -> str:
    """Write whose it was and why; empty when neither is known."""
    detail = {
        "why": event.context.why,
        "whose": asdict(event.whose) if event.whose else None,
    }
    return json.dumps(detail, default=str, sort_keys=True) if any(detail.values()) else ""


def _clean(text: str) -> str:
    """Leave out what a database may refuse, so that no odd word of a caller can keep an event out."""
    return text.encode(errors="replace").decode().replace("\0", "?")


def _read_day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def _plain(text: str | None) -> str:
    return "".join(filter(str.isalnum, (text or "").casefold()))
