"""The oracle stands on its own: the standard library and a reader of Parquet, no SQL anywhere."""

import ast
import re
import sys

from sonic.paths import PROJECT

ALLOWED = (sys.stdlib_module_names - {"sqlite3"}) | {"oracle", "pyarrow"}
SQL = re.compile(r"\bselect\b.+\bfrom\b", re.IGNORECASE | re.DOTALL)


def test_imports_and_texts() -> None:
    """Each import is of the allowed packages, and no text of the code reads like a query."""
    files = sorted((PROJECT / "oracle").glob("**/*.py"))
    assert files
    for file in files:
        tree = ast.parse(file.read_text(encoding="utf-8"))
        for node in ast.walk(tree):
            if isinstance(node, ast.Import):
                assert {name.name.split(".")[0] for name in node.names} <= ALLOWED, file.name
            if isinstance(node, ast.ImportFrom):
                assert (node.module or "").split(".")[0] in ALLOWED, file.name
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                assert not SQL.search(node.value), f"{file.name}, line {node.lineno}"
