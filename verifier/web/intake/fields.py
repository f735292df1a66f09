"""The fields of the public form, and the JSON that is made of them."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from verifier.errors import BadInput
from verifier.model.inquiry import Relationship
from verifier.model.intake import Asker
from verifier.web.forms import Field, Form, table

ASKERS: Final = (
    (Asker.PATIENT.value, "For myself"),
    (Asker.REPRESENTATIVE.value, "For someone I represent: my minor child, or someone I am the guardian of"),
    (Asker.LOVED_ONE.value, "For someone else I care about"),
)
RELATIONS: Final = (
    (Relationship.SELF.value, "The patient"),
    (Relationship.SPOUSE.value, "The patient's husband, wife or partner"),
    (Relationship.CHILD.value, "The patient's parent"),
    (Relationship.OTHER.value, "Somebody else"),
)
SEXES: Final = (("", "Not said"), ("F", "Female"), ("M", "Male"), ("U", "Unknown"))
NONE_OF_THESE: Final = ("", "None of these: use the words above")
FIELDS: Final = table(
    Field("asker", "Who is this for?", "radio", choices=ASKERS),
    Field("reach.name", "Your name", autocomplete="name", longest=100),
    Field("reach.phone", "Your phone number", "tel", autocomplete="tel", is_optional=True, longest=24),
    Field("reach.email", "Your e-mail address", "email", autocomplete="email", is_optional=True, longest=255),
    Field("patient.first_name", "First name", longest=35),
    Field("patient.last_name", "Last name", longest=60),
    Field("patient.birth_date", "Date of birth", "day", "Month, day, year: 06/30/1991"),
    Field("patient.sex", "Sex on the insurance record", "select", choices=SEXES, is_optional=True),
    Field("payer_text", "Insurance", hint="What the front of the card says: the name, and words like PPO"),
    Field("payer", "Which of these is it?", "radio", choices=(NONE_OF_THESE,)),
    Field("relationship", "Whose name is the insurance in?", "radio", choices=RELATIONS),
    Field("member.id", "Member ID", hint="As on the card, with its letters", is_optional=True, longest=80),
    Field("member.group_number", "Group number", is_optional=True, longest=50),
    Field("holder.first_name", "First name of the policyholder", longest=35),
    Field("holder.last_name", "Last name of the policyholder", longest=60),
    Field("holder.birth_date", "Date of birth of the policyholder", "day", "Month, day, year: 06/30/1991"),
    Field("consent.agree", "I agree to this, and the name below is my signature", "check"),
    Field("consent.name", "Your signature", hint="Type your full name", is_optional=True, longest=120),
    Field("consent.capacity", "You sign as", hint="Parent, guardian, by power of attorney", is_optional=True),
    Field("token", "Form", "hidden"),
    Field("work", "Work", "hidden"),
)
PEOPLE: Final = ("first_name", "last_name", "birth_date", "sex")
GUARD: Final = "/token"
UNSIGNED: Final = "Tick the box too, or leave the signature empty and sign later."


def begin(token: str) -> Form:
    """Return an empty form."""
    usual = {"token": (token,), "relationship": (Relationship.SELF.value,), "asker": (Asker.PATIENT.value,)}
    return Form(FIELDS, usual)


def renew(form: Form, token: str) -> Form:
    """Return *form* with what was typed and another token."""
    return replace(form, values={**form.values, "token": (token,), "work": ("",)})


def offering(form: Form, payers: Sequence[Mapping[str, Any]]) -> Form:
    """Offer *payers* to choose from; the only one is chosen, and so is the one chosen before."""
    choices = (*((each["id"], each["name"]) for each in payers), NONE_OF_THESE)
    field = replace(form.field("payer"), choices=choices)
    ids = [each["id"] for each in payers]
    chosen = form.value("payer") if form.value("payer") in ids else ids[0] if len(ids) == 1 else ""
    return replace(form, fields={**form.fields, "payer": field}, values={**form.values, "payer": (chosen,)})


def request_of(form: Form, facility: str) -> dict[str, Any]:
    """Make the JSON of a request; the policyholder is the patient unless told otherwise.

    Raises:
        BadInput: a signature without the tick, or the tick without a signature.
    """
    said = form.data()
    patient, holder = _part(said, "patient"), _part(said, "holder")
    relationship = said.get("relationship", Relationship.SELF.value)
    is_self = relationship == Relationship.SELF.value
    numbers = _part(said, "member")
    cannot_sign = said.get("asker") == Asker.LOVED_ONE.value  # the page hides the signature from them
    return {
        "facility": facility,
        "asker": said.get("asker"),
        "reach": _part(said, "reach"),
        "member": {**(patient if is_self else holder), **numbers},
        "patient": {"relationship": relationship, **({} if is_self else patient)},
        "payer": said.get("payer"),
        "payer_text": said.get("payer_text"),
        "consent": None if cannot_sign else _consent_of(_part(said, "consent")),
        "token": said.get("token", ""),
        "work": said.get("work", "0"),
    }


def in_place(error: BadInput, form: Form) -> BadInput:
    """Say of the form's own fields what *error* says of the JSON's."""
    is_self = form.value("relationship") in {"", Relationship.SELF.value}
    owner = "patient" if is_self else "holder"
    if GUARD in error.errors:  # nothing that somebody typed is wrong
        return BadInput(error.detail, {"": error.detail})
    moved = {f"/member/{name}": f"/{owner}/{name}" for name in PEOPLE}
    return BadInput(
        error.detail, {moved.get(pointer, pointer): text for pointer, text in error.errors.items()}
    )


def _part(said: Mapping[str, Any], name: str) -> dict[str, Any]:
    return dict(said.get(name) or {})


def _consent_of(said: dict[str, Any]) -> dict[str, Any] | None:
    agreed, name = said.pop("agree", False), said.get("name")
    if agreed and not name:
        raise BadInput("The signature is missing.", {"/consent/name": "is missing"})
    if name and not agreed:
        raise BadInput("The tick is missing.", {"/consent/agree": UNSIGNED})
    return said if name else None
