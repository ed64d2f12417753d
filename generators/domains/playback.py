"""How playing went: the state of the player every five seconds, of one session in two hundred."""

from __future__ import annotations

from datetime import date

import numpy as np
import pyarrow as pa

from generators.core.listening import arriving
from generators.core.people import DEVICE_TYPES
from generators.core.random import hash_uniform, pick
from generators.core.tables import Coded, make_table
from generators.core.world import World

SESSIONS_PER_SAMPLE = 200
TICK_MS = 5_000
_KBPS = np.array([48, 96, 320, 1_000])
"""Bit rate of each quality."""
_NETWORKS = ("wifi", "cellular_4g", "cellular_5g", "ethernet", "offline")
POOR_SHARE = 0.08
"""Sessions on a poor connection: they alone break off more than once an hour."""
_BREAKS = (0.0002, 0.012)
"""Share of ticks with an interruption on a good and on a poor connection."""


def opening(world: World) -> dict[str, pa.Table]:
    """Nothing is kept from before."""
    return {}


def day(world: World, arrival_day: date) -> dict[str, pa.Table]:
    """Ticks of the plays that arrive on a UTC day; they arrive with them."""
    _, plays = arriving(world, arrival_day)
    seed = world.seed
    sampled = hash_uniform(seed, "ticks.sampled", plays.session_id) < 1 / SESSIONS_PER_SAMPLE
    plays = plays.some(sampled)
    count = plays.true_ms.astype(np.int64) // TICK_MS
    row = np.repeat(np.arange(len(plays)), count)
    first = np.cumsum(count) - count
    number = np.arange(len(row)) - first[row] + 1
    stream, session = plays.stream_id[row], plays.session_id[row]
    offline = np.asarray(plays.is_offline, dtype=bool)[row]
    poor = (hash_uniform(seed, "ticks.poor", session) < POOR_SHARE) & ~offline
    breaks = hash_uniform(seed, "ticks.breaks", stream, number) < np.where(poor, _BREAKS[1], _BREAKS[0])
    breaks &= ~offline
    lasts = 200 + (hash_uniform(seed, "ticks.lasts", stream, number) ** 2 * 6_000).astype(np.int64)
    waited = np.where(breaks, lasts, 0)
    total = np.append(0, np.cumsum(waited))
    so_far = total[1:] - total[first[row]]
    quality = plays.quality.astype(np.int64)[row]
    lowered = poor & (hash_uniform(seed, "ticks.lowered", stream, number // 6) < 0.5) & (quality > 0)
    kind = plays.device_kind.astype(np.int64)[row]
    phone = (kind == DEVICE_TYPES.index("phone")) | (kind == DEVICE_TYPES.index("car"))
    network = np.where(
        phone,
        pick(hash_uniform(seed, "ticks.network", session), np.array([0.45, 0.4, 0.15])),
        np.where(kind == DEVICE_TYPES.index("desktop"), 3, 0),
    )
    began = plays.start[row] + plays.startup_ms.astype(np.int64)[row] * 1_000
    held = hash_uniform(seed, "ticks.held", stream, number) * np.where(poor, 4_000, 30_000)
    table = make_table(
        "play_ticks",
        {
            "stream_id": stream,
            "tick_no": number,
            "play_started_at": plays.start[row],
            "ticked_at": np.minimum(began + (number * TICK_MS + so_far) * 1_000, plays.arrived_at[row]),
            "session_id": session,
            "device_id": plays.device[row] + 1,
            "position_ms": number * TICK_MS,
            "bitrate_kbps": _KBPS[quality - lowered],
            "buffered_ms": np.where(breaks, 0, held.astype(np.int64)),
            "rebuffer_count": breaks.astype(np.int64),
            "rebuffer_ms": waited,
            "is_fallback": lowered,
            "network_type": Coded(np.where(offline, 4, network), _NETWORKS),
            "arrived_at": plays.arrived_at[row],
        },
    )
    return {"play_ticks": table}
