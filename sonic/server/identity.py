"""The operating-system user that the server runs as.

PostgreSQL refuses to run as root. Root therefore hands the server to an account without privileges;
everybody else runs it as themselves.
"""

import os
import pwd
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sonic.errors import SonicError

UNPRIVILEGED_ACCOUNTS = ("nobody", "daemon")


@dataclass(frozen=True)
class Identity:
    """Who runs the server's programs: `uid` and `gid` are None for the caller themself."""

    uid: int | None = None
    gid: int | None = None

    @staticmethod
    def choose() -> "Identity":
        """The caller, or an account without privileges if the caller is root."""
        if os.geteuid() != 0:
            return Identity()
        for name in UNPRIVILEGED_ACCOUNTS:
            try:
                account = pwd.getpwnam(name)
            except KeyError:
                continue
            return Identity(account.pw_uid, account.pw_gid)
        raise SonicError(
            "PostgreSQL refuses to run as root, and this machine has no unprivileged account",
            f"accounts looked for: {', '.join(UNPRIVILEGED_ACCOUNTS)}",
            "Run the command as an ordinary user.",
        )

    def run(self, command: Sequence[str | Path], **options: Any) -> subprocess.CompletedProcess[str]:
        """Runs a program as this identity and returns what it printed (stdout and stderr as one text)."""
        if self.uid is not None:
            options |= {"user": self.uid, "group": self.gid, "extra_groups": []}
        environment = {key: value for key, value in os.environ.items() if not key.startswith("PG")}
        environment |= {"LC_ALL": "C", "TZ": "UTC"}
        return subprocess.run(
            [str(part) for part in command],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
            text=True,
            errors="replace",
            cwd="/",
            env=environment,
            check=False,
            **options,
        )

    def can_enter(self, folder: Path) -> bool:
        """Whether this identity can pass through `folder` and all folders above it."""
        if self.uid is None:
            return os.access(folder, os.X_OK)
        try:
            return self.run(["/bin/sh", "-c", 'cd "$0"', folder]).returncode == 0
        except OSError:
            return False

    def can_execute(self, program: Path) -> bool:
        """Whether this identity can start `program` (asked by `--version`, which does nothing else)."""
        try:
            return self.run([program, "--version"]).returncode == 0
        except OSError:
            return False

    def make_private(self, folder: Path) -> None:
        """Makes `folder` (if absent) and gives it to this identity alone (mode 0700)."""
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        folder.chmod(0o700)
        self.give(folder)

    def give(self, path: Path) -> None:
        """Makes this identity the owner of `path`."""
        if self.uid is not None and self.gid is not None:
            shutil.chown(path, self.uid, self.gid)
