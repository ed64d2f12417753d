"""dbt_packages/: from dbt's hub where it can be reached, else from the stand-ins in offline_packages/."""

import hashlib
import shutil
from enum import StrEnum
from pathlib import Path

from sonic.errors import SonicError
from sonic.paths import PROJECT

PACKAGES = PROJECT / "dbt_packages"
STAND_INS = PROJECT / "offline_packages"
HUB_SECONDS = 5


class Origin(StrEnum):
    """Where the installed packages come from."""

    HUB = "hub"
    STAND_INS = "stand-ins"


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

    Packages from the hub are kept until packages.yml or a stand-in changes.
    """
    fingerprint = _fingerprint()
    origin, known = _installed()
    if known == fingerprint:
        return Origin(origin)
    PACKAGES.mkdir(exist_ok=True)
    chosen = Origin.HUB if _from_hub() else _from_stand_ins()
    (PACKAGES / ".origin").write_text(f"{chosen} {fingerprint}\n", encoding="utf-8")
    return chosen


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
