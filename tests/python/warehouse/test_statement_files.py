"""`sonic statements` on whole warehouses: a closed month's statements, the same from both engines."""

from datetime import date
from pathlib import Path

import pytest

from sonic.errors import UsageError
from sonic.publishing.statements import write_statements
from tests.python.warehouse.conftest import Warehouse

JANUARY, FEBRUARY = date(2026, 1, 1), date(2026, 2, 1)


def test_both_engines_write_the_same_statements(embedded: Warehouse, duckdb: Warehouse, tmp_path: Path) -> None:
    """Every payee's, byte for byte, with lines of every kind that a first month can have."""
    files = {}
    for warehouse in (embedded, duckdb):
        folder = tmp_path / warehouse.database.target
        written = write_statements(warehouse.database, JANUARY, folder)
        files[warehouse.database.target] = {path.name: path.read_bytes() for path in folder.glob("*.tsv")}
        assert written.payees == len(files[warehouse.database.target]) > 100
        assert all(amount > 0 for amount in written.due.values()) and written.due
    assert files["embedded"] == files["duckdb"]
    lines = b"".join(files["duckdb"].values()).splitlines()
    kinds = {line.split(b"\t")[4].decode() for line in lines if line.startswith(b"SL\t")}
    assert kinds == {"royalty", "deduction", "guarantee", "recoupment", "withholding"}


def test_an_open_month_has_none(duckdb: Warehouse, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="2026-02 has not closed"):
        write_statements(duckdb.database, FEBRUARY, tmp_path / "february")
