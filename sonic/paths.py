"""Where the project and its state live."""

import os
import tempfile
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from sonic.errors import SonicError

_REPOSITORY = Path(__file__).resolve().parent.parent
IS_REPOSITORY = (_REPOSITORY / "dbt_project.yml").is_file()
"""Whether this runs from a clone of the repository, not from an installed wheel."""
PROJECT = _REPOSITORY if IS_REPOSITORY else Path(__file__).resolve().parent / "bundled"
"""The dbt project: that of the repository, else the wheel's copy, which is only read (decision 105)."""
MAIN_DATABASE = "sonic"


@dataclass(frozen=True)
class Home:
    """The folder that holds all state outside the tracked files: server, lake, DuckDB files."""

    root: Path

    @staticmethod
    def locate() -> "Home":
        """`$SONIC_HOME`, or `.sonic` in the repository; of an installed wheel, `.sonic` in the current folder."""
        given = os.environ.get("SONIC_HOME", "").strip()
        usual = (PROJECT if IS_REPOSITORY else Path.cwd()) / ".sonic"
        return Home(Path(given).expanduser().resolve() if given else usual)

    @property
    def is_default(self) -> bool:
        """Whether this is the repository's usual state folder."""
        return self.root == PROJECT / ".sonic"

    @property
    def work(self) -> Path:
        """Where dbt writes (`target/`, `logs/`): the repository for its usual state folder, else the state folder."""
        return PROJECT if self.is_default else self.root

    @cached_property
    def server(self) -> Path:
        return self.root / "server"

    def lake(self, database: str = MAIN_DATABASE) -> Path:
        """The lake that feeds `database`; each imported database has one of its own."""
        return self.root / "lake" if database == MAIN_DATABASE else self.root / "lakes" / database

    def duckdb(self, database: str = MAIN_DATABASE) -> Path:
        return self.root / "duckdb" / f"{database}.duckdb"

    def create(self) -> None:
        """Makes the folder, or says clearly why it cannot be written."""
        try:
            self.root.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryFile(dir=self.root) as probe:
                probe.write(b"0" * 4096)
                probe.flush()
        except OSError as error:
            raise SonicError(
                f"The state folder cannot be written: {error.strerror or error}",
                str(self.root),
                "Free some space, mend its permissions, or set SONIC_HOME to another folder.",
            ) from error


def repository(what: str) -> Path:
    """The repository's folder, for what writes into it.

    Raises:
        SonicError: `sonic` was installed from a wheel, and there is none.
    """
    if not IS_REPOSITORY:
        raise SonicError(
            f"An installed sonic has no repository, into which {what} would be written",
            str(PROJECT.parent),
            "Clone the repository and run `make setup` there; state folders of both are alike.",
        )
    return PROJECT


def write_private(path: Path, text: str) -> None:
    """Replaces `path` in one step by a file that only its owner reads (mode 0600)."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as stream:
            stream.write(text)
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
