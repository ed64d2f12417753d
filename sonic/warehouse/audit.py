"""The audit log's chain: every entry carries the hash of itself and of the entry before it; the head is kept apart.

PostgreSQL refuses to change the log (generators/ddl/postgres.py). Who can switch that off can also write the chain
anew, but not the heads that each load leaves in a file beside the lake.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from generators.ddl import TABLES
from generators.ddl.postgres import FIRST_HASH, SCHEMA
from sonic.errors import SonicError
from sonic.warehouse.database import Database, Rows
from sonic.warehouse.postgres import Postgres

_LOG = TABLES["audit_log"]
_FOLDER = "_audit"


@dataclass(frozen=True)
class Report:
    """What following the chain found; `head` is the hash of its last entry."""

    entries: int
    head: str
    problems: tuple[str, ...]


def heads_path(database: Postgres, lake: Path) -> Path:
    """File that holds the heads of a database's chain, one JSON object a line, one line a load."""
    return lake / _FOLDER / f"{database.target}.{database.name}.jsonl"


def keep_head(database: Postgres, lake: Path) -> None:
    """Adds the chain's head to the file beside the lake; nothing where there is no log or it is empty.

    Raises:
        SonicError: the file cannot be written.
    """
    if not _has_chain(database):
        return
    _, rows = database.query(
        f"select chain_no, entry_hash, (select max(load_id) from ops.loads)"
        f" from {SCHEMA}.{_LOG.chain_name} order by chain_no desc limit 1"
    )
    path = heads_path(database, lake)
    for chain_no, entry_hash, load_id in rows:
        head = {"chain_no": chain_no, "entry_hash": entry_hash, "load_id": load_id}
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            with path.open("a", encoding="utf-8") as file:
                file.write(json.dumps(head) + "\n")
        except OSError as error:
            raise SonicError(
                f"The audit log's head cannot be kept: {error.strerror or error}",
                str(path),
                "Free some space or mend the folder's permissions, then load again.",
            ) from error


def follow(database: Database, lake: Path) -> Report:
    """Works every hash of the chain out again, from the log's rows, and compares with the chain and the kept heads.

    Raises:
        SonicError: the database has no chain, or no head was kept for it.
    """
    if not isinstance(database, Postgres) or not _has_chain(database):
        raise SonicError(
            "There is no chained audit log", database.where, "It is made by `sonic load` into a PostgreSQL target."
        )
    heads = _heads(heads_path(database, lake))
    key = _LOG.key[0]
    # The same entry may land twice: its copies are told apart by their order.
    _, rows = database.query(
        f"with chain as (select *, row_number() over (partition by {key} order by chain_no) as copy_no"
        f" from {SCHEMA}.{_LOG.chain_name}),"
        f" log as (select {key}, row_to_json(l)::text as entry,"
        f" row_number() over (partition by {key} order by load_id, ctid) as copy_no from {SCHEMA}.{_LOG.name} as l)"
        " select chain_no, previous_hash, entry_hash, entry"
        f" from chain left join log using ({key}, copy_no) order by chain_no"
    )
    problems = list(_broken(rows))
    by_number = {row[0]: row[2] for row in rows}
    for head in heads:
        if by_number.get(head["chain_no"]) != head["entry_hash"]:
            problems.append(f"Entry {head['chain_no']} is not the one that load {head['load_id']} left as the last")
    _, ((written, loaded),) = database.query(
        f"select (select count(*) from {SCHEMA}.{_LOG.name}), (select coalesce(max(load_id), 0) from ops.loads)"
    )
    if written != len(rows):
        problems.append(f"The log holds {written:,} entries, the chain {len(rows):,}")
    last = heads[-1]
    beyond = len(rows) - last["chain_no"]
    # A load that died before it kept its head is known to ops.
    if beyond > 0 and loaded <= last["load_id"]:
        problems.append(f"{beyond:,} entries were added after the last load")
    return Report(len(rows), rows[-1][2] if rows else FIRST_HASH, tuple(problems))


def _broken(rows: Rows) -> Iterator[str]:
    """Where the chain is not what the log's entries make it."""
    previous, expected = FIRST_HASH, 1
    for chain_no, previous_hash, entry_hash, entry in rows:
        if chain_no != expected:
            yield f"Entries {expected} to {chain_no - 1} are missing"
        if previous_hash != previous:
            yield f"Entry {chain_no} does not follow the one before it"
        if entry is None:
            yield f"Entry {chain_no} was removed from the log"
        elif sha256((previous_hash + entry).encode()).hexdigest() != entry_hash:
            yield f"Entry {chain_no} was changed"
        previous, expected = entry_hash, chain_no + 1


def _has_chain(database: Postgres) -> bool:
    return bool(database.value(f"select to_regclass('{SCHEMA}.{_LOG.chain_name}') is not null"))


def _heads(path: Path) -> list[dict[str, Any]]:
    try:
        heads = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
        if not heads or any(set(head) != {"chain_no", "entry_hash", "load_id"} for head in heads):
            raise ValueError("it names no head")
    except (OSError, ValueError) as error:
        raise SonicError(
            f"The audit log's kept heads cannot be read: {error}",
            str(path),
            "Bring the file back from the lake's back-up: without it nobody can tell whether the log was changed.",
        ) from error
    return heads
