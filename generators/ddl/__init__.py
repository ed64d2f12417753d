"""Declarations of every raw table, in an order in which foreign keys can be loaded."""

from generators.ddl import ads, billing, catalog, engagement, identity, opening, reference, royalties
from generators.ddl.table import DAY_ID_SPAN, Column, Kind, Table

TABLES: dict[str, Table] = {
    table.name: table
    for module in (reference, identity, catalog, billing, engagement, royalties, ads, opening)
    for table in module.TABLES
}

__all__ = ["DAY_ID_SPAN", "TABLES", "Column", "Kind", "Table"]
