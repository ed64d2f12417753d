"""What each read-only role sees of a warehouse that was opened to them before its first build, and what it does not."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from psycopg.errors import InsufficientPrivilege, ReadOnlySqlTransaction

from sonic.errors import SonicError, UsageError
from sonic.project.dbt import Dbt
from sonic.warehouse import roles
from sonic.warehouse.postgres import Postgres
from tests.python.warehouse.conftest import Warehouse


@pytest.fixture(scope="module")
def database(embedded: Warehouse) -> Postgres:
    """The embedded warehouse's, after three builds."""
    assert isinstance(embedded.database, Postgres)
    return embedded.database


@pytest.fixture(scope="module")
def label_id(database: Postgres) -> int:
    """The label whose roster earned most."""
    return int(
        database.value(
            "select label_id from marts.mart_label_dashboard group by 1 order by sum(roster_eur_micro) desc limit 1"
        )
    )


@pytest.fixture(scope="module")
def advertiser_id(database: Postgres) -> int:
    """The advertiser whose campaigns were shown most."""
    return int(
        database.value("select advertiser_id from marts.fct_impressions group by 1 order by count(*) desc limit 1")
    )


@pytest.fixture(scope="module")
def readers(database: Postgres, label_id: int, advertiser_id: int) -> Iterator[dict[str, Postgres]]:
    """The database as an account in each role sees it, with the password that it was given."""
    ids = {"label": [label_id], "advertiser": [advertiser_id]}
    opened = {}
    for role in roles.roles().values():
        password = roles.add(database, f"reader_{role.name}", role, ids.get(role.name, []))
        assert password is not None
        opened[role.name] = Postgres(
            "reader", database.parameters | {"user": f"reader_{role.name}", "password": password}
        )
    yield opened
    for role in opened:
        roles.remove(database, f"reader_{role}")


def seen(reader: Postgres, mart: str, condition: str = "true") -> tuple[int, int]:
    """Rows that a reader finds in a mart, and those of them that meet a condition."""
    [[rows, meeting]] = reader.query(f"select count(*), count(case when {condition} then 1 end) from marts.{mart}")[1]
    return rows, meeting


@pytest.fixture(scope="module")
def models(embedded: Warehouse) -> dict[str, Any]:
    """Models of schema marts by name, as dbt knows them."""
    nodes = Dbt(embedded.home, embedded.database.target, embedded.database.name).manifest().nodes.values()
    return {node.name: node for node in nodes if node.resource_type == "model" and node.schema == "marts"}


@pytest.mark.parametrize("name", roles.roles())
def test_a_role_reads_what_models_say_and_nothing_else(
    name: str, database: Postgres, readers: dict[str, Postgres], models: dict[str, Any]
) -> None:
    """Each mart that it has can really be read, with all its columns but those withheld; nothing can be written."""
    role = roles.find(name)
    given = {each.mart: each for each in roles.access(database, role)}
    assert set(given) == {mart for mart, model in models.items() if name in model.config.meta["readers"]}
    for mart, access in given.items():
        columns = models[mart].columns.values()
        withheld = () if role.personal else tuple(each.name for each in columns if each.meta.get("personal"))
        assert access.withheld == withheld, mart
        shown = [column.name for column in columns if column.name not in withheld]
        readers[name].query(f"select {', '.join(shown)} from marts.{mart} limit 1")
    rights = database.query(
        f"""
        select nspname || '.' || relname
        from pg_class inner join pg_namespace on pg_namespace.oid = relnamespace
        where
            nspname in ('raw', 'staging', 'intermediate', 'snapshots', 'quarantine', 'ops', 'marts')
            and relkind in ('r', 'v', 'p', 'm', 'S')
            and (
                nspname <> 'marts' and has_any_column_privilege('reader_{name}', pg_class.oid, 'select')
                or has_table_privilege('reader_{name}', pg_class.oid, 'insert, update, delete, truncate, references')
                or has_any_column_privilege('reader_{name}', pg_class.oid, 'insert, update, references')
            )
        order by 1
        """
    )[1]
    assert [relation for (relation,) in rights] == ["ops.builds", *(["ops.reader_scopes"] if role.scope else [])]
    with readers[name].connect() as connection:
        connection.execute("set default_transaction_read_only = off")
        for statement in (
            "create table marts.mine (one integer)",
            "create table public.mine (one integer)",
            "delete from marts.dim_date",
            "insert into ops.reader_scopes values (current_user, 'label', 1)",
            "select * from raw.users",
            "select * from staging.stg_identity__users",
            "set role sonic",
        ):
            with pytest.raises(InsufficientPrivilege):
                connection.execute(statement.encode())


def test_the_analyst_sees_every_row(database: Postgres, readers: dict[str, Postgres], models: dict[str, Any]) -> None:
    counts = " union all ".join(f"select '{mart}', count(*) from marts.{mart}" for mart in models)
    assert sorted(readers["analyst"].query(counts)[1]) == sorted(database.query(counts)[1])


def test_a_label_sees_its_roster(database: Postgres, readers: dict[str, Postgres], label_id: int) -> None:
    roster = f"song_id in (select song_id from marts.dim_song where label_id = {label_id})"
    payee = f"payee_id in (select payee_id from marts.dim_payee where label_id = {label_id})"
    own = {
        "dim_label": f"label_id = {label_id}",
        "dim_album": f"label_id = {label_id}",
        "dim_song": f"label_id = {label_id}",
        "fct_royalties": roster,
        "fct_plays_daily": roster,
        "mart_plays_monthly": roster,
        "dim_payee": f"label_id = {label_id}",
        "fct_payouts": payee,
        "mart_label_dashboard": f"label_id = {label_id}",
    }
    for mart, condition in own.items():
        rows, meeting = seen(database, mart, condition)
        assert 0 < meeting < rows, mart
        assert seen(readers["label"], mart) == (meeting, meeting), mart
    [[earned]] = readers["label"].query("select sum(amount_eur_micro) from marts.fct_royalties where is_booked")[1]
    assert earned == database.value(
        f"select sum(roster_eur_micro) from marts.mart_label_dashboard where label_id = {label_id}"
    )


def test_an_advertiser_sees_its_campaigns(database: Postgres, readers: dict[str, Postgres], advertiser_id: int) -> None:
    campaign = f"campaign_id in (select campaign_id from marts.dim_campaign where advertiser_id = {advertiser_id})"
    own = dict.fromkeys(("dim_advertiser", "dim_campaign", "fct_campaign_daily"), f"advertiser_id = {advertiser_id}")
    own |= dict.fromkeys(("dim_creative", "bridge_campaign_target", "fct_campaign_status"), campaign)
    for mart, condition in own.items():
        rows, meeting = seen(database, mart, condition)
        assert 0 < meeting < rows, mart
        assert seen(readers["advertiser"], mart) == (meeting, meeting), mart
    # Nor by what it asks: a condition of its own that would tell of other rows is never asked of them.
    [[told]] = readers["advertiser"].query(
        f"select count(*) from marts.dim_campaign where 1 / (advertiser_id - {advertiser_id} + 1) > 0"
        f" or advertiser_id <> {advertiser_id}"
    )[1]
    assert told == seen(database, "dim_campaign", own["dim_campaign"])[1]


def test_finance_sees_money_and_no_listening(database: Postgres, readers: dict[str, Postgres]) -> None:
    for mart in ("fct_transactions", "fct_royalties", "fct_revenue_daily", "fct_campaign_daily", "dim_payee"):
        assert seen(readers["finance"], mart) == seen(database, mart), mart
    for mart in ("dim_user", "fct_streams", "fct_listening_daily", "fct_impressions", "fct_audit_events"):
        with pytest.raises(InsufficientPrivilege):
            readers["finance"].query(f"select count(*) from marts.{mart}")


def test_support_sees_tickets_and_no_person(database: Postgres, readers: dict[str, Postgres]) -> None:
    rows = database.value("select count(*) from marts.fct_support_tickets")
    assert rows > 0
    assert readers["support"].value("select count(support_ticket_id) from marts.fct_support_tickets") == rows
    for column in ("user_id", "user_key", "device_id"):
        with pytest.raises(InsufficientPrivilege):
            readers["support"].query(f"select {column} from marts.fct_support_tickets")
    for mart in ("dim_user", "dim_device", "fct_streams", "fct_transactions", "bridge_household_member"):
        with pytest.raises(InsufficientPrivilege):
            readers["support"].query(f"select count(*) from marts.{mart}")


def test_accounts_are_read_only_and_say_whose_they_are(
    database: Postgres, readers: dict[str, Postgres], label_id: int
) -> None:
    with pytest.raises(ReadOnlySqlTransaction):
        readers["analyst"].execute("create temporary table mine (one integer)")
    [label] = [each for each in roles.accounts(database) if each.role == "label"]
    assert label == roles.Account("reader_label", "label", (label_id,))
    # Who was put into the role by hand stands for nobody.
    database.execute("create role stranger login in role sonic_label")
    try:
        with database.connect() as connection:
            connection.execute("set role stranger")
            assert connection.execute("select count(*) from marts.dim_song").fetchone() == (0,)
    finally:
        database.execute("drop role stranger")


def test_what_cannot_be_is_said(database: Postgres, readers: dict[str, Postgres]) -> None:
    label = roles.find("label")
    with pytest.raises(UsageError, match="sees rows of its own alone"):
        roles.add(database, "reader_more", label, [])
    with pytest.raises(UsageError, match="There is no label 987654"):
        roles.add(database, "reader_more", label, [987654])
    with pytest.raises(UsageError, match="sees all rows"):
        roles.add(database, "reader_more", roles.find("support"), [1])
    with pytest.raises(UsageError, match="There is no role 'boss'"):
        roles.find("boss")
    with pytest.raises(UsageError, match="No reader is called 'reader_more'"):
        roles.remove(database, "reader_more")
    assert readers


def test_a_user_who_may_not_make_roles_is_told_what_to_ask_for(
    database: Postgres, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On a server of others: the statements for its owner; once they were run, the rest needs no such right."""
    database.execute("create role builder login password 'built'")
    database.execute("create database built owner builder")
    builder = Postgres("external", database.parameters | {"user": "builder", "password": "built", "dbname": "built"})
    try:
        wanted = roles.roles() | {"auditor": roles.Role("auditor", "of a later version")}
        monkeypatch.setattr(roles, "roles", lambda: wanted)
        with pytest.raises(SonicError, match="may not make roles: sonic_auditor are missing") as refused:
            roles.migrate(builder)
        assert "create role sonic_auditor nologin" in refused.value.todo
        database.execute("create role sonic_auditor nologin")
        assert roles.migrate(builder) == []
    finally:
        with database.connect() as connection:
            for statement in ("drop database built", "drop role builder", "drop role if exists sonic_auditor"):
                connection.execute(statement.encode())
