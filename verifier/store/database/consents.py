"""`DatabaseConsents`: patients' consents, sealed (`verifier.ports.Consents`)."""

from dataclasses import replace
from datetime import datetime

from sqlalchemy import Connection

from verifier.access.fence import reach
from verifier.errors import NotFound
from verifier.model.consent import Consent
from verifier.store.database.data_keys import DataKeys
from verifier.store.database.engine import Database
from verifier.store.database.sealed_rows import Row, SealedRows
from verifier.store.database.tables.consents import consents
from verifier.store.sealed import Codec


class DatabaseConsents:
    """The consents of one database."""

    def __init__(self, database: Database, keys: DataKeys, codec: Codec[Consent]) -> None:
        """Keep consents as *codec* writes them."""
        self._database = database
        self._rows = SealedRows(consents, keys)
        self._codec = codec

    def add(self, consent: Consent) -> None:
        """Keep *consent*."""
        with self._database.begin() as connection:
            self._put(connection, consent)

    def find(self, consent_id: str) -> Consent:
        """Return the consent; see `verifier.ports.Consents`."""
        with self._database.read() as connection:
            return self._read(self._rows.get(connection, consent_id))

    def revoke(self, consent_id: str, at: datetime) -> Consent:
        """Note that it was revoked at *at*; see `verifier.ports.Consents`."""
        with self._database.begin() as connection:
            found = self._read(self._rows.take(connection, consent_id))
            revoked = replace(found, revoked_at=found.revoked_at or at)
            self._put(connection, revoked)
        return revoked

    def _read(self, row: Row | None) -> Consent:
        consent = self._codec.load(row["consent"]) if row else None
        if consent is None or consent.facility not in reach():
            raise NotFound("There is no consent under this id; record it with POST /v1/consents.")
        return consent

    def _put(self, connection: Connection, consent: Consent) -> None:
        self._rows.put(connection, {"id": consent.id, "consent": self._codec.dump(consent)})
