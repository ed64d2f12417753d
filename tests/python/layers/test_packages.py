"""The stand-ins of dbt packages hold what the project calls of each, and nothing else."""

from __future__ import annotations

import re
from pathlib import Path

from sonic.paths import PROJECT

FOLDERS = ("models", "seeds", "snapshots", "macros", "tests", "analyses", "offline_packages")
CALL = re.compile(r"\b(dbt_utils|dbt_expectations|dbt_date)\.([a-zA-Z_]+)")
DEFINITION = re.compile(r"\{%-?\s*(?:macro|test)\s+([a-zA-Z_]+)\s*\(")


def called() -> set[tuple[str, str]]:
    """(package, macro or test) of each call, also of one stand-in by another."""
    texts = [
        path.read_text(encoding="utf-8")
        for folder in FOLDERS
        for path in (PROJECT / folder).rglob("*")
        if path.suffix in {".sql", ".yml"}
    ]
    return {(package, name) for text in texts for package, name in CALL.findall(text)}


def held() -> set[tuple[str, str]]:
    """(package, macro or test) that the stand-ins define, without the bodies that dispatch picks from."""
    root = PROJECT / "offline_packages"
    return {
        (path.relative_to(root).parts[0], name)
        for path in root.rglob("*.sql")
        for name in DEFINITION.findall(path.read_text(encoding="utf-8"))
        if "__" not in name
    }


def test_stand_ins_hold_what_is_called() -> None:
    assert called() == held()


def test_every_package_of_the_hub_has_a_stand_in() -> None:
    named = re.findall(r"package: [\w-]+/(\w+)", Path(PROJECT / "packages.yml").read_text(encoding="utf-8"))
    assert sorted(named) == sorted(path.name for path in (PROJECT / "offline_packages").iterdir() if path.is_dir())
