"""Blind indexes: how a person is found among sealed rows without a plain word of theirs being stored.

A keyed hash says nothing without the naming key, not even to whoever tries every birth date or member id.
Last name and birth date are hashed together only: either alone is shared by many, and so easily guessed by
how often it comes.
"""

import unicodedata
from datetime import date

from verifier.model.inquiry import Inquiry
from verifier.store.database.tables.verifications import INDEX_DIGITS
from verifier.store.encryption import KeyedHash, Keys


class PersonIndex:
    """Hashes of what persons are looked for by."""

    def __init__(self, keys: Keys) -> None:
        """Hash by the naming key of *keys*."""
        self._member = KeyedHash(keys, purpose="member id")
        self._patient = KeyedHash(keys, purpose="last name and birth date")

    def of_member(self, member_id: str | None) -> str | None:
        """Hash a member id as all its spellings are; ``None`` when nothing is left of it."""
        plain = normalize(member_id or "")
        return self._member.name(plain)[:INDEX_DIGITS] if plain else None

    def of_patient(self, last_name: str | None, birth_date: date | None) -> str | None:
        """Hash last name and birth date together; ``None`` unless both are known."""
        plain = normalize(last_name or "")
        if not plain or birth_date is None:
            return None
        return self._patient.name(f"{plain} {birth_date.isoformat()}")[:INDEX_DIGITS]

    def columns(self, inquiry: Inquiry) -> dict[str, str | None]:
        """Return both indexes of an inquiry; the patient is the member unless named."""
        patient, member = inquiry.patient, inquiry.member
        return {
            "member_index": self.of_member(member.id),
            "patient_index": self.of_patient(
                patient.last_name or member.last_name, patient.birth_date or member.birth_date
            ),
        }


def normalize(text: str) -> str:
    """Reduce *text* to its letters and digits, without case, accent or width."""
    apart = unicodedata.normalize("NFKD", text.casefold())
    return "".join(sign for sign in apart if sign.isalnum()).casefold()
