"""A database on a PostgreSQL server, embedded or external."""

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any, ClassVar

import psycopg
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from sonic import profiles
from sonic.errors import SonicError, UsageError
from sonic.warehouse import ops
from sonic.warehouse.database import SCHEMAS, Database, Rows, busy

OLDEST_POSTGRES = 15
READ = ("marts", "ops")
"""Schemas that readers were let into (`sonic roles`): emptied, they stay, with who may read them, and as whom."""
WRITER_LOCK = 0x536F6E6963
"""Advisory lock that a load or build holds on its database."""


def check_version(version: int, where: str) -> None:
    """Refuses a PostgreSQL older than the oldest supported; `version` as in `server_version_num`."""
    if version // 10000 < OLDEST_POSTGRES:
        raise SonicError(
            f"PostgreSQL {version // 10000} is too old: {OLDEST_POSTGRES} or newer is needed",
            where,
            "Upgrade that server, or use the embedded one with --target embedded.",
        )


@dataclass
class Postgres(Database):
    """A PostgreSQL database, embedded or external."""

    errors: ClassVar[type[Exception]] = psycopg.Error
    target: str
    parameters: dict[str, str] = field(repr=False)

    @staticmethod
    def from_output(output: profiles.Output) -> "Postgres":
        host, port, user, name = output.require("host", "port", "user", "dbname")
        password = str(output.settings.get("password") or "")
        parameters = {"host": host, "port": port, "user": user, "password": password, "dbname": name}
        if output.settings.get("sslmode"):
            parameters["sslmode"] = str(output.settings["sslmode"])
        return Postgres(output.name, parameters)

    @staticmethod
    def from_address(variable: str) -> "Postgres":
        """The database whose address an environment variable holds, to be read and not written.

        Raises:
            UsageError: there is no such variable, or it holds no address with host, user and database.
        """
        address = os.environ.get(variable, "").strip()
        remedy = f"Set it: export {variable}=postgresql://USER:PASSWORD@HOST:PORT/DATABASE"
        if not address:
            raise UsageError(f"The environment variable {variable} holds no address", "--dsn", remedy)
        try:
            parameters = {name: str(value) for name, value in conninfo_to_dict(address).items()}
        except psycopg.ProgrammingError:
            # What psycopg says of it may hold the password.
            raise UsageError("The address of a database cannot be read", f"${variable}", remedy) from None
        if lacking := [name for name in ("host", "user", "dbname") if not parameters.get(name)]:
            raise UsageError(f"The address of a database names no {lacking[0]}", f"${variable}", remedy)
        options = f"{parameters.get('options', '')} -c default_transaction_read_only=on"
        return Postgres(variable, {"port": "5432", **parameters, "options": options.strip()})

    @property
    def name(self) -> str:
        return self.parameters["dbname"]

    @property
    def where(self) -> str:
        return f"{self.parameters['host']}:{self.parameters['port']}, database {self.name}"

    def _conninfo(self, dbname: str) -> str:
        options = f"{self.parameters.get('options', '')} -c timezone=UTC".strip()
        return make_conninfo("", **{"connect_timeout": "10", **self.parameters, "dbname": dbname, "options": options})

    def connect(self, dbname: str | None = None) -> psycopg.Connection:
        """A new connection in autocommit mode; errors say what to check."""
        try:
            connection = psycopg.connect(self._conninfo(dbname or self.name), autocommit=True)
        except psycopg.OperationalError as error:
            raise SonicError(
                f"The database does not let us in: {str(error).strip().splitlines()[-1]}",
                self.where,
                "Check host, port, user and password of the target"
                + (" (environment variables SONIC_EXTERNAL_...)." if self.target == "external" else "."),
            ) from error
        check_version(connection.info.server_version, self.where)
        return connection

    def create(self) -> None:
        """Makes the database if the server lacks it."""
        try:
            with psycopg.connect(self._conninfo(self.name)):
                return
        except psycopg.OperationalError as error:
            if "does not exist" not in str(error) or "database" not in str(error):
                self.connect().close()
                return
        with self.connect("postgres") as connection:
            try:
                connection.execute(f"create database \"{self.name}\" template template0 encoding 'UTF8'")
            except psycopg.errors.DuplicateDatabase:
                return
            except psycopg.Error as error:
                raise SonicError(
                    f"The database {self.name!r} does not exist and could not be made: {str(error).strip()}",
                    self.where,
                    "Have it made by the server's owner, or give --database the name of one that exists.",
                ) from error

    def query(self, sql: str) -> tuple[list[str], Rows]:
        with self.connect() as connection:
            cursor = connection.execute(sql.encode())
            return [column.name for column in cursor.description or ()], cursor.fetchall()

    def batches(self, sql: str, size: int) -> Iterator[Rows]:
        # a cursor with a name stays on the server, and lives as long as its transaction
        with self.connect() as connection, connection.transaction(), connection.cursor(name="batches") as cursor:
            cursor.execute(sql.encode())
            while rows := cursor.fetchmany(size):
                yield rows

    def execute(self, sql: str, parameters: Sequence[Any] = ()) -> None:
        with self.connect() as connection:
            connection.execute(sql.encode(), parameters)

    def prepare(self) -> None:
        with self.connect() as connection, connection.transaction():
            connection.execute("select pg_advisory_xact_lock(%s)", (WRITER_LOCK + 1,))
            for statement in ops.SCHEMA_STATEMENTS:
                connection.execute(statement.encode())
            for table, column, kind in ops.ADDED:
                if connection.execute(ops.LACKS.format(table, column).encode()).fetchone() == (True,):
                    connection.execute(f"alter table ops.{table} add column {column} {kind}".encode())
            for statement in ops.COMMENTS:
                connection.execute(statement.encode())

    def clear(self) -> None:
        with self.connect() as connection:
            opened = connection.execute("select to_regclass('ops.reader_scopes') is not null").fetchone() == (True,)
            # One after the other: each lock of a table has its place in the server's memory until its transaction ends.
            for schema in SCHEMAS:
                statements = [f"drop schema if exists {schema} cascade"]
                if opened and schema in READ:
                    statements = _emptied(connection, schema)
                for statement in statements:
                    connection.execute(statement.encode())

    @contextmanager
    def writer(self) -> Iterator[None]:
        with self.connect() as connection:
            row = connection.execute("select pg_try_advisory_lock(%s)", (WRITER_LOCK,)).fetchone()
            if row is None or not row[0]:
                holder = connection.execute(
                    "select pid, backend_start from pg_stat_activity join pg_locks using (pid)"
                    " where locktype = 'advisory' and objid = %s and granted"
                    " and pg_locks.database = (select oid from pg_database where datname = current_database())",
                    (WRITER_LOCK & 0xFFFFFFFF,),
                ).fetchone()
                since = f", since {holder[1]:%H:%M:%S} UTC" if holder else ""
                raise busy(self.where + since)
            try:
                yield
            finally:
                # the server's process outlives its connection by a moment, and the next load may come in it
                with suppress(psycopg.Error):
                    connection.execute("select pg_advisory_unlock(%s)", (WRITER_LOCK,))


def _emptied(connection: psycopg.Connection, schema: str) -> list[str]:
    """Statements that empty one of the schemas that readers were let into, and leave what lets them in."""
    rows = connection.execute(
        """
        select quote_ident(nspname) || '.' || quote_ident(relname), relkind = 'v'
        from pg_class inner join pg_namespace on pg_namespace.oid = relnamespace
        where nspname = %s and relkind in ('r', 'p', 'v') and relname <> 'reader_scopes'
        """,
        (schema,),
    ).fetchall()
    if schema == "ops":
        return [f"truncate {name}" for name, _ in rows]
    return [f"drop {'view' if is_view else 'table'} if exists {name} cascade" for name, is_view in rows]
