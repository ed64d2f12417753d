"""dbt_packages/: from dbt's hub where it can be reached, else from the stand-ins in offline_packages/."""

import hashlib
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path

from sonic.errors import SonicError
from sonic.paths import IS_REPOSITORY, PROJECT

STAND_INS = PROJECT / "offline_packages"
PACKAGES = PROJECT / "dbt_packages" if IS_REPOSITORY else STAND_INS
VARIABLE = "SONIC_DBT_PACKAGES"
"""Environment variable that names the folder in which dbt looks for packages (packages-install-path)."""
HUB_SECONDS = 5


class Origin(StrEnum):
    """Where the installed packages come from."""

    HUB = "hub"
    STAND_INS = "stand-ins"
    WHEEL = "the wheel"


def _fingerprint() -> str:
    """Changes whenever packages.yml or a stand-in does."""
    digest = hashlib.sha256()
    for path in sorted([PROJECT / "packages.yml", *STAND_INS.rglob("*")]):
        if path.is_file():
            digest.update(path.relative_to(PROJECT).as_posix().encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()


def _installed() -> tuple[str, str]:
    marker = PACKAGES / ".origin"
    if not marker.exists():
        return "", ""
    origin, _, fingerprint = marker.read_text(encoding="utf-8").strip().partition(" ")
    return origin, fingerprint


def ensure() -> Origin:
    """Fills dbt_packages/ if it is empty or out of date; says where the packages come from.

    Packages from the hub are kept until packages.yml or a stand-in changes. A wheel has the stand-ins in their place.
    """
    if not IS_REPOSITORY:
        return Origin.WHEEL
    fingerprint = _fingerprint()
    origin, known = _installed()
    if known == fingerprint:
        return Origin(origin)
    PACKAGES.mkdir(exist_ok=True)
    chosen = Origin.HUB if _from_hub() else _from_stand_ins()
    (PACKAGES / ".origin").write_text(f"{chosen} {fingerprint}\n", encoding="utf-8")
    return chosen


NAMES = ("dbt_utils", "dbt_expectations", "dbt_date")


@contextmanager
def taken_from(folder: Path) -> Iterator[None]:
    """Lets dbt take its packages from a folder in which someone unpacked them, as long as it is entered.

    Raises `SonicError` if one of them is not there.
    """
    for name in NAMES:
        if not (folder / name / "dbt_project.yml").is_file():
            raise SonicError(
                f"There is no dbt package {name}",
                str(folder / name),
                f"Unpack {', '.join(NAMES)} there, each in a folder of its name.",
            )
    before = os.environ.get(VARIABLE)
    os.environ[VARIABLE] = str(folder)
    try:
        yield
    finally:
        if before is None:
            del os.environ[VARIABLE]
        else:
            os.environ[VARIABLE] = before


def folder() -> Path:
    """Where dbt looks for packages."""
    return Path(os.environ.get(VARIABLE, PACKAGES))


def _from_hub() -> bool:
    """Installs by `dbt deps`; False if the hub cannot be reached or lacks something."""
    import requests
    from dbt.cli.main import dbtRunner
    from dbt.clients.registry import DEFAULT_REGISTRY_BASE_URL

    try:
        requests.head(str(DEFAULT_REGISTRY_BASE_URL), timeout=HUB_SECONDS).raise_for_status()
    except requests.RequestException:
        return False
    arguments = ["deps", "--project-dir", str(PROJECT), "--log-level", "none", "--no-version-check"]
    return dbtRunner().invoke(arguments).success


def _from_stand_ins() -> Origin:
    sources = (
        [path for path in STAND_INS.iterdir() if (path / "dbt_project.yml").is_file()] if STAND_INS.is_dir() else []
    )
    if not sources:
        raise SonicError(
            "dbt's hub cannot be reached, and there are no stand-ins for its packages",
            str(STAND_INS),
            "Restore that folder from the repository (git checkout offline_packages), or connect to the network.",
        )
    for source in sources:
        target: Path = PACKAGES / source.name
        shutil.rmtree(target, ignore_errors=True)
        shutil.copytree(source, target)
    return Origin.STAND_INS
