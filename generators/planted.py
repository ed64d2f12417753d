"""Lists what is planted in single rows of a lake: fraudsters, account sharers, streams of promotions, broken rules.

The list of a day lies beside the lake, out of dbt's reach, as that of the defects does. It is the same for a lake with
defects and for its clean twin: what is planted is no defect, and staging takes it.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from generators.core.listening import arriving
from generators.core.people import BOT_NONE
from generators.core.plays import FREE, tier_function
from generators.core.random import Ints
from generators.core.rules import BREACHES, CAMPAIGN_SHIFT
from generators.core.world import World
from generators.domains.ads.delivery import is_planted_break
from generators.domains.discovery import is_planted_download

LIST_SCHEMA = pa.schema(
    [
        pa.field("arrival_date", pa.date32(), nullable=False),
        pa.field("effect", pa.string(), nullable=False),
        pa.field("table_name", pa.string(), nullable=False),
        pa.field("row_key", pa.int64(), nullable=False),
        pa.field("user_id", pa.int64(), nullable=False),
        pa.field("detail", pa.string()),
    ]
)
"""One row per planted row and effect (of ``effects.csv``): the row's key, its account, and which one it is."""
LISTED_OF_OPENING = ("users", "saves")
"""Tables of the opening in which something is planted by row; the others need not be kept for the list."""
_BOTS = np.array(["", "rapid", "loop", "clock"])


def planted_folder(lake: Path) -> Path:
    """Where the lists of a lake lie."""
    return lake.parent / ("planted" if lake.name == "lake" else f"{lake.name}.planted")


def write_planted(world: World, day: date, tables: Mapping[str, pa.Table], lake: Path) -> None:
    """Write the list of one arrival day; none where no effects are planted."""
    if not world.effects:
        return
    path = planted_folder(lake) / f"{day.isoformat()}.parquet"
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_suffix(".tmp")
    pq.write_table(planted_in(world, day, tables), temporary, compression="zstd", store_schema=False)
    temporary.replace(path)


def planted_in(world: World, day: date, tables: Mapping[str, pa.Table]) -> pa.Table:
    """What is planted in the rows of an arrival day, the opening's among them.

    Args:
        tables: the clean tables of the day.
    """
    listed = [*_accounts(world, tables), *_saves(world, tables)]
    if day >= world.first_day:
        listed += [*_plays(world, day), *_breaks(world, tables)]
    rows = pa.concat_tables([LIST_SCHEMA.empty_table(), *listed])
    return rows.set_column(0, LIST_SCHEMA.field(0), pa.repeat(pa.scalar(day, pa.date32()), rows.num_rows))


def _listed(effect: str, table: str, key: Ints, user: Ints, detail: pa.Array | None = None) -> pa.Table:
    n = len(key)
    columns = [
        pa.nulls(n, pa.date32()),
        pa.repeat(effect, n),
        pa.repeat(table, n),
        pa.array(key.astype(np.int64)),
        pa.array(user.astype(np.int64)),
        pa.nulls(n, pa.string()) if detail is None else detail.cast(pa.string()),
    ]
    return pa.Table.from_arrays(columns, schema=LIST_SCHEMA)


def _ints(table: pa.Table, name: str) -> Ints:
    return np.asarray(table[name].to_numpy(), dtype=np.int64)


def _accounts(world: World, tables: Mapping[str, pa.Table]) -> list[pa.Table]:
    """Fraudsters and account sharers who signed up."""
    created = tables["users"]
    row = _ints(created, "user_id")[_ints(created, "change_no") == 0] - 1
    users = world.users(world.horizon)
    bots, shared = row[users.bot[row] != BOT_NONE], row[users.is_shared[row]]
    return [
        _listed("bots", "users", bots + 1, bots + 1, pa.array(_BOTS[users.bot[bots]])),
        _listed("sharers", "users", shared + 1, shared + 1),
    ]


def _plays(world: World, day: date) -> list[pa.Table]:
    """Streams that a promotion brought, and those that a plan or a family does not allow."""
    _, plays = arriving(world, day)
    plays = plays.some(plays.planted != 0)
    key, user, promotion = plays.stream_id, plays.user.astype(np.int64) + 1, plays.planted >> CAMPAIGN_SHIFT
    brought = promotion > 0
    listed = [_listed("promotions", "streams", key[brought], user[brought], pa.array(promotion[brought]))]
    for flag, rule in BREACHES.items():
        breach = (plays.planted & flag) > 0
        listed.append(_listed(f"breaches.{rule}", "streams", key[breach], user[breach]))
    return listed


def _breaks(world: World, tables: Mapping[str, pa.Table]) -> list[pa.Table]:
    """Advertising asked for on a plan without it."""
    requests = tables["ad_requests"]
    after = np.asarray(requests["stream_id"].fill_null(-1).to_numpy(), dtype=np.int64)
    requests = requests.take(np.flatnonzero((after >= 0) & is_planted_break(world, after)))
    at = np.asarray(requests["requested_at"].cast(pa.timestamp("us")).to_numpy(), dtype="datetime64[us]")
    user, key = _ints(requests, "user_id"), _ints(requests, "ad_request_id")
    paid = tier_function()(world, user, at.astype(np.int64)) > FREE
    return [_listed("breaches.ads", "ad_requests", key[paid], user[paid])]


def _saves(world: World, tables: Mapping[str, pa.Table]) -> list[pa.Table]:
    """Downloads on a plan without them, once each."""
    saves = tables["saves"]
    is_download = np.asarray(saves["save_type"].cast(pa.string()).to_numpy(zero_copy_only=False)) == "download"
    key = _ints(saves, "save_id")
    chosen = is_download & (_ints(saves, "change_no") == 0) & is_planted_download(world, key - 1)
    saves, key = saves.take(np.flatnonzero(chosen)), key[chosen]
    at = np.asarray(saves["saved_at"].cast(pa.timestamp("us")).to_numpy(), dtype="datetime64[us]")
    user = _ints(saves, "user_id")
    free = tier_function()(world, user, at.astype(np.int64)) == FREE
    return [_listed("breaches.downloads", "saves", key[free], user[free])]
