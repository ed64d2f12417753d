"""A folder of files that appears whole or not at all."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sonic.errors import SonicError, UsageError

MARK = ".published-by-sonic"
"""A file by which a folder is known as one that may be replaced."""


@contextmanager
def replaced(folder: Path) -> Iterator[Path]:
    """An empty folder to fill, which takes the place of `folder` when all went well and is gone if not.

    Raises:
        UsageError: `folder` holds what was not published by this command.
        SonicError: it cannot be written.
    """
    if folder.exists() and not (folder / MARK).is_file() and (not folder.is_dir() or any(folder.iterdir())):
        raise UsageError("The folder holds other files, which would be lost", str(folder), "Name another with --out.")
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        made = Path(tempfile.mkdtemp(dir=folder.parent, prefix=f".{folder.name}."))
    except OSError as error:
        raise SonicError(
            f"The folder cannot be written: {error.strerror or error}", str(folder.parent), "Name another with --out."
        ) from error
    try:
        made.chmod(0o755)
        (made / MARK).touch()
        yield made
        if folder.exists():
            before = Path(tempfile.mkdtemp(dir=folder.parent, prefix=f".{folder.name}."))
            folder.replace(before)
            made.replace(folder)
            shutil.rmtree(before)
        else:
            made.replace(folder)
    finally:
        shutil.rmtree(made, ignore_errors=True)
