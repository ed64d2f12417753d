"""Payees: labels, distributors, publishers, artists, and the writers and producers around artists."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import cache

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from generators.core import names
from generators.core.calendar import DAY, HOUR, MINUTE, NEVER, midnight
from generators.core.catalogue import Artists
from generators.core.changes import changes
from generators.core.people import HISTORY_DAYS
from generators.core.random import Floats, Ints, exponential, hash_uniform
from generators.core.tables import Coded, make_table
from generators.core.world import World
from generators.domains.billing.prices import MONTH, PRIME, prices, read
from generators.domains.catalog import artist_accounts

KINDS = ("artist", "label", "distributor", "publisher", "producer", "writer")
ARTIST, LABEL, DISTRIBUTOR, PUBLISHER, PRODUCER, WRITER = range(6)
PUBLISHERS = 24
_WRITER_SHARE, _PRODUCER_SHARE = 0.55, 0.3


def terms() -> dict[str, float]:
    """Terms of royalties by name (royalty_terms.csv)."""
    return {row["name"]: float(row["value"]) for row in read("royalty_terms.csv")}


@dataclass(frozen=True)
class Parties:
    """Payees in order of creation; id is row + 1. The last five map others to payee rows (-1: none)."""

    kind: Ints
    artist: Ints
    """Artist row behind (artists, and those for whom a writer or producer works), -1 otherwise."""
    label: Ints
    country: Ints
    created_at: Ints
    of_artist: Ints
    of_label: Ints
    writer_of: Ints
    producer_of: Ints
    publishers: Ints


def parties(world: World, until: date) -> Parties:
    """All payees up to the world's horizon, which covers ``until``."""
    horizon = world.reach(until)
    return world.remember(("royalties.parties", horizon), lambda: _make(world, horizon), keep=1)


def _make(world: World, horizon: date) -> Parties:
    artists, labels, seed = world.artists(horizon), world.labels, world.seed
    n = np.arange(len(artists))
    writes = np.flatnonzero(hash_uniform(seed, "payees.writer", n) < _WRITER_SHARE)
    produces = np.flatnonzero(hash_uniform(seed, "payees.producer", n) < _PRODUCER_SHARE)
    publisher = np.arange(PUBLISHERS)
    start = midnight(world.first_day) - (HISTORY_DAYS + 200) * DAY
    launch = np.flatnonzero(world.ref.launch)
    home = launch[(hash_uniform(seed, "payees.publisher", publisher) * len(launch)).astype(np.int64)]
    parts = [
        (
            np.where(labels.kind == 2, DISTRIBUTOR, LABEL),
            -1,
            np.arange(len(labels)),
            labels.country,
            labels.created_at + HOUR,
        ),
        (PUBLISHER, -1, -1, home, start + publisher * DAY),
        (ARTIST, n, -1, artists.country, artists.created_at + MINUTE),
        (WRITER, writes, -1, artists.country[writes], artists.created_at[writes] + 2 * MINUTE),
        (PRODUCER, produces, -1, artists.country[produces], artists.created_at[produces] + 3 * MINUTE),
    ]
    sizes = [len(part[4]) for part in parts]
    kind, artist, label, country, created = (
        np.concatenate([np.broadcast_to(np.asarray(part[i]), (size,)) for part, size in zip(parts, sizes, strict=True)])
        for i in range(5)
    )
    order = np.lexsort((artist, kind, created))
    kind, artist, label, country, created = (a[order] for a in (kind, artist, label, country, created))

    def rows_by(which: Ints, key: Ints, size: int) -> Ints:
        found = np.full(size, -1)
        found[key[which]] = which
        return found

    return Parties(
        kind=kind,
        artist=artist,
        label=label,
        country=country,
        created_at=created,
        of_artist=rows_by(np.flatnonzero(kind == ARTIST), artist, len(artists)),
        of_label=rows_by(np.flatnonzero((kind == LABEL) | (kind == DISTRIBUTOR)), label, len(labels)),
        writer_of=rows_by(np.flatnonzero(kind == WRITER), artist, len(artists)),
        producer_of=rows_by(np.flatnonzero(kind == PRODUCER), artist, len(artists)),
        publishers=np.flatnonzero(kind == PUBLISHER),
    )


def minimum_payment(country: Ints) -> Ints:
    """Usual minimum payment in the currency of a country: five months of the individual plan, in round figures."""
    price_list = prices()
    price = price_list.amount[price_list.table[PRIME, country, MONTH, 0]]
    digits = 10 ** np.floor(np.log10(price)).astype(np.int64)
    return np.asarray(price // digits * digits * 5, dtype=np.int64)


def raised_at(world: World, who: Parties) -> Ints:
    """Instant from which payees want twice their usual minimum payment."""
    draw = hash_uniform(world.seed, "payees.raised", np.arange(len(who.kind)))
    return who.created_at + 60 * DAY + exponential(draw, 2_500.0 * DAY).astype(np.int64)


def payees_table(world: World, begin: date | None, until: date) -> pa.Table:
    """Payees with the changes of their account and minimum payment."""
    who = parties(world, until)
    artists = world.artists(world.horizon)

    def changed() -> tuple[Ints, Ints, Ints]:
        account, claimed = artist_accounts(world, artists)
        known = (who.kind == ARTIST) & (account[np.maximum(who.artist, 0)] >= 0)
        joined = np.where(known, np.maximum(claimed[np.maximum(who.artist, 0)], who.created_at) + HOUR, NEVER)
        return account, raised_at(world, who), joined

    account, raised, joined = world.remember(("payees.changed", len(who.kind), world.horizon), changed, keep=1)
    found = changes(world, "payees", lambda: [who.created_at, raised, joined], begin, until)
    row = found.row
    kind, country = who.kind[row], who.country[row]
    higher = raised[row] <= found.at
    linked = joined[row] <= found.at
    return make_table(
        "payees",
        {
            "payee_id": row + 1,
            "payee_type": Coded(kind, KINDS),
            "name": _names(world, who, row, artists),
            "artist_id": np.where(kind == ARTIST, who.artist[row] + 1, -1),
            "label_id": np.where(who.label[row] >= 0, who.label[row] + 1, -1),
            "user_id": np.where(linked, account[np.maximum(who.artist[row], 0)] + 1, -1),
            "tax_country_id": country + 1,
            "currency_code": Coded(country, [c["currency"] for c in world.ref.countries]),
            "minimum_payment_minor": minimum_payment(country) * np.where(higher, 2, 1),
            "created_at": who.created_at[row],
            **found.metadata,
        },
    )


def _names(world: World, who: Parties, row: Ints, artists: Artists) -> pa.Array:
    """Stage names of artists, names of people for writers and producers, of companies for the rest."""
    seed, kind = world.seed, who.kind[row]
    pool_of = names.pool_of_countries(world.ref.country_codes)
    artist = np.maximum(who.artist[row], 0)
    stage = names.pools_of(names.stage_names, names.COUNTRIES).draw(
        pool_of[artists.country[artist]], hash_uniform(seed, "artists.name", artist)
    )
    pool = pool_of[who.country[row]]

    def person(what: str, texts: Callable[[str], list[str]], draw: Floats) -> pa.Array:
        uniform = (draw + hash_uniform(seed, f"payees.{what}", row)) % 1.0
        return names.pools_of(texts, names.COUNTRIES).draw(pool, uniform)

    half = hash_uniform(seed, "payees.half", row)
    given = person("given", names.given_names, half)
    family = person("family", names.family_names, half)
    company = _companies().draw(np.zeros_like(row), hash_uniform(seed, "payees.company", row))
    suffix = Coded(
        np.where(kind == PUBLISHER, 0, np.where(kind == DISTRIBUTOR, 2, 1)), ("Publishing", "Records", "Distribution")
    )
    firm = names.join(company, " ", pa.DictionaryArray.from_arrays(pa.array(suffix.codes), pa.array(suffix.vocabulary)))
    human = names.join(given, " ", family)
    is_artist, is_human = pa.array(kind == ARTIST), pa.array((kind == WRITER) | (kind == PRODUCER))
    return pc.if_else(is_artist, stage.cast(pa.string()), pc.if_else(is_human, human, firm))


@cache
def _companies() -> names.Pools:
    """One pool of companies."""
    return names.Pools.of([names.company_names()])


def issued_payees(world: World, until: date) -> int:
    """Highest payee id issued before ``until``."""
    return int(np.searchsorted(parties(world, until).created_at, midnight(until)))
