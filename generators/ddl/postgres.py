"""PostgreSQL DDL of the raw schema, rendered from the declarations in the order in which rows come in best."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from datetime import date

from generators.ddl.table import DAY_ID_SPAN, LOAD_ID, Apart, Column, Kind, Table, Whole

ID_EPOCH = date(2000, 1, 1)
SCHEMA = "raw"
FIRST_HASH = "0" * 64
"""Hash before the first row of a chain."""
WHOLE_PPM = 1_000_000
CHAIN_LOCK = 0x4175646974
"""Advisory lock of whoever adds to a chain."""


def first_id_of(day: date) -> int:
    """Smallest event id of a day."""
    return (day - ID_EPOCH).days * DAY_ID_SPAN


def fingerprint(tables: Mapping[str, Table], *, clean: bool) -> str:
    """What changes with any statement that makes the raw schema; equal if there is nothing to make anew."""
    digest = hashlib.sha256()
    for table in tables.values():
        for statement in (
            *create_statements(table, clean=clean),
            keys_statement(table, clean=clean),
            *whole_statements(table, clean=clean),
            *completing_statements(table, clean=clean),
            foreign_keys_statement(table, tables, clean=clean),
        ):
            digest.update((statement or "").encode())
    return digest.hexdigest()


def create_statements(table: Table, *, clean: bool, schema: str = SCHEMA) -> Iterator[str]:
    """Statements that make a table as rows are copied into it: columns and checks, no keys.

    Args:
        clean: event tables get their checks and keys, so that PostgreSQL itself proves the data's integrity. Data
            that lands at least once and out of order cannot satisfy them.
    """
    # Rows of a dirty event table are judged by staging, so its columns take nulls and any value of their type.
    constrained = _is_constrained(table, clean=clean)
    parts = [
        _column_sql(column) if constrained or column.name in table.key else f"{column.name} {column.type}"
        for column in table.lake_columns
    ]
    parts.append(_column_sql(LOAD_ID))
    if constrained:
        parts += [f"constraint {table.name}_{name}_ck check ({condition})" for name, condition in table.checks.items()]
    partition = f" partition by range ({table.key[0]})" if table.partitioned else ""
    body = ",\n    ".join(parts)
    yield f"create table {schema}.{table.name} (\n    {body}\n){partition}"
    if table.partitioned:
        yield f"create table {schema}.{table.name}_default partition of {schema}.{table.name} default"
    if table.kind is Kind.ENTITY:
        # Changes are delivered at least once: no key here, staging keeps one row per key and change_no.
        body = ",\n    ".join([*(f"{c.name} {c.type}" for c in table.lake_columns), _column_sql(LOAD_ID)])
        yield f"create table {schema}.{table.changes_name} (\n    {body}\n)"
    if table.chained:
        yield from _chain(table, schema)


def _chain(table: Table, schema: str) -> Iterator[str]:
    """Statements that let rows only be added, each with the hash of itself and the hash before it.

    The functions find their tables by the trigger's schema, as a first load makes them in a schema that is renamed.
    """
    name, chain = table.name, table.chain_name
    yield (
        f"create table {schema}.{chain} (chain_no bigint primary key, {table.key[0]} bigint not null, "
        "previous_hash text not null, entry_hash text not null)"
    )
    yield f"""
create function {schema}.{name}_append() returns trigger language plpgsql set timezone to 'UTC' as $$
declare
    last_no bigint;
    last_hash text;
begin
    perform pg_advisory_xact_lock({CHAIN_LOCK});
    execute format('select chain_no, entry_hash from %I.{chain} order by chain_no desc limit 1', tg_table_schema)
        into last_no, last_hash;
    last_no := coalesce(last_no, 0);
    last_hash := coalesce(last_hash, '{FIRST_HASH}');
    execute format('insert into %I.{chain} values ($1, $2, $3, $4)', tg_table_schema)
        using last_no + 1, new.{table.key[0]}, last_hash,
            encode(sha256(convert_to(last_hash || row_to_json(new)::text, 'UTF8')), 'hex');
    return null;
end $$"""
    yield f"""
create function {schema}.{name}_refuse() returns trigger language plpgsql as $$
begin
    raise exception '% is append-only', tg_table_name;
end $$"""
    yield (
        f"create trigger {name}_appended after insert on {schema}.{name} "
        f"for each row execute function {schema}.{name}_append()"
    )
    for kept in (name, chain):
        yield (
            f"create trigger {kept}_kept before update or delete or truncate on {schema}.{kept} "
            f"for each statement execute function {schema}.{name}_refuse()"
        )


def keys_statement(table: Table, *, clean: bool, schema: str = SCHEMA) -> str | None:
    """Statement that gives a table its primary key, its natural keys and the rule of its periods; None if it has none."""
    if not _is_constrained(table, clean=clean):
        return None
    keys = [f"{table.name}_pk primary key ({', '.join(table.key)})"]
    keys += [f"{table.name}_{'_'.join(columns)}_uk unique ({', '.join(columns)})" for columns in table.unique]
    keys += [_exclusion(table, apart) for apart in table.apart]
    return f"alter table {schema}.{table.name} " + ", ".join(f"add constraint {key}" for key in keys)


def _exclusion(table: Table, apart: Apart) -> str:
    """The constraint by which periods of one owner do not overlap; a row of the same owner is one that it may meet.

    GiST knows equality of ranges without the extension btree_gist, which is not everywhere: each column of the owner
    is a range of one number, a text that of its 64-bit hash. The range of a null is that of all numbers.
    """
    numbers = (
        f"hashtextextended({column.name}, 0)" if column.type == "text" else f"{column.name}"
        for column in map(table.column, apart.owner)
    )
    owner = [f"int8range({number}, {number}, '[]') with =" for number in numbers]
    kind = {"date": "daterange", "timestamptz": "tstzrange"}[table.column(apart.begin).type]
    rule = ", ".join([*owner, f"{kind}({apart.begin}, {apart.end}) with &&"])
    return f"{table.name}_{'_'.join(apart.owner)}_apart exclude using gist ({rule})"


def whole_statements(table: Table, *, clean: bool, schema: str = SCHEMA) -> Iterator[str]:
    """Statements that prove that shares make a whole, and have each later transaction prove it of those it touches.

    A transaction proves it at its end, as a change of shares takes several rows: PostgreSQL calls a trigger then for
    rows only, never for a statement. Its rows are few; those of the first load are proved by one query before.
    """
    if table.whole is None or not _is_constrained(table, clean=clean):
        return
    whole, function = table.whole, f"{schema}.{table.name}_whole"
    yield f"""
do $$
declare
    broken record;
begin
    {_broken_whole(table, whole, f"{schema}.{table.name}")} into broken;
    {_refuse_if_broken(table, whole)}
end $$"""
    # The schema is the trigger's, as a first load makes the tables in one that is renamed. Of an owner's columns one
    # that is null leaves the others to choose by.
    chosen = " and ".join(f"({column} = ${n} or ${n} is null)" for n, column in enumerate(whole.owner, 1))
    query = _broken_whole(table, whole, f"%1$I.{table.name}", f" where {chosen}")
    proofs = "".join(
        f"""
    if tg_op <> '{unless}' then
        execute format($query${query}$query$, tg_table_schema) into broken using {", ".join(f"{row}.{c}" for c in whole.owner)};
        {_refuse_if_broken(table, whole)}
    end if;"""
        for row, unless in (("old", "INSERT"), ("new", "DELETE"))
    )
    yield f"""
create function {function}() returns trigger language plpgsql as $$
declare
    broken record;
begin{proofs}
    return null;
end $$"""
    yield (
        f"create constraint trigger {table.name}_whole "
        f"after insert or delete or update of {', '.join(whole.columns)} on {schema}.{table.name} "
        f"deferrable initially deferred for each row execute function {function}()"
    )


def _broken_whole(table: Table, whole: Whole, source: str, where: str = "") -> str:
    """Query for one owner whose shares make no whole: ``owner``, ``day`` (null without periods) and ``total``."""
    owner = ", ".join(whole.owner)
    named = " || ', ' || ".join(f"'{column} ' || coalesce({column}::text, 'none')" for column in whole.owner)
    if whole.period is None:
        return (
            f"select {named} as owner, null::date as day, sum({whole.share}) as total from {source}{where} "
            f"group by {owner} having sum({whole.share}) <> {WHOLE_PPM} limit 1"
        )
    begin, end = whole.period
    steps = (
        f"select {owner}, {begin} as day, {whole.share} as part from {source}{where} "
        f"union all select {owner}, {end}, -{whole.share} from {source}{where}"
    )
    totals = (
        f"select {owner}, day, sum(sum(part)) over (partition by {owner} order by day) as total "
        f"from ({steps}) as steps where day is not null group by {owner}, day"
    )
    return f"select {named} as owner, day, total from ({totals}) as totals where total not in (0, {WHOLE_PPM}) limit 1"


def _refuse_if_broken(table: Table, whole: Whole) -> str:
    said = "'shares of % sum to % ppm, not to 1000000%', broken.owner, broken.total, coalesce(' on ' || broken.day, '')"
    return (
        f"if broken.owner is not null then raise exception {said} using errcode = 'check_violation', "
        f"table = '{table.name}', constraint = '{table.name}_whole'; end if;"
    )


def completing_statements(table: Table, *, clean: bool, schema: str = SCHEMA) -> Iterator[str]:
    """Statements that give a table its indexes and comments; they can be run again."""
    yield from _indexes(table, schema, constrained=_is_constrained(table, clean=clean))
    yield from _comments(schema, table.name, table.about, (*table.lake_columns, LOAD_ID))
    if table.kind is Kind.ENTITY:
        changes = f"{schema}.{table.changes_name}"
        yield f"create index if not exists {table.changes_name}_load_idx on {changes} (load_id)"
        # A copy may come at any time, so changes have no key that is kept unique, and are yet found by it.
        yield f"create index if not exists {table.changes_name}_key_idx on {changes} ({', '.join(table.key)})"
        about = f"Every change of {table.name}, append-only, as change data capture delivers it."
        yield from _comments(schema, table.changes_name, about, (*table.lake_columns, LOAD_ID))


def foreign_keys_statement(
    table: Table, tables: Mapping[str, Table], *, clean: bool, schema: str = SCHEMA, logical: bool = False
) -> str | None:
    """Statement that gives a table its foreign keys, once all tables have their keys; None if it has none.

    Rows that are there already are proved by one join for each key, which costs far less than row by row.

    Args:
        tables: every table of the schema by name. What has no key of its own, as events in dirty data, is not
            referred to.
        logical: with those that are declared and not kept: a log's row is purged while what refers to it stays,
            and sums hold what events refer to, in dirty data a parent that has not arrived.
    """
    keys = []
    constrained = _is_constrained(table, clean=clean) and (clean or table.kind is not Kind.SUMMARY)
    for column in table.columns if constrained else ():
        if column.references is None:
            continue
        parent, key = column.references.split(".")
        if not _is_constrained(tables[parent], clean=clean) or (tables[parent].summary and not logical):
            continue
        keys.append(
            f"add constraint {table.name}_{column.name}_fk foreign key ({column.name}) "
            f"references {schema}.{parent} ({key}) on delete {column.on_delete}"
        )
    return f"alter table {schema}.{table.name} " + ", ".join(keys) if keys else None


def partition_statement(table: Table, month: date, schema: str = SCHEMA) -> str:
    """Statement that makes the partition of one month (its first day) of a partitioned event table if it is absent."""
    following = date(month.year + month.month // 12, month.month % 12 + 1, 1)
    return (
        f"create table if not exists {schema}.{table.name}_{month:%Y_%m} partition of {schema}.{table.name} "
        f"for values from ({first_id_of(month)}) to ({first_id_of(following)})"
    )


def _is_constrained(table: Table, *, clean: bool) -> bool:
    return clean or table.kind is not Kind.EVENT


def _column_sql(column: Column) -> str:
    return f"{column.name} {column.type}{'' if column.nullable else ' not null'}"


def _indexes(table: Table, schema: str, *, constrained: bool) -> Iterator[str]:
    wanted = list(table.indexes)
    if not constrained:
        wanted.append(", ".join(table.key))
    covered = {index.split(",")[0].split(" ")[0] for index in wanted} | {key[0] for key in (table.key, *table.unique)}
    # A foreign key without an index makes each delete of its parent a full scan.
    wanted += [c.name for c in table.columns if c.references and c.name not in covered and table.kind is not Kind.EVENT]
    if table.kind in (Kind.ENTITY, Kind.EVENT):
        wanted.append("load_id")
    for index in wanted:
        indexed, _, condition = index.partition(" where ")
        columns, _, carried = indexed.partition(" include ")
        name = "_".join(filter(None, (_identifier(part) for part in columns.split(","))))
        rest = (f" include ({carried})" if carried else "") + (f" where {condition}" if condition else "")
        yield f"create index if not exists {table.name}_{name}_idx on {schema}.{table.name} ({columns}){rest}"
    for column in table.search:
        yield (
            f"create index if not exists {table.name}_{column}_words_idx on {schema}.{table.name} "
            f"using gin ({words_of(column)})"
        )


def words_of(column: str) -> str:
    """The words of a text as a search must write them for its index: those of all languages, none cut to its stem."""
    return f"to_tsvector('simple', {column})"


def _identifier(expression: str) -> str:
    return expression.strip().replace("lower(", "").replace(")", "").replace(" ", "_")


def _comments(schema: str, name: str, about: str, columns: Iterable[Column]) -> Iterator[str]:
    yield f"comment on table {schema}.{name} is {_literal(about)}"
    for column in columns:
        yield f"comment on column {schema}.{name}.{column.name} is {_literal(column.about)}"


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
