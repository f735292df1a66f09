"""Every table, gathered from the files in `tables/`."""

import importlib
import pkgutil
from functools import cache

from sqlalchemy import MetaData

from verifier.store.database import tables
from verifier.store.database.columns import metadata


@cache
def gather() -> MetaData:
    """Import every file of tables, and return what they hold together."""
    for module in pkgutil.iter_modules(tables.__path__, f"{tables.__name__}."):
        importlib.import_module(module.name)
    return metadata
