"""Starting, stopping and describing the embedded server."""

import json
import os
import secrets
import shutil
import tempfile
import time
from dataclasses import asdict, dataclass
from functools import cached_property
from pathlib import Path

import psutil
import psycopg

from sonic import profiles
from sonic.errors import SonicError
from sonic.locks import file_lock
from sonic.paths import MAIN_DATABASE, Home, write_private
from sonic.server import binaries, failures, ports, settings
from sonic.server.identity import Identity

USER = "sonic"
START_SECONDS = 90
STOP_SECONDS = 60
ATTEMPTS = 3


@dataclass(frozen=True)
class ServerStatus:
    """What is known about the server; `pid` and `version` are None while it does not run."""

    running: bool
    exists: bool
    port: int | None
    data: Path | None
    pid: int | None = None
    version: str | None = None


@dataclass(frozen=True)
class Memory:
    """What is remembered between runs: the TCP port, and the folder that holds the cluster."""

    port: int | None = None
    place: str | None = None


class Server:
    """The embedded server of one state folder.

    `<home>/server` holds the password (mode 0600), what is remembered (`server.json`) and the cluster.
    Where the server's user cannot enter that folder, the cluster lies in a private folder elsewhere,
    which `server.json` remembers.
    """

    def __init__(self, home: Home) -> None:
        self.home = home
        self.folder = home.server
        self._memory = self.folder / "server.json"
        self._password_file = self.folder / "password"

    # what others need to connect

    @property
    def port(self) -> int | None:
        """The TCP port on 127.0.0.1, once there is one."""
        return self._remembered().port

    @property
    def password(self) -> str:
        """The password of the server's one account."""
        try:
            return self._password_file.read_text(encoding="utf-8").strip()
        except FileNotFoundError as error:
            raise SonicError(
                "The embedded server has not been started yet",
                str(self.folder),
                "Run `sonic server start`.",
            ) from error
        except PermissionError as error:
            raise SonicError(
                "The server's password belongs to another user",
                str(self._password_file),
                "Work as the user who made this state folder, or set SONIC_HOME to one of your own.",
            ) from error

    def dsn(self, database: str = MAIN_DATABASE, *, show_password: bool = False) -> str:
        """Address of `database` as one URL, with the password or with `****` in its place."""
        if self.port is None:
            raise SonicError("There is no embedded server yet", str(self.folder), "Run `sonic server start`.")
        password = self.password if show_password else "****"
        return f"postgresql://{USER}:{password}@{ports.ADDRESS}:{self.port}/{database}"

    def connect(self, database: str = MAIN_DATABASE) -> psycopg.Connection:
        """A new connection, in autocommit mode."""
        return psycopg.connect(
            host=ports.ADDRESS,
            port=self.port,
            user=USER,
            password=self.password,
            dbname=database,
            connect_timeout=10,
            autocommit=True,
        )

    def psql(self, database: str = MAIN_DATABASE) -> tuple[list[str], dict[str, str]]:
        """Command line and environment of the wheel's psql for `database`."""
        command = [str(binaries.installed() / "bin" / "psql"), self.dsn(database).replace(":****@", "@")]
        return command, {**os.environ, "PGPASSWORD": self.password}

    # life cycle

    def start(self) -> bool:
        """Starts the server unless it runs; makes it first if there is none. True if it was started now.

        Raises `SonicError` for a taken port, a full or read-only disk, a cluster of another version and
        whatever else the server's log tells.
        """
        self.home.create()
        self.folder.mkdir(exist_ok=True)
        with file_lock(self.folder / "lock", purpose="starting or stopping the embedded server"):
            if self._process() is not None and self._answers():
                self._publish()
                return False
            self._await_orphans()
            self._create()
            for attempt in range(1, ATTEMPTS + 1):
                port = ports.choose(self.port)
                self._remember(port=port)
                self._configure(port)
                if self._launch(final=attempt == ATTEMPTS):
                    break
            self._create_database()
            self._publish()
            return True

    def stop(self, *, mode: str = "fast") -> bool:
        """Stops the server if it runs; True if it did. `mode` is pg_ctl's: `immediate` writes nothing back."""
        if not self.folder.exists():
            return False
        with file_lock(self.folder / "lock", purpose="starting or stopping the embedded server"):
            if self._process() is None:
                return False
            arguments: list[str | Path] = ["stop", "-D", self._data, "-m", mode, "-w", "-t", str(STOP_SECONDS)]
            result = self._identity.run([self._programs / "pg_ctl", *arguments])
            if result.returncode != 0 and self._process() is not None:
                raise SonicError(
                    "The embedded server did not stop",
                    str(self._data),
                    f"pg_ctl says: {result.stdout.strip()}. Close programs that use it, then try again.",
                )
            return True

    def remove(self) -> None:
        """Stops the server and deletes its cluster with all that is in it."""
        self.stop(mode="immediate")
        place = self._remembered().place
        if place is not None and Path(place) != self.folder:
            shutil.rmtree(place, ignore_errors=True)
        shutil.rmtree(self.folder, ignore_errors=True)
        self.__dict__.pop("_place", None)

    def status(self) -> ServerStatus:
        """Whether the server exists and runs."""
        place = self._remembered().place
        if place is None or not (Path(place) / "data").exists():
            return ServerStatus(running=False, exists=False, port=self.port, data=None)
        process = self._process()
        if process is None or not self._answers():
            return ServerStatus(running=False, exists=True, port=self.port, data=self._data)
        with self.connect("postgres") as connection:
            row = connection.execute("show server_version").fetchone()
        version = str(row[0]) if row else None
        return ServerStatus(True, True, self.port, self._data, process.pid, version)

    # parts

    @cached_property
    def _identity(self) -> Identity:
        return Identity.choose()

    @cached_property
    def _place(self) -> Path:
        """The folder that holds the cluster: our own, or a private one that the server's user can enter."""
        remembered = self._remembered().place
        if remembered is not None and Path(remembered).is_dir():
            return Path(remembered)
        place = self.folder
        if not self._identity.can_enter(self.folder):
            shared = Path("/var/tmp")
            place = Path(tempfile.mkdtemp(prefix="sonic-", dir=shared if os.access(shared, os.W_OK) else None))
            self._identity.make_private(place)
        self._remember(place=str(place))
        return place

    @property
    def _data(self) -> Path:
        return self._place / "data"

    @property
    def _log(self) -> Path:
        return self._place / "log" / "server.log"

    @cached_property
    def _programs(self) -> Path:
        program = binaries.installed() / "bin" / "initdb"
        if self._identity.can_execute(program):
            return program.parent
        copied = binaries.copy_to(self._place / "wheel") / "bin"
        if self._identity.can_execute(copied / program.name):
            return copied
        raise SonicError(
            "The embedded PostgreSQL's programs do not run here",
            f"{program}, and a copy in {copied}",
            "Check that the file system allows programs (no 'noexec'), or use --target external.",
        )

    def _remembered(self) -> "Memory":
        try:
            return Memory(**json.loads(self._memory.read_text(encoding="utf-8")))
        except FileNotFoundError:
            return Memory()
        except (OSError, ValueError, TypeError) as error:
            raise SonicError(
                "What is remembered about the embedded server cannot be read",
                str(self._memory),
                "Restore its permissions, or delete the file and run `sonic server start`.",
            ) from error

    def _remember(self, *, port: int | None = None, place: str | None = None) -> None:
        known = self._remembered()
        facts = Memory(port or known.port, place or known.place)
        if facts != known:
            write_private(self._memory, json.dumps(asdict(facts), indent=2) + "\n")

    def _process(self) -> psutil.Process | None:
        """The running server process of our cluster, by its pid file; None if that is absent or stale."""
        if self._remembered().place is None:
            return None
        try:
            pid = int((self._data / "postmaster.pid").read_text(encoding="utf-8").splitlines()[0])
            process = psutil.Process(pid)
            if process.status() == psutil.STATUS_ZOMBIE or not _works_in(process, self._data):
                return None
            return process
        except (FileNotFoundError, ValueError, IndexError, psutil.Error):
            return None

    def _await_orphans(self) -> None:
        """Waits for what a killed server left behind, then drops a pid file that names another's process."""
        if self._remembered().place is None:
            return
        deadline = time.monotonic() + 20
        while orphans := [process.pid for process in psutil.process_iter() if _works_in(process, self._data)]:
            if time.monotonic() > deadline:
                raise SonicError(
                    "Processes of an earlier server are still there and do not answer",
                    f"process {', '.join(map(str, orphans))} in {self._data}",
                    "End them (kill), then start the server again.",
                )
            if self._process() is not None and self._answers():
                return
            time.sleep(0.2)
        (self._data / "postmaster.pid").unlink(missing_ok=True)

    def _answers(self) -> bool:
        try:
            with self.connect("postgres"):
                return True
        except (psycopg.Error, SonicError):
            return False

    def _create(self) -> None:
        """Makes the cluster if there is none; a lost password is replaced."""
        self._check_version()
        if self._data.exists():
            if not self._password_file.exists():
                self._reset_password()
            return
        unfinished = self._place / "data.unfinished"
        shutil.rmtree(unfinished, ignore_errors=True)
        self._identity.make_private(unfinished)
        password = secrets.token_urlsafe(24)
        handed_over = self._place / "password.handed_over"
        write_private(handed_over, password)
        self._identity.give(handed_over)
        try:
            result = self._identity.run(
                [
                    self._programs / "initdb",
                    *("-D", unfinished),
                    *("--username", USER),
                    *("--pwfile", handed_over),
                    *("--auth", "scram-sha-256"),
                    *("--encoding", "UTF8"),
                    *("--locale-provider", "builtin"),
                    *("--builtin-locale", "C.UTF-8"),
                    *("--locale", "C"),
                    "--no-instructions",
                ]
            )
        finally:
            handed_over.unlink(missing_ok=True)
        if result.returncode != 0:
            shutil.rmtree(unfinished, ignore_errors=True)
            raise failures.explain("made", result.stdout, self._place)
        with (unfinished / "postgresql.conf").open("a", encoding="utf-8") as stream:
            stream.write("\ninclude 'sonic.conf'\n")
        write_private(self._password_file, password + "\n")
        unfinished.rename(self._data)

    def _check_version(self) -> None:
        marker = self._data / "PG_VERSION"
        wanted = binaries.INSTALLATION.removeprefix("pginstall")
        if self._data.exists() and (found := marker.read_text(encoding="utf-8").strip()) != wanted:
            raise SonicError(
                f"The cluster was made by PostgreSQL {found}, but version {wanted} is installed",
                str(self._data),
                "Dump it with the old version's pg_dump, or start anew with `sonic server remove`.",
            )

    def _reset_password(self) -> None:
        password = secrets.token_urlsafe(24)
        command = f'echo "alter user {USER} password \'{password}\'" | "$0" --single -D "$1" postgres'
        result = self._identity.run(["/bin/sh", "-c", command, self._programs / "postgres", self._data])
        if result.returncode != 0:
            raise failures.explain("given a new password", result.stdout, self._place)
        write_private(self._password_file, password + "\n")

    def _configure(self, port: int) -> None:
        """Writes the server's own settings; says so if the disk does not let it."""
        path = self._data / "sonic.conf"
        try:
            write_private(path, settings.render(port))
            self._identity.give(path)
            self._identity.make_private(self._log.parent)
        except OSError as error:
            raise failures.explain("configured", error.strerror or str(error), self._place) from error

    def _launch(self, *, final: bool) -> bool:
        """Runs pg_ctl; False if another program took the port in the meantime and a further try may help."""
        before = self._log.stat().st_size if self._log.exists() else 0
        arguments: list[str | Path] = ["start", "-D", self._data, "-l", self._log, "-w", "-t", str(START_SECONDS)]
        result = self._identity.run([self._programs / "pg_ctl", *arguments])
        if result.returncode == 0:
            return True
        said = ""
        if self._log.exists():
            with self._log.open(encoding="utf-8", errors="replace") as stream:
                stream.seek(before)
                said = stream.read()
        if "could not bind" in said and ports.demanded() is None and not final:
            return False
        raise failures.explain("started", said or result.stdout, self._log)

    def _publish(self) -> None:
        """Lets dbt's profile know the port and the password."""
        if self.port is not None:
            profiles.fill_embedded(self.home, port=self.port, password=self.password)

    def _create_database(self) -> None:
        with self.connect("postgres") as connection:
            known = connection.execute("select 1 from pg_database where datname = %s", (MAIN_DATABASE,)).fetchone()
            if known is None:
                connection.execute(f'create database "{MAIN_DATABASE}"')


def _works_in(process: psutil.Process, folder: Path) -> bool:
    """Whether `process` is a PostgreSQL process of the cluster in `folder` (they all work inside it)."""
    try:
        return "postgres" in process.name() and Path(process.cwd()) == folder.resolve()
    except (psutil.Error, OSError):
        return False
