"""Locks between processes on this machine."""

import fcntl
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sonic.errors import SonicError


@contextmanager
def file_lock(path: Path, *, purpose: str, wait_seconds: float = 120.0) -> Iterator[None]:
    """Holds an exclusive lock on `path`, which the system frees if the holder dies.

    Waits up to `wait_seconds`; raises `SonicError` naming `purpose` if another process keeps it.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    deadline = time.monotonic() + wait_seconds
    with path.open("a") as handle:
        while True:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if time.monotonic() >= deadline:
                    raise SonicError(
                        f"Another process is already busy with {purpose}",
                        str(path),
                        "Wait for it to finish, then run the command again.",
                    ) from None
                time.sleep(0.1)
        try:
            yield
        finally:
            fcntl.flock(handle, fcntl.LOCK_UN)
