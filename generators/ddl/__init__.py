"""Declarations of every raw table, in an order in which foreign keys can be loaded.

Each module of this package may hold `TABLES`; a new one is found by being there.
"""

from graphlib import TopologicalSorter
from importlib import import_module
from pkgutil import iter_modules

from generators.ddl.table import DAY_ID_SPAN, Column, Kind, Table


def _declared() -> dict[str, Table]:
    """Tables of all modules, by name; each after those it refers to."""
    modules = [import_module(f"{__name__}.{module.name}") for module in iter_modules(__path__)]
    tables: dict[str, Table] = {}
    for table in (table for module in modules for table in getattr(module, "TABLES", ())):
        if table.name in tables:
            raise ValueError(f"table {table.name} is declared twice")
        tables[table.name] = table
    parents = {name: sorted(table.parents - {name}) for name, table in tables.items()}
    return {name: tables[name] for name in TopologicalSorter(parents).static_order()}


TABLES: dict[str, Table] = _declared()

__all__ = ["DAY_ID_SPAN", "TABLES", "Column", "Kind", "Table"]
