"""The schema `ops`: what loads and builds record about themselves, the same on every engine."""

SCHEMA_STATEMENTS = (
    "create schema if not exists ops",
    """
    create table if not exists ops.loads (
        load_id bigint primary key,
        arrival_date date not null unique,
        kind text not null,
        rows bigint not null,
        files integer not null,
        loaded_at timestamptz not null
    )
    """,
    """
    create table if not exists ops.lake_files (
        path text primary key,
        table_name text not null,
        load_id bigint not null,
        rows bigint not null,
        bytes bigint not null,
        sha256 text not null
    )
    """,
    "create index if not exists lake_files_load_id_idx on ops.lake_files (load_id)",
    """
    create table if not exists ops.builds (
        build_id bigint primary key,
        started_at timestamptz not null,
        finished_at timestamptz,
        status text not null,
        last_load_id bigint not null,
        data_date date not null,
        nodes integer,
        failures integer,
        tested_load_id bigint,
        project text
    )
    """,
    """
    create table if not exists ops.purges (
        purge_no bigint primary key,
        purged_at timestamptz not null,
        data_date date not null,
        cut_at timestamptz not null,
        rows bigint not null,
        summaries bigint not null
    )
    """,
    """
    create table if not exists ops.purged_rows (
        purge_no bigint not null,
        table_name text not null,
        load_id bigint not null,
        rule text not null,
        rows bigint not null,
        primary key (purge_no, table_name, load_id, rule)
    )
    """,
    """
    create table if not exists ops.purged_keys (
        table_name text not null,
        scope_id bigint not null,
        first_no bigint not null,
        last_no bigint not null,
        primary key (table_name, scope_id, first_no)
    )
    """,
    """
    create table if not exists ops.purged_references (
        entity text not null,
        entity_id bigint not null,
        load_id bigint not null,
        primary key (entity, entity_id)
    )
    """,
)

ADDED = (("builds", "tested_load_id", "bigint"), ("builds", "project", "text"))
"""Table, name and type of columns that a database of an earlier version lacks."""
LACKS = (
    "select count(*) = 0 from information_schema.columns"
    " where table_schema = 'ops' and table_name = '{}' and column_name = '{}'"
)
"""Asked first, as `add column if not exists` would wait for every reader."""

COMMENTS = (
    "comment on schema ops is 'What loads, builds and purges record about themselves.'",
    "comment on table ops.loads is 'One loaded arrival day; load_id rises by one with each.'",
    "comment on table ops.lake_files is 'One loaded file of the lake.'",
    "comment on table ops.builds is 'One run of the whole dbt project; good means that all tests passed.'",
    "comment on column ops.builds.tested_load_id is"
    " 'Tests of rows judged what came after this load (decision 109); null: all rows.'",
    "comment on column ops.builds.project is 'Digest of the dbt project that was built.'",
    "comment on table ops.purges is 'One purge: rows from before cut_at deleted, hourly sums of them filed.'",
    "comment on table ops.purged_rows is 'Rows that a purge deleted from a log, by their load and what staging said.'",
    "comment on table ops.purged_keys is 'Keys of accepted rows that were purged, as runs from first_no to last_no.'",
    "comment on table ops.purged_references is 'Entities that purged rows named, with the load that first named them.'",
)
