"""Puts the dbt project into the wheel, so that an installed `sonic` works away from the repository (decision 105)."""

from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

TARGET = "sonic/bundled"
FOLDERS = ("analyses", "bi", "macros", "models", "offline_packages", "seeds", "snapshots", "tests")
FILES = ("dbt_project.yml", "packages.yml", "profiles.example.yml", "selectors.yml")
NOT_DBT = ("tests/python", "tests/data")


class BundledProject(BuildHookInterface[Any]):
    """Adds files to a wheel; an editable installation reads them where they are."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        if version != "editable":
            build_data["force_include"] |= {path: f"{TARGET}/{path}" for path in bundled(Path(self.root))}


def bundled(root: Path) -> list[str]:
    """What a wheel takes of the project beside its Python packages, as paths from its root."""
    files = (path.relative_to(root) for folder in FOLDERS for path in (root / folder).rglob("*") if path.is_file())
    dbt = [path.as_posix() for path in files if not path.as_posix().startswith(NOT_DBT) and path.suffix != ".pyc"]
    return sorted([*dbt, *FILES])
