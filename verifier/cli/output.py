"""Printing: JSON for programs, tables for people."""

import json

import click
from rich.console import Console, RenderableType
from rich.table import Table


def print_json(value: object) -> None:
    """Print *value* as indented JSON."""
    click.echo(json.dumps(value, indent=2, ensure_ascii=False))


def print_table(table: Table, *, empty: str) -> None:
    """Print *table*, or the sentence *empty* when it has no rows."""
    Console().print(table if table.row_count else empty)


def show(*renderables: RenderableType) -> None:
    """Print what rich can draw, one below the other; nothing in it is read as markup."""
    console = Console(highlight=False)
    for renderable in renderables:
        console.print(renderable, markup=False)
