import threading
from contextlib import closing

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import inspect

from tests.store.database.support import Databases
from verifier.store.database.engine import Database
from verifier.store.database.schema import gather
from verifier.store.database.upgrade import is_current, upgrade


def test_the_steps_lead_to_the_tables_that_the_code_knows(database: Database) -> None:
    with database.begin() as connection:
        context = MigrationContext.configure(connection, opts={"compare_server_default": True})

        assert compare_metadata(context, gather()) == []


def test_each_name_of_a_key_index_or_constraint_is_the_same_in_steps_and_code(database: Database) -> None:
    expected = {
        (table.name, str(index.name)) for table in gather().tables.values() for index in table.indexes
    }
    with database.read() as connection:
        inspector = inspect(connection)
        found = {
            (table, index["name"])
            for table in inspector.get_table_names()
            for index in inspector.get_indexes(table)
            if "duplicates_constraint" not in index
        }

    assert found == expected


def test_of_many_who_upgrade_at_once_all_find_it_done(databases: Databases) -> None:
    url = databases.create_bare("contended")
    faults: list[BaseException] = []

    def take_part() -> None:
        with closing(Database.open(url)) as database:
            try:
                upgrade(database)
                assert is_current(database)
            except BaseException as error:  # noqa: BLE001 - the test must tell of it
                faults.append(error)

    threads = [threading.Thread(target=take_part) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert faults == []
    databases.drop(url)


def test_a_database_without_tables_is_not_current(databases: Databases) -> None:
    url = databases.create_bare("bare")
    with closing(Database.open(url)) as database:
        assert not is_current(database)
    databases.drop(url)
