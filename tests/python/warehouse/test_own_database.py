"""One's own operational PostgreSQL as the source: tables without any of our metadata, adopted and built."""

import pytest

from generators.ddl import TABLES
from sonic.errors import SonicError
from sonic.project.dbt import Dbt
from sonic.warehouse.adopt import adopt
from sonic.warehouse.lake import Lake
from sonic.warehouse.load import load
from sonic.warehouse.postgres import Postgres
from sonic.warehouse.targets import open_database
from tests.python.warehouse.conftest import Warehouse, day, environment

PLACES = ("countries", "regions", "cities", "languages")
KEPT = (*PLACES, "users", "artists", "content", "songs", "song_artists", "devices")
EVENTS = ("listening_sessions", "streams")


@pytest.fixture(scope="module")
def shop(embedded: Warehouse, lake: Lake) -> Postgres:
    """A database whose schema `operations` holds a few tables as an application would, and nothing of ours."""
    with environment({"SONIC_HOME": str(embedded.home.root)}):
        database = open_database(embedded.home, "embedded", "shop")
        assert isinstance(database, Postgres)
        load(database, lake, until=day(3))
    with database.connect() as connection, connection.transaction():
        connection.execute("create schema operations")
        for name in (*KEPT, *EVENTS):
            table = TABLES[name]
            columns = ", ".join(column.name for column in table.columns)
            key = ", ".join(table.key)
            connection.execute(
                f"create table operations.{name} as select distinct on ({key}) {columns} from raw.{name} order by {key}"
            )
        connection.execute("drop schema raw cascade")
        connection.execute("drop schema ops cascade")
    return database


def test_a_schema_that_does_not_fit_is_refused_with_what_is_missing(shop: Postgres) -> None:
    with pytest.raises(SonicError, match="holds no table"):
        adopt(shop, "nowhere")
    shop.execute("create schema half")
    shop.execute("create table half.users (user_id bigint)")
    with pytest.raises(SonicError, match=r"users\.user_uuid"):
        adopt(shop, "half")


@pytest.mark.parametrize("history", ["changes", "snapshots"])
def test_own_tables_are_adopted_and_built(embedded: Warehouse, shop: Postgres, history: str) -> None:
    adopted = adopt(shop, "operations")
    assert set(adopted.found) == {*KEPT, *EVENTS}
    with environment({"SONIC_HOME": str(embedded.home.root)}):
        command = ["build", "--full-refresh", "--exclude-resource-type", "unit_test", "--select", "+fct_streams"]
        # change rows are what a user has who sets nothing
        variables = ["--vars", f"{{history_from: {history}}}"] if history != "changes" else []
        nodes = Dbt(embedded.home, shop.target, shop.name).run(
            [*command, "--indirect-selection", "cautious", *variables]
        )
    assert [node.name for node in nodes if node.failed] == []
    plays = shop.value("select count(*) from operations.streams")
    rejected = shop.value("select count(*) from intermediate.int_streams_checked where reject_rule is not null")
    judged = shop.value("select count(*) from staging.base_engagement__streams where reject_rule is not null")
    assert shop.value("select count(*) from marts.fct_streams") == plays - rejected - judged > 0
