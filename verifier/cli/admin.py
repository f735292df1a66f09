"""`verifier admin`: what an administrator does from the terminal."""

import click

from verifier.cli.administration import audit, database, keys, rates, rules


@click.group()
def admin() -> None:
    """Administer the service: database, keys, people, audit, published rules."""


for topic in (
    audit.audit,
    database.database,
    keys.keys,
    rates.rates,
    rules.rules,
):
    admin.add_command(topic)
