"""Access put together: its rules over the database and the crafts of secrets."""

from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Final

from verifier.access.door import Door
from verifier.access.federation import Federation, Provider
from verifier.access.gate import Gate
from verifier.access.house import Access
from verifier.access.ports import Passwords, Tokens
from verifier.access.sign_in import SignIn
from verifier.access.staffing import Staffing
from verifier.access.witness import Witness
from verifier.clock import Clock
from verifier.credentials.bearer import BearerTokens, NoTokens
from verifier.credentials.passwords import Argon2Passwords
from verifier.credentials.totp import TotpAuthenticator
from verifier.errors import NotConfigured
from verifier.ports import Audit
from verifier.settings import Settings
from verifier.store.database.api_keys import DatabaseApiKeys
from verifier.store.database.data_keys import DataKeys
from verifier.store.database.emergencies import DatabaseEmergencies
from verifier.store.database.engine import Database
from verifier.store.database.sessions import DatabaseSessions
from verifier.store.database.tries import DatabaseTries
from verifier.store.database.users import DatabaseUsers
from verifier.store.encryption import KeyedHash

Ask = Callable[
    [str, str, Mapping[str, str], bytes], bytes
]  # method, address, headers, body; the reply's body
NO_AUTHLIB: Final = 'VERIFIER_OIDC_ISSUER needs Authlib: pip install "benefits-verifier[oidc]", or authlib.'


def open_access(settings: Settings, database: Database, staffing: Staffing, ask: Ask) -> Access:
    """Put together what a served house needs, over what gives access; *ask* reaches issuer and provider.

    Raises:
        NotConfigured: a provider signs people in, and what speaks with it is not installed.
    """
    tokens, provider = open_tokens(settings, ask), open_provider(settings, ask)
    return build_access(database, staffing, tokens, open_door(settings, database), provider)


def open_door(settings: Settings, database: Database) -> Door:
    """Judge whether anybody may come in unasked."""
    return Door(settings.simulated, settings.loopback, DatabaseApiKeys(database).is_anybody_known)


def build_access(
    database: Database, staffing: Staffing, tokens: Tokens, door: Door, provider: Provider | None = None
) -> Access:
    """Put access together behind *door*."""
    users, digest, clock = staffing.users, staffing.digest, staffing.clock
    sessions = DatabaseSessions(database)
    gate = Gate(users, sessions, staffing.keys, staffing.emergencies, tokens, digest, door, clock)
    crafts = (staffing.passwords, staffing.authenticator, digest)
    tries = DatabaseTries(database, digest)
    sign_in = SignIn(users, sessions, tries, *crafts, staffing.witness, clock)
    return Access(gate, sign_in, staffing, Federation(provider, sign_in) if provider else None)


def open_staffing(
    database: Database, keys: DataKeys, audit: Audit, clock: Clock, passwords: Passwords | None = None
) -> Staffing:
    """Put together what gives access; *passwords* may be a quicker hash for tests."""
    users = DatabaseUsers(database, keys)
    users.seal_addresses()
    return Staffing(
        users=users,
        keys=DatabaseApiKeys(database),
        emergencies=DatabaseEmergencies(database, keys),
        passwords=passwords or Argon2Passwords(),
        authenticator=TotpAuthenticator(),
        digest=KeyedHash(keys, purpose="access"),
        witness=Witness(audit, clock),
        clock=clock,
    )


def open_tokens(settings: Settings, ask: Ask) -> Tokens:
    """Read the bearer tokens of the issuer, if one is set; *ask* reads its keys where they are no file."""
    issuer = settings.tokens
    if issuer is None:
        return NoTokens()
    if issuer.keys.startswith("/"):
        return BearerTokens(issuer.issuer, issuer.audience, Path(issuer.keys).read_bytes)
    return BearerTokens(issuer.issuer, issuer.audience, partial(ask, "GET", issuer.keys, {}, b""))


def open_provider(settings: Settings, ask: Ask) -> Provider | None:
    """Speak with the provider that signs people in, if one is set.

    Raises:
        NotConfigured: what speaks with it is not installed.
    """
    if settings.oidc is None:
        return None
    try:
        from verifier.credentials.oidc import OidcProvider  # noqa: PLC0415 - needs an optional package
    except ModuleNotFoundError:
        raise NotConfigured(NO_AUTHLIB) from None
    return OidcProvider(settings.oidc, ask)
