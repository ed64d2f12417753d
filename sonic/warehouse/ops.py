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
    """
    create table if not exists ops.builds (
        build_id bigint primary key,
        started_at timestamptz not null,
        finished_at timestamptz,
        status text not null,
        last_load_id bigint not null,
        data_date date not null,
        nodes integer,
        failures integer
    )
    """,
)

COMMENTS = (
    "comment on schema ops is 'What loads and builds record about themselves.'",
    "comment on table ops.loads is 'One loaded arrival day; load_id rises by one with each.'",
    "comment on table ops.lake_files is 'One loaded file of the lake.'",
    "comment on table ops.builds is 'One run of the whole dbt project; good means that all tests passed.'",
)
