"""Connections that outlive a node, for dbt in this process.

dbt-postgres opens a connection for each node and closes it after: a new server process each time, whose caches of the
catalogue are empty, for a thousand nodes. Here a thread keeps its connection and resets it before the next node, as
any pooler does. Nothing else depends on it: a plain `dbt build` connects as ever.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

IDLE = "idle between nodes"
"""Name of a connection whose node is done; what it left behind is not cleared yet."""


@contextmanager
def kept_between_nodes() -> Iterator[None]:
    """While it lasts, threads of dbt-postgres keep their connections; dbt closes them at the end of its command."""
    from dbt.adapters.postgres.connections import PostgresConnectionManager

    managers: Any = PostgresConnectionManager
    close_after_node = managers.release
    name_for_node = managers.set_connection_name

    def release(manager: Any) -> None:
        connection = manager.get_if_exists()
        # `discard all` would forget a role that was taken on connecting
        if connection is None or connection.state != "open" or connection.credentials.role:
            close_after_node(manager)
            return
        try:
            _end_transaction(connection.handle)
        except Exception:
            close_after_node(manager)
            return
        connection.transaction_open = False
        connection.name = IDLE

    def set_connection_name(manager: Any, name: str | None = None) -> Any:
        connection = manager.get_if_exists()
        if connection is not None and connection.state == "open" and connection.name == IDLE:
            try:
                _reset(connection.handle)
            except Exception:
                # the server ended it meanwhile: dbt opens another
                manager.close(connection)
        return name_for_node(manager, name)

    managers.release = release
    managers.set_connection_name = set_connection_name
    try:
        yield
    finally:
        managers.release = close_after_node
        managers.set_connection_name = name_for_node


def _end_transaction(handle: Any) -> None:
    """Rolls back what is open."""
    from psycopg2.extensions import STATUS_BEGIN, TRANSACTION_STATUS_IDLE

    if handle.status == STATUS_BEGIN and handle.info.transaction_status == TRANSACTION_STATUS_IDLE:
        # dbt sends `commit` as text, unbeknown to the driver, whose rollback would make the server warn
        with handle.cursor() as cursor:
            cursor.execute("begin")
    handle.rollback()


def _reset(handle: Any) -> None:
    """Clears settings, temporary tables and locks of the node before; fails if the connection is dead."""
    usual = handle.autocommit
    # the statement refuses to run within a transaction
    handle.autocommit = True
    with handle.cursor() as cursor:
        cursor.execute("discard all")
    handle.autocommit = usual
