"""People, sessions, keys, tallies and emergencies, as both databases keep them."""

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from tests.store.database.support import at_once, begin_while_open
from tests.store.support import NOON
from verifier.access.emergency import Emergency
from verifier.access.people import ApiKey, Secrets, User
from verifier.access.principal import EVERY, Facilities
from verifier.access.roles import Role, Scope
from verifier.access.sessions import Session
from verifier.access.throttle import Guess, Rule
from verifier.errors import Conflict
from verifier.store.database.api_keys import DatabaseApiKeys
from verifier.store.database.data_keys import DataKeys
from verifier.store.database.emergencies import DatabaseEmergencies
from verifier.store.database.engine import Database
from verifier.store.database.sessions import DatabaseSessions
from verifier.store.database.tables.access import emergencies, tries, users
from verifier.store.database.tries import DatabaseTries
from verifier.store.database.users import DatabaseUsers
from verifier.store.encryption import KeyedHash, SealBroken

MINUTE = timedelta(minutes=1)
HERE = Facilities.of(["riverbend", "covington"])
ANA = User("usr_ana", "ana@riverbend.example", frozenset({Role.ADMISSIONS, Role.ADMIN}), HERE, NOON)
BEN = User("usr_ben", "ben@riverbend.example", frozenset({Role.AUDITOR}), EVERY, NOON)
SECRETS = Secrets("$argon2id$hash", "JBSWY3DPEHPK3PXP", frozenset({"a" * 64, "b" * 64}))


@pytest.fixture
def people(database: Database, keys: DataKeys) -> DatabaseUsers:
    people = DatabaseUsers(database, keys)
    people.add(ANA, SECRETS)
    people.add(BEN, SECRETS)
    return people


def test_a_person_is_found_as_they_were_added(people: DatabaseUsers) -> None:
    assert people.find("usr_ana") == people.find_by_email("ana@riverbend.example") == ANA
    assert people.listing() == [ANA, BEN]
    assert people.find_all({"usr_ben", "usr_none"}) == [BEN]
    assert people.find_all([]) == []
    assert people.find("usr_none") is people.find_by_email("ANA@riverbend.example") is None
    assert people.secrets("usr_ana") == Secrets(SECRETS.password, SECRETS.totp)


def test_an_e_mail_address_belongs_to_one_person(people: DatabaseUsers) -> None:
    with pytest.raises(Conflict):
        people.add(User("usr_x", ANA.email, frozenset(), EVERY, NOON), SECRETS)
    assert people.find("usr_x") is None


def test_an_address_stands_nowhere_in_the_clear(people: DatabaseUsers, database: Database) -> None:
    with database.read() as connection:
        row = connection.execute(select(users).where(users.c.id == "usr_ana")).one()

    assert [each for each in map(str, row) if "ana" in each.replace("usr_ana", "")] == []


def test_an_address_from_before_is_sealed_once_however_many_begin_at_once(
    people: DatabaseUsers, database: Database
) -> None:
    with database.begin() as connection:
        plain = {"email_index": ANA.email, "address": None}
        connection.execute(update(users).where(users.c.id == "usr_ana").values(plain))

    assert at_once([people.seal_addresses] * 4) == [None] * 4

    assert people.find("usr_ana") == people.find_by_email(ANA.email) == ANA
    assert people.listing() == [ANA, BEN]
    assert people.secrets("usr_ana") == Secrets(SECRETS.password, SECRETS.totp)
    with pytest.raises(Conflict):
        people.add(User("usr_x", ANA.email, frozenset(), EVERY, NOON), SECRETS)


def test_secrets_are_sealed_and_do_not_open_under_another_name(
    people: DatabaseUsers, database: Database
) -> None:
    with database.begin() as connection:
        rows = {row.id: row for row in connection.execute(select(users))}
        swapped = {"password": rows["usr_ben"].password, "totp": rows["usr_ben"].totp}
        connection.execute(update(users).where(users.c.id == "usr_ana").values(swapped))

    assert b"argon2id" not in rows["usr_ana"].password
    with pytest.raises(SealBroken):
        people.secrets("usr_ana")


def test_of_many_who_use_a_code_at_once_one_does(people: DatabaseUsers) -> None:
    assert sorted(map(bool, at_once([lambda: people.spend_step("usr_ana", 7)] * 6))) == [False] * 5 + [True]
    assert sorted(map(bool, at_once([lambda: people.spend_recovery_code("usr_ana", "a" * 64)] * 6))) == [
        False,
        False,
        False,
        False,
        False,
        True,
    ]
    assert [people.spend_step("usr_ana", step) for step in (6, 7, 8)] == [False, False, True]
    assert people.spend_recovery_code("usr_ben", "a" * 64)


def test_new_secrets_replace_every_old_one_and_end_the_sessions(
    people: DatabaseUsers, database: Database
) -> None:
    sessions = DatabaseSessions(database)
    sessions.begin(Session("s" * 64, "usr_ana", NOON, NOON))
    people.spend_step("usr_ana", 7)

    people.replace_secrets("usr_ana", Secrets("$new", "NEW", frozenset({"c" * 64})))

    assert people.secrets("usr_ana") == Secrets("$new", "NEW")
    assert [people.spend_recovery_code("usr_ana", each * 64) for each in "abc"] == [False, False, True]
    assert people.spend_step("usr_ana", 7)
    assert sessions.find("s" * 64) is None


def test_whoever_is_shut_out_while_their_secrets_are_replaced_stays_out(
    people: DatabaseUsers, database: Database
) -> None:
    shut = update(users).where(users.c.id == "usr_ana").values(disabled_at=NOON)

    begin_while_open(
        database,
        lambda connection: connection.execute(shut),
        lambda: people.replace_secrets("usr_ana", Secrets("$argon2id$new", "NB2W45DFOIZA", frozenset())),
    )

    assert people.find("usr_ana").disabled_at == NOON
    assert people.secrets("usr_ana").password == "$argon2id$new"


def test_a_disabled_person_stays_on_the_list_and_has_no_session(
    people: DatabaseUsers, database: Database
) -> None:
    sessions = DatabaseSessions(database)
    for user in (ANA, BEN):
        sessions.begin(Session(user.id.ljust(64), user.id, NOON, NOON))

    people.disable("usr_ana", NOON + MINUTE)

    found = people.find("usr_ana")
    assert found
    assert found.disabled_at == NOON + MINUTE
    assert sessions.find("usr_ana".ljust(64)) is None
    assert sessions.find("usr_ben".ljust(64)) == Session("usr_ben".ljust(64), "usr_ben", NOON, NOON)


def test_a_session_is_noted_ended_and_when_long_over_swept_away(
    people: DatabaseUsers, database: Database
) -> None:
    sessions = DatabaseSessions(database)
    for name, began in (("old", NOON - timedelta(hours=13)), ("new", NOON)):
        sessions.begin(Session(name, "usr_ana", began, began))
    sessions.note("new", NOON + MINUTE)

    assert sessions.find("old") is None
    assert sessions.find("new") == Session("new", "usr_ana", NOON, NOON + MINUTE)
    sessions.end("new")
    assert sessions.find("new") is None


def test_a_key_is_found_by_its_digest_until_and_after_it_is_revoked(
    people: DatabaseUsers, database: Database
) -> None:
    keys = DatabaseApiKeys(database)
    terms = (frozenset({Scope.READ, Scope.RAW}), HERE, NOON, NOON + MINUTE)
    key = ApiKey("key_1", "nightly", "vk_abcdef", *terms, owner_id="usr_ana")

    keys.add(key, "d" * 64)

    assert keys.find("d" * 64) == key
    assert keys.find("e" * 64) is None
    assert [keys.revoke(each, NOON) for each in ("key_1", "key_2")] == [True, False]
    (listed,) = keys.listing()
    assert listed.revoked_at == NOON


def test_somebody_is_known_from_the_first_person_or_key_on(database: Database, keys: DataKeys) -> None:
    api_keys = DatabaseApiKeys(database)
    before = api_keys.is_anybody_known()
    DatabaseUsers(database, keys).add(ANA, SECRETS)

    assert (before, api_keys.is_anybody_known()) == (False, True)


def test_of_many_guesses_at_once_no_more_get_through_than_the_rule_allows(
    database: Database, keys: DataKeys
) -> None:
    tallies = DatabaseTries(database, KeyedHash(keys, purpose="access"))
    guess = Guess("pair ana 203.0.113.7", Rule(free=5, first=MINUTE))

    waits = at_once([lambda: tallies.take(guess, NOON)] * 12)

    assert sorted(map(bool, waits)) == [False] * 5 + [True] * 7
    assert tallies.take(Guess("pair ben 203.0.113.7", guess.rule), NOON) == timedelta(0)
    tallies.give_back([guess.name])
    assert [tallies.take(guess, NOON) for _ in range(2)] == [timedelta(0), MINUTE]
    tallies.forget([guess.name])
    assert tallies.take(guess, NOON) == timedelta(0)


def test_a_tally_names_nobody_and_is_gone_after_a_day(database: Database, keys: DataKeys) -> None:
    tallies = DatabaseTries(database, KeyedHash(keys, purpose="access"))
    rule = Rule(free=5, first=MINUTE)
    tallies.take(Guess("source 203.0.113.7", rule), NOON)
    tallies.take(Guess("source 203.0.113.8", rule), NOON + timedelta(days=1, minutes=1))

    with database.read() as connection:
        (row,) = connection.execute(select(tries))
    assert "203" not in row.name[:3]
    assert len(row.name) == 64


def test_an_emergency_is_kept_with_its_reason_sealed(
    people: DatabaseUsers, database: Database, keys: DataKeys
) -> None:
    kept = DatabaseEmergencies(database, keys)
    first = Emergency("emg_1", "usr_ana", "slidell", "cannot speak", NOON, NOON + 15 * MINUTE)
    later = Emergency("emg_2", "usr_ben", "slidell", "cannot speak", NOON + MINUTE, NOON + 20 * MINUTE)
    for emergency in (first, later):
        kept.begin(emergency)

    assert kept.listing() == [later, first]
    assert kept.of_user("usr_ana", NOON + MINUTE) == [first]
    assert kept.of_user("usr_ana", NOON + 15 * MINUTE) == []
    assert [kept.review("emg_1", by) for by in ("usr_ana", "usr_ben", "usr_ben")] == [False, True, False]
    with database.read() as connection:
        assert all(b"speak" not in row.reason for row in connection.execute(select(emergencies)))


def test_of_many_processes_one_tells_of_an_emergency_and_another_when_it_does_not_finish(
    people: DatabaseUsers, database: Database, keys: DataKeys
) -> None:
    kept = DatabaseEmergencies(database, keys)
    kept.begin(Emergency("emg_1", "usr_ana", "slidell", "cannot speak", NOON, NOON + 15 * MINUTE))

    taken = at_once([lambda: len(kept.take_untold(NOON, NOON + 5 * MINUTE))] * 4)
    early, again = (kept.take_untold(NOON + each * MINUTE, NOON + 10 * MINUTE) for each in (4, 5))
    kept.told("emg_1")

    assert (sorted(taken), len(early), len(again)) == ([0, 0, 0, 1], 0, 1)  # type: ignore[type-var]
    assert kept.take_untold(NOON + 60 * MINUTE, NOON + 65 * MINUTE) == []
