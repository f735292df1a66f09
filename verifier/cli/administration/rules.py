"""`verifier admin rules`: the dated tables of published program rules."""

from typing import Final

import click
from rich.table import Table

from verifier.cli.files import read_bytes
from verifier.cli.output import print_json, print_table
from verifier.cli.rooms import Rooms
from verifier.model.findings import FigureStatus
from verifier.model.rule_tables import RuleLoad, RuleYear

AS_JSON: Final = click.option("--json", "as_json", is_flag=True, help="Print JSON.")


@click.group()
def rules() -> None:
    """Load and list the tables of what TRICARE's published rules say, year by year."""


@rules.command()
@click.argument("file")
@AS_JSON
@click.pass_obj
def load(rooms: Rooms, file: str, *, as_json: bool) -> None:
    """Load the cost table of one year from FILE (or -), in the place of any table of that year.

    The table counts at once, also for a service that is running. Who loaded what is recorded.
    """
    done = rooms.load_rules(read_bytes(file))
    if as_json:
        print_json(_dump_load(done))
        return
    click.echo(
        f"Loaded {done.program.upper()} {done.year}: {done.added} cells added, {done.changed} changed, "
        f"{done.removed} removed."
    )
    if done.misses:
        click.echo(
            f"The index rule gives another amount for {', '.join(done.misses)}, so it fills in nothing for "
            f"{done.year}. Check the printed amounts and the increase of retired pay."
        )


@rules.command("list")
@AS_JSON
@click.pass_obj
def list_rules(rooms: Rooms, *, as_json: bool) -> None:
    """List the years there are tables of, and how well their cells are known."""
    years = rooms.list_rules()
    if as_json:
        print_json([_dump_year(year) for year in years])
        return
    table = Table("program", "year", "table", *map(str, FigureStatus), box=None)
    for year in years:
        counts = [str(year.counts.get(status, 0)) for status in FigureStatus]
        table.add_row(year.program, str(year.year), year.origin, *counts)
    print_table(table, empty="There are no tables.")


def _dump_load(done: RuleLoad) -> dict[str, object]:
    return {
        "program": done.program,
        "year": done.year,
        "sha256": done.sha256,
        "added": done.added,
        "changed": done.changed,
        "removed": done.removed,
        "misses": list(done.misses),
    }


def _dump_year(year: RuleYear) -> dict[str, object]:
    counts = {str(status): year.counts.get(status, 0) for status in FigureStatus}
    return {"program": year.program, "year": year.year, "table": year.origin, "cells": counts}
