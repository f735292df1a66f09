"""The one reader of tables kept as data: tab-separated, a heading line, no quoting."""

from collections.abc import Iterator
from importlib.resources import files


def read_rows(name: str, package: str = "verifier.codes") -> Iterator[dict[str, str]]:
    """Read the table *name* that lies in *package*: a mapping of column to text for each row, in order.

    Raises:
        ValueError: a row has not as many cells as the heading.
    """
    heading, *lines = (files(package) / name).read_text("utf-8").splitlines()
    columns = heading.split("\t")
    for line in lines:
        yield dict(zip(columns, line.split("\t"), strict=True))
