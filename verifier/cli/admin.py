"""`verifier admin`: what an administrator does from the terminal."""

import click

from verifier.cli.administration import database


@click.group()
def admin() -> None:
    """Administer the service: database, keys, people, audit."""


for topic in (database.database,):
    admin.add_command(topic)
