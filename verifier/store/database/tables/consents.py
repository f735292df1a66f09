"""Patients' consents."""

from typing import Final

from sqlalchemy import Table

from verifier.store.database.columns import sealed, sealed_table

consents: Final[Table] = sealed_table("consents", sealed("consent"))
