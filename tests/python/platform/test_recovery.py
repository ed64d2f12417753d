"""Going back to an instant, by what the runbook has one type."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from sonic.paths import PROJECT, Home
from sonic.server import Server
from tests.python.support.commands import blocks


@pytest.fixture
def server(home: Home) -> Iterator[Server]:
    """A server of the test's own, started."""
    made = Server(home)
    made.start()
    yield made


@pytest.fixture
def typed(server: Server) -> Callable[[str, str], None]:
    """Types lines of a shell as the account that runs the server, after some assignments."""
    data = server.status().data
    assert data is not None
    address = {"PGHOST": "127.0.0.1", "PGPORT": server.port, "PGUSER": "sonic", "PGPASSWORD": server.password}
    folders = {"PGDATA": data, "BACKUPS": data.parent / "backups", "WAL": data.parent / "wal"}
    for name in ("BACKUPS", "WAL"):
        server._identity.make_private(folders[name])
    variables = {**address, **folders, "PATH": f"{server._programs}:/usr/bin:/bin"}
    given = "".join(f"export {name}='{value}'\n" for name, value in variables.items())

    def type_in(lines: str, assignments: str = "") -> None:
        done = server._identity.run(["/bin/bash", "-euxo", "pipefail", "-c", given + assignments + "\n" + lines])
        assert done.returncode == 0, done.stdout[-3000:]

    return type_in


def test_the_runbooks_commands_go_back_to_an_instant(server: Server, typed: Callable[[str, str], None]) -> None:
    """What was written before it is there, what came after is not, and the server writes on."""
    name = "platform/test_recovery.py::test_the_runbooks_commands_go_back_to_an_instant"
    once, nightly, back = (each.text for each in blocks(PROJECT / "docs" / "runbook.md") if each.shown_by == name)
    typed(once, "")
    with server.connect() as connection:
        connection.execute("create table kept as select 'before the backup' as at")
    typed(nightly, "")
    with server.connect() as connection:
        connection.execute("insert into kept values ('after the backup')")
        (instant,) = connection.execute("select clock_timestamp()").fetchone() or ()
        connection.execute("insert into kept values ('too late')")
        connection.execute("drop schema public cascade")
    typed(back, f"INSTANT='{instant.isoformat()}' BACKUP=\"$BACKUPS/$(date +%F)\"")
    with server.connect() as connection:
        assert connection.execute("select at from kept").fetchall() == [("before the backup",), ("after the backup",)]
        connection.execute("insert into kept values ('later')")
        archived = connection.execute("show archive_mode").fetchone()
    assert archived == ("on",)
    assert server.stop() and server.start()
