"""`DatabaseMornings`: which morning's digest was sent last, as `verifier.news.digest.Mornings`."""

from datetime import date
from typing import Final

from sqlalchemy import update

from verifier.store.database.engine import Database, insert
from verifier.store.database.tables.changes import feed_positions

FEED: Final = "digest"  # its position is the day, counted as Python counts days


class DatabaseMornings:
    """One row: of many who take a morning at once, one gets it."""

    def __init__(self, database: Database) -> None:
        """Keep it in *database*."""
        self._database = database

    def take(self, day: date) -> bool:
        """Take it upon oneself to send the digest of *day*; false when somebody did already."""
        number = day.toordinal()
        with self._database.begin() as connection:
            first = insert(connection, feed_positions).values(feed=FEED, position=number)
            taken = first.on_conflict_do_update(
                index_elements=["feed"],
                set_={"position": number},
                where=feed_positions.c.position < number,
            )
            return connection.execute(taken.returning(feed_positions.c.position)).first() is not None

    def give_back(self, day: date) -> None:
        """Let somebody else, or oneself later, send the digest of *day*."""
        own = feed_positions.c.feed == FEED, feed_positions.c.position == day.toordinal()
        with self._database.begin() as connection:
            connection.execute(update(feed_positions).where(*own).values(position=day.toordinal() - 1))
