"""Read-only roles of a PostgreSQL server: made by a migration, filled by each build (decision 102).

The roles and what they are for are the variable `readers` of dbt_project.yml; which marts, rows and columns each sees
stands in the models' YAML, and `macros/access/readers.sql` gives it to them where a mart is made.
"""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import psycopg
import yaml
from psycopg import sql

from sonic.errors import SonicError, UsageError
from sonic.paths import PROJECT, Home
from sonic.project.dbt import Dbt
from sonic.project.marts import SCHEMA
from sonic.warehouse.postgres import Postgres

PREFIX = "sonic_"
PASSWORD_BYTES = 24

STATEMENTS = (
    """
    create table if not exists ops.reader_scopes (
        account text not null,
        role text not null,
        id bigint not null,
        primary key (account, role, id)
    )
    """,
    "comment on table ops.reader_scopes is 'Labels and advertisers whose rows an account sees, each its own alone.'",
    "alter table ops.reader_scopes enable row level security",
    "drop policy if exists own on ops.reader_scopes",
    "create policy own on ops.reader_scopes for select using (account = current_user)",
    # Who asks is who has connected, or the role taken on by `set role`; never a setting, which anyone may set.
    """
    create or replace function ops.own(role text) returns setof bigint language sql stable parallel safe as $$
        select scopes.id from ops.reader_scopes as scopes where scopes.account = current_user and scopes.role = $1
    $$
    """,
    # By its name, found when asked: a policy that named the table itself would go with it when dbt drops the old one.
    # With the rights of who asks, so that the table's own rules hold.
    f"""
    create or replace function ops.seen(mart text, id text) returns setof bigint language plpgsql stable as $$
    begin
        return query execute format('select cast(%I as bigint) from {SCHEMA}.%I', id, mart);
    end
    $$
    """,
)


@dataclass(frozen=True)
class Role:
    """One read-only role."""

    name: str
    about: str
    personal: bool = False
    """Whether it sees columns that models mark as personal."""
    scope: str | None = None
    """The dimension whose members its accounts stand for, where it sees only their rows, e.g. ``dim_label``."""

    @property
    def id_column(self) -> str:
        """Key of the dimension that `scope` names."""
        return f"{str(self.scope).removeprefix('dim_')}_id"


@dataclass(frozen=True)
class Access:
    """What a role is given of one mart."""

    mart: str
    withheld: tuple[str, ...]
    rows: str
    """The condition on its rows, ``true`` for all."""


@dataclass(frozen=True)
class Account:
    """One login that is in a role."""

    name: str
    role: str
    ids: tuple[int, ...]


@cache
def roles() -> dict[str, Role]:
    """All roles by name, as dbt_project.yml lists them."""
    project = yaml.safe_load((PROJECT / "dbt_project.yml").read_text(encoding="utf-8"))
    return {name: Role(name, **given) for name, given in project["vars"]["readers"].items()}


def find(name: str) -> Role:
    """The role of that name. Raises `UsageError` if there is none."""
    if name not in roles():
        raise UsageError(f"There is no role {name!r}", "dbt_project.yml", f"There are {', '.join(roles())}.")
    return roles()[name]


def create(home: Home, database: Postgres) -> list[str]:
    """Makes the roles that the server lacks, opens the database to them, and gives them the marts that stand.

    Run again it changes nothing but what is out of line. Returns the names of the roles that were made.

    Raises:
        SonicError: the target's user may not make roles, or does not own the database's schemas.
    """
    with database.writer():
        made = migrate(database)
        Dbt(home, database.target, database.name).operate("open_marts")
    return made


def migrate(database: Postgres) -> list[str]:
    """As `create`, but for the marts that stand, which get their readers when they are built next."""
    database.prepare()
    with database.connect() as connection:
        made = _make(connection, database.where)
        with connection.transaction():
            _open(connection)
    return made


def _make(connection: psycopg.Connection, where: str) -> list[str]:
    there = {name for (name,) in connection.execute("select rolname from pg_roles").fetchall()}
    lacking = [PREFIX + name for name in roles() if PREFIX + name not in there]
    statements = [f"create role {name} nologin" for name in lacking]
    try:
        with connection.transaction():
            for statement in statements:
                connection.execute(statement.encode())
    except psycopg.errors.InsufficientPrivilege as error:
        raise SonicError(
            f"The target's user may not make roles: {', '.join(lacking)} are missing",
            where,
            f"Have the server's owner run `{'; '.join(statements)}`, or give the user CREATEROLE; then run this again.",
        ) from error
    return lacking


def _open(connection: psycopg.Connection) -> None:
    everyone = ", ".join(PREFIX + name for name in roles())
    bounded = ", ".join(PREFIX + role.name for role in roles().values() if role.scope)
    for statement in (
        *STATEMENTS,
        f"create schema if not exists {SCHEMA}",
        f"grant usage on schema {SCHEMA}, ops to {everyone}",
        # What the clock is that BI can trust: the data day of the last good build.
        f"grant select on ops.builds to {everyone}",
        f"grant select on ops.reader_scopes to {bounded}",
    ):
        connection.execute(statement.encode())


def add(database: Postgres, name: str, role: Role, ids: Sequence[int]) -> str | None:
    """Lets an account read as `role`; its password if the account was made for it, None if it was there.

    Raises:
        UsageError: a role bound to labels or advertisers is not told which, or another is.
        SonicError: the roles are not made yet, an id is unknown, or the target's user may not make accounts.
    """
    if bool(ids) != bool(role.scope):
        raise UsageError(
            f"The role {role.name} sees rows of its own alone" if role.scope else f"The role {role.name} sees all rows",
            f"sonic roles add {name} {role.name}",
            f"Say whose: --of ID, as in {SCHEMA}.{role.scope}." if role.scope else "Leave out --of.",
        )
    with database.connect() as connection:
        _require_opened(connection, database.where)
        _require_known(connection, role, ids, database.where)
        row = connection.execute("select rolsuper from pg_roles where rolname = %s", (name,)).fetchone()
        if row and (row[0] or name.startswith(PREFIX)):
            raise UsageError(
                f"{name} is no account of a reader", database.where, "Give another name: one for each who reads."
            )
        password = None if row else secrets.token_urlsafe(PASSWORD_BYTES)
        try:
            with connection.transaction():
                if password:
                    connection.execute(
                        sql.SQL("create role {} login password {}").format(sql.Identifier(name), sql.Literal(password))
                    )
                    connection.execute(
                        sql.SQL("alter role {} set default_transaction_read_only = on").format(sql.Identifier(name))
                    )
                connection.execute(
                    sql.SQL("grant {} to {}").format(sql.Identifier(PREFIX + role.name), sql.Identifier(name))
                )
                connection.cursor().executemany(
                    "insert into ops.reader_scopes values (%s, %s, %s) on conflict do nothing",
                    [(name, role.name, each) for each in ids],
                )
        except psycopg.errors.InsufficientPrivilege as error:
            raise SonicError(
                "The target's user may not make accounts or put them into roles",
                database.where,
                f"Have the server's owner make {name} and `grant {PREFIX}{role.name} to {name}`, then run this again.",
            ) from error
    return password


def remove(database: Postgres, name: str) -> None:
    """Takes an account of a reader away.

    Raises:
        UsageError: there is no such account in any of the roles.
        SonicError: it owns something, here or in another database of the server.
    """
    known = [account.name for account in accounts(database)]
    if name not in known:
        raise UsageError(f"No reader is called {name!r}", database.where, f"There are {', '.join(known) or 'none'}.")
    with database.connect() as connection:
        try:
            with connection.transaction():
                connection.execute("delete from ops.reader_scopes where account = %s", (name,))
                connection.execute(sql.SQL("drop role {}").format(sql.Identifier(name)))
        except psycopg.errors.DependentObjectsStillExist as error:
            raise SonicError(
                f"{name} owns something or has rights of its own: {str(error).strip()}",
                database.where,
                f"Have the server's owner run `drop owned by {name}` in the databases named, then run this again.",
            ) from error


def accounts(database: Postgres) -> list[Account]:
    """Accounts that are in a role, by role and name."""
    with database.connect() as connection:
        _require_opened(connection, database.where)
        rows = connection.execute(
            """
            select
                member.rolname,
                substr(granted.rolname, %s),
                array_remove(array_agg(scopes.id order by scopes.id), null)
            from pg_auth_members
            inner join pg_roles as member on member.oid = pg_auth_members.member and member.rolcanlogin
            inner join pg_roles as granted on granted.oid = pg_auth_members.roleid
            left join ops.reader_scopes as scopes
                on scopes.account = member.rolname and %s || scopes.role = granted.rolname
            where granted.rolname = any(%s)
            group by 1, 2
            order by 2, 1
            """,
            (len(PREFIX) + 1, PREFIX, [PREFIX + name for name in roles()]),
        ).fetchall()
    return [Account(name, role, tuple(ids)) for name, role, ids in rows]


def access(database: Postgres, role: Role) -> list[Access]:
    """What the server itself lets a role read in schema marts, by name."""
    with database.connect() as connection:
        _require_opened(connection, database.where)
        rows = connection.execute(
            """
            select
                relname,
                array(
                    select cast(attname as text) from pg_attribute
                    where
                        attrelid = pg_class.oid and attnum > 0 and not attisdropped
                        and not has_column_privilege(%(role)s, pg_class.oid, attnum, 'select')
                    order by attnum
                ),
                coalesce(
                    (
                        select pg_get_expr(polqual, polrelid) from pg_policy
                        where polrelid = pg_class.oid and %(oid)s = any(polroles)
                    ),
                    case when relrowsecurity then 'false' else 'true' end
                )
            from pg_class
            where
                relnamespace = to_regnamespace(%(schema)s) and relkind in ('r', 'v', 'p')
                and has_any_column_privilege(%(role)s, oid, 'select')
            order by relname
            """,
            {"role": PREFIX + role.name, "schema": SCHEMA, "oid": _oid(connection, role)},
        ).fetchall()
    return [Access(name, tuple(withheld), rows_seen) for name, withheld, rows_seen in rows]


def _oid(connection: psycopg.Connection, role: Role) -> Any:
    row = connection.execute("select oid from pg_roles where rolname = %s", (PREFIX + role.name,)).fetchone()
    return row[0] if row else None


def _require_opened(connection: psycopg.Connection, where: str) -> None:
    row = connection.execute("select to_regclass('ops.reader_scopes') is not null").fetchone()
    if not row or not row[0]:
        raise SonicError("This database is not open to readers yet", where, "Run `sonic roles create` first.")


def _require_known(connection: psycopg.Connection, role: Role, ids: Sequence[int], where: str) -> None:
    if not role.scope:
        return
    if connection.execute("select to_regclass(%s)", (f"{SCHEMA}.{role.scope}",)).fetchone() == (None,):
        raise SonicError(f"There is no {SCHEMA}.{role.scope} yet", where, "Run `sonic build` first.")
    known = connection.execute(
        sql.SQL("select {id} from {schema}.{mart} where {id} = any(%s)").format(
            id=sql.Identifier(role.id_column), schema=sql.Identifier(SCHEMA), mart=sql.Identifier(role.scope)
        ),
        (list(ids),),
    ).fetchall()
    if unknown := sorted(set(ids) - {each for (each,) in known}):
        raise UsageError(
            f"There is no {role.name} {', '.join(map(str, unknown))}",
            f"{where}, {SCHEMA}.{role.scope}",
            f"Take its {role.id_column} from there: sonic server psql -c 'select {role.id_column}, name"
            f" from {SCHEMA}.{role.scope}'",
        )
