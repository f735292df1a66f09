"""`verifier admin`: what an administrator does from the terminal."""

import click

from verifier.cli.administration import (
    api_keys,
    audit,
    database,
    facilities,
    keys,
    rates,
    records,
    rules,
    users,
)


@click.group()
def admin() -> None:
    """Administer the service: database, keys, people, audit, published rules."""


for topic in (
    api_keys.api_keys,
    audit.audit,
    database.database,
    keys.keys,
    facilities.facilities,
    rates.rates,
    records.records,
    rules.rules,
    users.users,
):
    admin.add_command(topic)
