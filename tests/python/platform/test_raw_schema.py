"""What PostgreSQL itself sees to in the raw schema: periods apart, whole shares, words found, queries by index."""

from __future__ import annotations

import csv
import os
import re
import shutil
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any, NamedTuple

import psycopg
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest
from typer.testing import CliRunner

from generators.api import FIRST_DAY
from generators.core.lake import Origin, write_day
from generators.ddl import TABLES
from generators.ddl.postgres import whole_statements, words_of
from generators.ddl.table import Apart, Table, Whole
from sonic.cli.verify import app
from sonic.errors import SonicError
from sonic.paths import PROJECT, Home
from sonic.server.control import Server
from sonic.verify.cards import Found, card_numbers, scan
from sonic.warehouse.generate import Recipe, generate
from sonic.warehouse.lake import Lake
from sonic.warehouse.load import load
from sonic.warehouse.postgres import Postgres
from sonic.warehouse.targets import open_database

AT_SCALE = "SONIC_RAW_SCALE" in os.environ
"""Whether the data are large enough for the planner to choose freely: `make test-indexes`."""
FEW_BYTES = 128 * 1024
"""Below this a table is rightly read as a whole, at any scale of the others."""
SEED, SCALE, DAYS = 42, float(os.environ.get("SONIC_RAW_SCALE", "0.02")), 30 if AT_SCALE else 2
LAST = FIRST_DAY + timedelta(days=DAYS - 1)
PERIODS = [(table, apart) for table in TABLES.values() for apart in table.apart]
WHOLES = [(table, table.whole) for table in TABLES.values() if table.whole]


@pytest.fixture(scope="module")
def lake(tmp_path_factory: pytest.TempPathFactory) -> Lake:
    """The opening and two days, clean: with every key, check and index."""
    root = tmp_path_factory.mktemp("raw_schema") / "lake"
    generate(root, Recipe(SEED, SCALE, clean=True), days=DAYS)
    return Lake(root)


@pytest.fixture(scope="module")
def database(lake: Lake, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Postgres]:
    """A server of this file's own that holds the lake."""
    home = Home(tmp_path_factory.mktemp("raw_schema") / "state")
    Server(home).start()
    made = open_database(home, "embedded", "raw_schema")
    assert isinstance(made, Postgres)
    load(made, lake)
    yield made
    Server(home).remove()


@pytest.fixture
def raw(database: Postgres) -> Iterator[psycopg.Connection[Any]]:
    """A connection whose changes are undone."""
    with database.connect() as connection, connection.transaction(force_rollback=True):
        yield connection


class Begun(NamedTuple):
    """How a row is copied as one of the same owner."""

    days: int
    """Days after the copied row's begin."""
    ended: bool = False
    """Where the copied row ends before that."""


def _again(raw: psycopg.Connection[Any], table: Table, apart: Apart, begun: Begun) -> int:
    """Copies a row that lasts, with another key and begin; how many rows that made."""
    key, kind = table.key[0], table.column(apart.begin).type
    later = f"cast({apart.begin} + interval '{begun.days} days' as {kind})"
    lasting = f"({apart.end} is null or {apart.end} > {later})"
    if begun.ended:
        chosen = f"(select {key} from raw.{table.name} where {lasting} order by {key} limit 1)"
        raw.execute(f"update raw.{table.name} set {apart.end} = {later} where {key} = {chosen}".encode())
        lasting = f"{apart.end} = {later}"
    new = {key: f"{key} + 1000000000", apart.begin: later, apart.end: "null", "version_no": "version_no + 100"}
    if not table.column(apart.end).nullable:
        new[apart.end] = f"{later} + interval '1 day'"
    columns = [column.name for column in table.lake_columns] + ["load_id"]
    values = ", ".join(new.get(name, name) for name in columns)
    return raw.execute(
        f"insert into raw.{table.name} ({', '.join(columns)}) select {values} from raw.{table.name}"
        f" where {lasting} order by {key} limit 1".encode()
    ).rowcount


@pytest.mark.parametrize(("table", "apart"), PERIODS, ids=[table.name for table, _ in PERIODS])
def test_periods_of_one_owner_lie_apart(raw: psycopg.Connection[Any], table: Table, apart: Apart) -> None:
    with pytest.raises(psycopg.errors.ExclusionViolation, match=f"{table.name}_{'_'.join(apart.owner)}_apart"):
        _again(raw, table, apart, Begun(1))


@pytest.mark.parametrize("name", ["plan_prices", "households", "revenue_splits", "rights_contracts"])
def test_a_period_may_begin_where_the_last_one_ends(raw: psycopg.Connection[Any], name: str) -> None:
    assert _again(raw, TABLES[name], TABLES[name].apart[0], Begun(1, ended=True)) == 1


def test_a_missing_territory_is_one_territory(raw: psycopg.Connection[Any]) -> None:
    contracts = TABLES["rights_contracts"]
    raw.execute("delete from raw.rights_contracts where territory_country_id is not null")
    with pytest.raises(psycopg.errors.ExclusionViolation):
        _again(raw, contracts, contracts.apart[0], Begun(1))


def test_the_loader_names_periods_that_overlap(database: Postgres, lake: Lake, tmp_path: Path) -> None:
    """A third day founds a household anew for an owner who has one."""
    before = database.query("select load_id from ops.loads order by 1")[1]
    source = next((lake.root / "households").glob("*/*.parquet"))
    rows = pq.ParquetFile(source).read().slice(0, 1)
    rows = rows.set_column(0, "household_id", pc.add(rows["household_id"], 1_000_000))
    broken = tmp_path / "lake"
    shutil.copytree(lake.root, broken)
    write_day(broken, LAST + timedelta(days=1), "day", Origin(SEED, SCALE, clean=True), {"households": rows})
    with pytest.raises(SonicError, match=r"two periods of one owner overlap: .*households_owner_user_id_apart") as said:
        load(database, Lake(broken))
    assert f"households/arrival_date={LAST + timedelta(days=1)}" in said.value.where
    assert database.query("select load_id from ops.loads order by 1")[1] == before


def _shared(table: Table, whole: Whole) -> str:
    """Condition for the rows of one owner that has several shares in force."""
    open_ = f" and {whole.period[1]} is null" if whole.period else ""
    owner = ", ".join(whole.owner)
    several = f"select row({owner})::text from raw.{table.name} where true{open_} group by {owner} having count(*) > 1"
    return f"row({owner})::text = ({several} order by 1 limit 1){open_}"


def _given(table: Table, whole: Whole, which: str, ppm: int) -> bytes:
    """Statement that changes the share of the first (``min``) or last (``max``) row of an owner."""
    row = f"select {which}(ctid) from raw.{table.name} where {_shared(table, whole)}"
    return f"update raw.{table.name} set {whole.share} = {whole.share} + {ppm} where ctid = ({row})".encode()


@pytest.mark.parametrize(("table", "whole"), WHOLES, ids=[table.name for table, _ in WHOLES])
def test_shares_that_make_no_whole_are_refused_at_the_end(database: Postgres, table: Table, whole: Whole) -> None:
    total = f"select sum({whole.share}) from raw.{table.name}"
    before = database.value(total)
    with (
        pytest.raises(psycopg.errors.CheckViolation, match=r"shares of .* sum to 999999 ppm") as said,
        database.connect() as connection,
        connection.transaction(),
    ):
        assert connection.execute(_given(table, whole, "min", -1)).rowcount == 1
        connection.execute("select 'the transaction goes on'")
    assert said.value.diag.constraint_name == f"{table.name}_whole"
    assert database.value(total) == before


@pytest.mark.parametrize(("table", "whole"), WHOLES, ids=[table.name for table, _ in WHOLES])
def test_shares_may_move_within_a_transaction(raw: psycopg.Connection[Any], table: Table, whole: Whole) -> None:
    """From one to another, and all of them may go."""
    raw.execute(_given(table, whole, "min", -1))
    raw.execute(_given(table, whole, "min", 1))
    raw.execute("set constraints all immediate")
    raw.execute("set constraints all deferred")
    others = [c.name for t in TABLES.values() for c in t.columns if c.references == f"{table.name}.{table.key[0]}"]
    if not others:
        raw.execute(f"delete from raw.{table.name} where {_shared(table, whole)}".encode())
        raw.execute("set constraints all immediate")


def test_shares_make_a_whole_on_every_day(raw: psycopg.Connection[Any]) -> None:
    """One share ends a day before the others, whatever follows."""
    table = TABLES["revenue_splits"]
    assert table.whole is not None
    chosen = f"(select min(revenue_split_id) from raw.revenue_splits where {_shared(table, table.whole)})"
    raw.execute(
        f"update raw.revenue_splits set valid_to = date '2030-01-01' where revenue_split_id = {chosen}".encode()
    )
    with pytest.raises(psycopg.errors.CheckViolation, match=r"on 2030-01-01"):
        raw.execute("set constraints all immediate")


@pytest.mark.parametrize(("table", "whole"), WHOLES, ids=[table.name for table, _ in WHOLES])
def test_a_first_load_proves_shares_in_bulk(raw: psycopg.Connection[Any], table: Table, whole: Whole) -> None:
    proof = next(whole_statements(table, clean=True))
    raw.execute(proof.encode())
    raw.execute(f"alter table raw.{table.name} disable trigger {table.name}_whole".encode())
    raw.execute(_given(table, whole, "min", -1))
    with pytest.raises(psycopg.errors.CheckViolation, match=r"shares of .* sum to 999999 ppm"):
        raw.execute(proof.encode())


def test_the_loader_names_shares_that_make_no_whole(database: Postgres, lake: Lake, tmp_path: Path) -> None:
    """A third day takes a millionth from one share of a recording's works, and gives it to nobody."""
    before = database.query("select load_id from ops.loads order by 1")[1]
    rows = pq.ParquetFile(next((lake.root / "song_works").glob("*/*.parquet"))).read().slice(0, 1)
    for column, more in (("share_ppm", -1), ("change_no", 1)):
        place = rows.schema.get_field_index(column)
        changed = pc.add(rows[column], pa.scalar(more, rows[column].type))
        rows = rows.set_column(place, rows.schema.field(place), changed)
    broken = tmp_path / "lake"
    shutil.copytree(lake.root, broken)
    write_day(broken, LAST + timedelta(days=1), "day", Origin(SEED, SCALE, clean=True), {"song_works": rows})
    with pytest.raises(SonicError, match=r"song_works does not take a row: shares of .* sum to 999999") as said:
        load(database, Lake(broken))
    assert f"song_works/arrival_date={LAST + timedelta(days=1)}" in said.value.where
    assert database.query("select load_id from ops.loads order by 1")[1] == before


class Need(NamedTuple):
    """A query that a document names, and the index that is there for it (docs/indexes.csv)."""

    document: str
    need: str
    table: str
    index_name: str
    query: str


def _needs() -> list[Need]:
    with (PROJECT / "docs" / "indexes.csv").open(encoding="utf-8", newline="") as file:
        return [Need(**row) for row in csv.DictReader(file)]


def _filled(database: Postgres, query: str) -> str:
    """The query with values of the data: `{table.column}` becomes one that occurs, `{now}` the end of the data."""

    def value(match: re.Match[str]) -> str:
        table, column = match[1].split(".")
        of_all = f"select percentile_disc(0.5) within group (order by {column}) from raw.{table}"
        return str(database.value(f"select quote_literal(coalesce(({of_all})::text, '1'))"))

    end = f"timestamptz '{LAST + timedelta(days=1)} 00:00+00'"
    return re.sub(r"\{([a-z_]+\.[a-z_]+)\}", value, query.replace("{now}", end))


def _nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for below in plan.get("Plans", ()):
        yield from _nodes(below)


def _indexes_of(connection: psycopg.Connection[Any], query: str) -> set[str]:
    """Indexes that the planner takes for a query; those of partitions by the name of the whole table's."""
    plan: Any = connection.execute(f"explain (format json) {query}".encode()).fetchone()
    used = [node["Index Name"] for node in _nodes(plan[0][0]["Plan"]) if "Index Name" in node]
    roots = "select coalesce(pg_partition_root(oid)::regclass::text, 'raw.' || relname) from pg_class"
    return {name for (name,) in connection.execute(f"{roots} where relname = any(%s)".encode(), (used,))}


@pytest.mark.parametrize("need", _needs(), ids=lambda need: need.need)
def test_the_index_of_a_named_query_is_used(database: Postgres, raw: psycopg.Connection[Any], need: Need) -> None:
    """At scale by the planner's free choice; of few pages where neither reading all nor another index is left."""
    query = _filled(database, need.query)
    used = _indexes_of(raw, query)
    parts = f"select sum(pg_relation_size(relid)) from pg_partition_tree('raw.{need.table}')"
    size = database.value(f"select coalesce(({parts}), pg_relation_size('raw.{need.table}'))")
    if not AT_SCALE or size < FEW_BYTES:
        raw.execute("set local enable_seqscan = off")
        while (used := _indexes_of(raw, query)) and f"raw.{need.index_name}" not in used:
            for other in used:
                if not database.value(f"select count(*) from pg_constraint where conindid = '{other}'::regclass"):
                    raw.execute(f"drop index {other}".encode())
                    break
            else:
                break
    assert used == {f"raw.{need.index_name}"}


def test_every_domain_of_queries_is_named() -> None:
    """What the documents' strategies list: log-in, names, timelines, renewals, order and payment status, delivery."""
    tables = {need.table for need in _needs()}
    assert {"users", "artists", "posts", "comments", "subscriptions", "orders", "transactions", "ad_requests"} <= tables
    assert all(need.table in TABLES for need in _needs())


LETTERS = r"regexp_replace(normalize(lower(name), nfd), '[\u0300-\u036f]', '', 'g')"
"""Small letters without their marks."""
LANGUAGES = ("en", "hi", "ta", "pt", "id")


@pytest.mark.parametrize("code", LANGUAGES)
def test_titles_are_found_by_the_words_of_their_language(database: Postgres, code: str) -> None:
    """Each word of a title finds the titles that have it, and no other, whatever its script."""
    titles: list[tuple[int, str, str]] = database.query(
        "select content_id, title, language_code from raw.content join raw.languages using (language_id)"
    )[1]
    written: list[str] = [title for _, title, language in titles if language == code]
    words = sorted({word for title in written[:5] for word in title.split()})
    assert len(words) > 4
    for word in words:
        query = f"select content_id from raw.content where {words_of('title')} @@ plainto_tsquery('simple', %s)"
        with database.connect() as connection:
            found = {number for (number,) in connection.execute(query.encode(), (word,))}
        assert found == {number for number, title, _ in titles if word.lower() in title.lower().split()}, word


def test_a_title_is_found_by_the_beginning_of_a_word_in_any_case(database: Postgres) -> None:
    """As is asked while somebody types: of letters, of letters with marks, and of signs that stand for syllables."""
    found = (
        "select count(*) from (values ('O Coração'), ('Ágora'), ('दिल के रास्ते'), ('என் இதயம்'), ('Hatiku')) as v (title)"
        f" where {words_of('title')} @@ to_tsquery('simple', '%s:*')"
    )
    for begun in ("cora", "ÁGO", "रास्", "இத", "hat"):
        assert database.value(found % begun) == 1, begun


def test_names_stand_in_the_order_of_letters_without_their_marks(database: Postgres) -> None:
    """The embedded server knows no order of a language: that of letters without marks suits these scripts (069)."""
    names = ["Zélia", "Água", "amor", "Ônibus", "Oceano", "ऐश", "अमर", "காதல்", "அன்பு", "Bintang"]
    given = ", ".join(f"('{name}')" for name in names)
    ordered = database.query(f"select name from (values {given}) as v (name) order by {LETTERS}")[1]
    expected = ["Água", "amor", "Bintang", "Oceano", "Ônibus", "Zélia", "अमर", "ऐश", "அன்பு", "காதல்"]
    assert [name for (name,) in ordered] == expected


CARD, ITS_LOOK = "4111 1111 1111 1111", "411111******1111"


def _cards(database: Postgres) -> list[Found]:
    return [found for table in scan(database, "raw") for found in table.found]


def test_no_card_number_stands_anywhere(database: Postgres) -> None:
    scanned = {table.table.strip('"') for table in scan(database, "raw")}
    texts = {name for name, table in TABLES.items() if any(column.type == "text" for column in table.columns)}
    assert texts <= scanned
    assert _cards(database) == []


@pytest.mark.parametrize(
    ("table", "column", "number"),
    [
        ("users_changes", "display_name", CARD),
        ("listening_sessions", "app_version", CARD.replace(" ", "-")),
        ("audit_log", "details", CARD.replace(" ", "")),
    ],
)
def test_a_card_number_is_found(
    database: Postgres, monkeypatch: pytest.MonkeyPatch, table: str, column: str, number: str
) -> None:
    with database.connect() as connection:
        connection.execute("set session_replication_role = replica")  # the audit log refuses changes otherwise
        old = connection.execute(f"select ctid, {column} from raw.{table} limit 1".encode()).fetchone()
        assert old is not None
        change = f"update raw.{table} set {column} = %s where {column} is not distinct from %s and ctid = %s".encode()
        new = (f"pan={number};", old[1], old[0])
        connection.execute(change, new)
    try:
        assert [(found.table, found.column, found.masked) for found in _cards(database)] == [
            (f'"{table}"', f'"{column}"', ITS_LOOK)
        ]
        monkeypatch.setenv("RAW_ADDRESS", psycopg.conninfo.make_conninfo("", **database.parameters))
        said = CliRunner().invoke(app, ["cards", "--dsn", "RAW_ADDRESS"])
        assert said.exit_code == 1
        assert f"{column}: {ITS_LOOK} in row" in said.output.replace('"', "")
    finally:
        with database.connect() as connection:
            connection.execute("set session_replication_role = replica")
            connection.execute(
                f"update raw.{table} set {column} = %s where {column} = %s".encode(), (old[1], f"pan={number};")
            )


@pytest.mark.parametrize(
    ("text", "is_card"),
    [
        (CARD, True),
        ("4111 1111 1111 1112", False),  # another check digit
        ("3782-822463-10005", True),
        ("6074 8200 0000 0009", True),
        ("9497000000001", False),  # an event's id begins like no card
        ("a4111111111111111", False),  # a part of a hash
        ("+55 11 91234-5678", False),
    ],
)
def test_what_is_a_card_number(text: str, is_card: bool) -> None:
    assert bool(list(card_numbers(f"pay {text}."))) == is_card


@pytest.mark.parametrize(
    "password", ["hunter2", "5f4dcc3b5aa765d61d8327deb882cf99", "$2b$12$" + "a" * 53, "$argon2i$v=19$m=1,t=1,p=1$YQ$YQ"]
)
def test_passwords_are_argon2id_alone(raw: psycopg.Connection[Any], password: str) -> None:
    change = "update raw.users set password_hash = %s where user_id = (select min(user_id) from raw.users)"
    with pytest.raises(psycopg.errors.CheckViolation, match="users_password_is_argon2id_ck"):
        raw.execute(change.encode(), (password,))


def test_every_account_that_logs_in_here_has_a_password(database: Postgres) -> None:
    assert database.value("select count(*) from raw.users where password_hash like '$argon2id$v=19$%'") > 0
    assert database.value("select count(*) from raw.users where (email is null) <> (password_hash is null)") == 0
