"""The embedded server's life: made, started, stopped, killed, crossed."""

import os
import signal
import socket
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from sonic.errors import SonicError
from sonic.paths import PROJECT, Home
from sonic.server import Server, binaries
from sonic.server.identity import Identity


@pytest.fixture
def server(home: Home) -> Iterator[Server]:
    """A server of the test's own, started."""
    made = Server(home)
    assert made.start()
    yield made


def answer(server: Server, query: str) -> object:
    """The single value that `query` gives."""
    with server.connect() as connection:
        row = connection.execute(query).fetchone()
    assert row is not None
    return row[0]


def wait_until_gone(pid: int) -> None:
    """Waits until a killed process has gone."""
    for _ in range(100):
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return
        time.sleep(0.05)


def test_life_cycle(server: Server) -> None:
    assert answer(server, "show timezone") == "UTC"
    assert not server.start(), "a second start finds it running"
    mode = stat.S_IMODE((server.folder / "password").stat().st_mode)
    assert mode == 0o600
    assert server.password not in server.dsn()
    assert server.password in server.dsn(show_password=True)
    with server.connect() as connection:
        connection.execute("create table kept as select 42 as value")
    port = server.port
    assert server.stop()
    assert not server.stop(), "a second stop finds nothing to do"
    assert not server.status().running
    assert server.start()
    assert server.port == port, "the port is remembered"
    assert answer(server, "select value from kept") == 42


def test_wrong_password_is_refused(server: Server) -> None:
    (server.folder / "password").write_text("wrong\n")
    assert not server.status().running


def test_survives_a_kill(server: Server) -> None:
    with server.connect() as connection:
        connection.execute("create table kept as select generate_series(1, 1000) as value")
        connection.execute("checkpoint")
    pid = server.status().pid
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    wait_until_gone(pid)
    assert not server.status().running
    assert server.start()
    assert answer(server, "select count(*) from kept") == 1000


def test_stale_pid_file_of_a_reused_process_id(server: Server) -> None:
    assert server.stop()
    data = server.status().data
    assert data is not None
    (data / "postmaster.pid").write_text(f"{os.getpid()}\n{data}\n0\n{server.port}\n\n127.0.0.1\n0 0\nready\n")
    assert not server.status().running
    assert server.start()


def test_lost_password_is_replaced(server: Server) -> None:
    assert server.stop()
    (server.folder / "password").unlink()
    assert server.start()
    assert answer(server, "select 1") == 1


def test_taken_port(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        taken = other.getsockname()[1]
        monkeypatch.setenv("SONIC_PG_PORT", str(taken))
        with pytest.raises(SonicError, match=f"Port {taken} is taken"):
            Server(home).start()
        monkeypatch.delenv("SONIC_PG_PORT")
        assert Server(home).start()
        first = Server(home).port
        assert first not in (None, taken)
        Server(home).stop()
        with socket.socket() as squatter:
            squatter.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            squatter.bind(("127.0.0.1", first))
            squatter.listen()
            assert Server(home).start(), "a port that was chosen is chosen anew when another program has it"
            assert Server(home).port != first


@pytest.mark.parametrize("port", ["abc", "80", "70000"])
def test_unusable_port(home: Home, monkeypatch: pytest.MonkeyPatch, port: str) -> None:
    monkeypatch.setenv("SONIC_PG_PORT", port)
    with pytest.raises(SonicError, match="no usable port"):
        Server(home).start()


def test_two_starts_at_once(home: Home) -> None:
    with ThreadPoolExecutor(2) as pool:
        started = list(pool.map(lambda _: Server(home).start(), range(2)))
    assert sorted(started) == [False, True]


def test_cluster_of_another_version(server: Server) -> None:
    assert server.stop()
    data = server.status().data
    assert data is not None
    (data / "PG_VERSION").write_text("14\n")
    with pytest.raises(SonicError, match="made by PostgreSQL 14, but version 18"):
        server.start()


def test_folder_that_cannot_be_written(tmp_path_factory: pytest.TempPathFactory) -> None:
    blocked = tmp_path_factory.mktemp("blocked") / "file"
    blocked.write_text("a file where the folder should be")
    with pytest.raises(SonicError, match="state folder cannot be written"):
        Server(Home(blocked / "state")).start()


def test_command_line(home: Home) -> None:
    def sonic(*arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "sonic", *arguments], cwd=PROJECT, capture_output=True, text=True, check=False
        )

    assert sonic("server", "status").returncode == 3
    assert "started" in sonic("server", "start").stdout
    assert "running" in sonic("server", "status").stdout
    assert sonic("server", "dsn").stdout.startswith("postgresql://sonic:****@127.0.0.1:")
    assert sonic("server", "psql", "--", "-Atc", "select 6 * 7").stdout.strip() == "42"
    assert sonic("server", "stop").returncode == 0


def test_cluster_in_a_folder_of_its_own(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the server's user reaches neither the state folder nor the wheel, both are put where it does."""
    installed = binaries.installed()
    can_execute = Identity.can_execute
    monkeypatch.setattr(Identity, "can_enter", lambda *_: False)
    monkeypatch.setattr(
        Identity, "can_execute", lambda self, path: not path.is_relative_to(installed) and can_execute(self, path)
    )
    server = Server(home)
    assert server.start()
    data = server.status().data
    assert data is not None and not data.is_relative_to(home.root)
    assert stat.S_IMODE(data.parent.stat().st_mode) == 0o700
    assert Server(home).stop()
    assert Server(home).start(), "the place is remembered"
    server.remove()
    assert not data.parent.exists()
