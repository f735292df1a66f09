"""The `verifier` command: one file a group of commands, errors turned into one line and exit code 2."""

import sys
from typing import Any

import click

from verifier.cli import admin, answers, demo, payers, reverify, services
from verifier.errors import BadInput, VerifierError


class Refusal(click.ClickException):
    """A command that cannot be carried out: one line on standard error, exit code 2."""

    exit_code = 2

    def show(self, file: Any = None) -> None:  # noqa: ANN401 - click's own signature
        """Print the one line."""
        click.echo(f"verifier: {self.message}", file=file or sys.stderr)


class Commands(click.Group):
    """The command group; the only place where this service's errors meet the terminal."""

    def invoke(self, ctx: click.Context) -> Any:  # noqa: ANN401 - click's own signature
        """Run the command, and explain in one line what stopped it."""
        try:
            return super().invoke(ctx)
        except VerifierError as error:
            raise Refusal(explain(error)) from error


def explain(error: VerifierError) -> str:
    """Say in one line what is wrong and where."""
    if not isinstance(error, BadInput) or not error.errors:
        return error.detail
    places = "; ".join(f"{pointer or '/'}: {text}" for pointer, text in error.errors.items())
    return f"{error.detail} {places}"


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="benefits-verifier", prog_name="verifier")
def main() -> None:
    """Verify insurance benefits and estimate what an intensive outpatient program costs the patient.

    Every command reads files or standard input (-), prints a readable table, or JSON with --json, and
    exits 0 on success and 2 on bad input with a one-line reason on standard error.

    \b
    Start here:
      verifier demo                     see it work on invented patients
      verifier normalize reply.271      read a payer's reply
      verifier estimate plan.json       price a program under known plan terms
    """  # noqa: D301 - click takes the control character itself as "do not rewrap"


for command in (
    demo.demo,
    services.serve,
    services.worker,
    services.scheduler,
    services.simulator,
    answers.normalize,
    answers.estimate,
    answers.verify,
    payers.payers,
    reverify.reverify,
    admin.admin,
):
    main.add_command(command)
