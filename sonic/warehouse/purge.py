"""Deleting rows of logs that are old, once their hourly sums are filed (decision 067).

What is filed is what the models say: rows are judged by staging, sums stand in `int_<log>_summed`. So that no sum can
miss a row, what is deleted must be what was judged, row for row.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import NamedTuple

import psycopg
from psycopg import sql

from generators.ddl import TABLES, Table
from generators.ddl.postgres import SCHEMA
from sonic.errors import SonicError
from sonic.warehouse.database import Database
from sonic.warehouse.lake import Lake
from sonic.warehouse.postgres import Postgres
from sonic.warehouse.state import state_of

Progress = Callable[[str, int, int], None]

LOGS = {name: table for name, table in TABLES.items() if table.summary}
"""Tables whose old rows are purged."""
REFERRING = {"ad_requests": {"user_id": "users", "device_id": "devices"}}
"""Columns of logs, with the entity that each names, that `int_event_references` reads."""
GREATEST = ("_max", "arrived_at", "load_id")
"""Endings of the columns of a summary that hold a greatest value; what is no key beside them adds up."""


class Purged(NamedTuple):
    """What became of one log: rows deleted, those of them that staging had rejected, and the sums filed."""

    table: str
    rows: int
    rejected: int
    summaries: int


@dataclass(frozen=True)
class Purge:
    """What a purge did, or would do: rows from before `cut`, which lies `days` before the data clock."""

    cut: datetime
    days: int
    logs: tuple[Purged, ...]

    @property
    def rows(self) -> int:
        """Rows deleted from all logs."""
        return sum(log.rows for log in self.logs)


def purge(database: Database, lake: Lake, *, dry_run: bool = False, progress: Progress = lambda *_: None) -> Purge:
    """Deletes the rows of all logs that are older than `purge_days` before the data clock, in one transaction.

    A row is as old as its own instant says, or as its arrival where that instant is none or lies beyond repair. With
    a row go what staging keeps of it and its place in quarantine; its sums, its key and what it names stay.

    Args:
        dry_run: all is done and nothing is kept, so that what is told is what would come of it.

    Raises:
        SonicError: the database is none whose logs are ours to delete, something loaded is not built yet, staging
            does not hold what raw holds, or another load or build is at work.
    """
    if not isinstance(database, Postgres):
        raise SonicError(
            "There is nothing to purge in a DuckDB file: it reads the lake, whose files are the archive",
            database.where,
            "Purge a PostgreSQL target (--target embedded or external).",
        )
    with database.writer():
        data_date, days = _clock(database, lake)
        cut = datetime.combine(data_date + timedelta(days=1), time.min, UTC) - timedelta(days=days)
        with database.connect() as connection:
            _require_tables(connection, database.where)
            with connection.transaction():
                (purge_no,) = _row(connection, "select coalesce(max(purge_no), 0) + 1 from ops.purges")
                logs = []
                for number, log in enumerate(LOGS.values()):
                    progress(log.name, number, len(LOGS))
                    logs.append(_Log(connection, log, cut, purge_no, database.where).purge())
                done = Purge(cut, days, tuple(logs))
                if dry_run or not done.rows:
                    raise psycopg.Rollback
                connection.execute(
                    "insert into ops.purges (purge_no, purged_at, data_date, cut_at, rows, summaries)"
                    " values (%s, now(), %s, %s, %s, %s)",
                    (purge_no, data_date, cut, done.rows, sum(log.summaries for log in logs)),
                )
            if done.rows and not dry_run:
                progress("space for new rows", len(LOGS), len(LOGS))
                for log in LOGS.values():
                    for relation in _holding(connection, log):
                        connection.execute(sql.SQL("vacuum (analyze) {}").format(relation))
    return done


def _clock(database: Postgres, lake: Lake) -> tuple[date, int]:
    """The data date, and for how many days logs are kept on it."""
    state = state_of(database, lake)
    if not state.is_built or state.built_date is None:
        raise SonicError(
            "What is loaded is not built: rows that staging has not judged cannot be summed up",
            database.where,
            "Run `sonic build`, then purge.",
        )
    days = database.value(
        f"select value from staging.business_rules where rule_name = 'purge_days'"
        f" and date '{state.built_date}' >= valid_from and date '{state.built_date}' < valid_to"
    )
    return state.built_date, int(days)


def _require_tables(connection: psycopg.Connection, where: str) -> None:
    """Refuses logs that are views of somebody's own tables, and a schema that lacks the tables of sums."""
    kinds: dict[str, str] = dict(
        connection.execute(
            "select relname, cast(relkind as text) from pg_class where relnamespace = to_regnamespace(%s)", (SCHEMA,)
        ).fetchall()
    )
    if any(kinds.get(log.name) == "v" for log in LOGS.values()):
        raise SonicError(
            f"The logs in schema {SCHEMA} are views of your own tables",
            where,
            "Purge the tables themselves, by the job that belongs to them.",
        )
    if absent := [log.summary for log in LOGS.values() if log.summary not in kinds]:
        raise SonicError(
            f"The tables of hourly sums are not there: {', '.join(map(str, absent))}",
            where,
            "They come with the next day that `sonic load` brings; load and build, then purge.",
        )


def _holding(connection: psycopg.Connection, log: Table) -> list[sql.Identifier]:
    """Tables that hold rows of a log, as far as they are tables: raw, and the base model where it is incremental."""
    base = f"base_{log.domain}__{log.name}"
    names = ((SCHEMA, log.name), ("staging", base))
    return [
        sql.Identifier(schema, name)
        for schema, name in names
        if _row(connection, "select relkind <> 'v' from pg_class where oid = to_regclass(%s)", f"{schema}.{name}")[0]
    ]


def _row(connection: psycopg.Connection, query: str, *parameters: object) -> tuple[int, ...]:
    row = connection.execute(query.encode(), parameters).fetchone()
    assert row is not None
    return tuple(row)


class _Log:
    """One log in the transaction that purges it."""

    def __init__(self, connection: psycopg.Connection, log: Table, cut: datetime, purge_no: int, where: str) -> None:
        assert log.instant is not None
        self.connection = connection
        self.log = log
        self.purge_no = purge_no
        self.where = where
        instant = sql.Identifier(log.instant.name)
        literal = sql.Literal(cut)
        self._is_old = sql.SQL(
            "({at} < {cut} or (arrived_at < {cut} and ({at} is null or {at} > arrived_at + interval '24 hours')))"
        ).format(at=instant, cut=literal)
        self._parts = {
            "cut": literal,
            "log": sql.Literal(log.name),
            "purge_no": sql.Literal(purge_no),
            "at": instant,
            "is_old": self._is_old,
            "staged": sql.Identifier("staging", f"stg_{log.domain}__{log.name}"),
            "summed": sql.Identifier("intermediate", f"int_{log.name}_summed"),
            "summary": sql.Identifier(SCHEMA, str(log.summary)),
            "key": sql.SQL(" || '/' || ").join(sql.SQL("cast({} as text)").format(sql.Identifier(k)) for k in log.key),
        }

    def purge(self) -> Purged:
        """Files what stays of the old rows, then deletes them."""
        self._note_judged()
        self._count()
        summaries = self._file()
        self._keep_references()
        # Only now: staging takes a row whose key is kept for a copy.
        self._keep_keys()
        rejected = self._clear_quarantine()
        rows = self._delete()
        return Purged(self.log.name, rows, rejected, summaries)

    def _do(self, statement: str, **more: sql.Composable) -> int:
        """Runs a statement; the number of rows that it touched."""
        return self.connection.execute(sql.SQL(statement).format(**self._parts, **more)).rowcount

    def _note_judged(self) -> None:
        """Old rows as staging judged them: those of the base model, and of those accepted what was checked further."""
        base = sql.Identifier("staging", f"base_{self.log.domain}__{self.log.name}")
        columns = "{key} as record_key, reject_rule, row_payload, arrived_at, load_id"
        checked = f"int_{self.log.name}_checked"
        query = f"select {columns} from {{base}} where {{is_old}}"
        if _row(self.connection, "select to_regclass(%s) is not null", f"intermediate.{checked}")[0]:
            query += f" and reject_rule is not null union all select {columns} from {{checked}} where {{is_old}}"
        self._do("drop table if exists pg_temp.judged")
        self._do(
            f"create temporary table judged on commit drop as {query}",
            base=base,
            checked=sql.Identifier("intermediate", checked),
        )

    def _count(self) -> None:
        self._do(
            "insert into ops.purged_rows (purge_no, table_name, load_id, rule, rows)"
            " select {purge_no}, {log}, load_id, coalesce(reject_rule, 'accepted'), count(*) from pg_temp.judged"
            " group by load_id, coalesce(reject_rule, 'accepted')"
        )

    def _keep_keys(self) -> None:
        """Keys of accepted rows, as runs: a copy that comes later is known as such."""
        scope = sql.Identifier(self.log.key[0]) if len(self.log.key) > 1 else sql.SQL("0")
        self._do(
            "insert into ops.purged_keys (table_name, scope_id, first_no, last_no)"
            " select {log}, scope_id, min(number), max(number) from ("
            "select {scope} as scope_id, {number} as number,"
            " {number} - row_number() over (partition by {scope} order by {number}) as run"
            " from {staged} where {at} < {cut}) as numbered group by scope_id, run",
            scope=scope,
            number=sql.Identifier(self.log.key[-1]),
        )

    def _keep_references(self) -> None:
        for column, entity in REFERRING.get(self.log.name, {}).items():
            self._do(
                "insert into ops.purged_references as known (entity, entity_id, load_id)"
                " select {entity}, {column}, min(load_id) from {staged}"
                " where {at} < {cut} and {column} is not null group by {column}"
                " on conflict (entity, entity_id) do update set load_id = least(known.load_id, excluded.load_id)",
                entity=sql.Literal(entity),
                column=sql.Identifier(column),
            )

    def _file(self) -> int:
        """Sums of the old hours; those of an hour of which rows came late are added to what was filed of it."""
        table = TABLES[str(self.log.summary)]
        names = [*(column.name for column in table.lake_columns), "load_id"]
        merged = []
        for name in (name for name in names if name not in table.key):
            value = "greatest(filed.{0}, excluded.{0})" if name.endswith(GREATEST) else "filed.{0} + excluded.{0}"
            merged.append(sql.SQL(f"{{0}} = {value}").format(sql.Identifier(name)))
        summaries = self._do(
            "insert into {summary} as filed ({columns}) select {columns} from {summed} where hour_at < {cut}"
            " on conflict ({unique}) do update set {merged}",
            columns=sql.SQL(", ").join(map(sql.Identifier, names)),
            unique=sql.SQL(", ").join(map(sql.Identifier, table.key)),
            merged=sql.SQL(", ").join(merged),
        )
        count = next(column.name for column in table.columns if column.name not in table.key)
        filed, accepted = _row(
            self.connection,
            f"select (select coalesce(sum({count}), 0) from {SCHEMA}.{table.name}), coalesce(sum(rows), 0)"
            " from ops.purged_rows where table_name = %s and rule = 'accepted'",
            self.log.name,
        )
        self._require(filed == accepted, f"sums hold {filed:,} rows, {accepted:,} were accepted")
        return summaries

    def _clear_quarantine(self) -> int:
        """Takes the rejected rows out of quarantine; copies of their keys that stay are numbered anew, as it does."""
        self._do("delete from pg_temp.judged where reject_rule is null")
        (rejected,) = _row(self.connection, "select count(*) from pg_temp.judged")
        removed = self._do(
            "delete from quarantine.quarantine as held using (select distinct * from pg_temp.judged) as judged"
            " where held.table_name = {log} and held.record_key = coalesce(judged.record_key, '')"
            " and held.rule = judged.reject_rule and held.payload = judged.row_payload"
            " and held.first_seen_at = judged.arrived_at and held.load_id = judged.load_id"
        )
        self._require(removed == rejected, f"quarantine holds {removed:,} of {rejected:,} rejected rows")
        self._do(
            "update quarantine.quarantine as held set copy_no = numbered.copy_no from ("
            "select ctid as place, row_number() over"
            " (partition by record_key order by first_seen_at, load_id, payload) as copy_no"
            " from quarantine.quarantine where table_name = {log}"
            " and record_key in (select coalesce(record_key, '') from pg_temp.judged)"
            ") as numbered where held.ctid = numbered.place and held.copy_no <> numbered.copy_no"
        )
        return rejected

    def _delete(self) -> int:
        """Deletes the old rows where they lie, and makes sure that they are those that were judged."""
        (judged,) = _row(
            self.connection,
            "select coalesce(sum(rows), 0) from ops.purged_rows where purge_no = %s and table_name = %s",
            self.purge_no,
            self.log.name,
        )
        for relation in _holding(self.connection, self.log):
            rows = self._do("delete from {relation} where {is_old}", relation=relation)
            self._require(rows == judged, f"{rows:,} rows lie in {relation.as_string()}, {judged:,} were judged")
        return int(judged)

    def _require(self, holds: bool, what: str) -> None:
        if not holds:
            raise SonicError(
                f"What was built of {self.log.name} is not what raw holds: {what}",
                self.where,
                "Run `sonic build --full-refresh`, then purge; nothing was deleted.",
            )
