"""The source entry and the staging models of a raw table, written from its declaration (`sonic scaffold`)."""

from sonic.project.scaffold.files import scaffold, tables_macro, write_tables_macro

__all__ = ["scaffold", "tables_macro", "write_tables_macro"]
