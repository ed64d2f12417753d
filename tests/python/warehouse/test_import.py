"""An imported event log fills the same marts, in a database of its own."""

from pathlib import Path

from typer.testing import CliRunner

from sonic.cli.app import app
from sonic.warehouse.targets import open_database
from tests.python.warehouse.conftest import Warehouse, environment

PLAYS = 6_820
DATABASE = "sonic_eventsim"


def test_eventsim(embedded: Warehouse, eventsim_log: Path) -> None:
    """Every play is a stream or quarantined, all tests of the build hold, and questions are answered."""
    with environment({"SONIC_HOME": str(embedded.home.root)}):
        done = CliRunner().invoke(app, ["import", "eventsim", str(eventsim_log)])
        assert done.exit_code == 0, done.output
        assert "all good" in done.output
        answer = CliRunner().invoke(app, ["ask", "top-artists", "--database", DATABASE, "--csv"])
        database = open_database(embedded.home, "embedded", DATABASE)
    assert answer.exit_code == 0, answer.output
    assert len(answer.output.splitlines()) > 1
    streams = database.value("select count(*) from marts.fct_streams")
    quarantined = database.value("select count(*) from quarantine.quarantine where table_name = 'streams'")
    assert streams + quarantined == PLAYS
