"""One way for every form: its fields in a table, read as the JSON the schemas know, its faults in place.

A page shows a `Form`; what is sent comes back as one, with the values kept as they were typed. `attempt` does
the work and turns what is wrong into faults of the fields that the JSON pointers name.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final, Protocol, TypeVar

from verifier.errors import BadInput, VerifierError
from verifier.wording import iso_day

Done = TypeVar("Done")

LONGEST: Final = 10_000  # characters of one value
YES_NO: Final = (("yes", "Yes"), ("no", "No"), ("", "Not known"))
INPUT_TYPES: Final = {"date": "date", "email": "email", "tel": "tel", "password": "password"}
INPUT_MODES: Final = {"money": "decimal", "decimal": "decimal", "number": "numeric"}
DRAWN_AS: Final = {"yes_no": "radio"}


class Sent(Protocol):
    """What came with a request: several values by name."""

    def getlist(self, key: str) -> list[str]:
        """Return all values of a name."""
        ...


@dataclass(frozen=True, slots=True)
class Field:
    """One field: the path of its value in the JSON, with dots, and how it is asked for.

    ``way`` says how it is read and drawn: text, textarea, day (typed, 12/07/2026), date (picked), money,
    number, decimal, select, radio, yes_no (or not known), checkboxes (a list), check (one), hidden, email,
    tel.
    """

    name: str
    label: str
    way: str = "text"
    hint: str = ""
    choices: Sequence[tuple[str, str]] = ()
    is_optional: bool = False
    autocomplete: str = "off"
    longest: int | None = None

    @property
    def kind(self) -> str:
        """Return how the template draws it."""
        return DRAWN_AS.get(self.way, self.way)

    @property
    def input_type(self) -> str:
        """Return the type of its input element."""
        return INPUT_TYPES.get(self.way, "text")

    @property
    def input_mode(self) -> str:
        """Return which keyboard a phone shows."""
        return INPUT_MODES.get(self.way, "")


@dataclass(frozen=True, slots=True)
class Form:
    """Fields by name, the text in each, and what is wrong with it; the texts are a person's, so not shown."""

    fields: Mapping[str, Field]
    values: Mapping[str, tuple[str, ...]] = field(default_factory=dict, repr=False)
    errors: Mapping[str, str] = field(default_factory=dict)

    def has(self, name: str) -> bool:
        """Tell whether there is such a field."""
        return name in self.fields

    def field(self, name: str) -> Field:
        """Return the field."""
        return self.fields[name]

    def label(self, name: str) -> str:
        """Return what the field is called."""
        return self.fields[name].label

    def value(self, name: str) -> str:
        """Return the text in the field; empty for none."""
        return next(iter(self.values.get(name, ())), "")

    def values_of(self, name: str) -> tuple[str, ...]:
        """Return all that is chosen in the field; nothing chosen is the empty choice."""
        return self.values.get(name) or ("",)

    def error(self, name: str) -> str | None:
        """Say what is wrong with the field."""
        return self.errors.get(name)

    def id(self, name: str) -> str:
        """Return the id of the field's element."""
        return name.replace(".", "-")

    def described_by(self, name: str) -> str:
        """Return the ids of what describes the field: that it is optional, its hint, its fault."""
        field = self.fields[name]
        notes = {"optional": field.is_optional, "hint": field.hint, "fault": self.error(name)}
        return " ".join(f"{self.id(name)}-{kind}" for kind, text in notes.items() if text)

    def data(self) -> dict[str, object]:
        """Return the values as nested JSON; an empty field is left out."""
        found: dict[str, object] = {}
        for name, each in self.fields.items():
            value = READERS.get(each.way, _read_text)(self.values.get(name, ()))
            if value is not None:
                _put(found, name.split("."), value)
        return found

    def wrong(self, error: VerifierError) -> "Form":
        """Return the form with what *error* says in place."""
        named = error.errors if isinstance(error, BadInput) else {}
        faults = {self._nearest(pointer): text for pointer, text in named.items()}
        return replace(self, errors=faults or {"": error.detail})

    def _nearest(self, pointer: str) -> str:
        """Return the field that holds what a JSON pointer names, else the pointer itself."""
        steps = [step.replace("~1", "/").replace("~0", "~") for step in pointer.split("/")[1:]]
        names = (".".join(steps[:count]) for count in range(len(steps), 0, -1))
        return next((name for name in names if name in self.fields), pointer)


def table(*fields: Field) -> Mapping[str, Field]:
    """Return *fields* by name."""
    return {each.name: each for each in fields}


def read_form(fields: Mapping[str, Field], sent: Sent) -> Form:
    """Read what was sent; each value is cut at a length that no honest one has."""
    values = {name: tuple(text[:LONGEST] for text in sent.getlist(name)) for name in fields}
    return Form(fields, values)


def attempt(form: Form, work: Callable[[], Done], *others: type[VerifierError]) -> Done | Form:
    """Do *work*; the form with its faults where the words, or one of the *others*, stand in the way."""
    expected: tuple[type[VerifierError], ...] = (BadInput, *others)
    try:
        return work()
    except expected as error:
        return form.wrong(error)


def _put(found: dict[str, object], steps: Sequence[str], value: object) -> None:
    *outer, last = steps
    for step in outer:
        inner = found.setdefault(step, {})
        assert isinstance(inner, dict)  # noqa: S101 - names of a table of ours
        found = inner
    found[last] = value


def _read_text(values: Sequence[str]) -> object | None:
    return next((text.strip() for text in values if text.strip()), None)


def _read_day(values: Sequence[str]) -> object | None:
    text = _read_text(values)
    return iso_day(str(text)) if text else None


def _read_money(values: Sequence[str]) -> object | None:
    text = _read_text(values)
    return str(text).replace("$", "").replace(",", "").strip() if text else None


def _read_number(values: Sequence[str]) -> object | None:
    text = str(_read_text(values) or "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else text or None  # noqa: PLR2004


def _read_yes_no(values: Sequence[str]) -> object | None:
    text = _read_text(values)
    return {"yes": True, "no": False}.get(str(text), text)


def _read_check(values: Sequence[str]) -> object | None:
    return _read_text(values) == "yes"


def _read_list(values: Sequence[str]) -> object | None:
    return [text for text in values if text] or None


READERS: Final[Mapping[str, Callable[[Sequence[str]], object | None]]] = {
    "day": _read_day,
    "money": _read_money,
    "number": _read_number,
    "yes_no": _read_yes_no,
    "check": _read_check,
    "checkboxes": _read_list,
}
