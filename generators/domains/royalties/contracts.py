"""Contracts, rates per artist and country, and the methods that book each pool."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
import pyarrow as pa

from generators.core.calendar import DAY, MINUTE, NEVER, midnight
from generators.core.changes import changes
from generators.core.random import Floats, Ints, exponential, hash_uniform
from generators.core.tables import Coded, make_table
from generators.core.world import World
from generators.domains.billing.prices import MONTH, PRIME, TIERS, prices, read
from generators.domains.royalties.parties import (
    ARTIST,
    DISTRIBUTOR,
    PUBLISHER,
    WRITER,
    Parties,
    minimum_payment,
    parties,
    terms,
)

RIGHTS = ("recording", "publishing")
TERRITORIAL = 2
_QUARTER_DAYS = 90
_STREAMS_PER_PRICE = 420
"""Streams that a month's individual price is worth at a usual rate: the size of absolute rates."""


@dataclass(frozen=True)
class Contracts:
    """Contracts in order of their start; id is row + 1."""

    payee: Ints
    start: Ints
    end: Ints
    kind: Ints
    """0 first contract, 1 its renewal on other terms, TERRITORIAL one with an override."""


def contracts(world: World, until: date) -> Contracts:
    horizon = world.reach(until)
    return world.remember(
        ("royalties.contracts", horizon), lambda: _make_contracts(world, parties(world, horizon)), keep=1
    )


def _make_contracts(world: World, who: Parties) -> Contracts:
    seed, term = world.seed, terms()
    n = np.arange(len(who.kind))
    start = who.created_at + MINUTE
    runs = exponential(hash_uniform(seed, "contracts.runs", n), term["contract_days"] * DAY).astype(np.int64)
    # Contracts end at midnight, and the next one begins then.
    end = (start + 120 * DAY + runs) // DAY * DAY
    special = np.flatnonzero((who.kind == ARTIST) & (hash_uniform(seed, "contracts.override", n) < term["override"]))
    offset = (hash_uniform(seed, "contracts.from", special) * 150).astype(np.int64) - 100
    begins = np.maximum(start[special] + DAY, midnight(world.first_day) + offset * DAY) // DAY * DAY
    payee = np.concatenate([n, n, special])
    starts = np.concatenate([start, end, begins])
    ends = np.concatenate([end, np.full(len(n), NEVER), np.full(len(special), NEVER)])
    kind = np.repeat([0, 1, 2], [len(n), len(n), len(special)])
    order = np.lexsort((kind, payee, starts))
    return Contracts(payee=payee[order], start=starts[order], end=ends[order], kind=kind[order])


def launch_country(world: World, uniform: Floats) -> Ints:
    """One of the launch markets, alike."""
    launch = np.flatnonzero(world.ref.launch)
    return np.asarray(launch[(uniform * len(launch)).astype(np.int64)], dtype=np.int64)


def rate_micro(country: Ints, uniform: Floats) -> Ints:
    """A usual amount per qualified stream in ten-thousandths of the minor unit of a country's currency.

    Those are micro-units where the minor unit is a hundredth, as in all launch markets.
    """
    price_list = prices()
    price = price_list.amount[price_list.table[PRIME, country, MONTH, 0]]
    exact = price * 10_000 / _STREAMS_PER_PRICE * (0.6 + 0.8 * uniform)
    return np.asarray(exact.astype(np.int64) // 10 * 10, dtype=np.int64)


def recoupment(world: World, payee: Ints, country: Ints, kind: Ints) -> tuple[Ints, Ints]:
    """Advance of contracts, minor units of the payee's currency, and the part of gross credited against it, ppm."""

    def draw(what: str) -> Floats:
        return hash_uniform(world.seed, f"contracts.{what}", payee, kind)

    size = minimum_payment(country) * (2 + (draw("size") ** 3 * 60).astype(np.int64))
    advance = np.where((draw("advance") < terms()["advance"]) & (kind != TERRITORIAL), size, 0)
    return advance, np.where(advance > 0, 500_000 + (draw("recoup") * 6).astype(np.int64) * 100_000, 0)


def withholding(world: World) -> Ints:
    """Tax withheld by tax residence, ppm, for each country."""
    withheld = np.full(len(world.ref.countries), 100_000)
    for line in read("withholding.csv"):
        withheld[world.ref.country_index[line["country"]]] = int(line["withholding_ppm"])
    return withheld


def contracts_table(world: World, begin: date | None, until: date) -> pa.Table:
    """Contracts with their ends."""
    c, who, seed, term = contracts(world, until), parties(world, until), world.seed, terms()
    found = changes(world, "contracts", lambda: [c.start, c.end], begin, until)
    row = found.row
    payee, kind = c.payee[row], c.kind[row]
    country = who.country[payee]

    def draw(what: str) -> Floats:
        return hash_uniform(seed, f"contracts.{what}", payee, kind)

    publishing = np.isin(who.kind[payee], (PUBLISHER, WRITER))
    special = kind == TERRITORIAL
    territory = launch_country(world, hash_uniform(seed, "contracts.territory", payee))
    minimum = minimum_payment(country)
    advance, recouped = recoupment(world, payee, country, kind)
    distributor = who.kind[payee] == DISTRIBUTOR
    return make_table(
        "rights_contracts",
        {
            "contract_id": row + 1,
            "payee_id": payee + 1,
            "right_type": Coded(publishing.astype(np.int64), RIGHTS),
            "territory_country_id": np.where(special, territory + 1, -1),
            "per_stream_override_micro": np.where(special, rate_micro(territory, draw("rate")), -1),
            "override_currency_code": Coded(
                np.where(special, territory, -1), [x["currency"] for x in world.ref.countries]
            ),
            "deductions_ppm": np.where(distributor, 0, (draw("deductions") * 4).astype(np.int64) * 25_000),
            "advance_minor": advance,
            "minimum_guarantee_minor": np.where(draw("guarantee") < term["guarantee"], minimum, 0),
            "recoupment_ppm": recouped,
            "is_cross_collateralised": (advance > 0) & (draw("cross") < 0.3),
            "payment_threshold_minor": minimum * (1 + (draw("threshold") * 3).astype(np.int64)),
            "withholding_ppm": withholding(world)[country],
            "valid_from": c.start[row] // DAY,
            "valid_to": np.where(c.end[row] <= found.at, c.end[row] // DAY, NEVER),
            **found.metadata,
        },
    )


@dataclass(frozen=True)
class Rates:
    """Rates in order of their start; id is row + 1."""

    artist: Ints
    country: Ints
    right: Ints
    absolute: Ints
    start: Ints
    end: Ints
    is_second: Ints


def _rates(world: World, until: date) -> Rates:
    horizon = world.reach(until)
    return world.remember(("royalties.rates", horizon), lambda: _make_rates(world, horizon), keep=1)


def _make_rates(world: World, horizon: date) -> Rates:
    artists, seed, term = world.artists(horizon), world.seed, terms()
    launch = np.flatnonzero(world.ref.launch)
    artist, country, right = (
        a.ravel() for a in np.meshgrid(np.arange(len(artists)), launch, np.arange(2), indexing="ij")
    )
    draw = hash_uniform(seed, "rates.kind", artist, country, right)
    share = np.where(right == 0, 1.0, 0.3)
    absolute = draw < term["absolute_rate"] * share
    relative = ~absolute & (draw < (term["absolute_rate"] + term["relative_rate"]) * share)
    chosen = np.flatnonzero(absolute | relative)
    artist, country, right, absolute = artist[chosen], country[chosen], right[chosen], absolute[chosen]
    wait = 1 + exponential(hash_uniform(seed, "rates.wait", artist, country, right), 60.0).astype(np.int64)
    start = artists.created_at[artist] // DAY * DAY + wait * DAY
    day = (hash_uniform(seed, "rates.day", artist, country, right) * _QUARTER_DAYS).astype(np.int64)
    change = midnight(world.first_day) + (1 + day) * DAY
    changes_ = (hash_uniform(seed, "rates.changes", artist, country, right) < term["rate_changes"]) & (start < change)
    first_end = np.where(changes_, change, NEVER)
    again = np.flatnonzero(changes_)
    starts = np.concatenate([start, change[again]])
    source = np.concatenate([np.arange(len(start)), again])
    ends = np.concatenate([first_end, np.full(len(again), NEVER)])
    second = np.repeat([0, 1], [len(start), len(again)])
    order = np.lexsort((second, right[source], country[source], artist[source], starts))
    source = source[order]
    return Rates(
        artist=artist[source],
        country=country[source],
        right=right[source],
        absolute=absolute[source].astype(np.int64),
        start=starts[order],
        end=ends[order],
        is_second=second[order],
    )


def rates_table(world: World, begin: date | None, until: date) -> pa.Table:
    """Rates with their ends; those that change give way to another at midnight."""
    r, seed = _rates(world, until), world.seed
    found = changes(world, "royalty_rates", lambda: [r.start, r.end], begin, until)
    row = found.row
    country, absolute = r.country[row], r.absolute[row] > 0
    draw = hash_uniform(seed, "rates.value", r.artist[row], country, r.right[row] * 2 + r.is_second[row])
    weight = (14 + (draw * 17).astype(np.int64)) * 50_000
    return make_table(
        "royalty_rates",
        {
            "royalty_rate_id": row + 1,
            "artist_id": r.artist[row] + 1,
            "country_id": country + 1,
            "right_type": Coded(r.right[row], RIGHTS),
            "rate_type": Coded(r.absolute[row], ("relative", "absolute")),
            "weight_ppm": np.where(absolute, -1, weight),
            "rate_micro": np.where(absolute, rate_micro(country, draw), -1),
            "currency_code": Coded(np.where(absolute, country, -1), [x["currency"] for x in world.ref.countries]),
            "valid_from": r.start[row] // DAY,
            "valid_to": np.where(r.end[row] <= found.at, r.end[row] // DAY, NEVER),
            **found.metadata,
        },
    )


def methods_table(world: World, begin: date | None, until: date) -> pa.Table:
    """The method of every pool of the launch markets: pro rata since the launch."""
    launch = np.flatnonzero(world.ref.launch)
    country, tier, source, right = (
        a.ravel() for a in np.meshgrid(launch, np.arange(3), np.arange(2), np.arange(2), indexing="ij")
    )
    launched = np.full(len(country), midnight(date(2023, 7, 1)))
    found = changes(world, "allocation_methods", lambda: [launched], begin, until)
    row = found.row
    return make_table(
        "allocation_methods",
        {
            "allocation_method_id": row + 1,
            "country_id": country[row] + 1,
            "tier": Coded(tier[row], TIERS),
            "source": Coded(source[row], ("subscription", "advertising")),
            "right_type": Coded(right[row], RIGHTS),
            "method": "pro_rata",
            "valid_from": launched[row] // DAY,
            "valid_to": np.full(len(row), NEVER),
            **found.metadata,
        },
    )


def issued_contracts(world: World, until: date) -> dict[str, int]:
    """Highest ids of contracts and rates issued before ``until``."""
    end = midnight(until)
    return {
        "rights_contracts": int(np.searchsorted(contracts(world, until).start, end)),
        "royalty_rates": int(np.searchsorted(_rates(world, until).start, end)),
    }
