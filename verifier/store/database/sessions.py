"""`DatabaseSessions`: who is signed in, as `verifier.access.ports.Sessions`."""

from datetime import datetime

from sqlalchemy import delete, select, update

from verifier.access.sessions import ABSOLUTE, Session
from verifier.store.database.engine import Database
from verifier.store.database.tables.access import sessions


class DatabaseSessions:
    """Sessions by the digest of their token; those long over go when somebody signs in."""

    def __init__(self, database: Database) -> None:
        """Keep them in *database*."""
        self._database = database

    def begin(self, session: Session) -> None:
        """Keep a new session."""
        with self._database.begin() as connection:
            connection.execute(delete(sessions).where(sessions.c.began_at < session.began_at - ABSOLUTE))
            connection.execute(
                sessions.insert().values(
                    digest=session.digest,
                    user_id=session.user_id,
                    began_at=session.began_at,
                    seen_at=session.seen_at,
                )
            )

    def find(self, digest: str) -> Session | None:
        """Return the session."""
        with self._database.read() as connection:
            row = connection.execute(select(sessions).where(sessions.c.digest == digest)).first()
        return Session(**row._asdict()) if row else None

    def note(self, digest: str, at: datetime) -> None:
        """Write down that it was used."""
        with self._database.begin() as connection:
            connection.execute(update(sessions).where(sessions.c.digest == digest).values(seen_at=at))

    def end(self, digest: str) -> None:
        """Forget the session."""
        with self._database.begin() as connection:
            connection.execute(delete(sessions).where(sessions.c.digest == digest))
