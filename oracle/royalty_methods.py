"""What each method of allocation gives beside what is booked."""

from __future__ import annotations

from collections import defaultdict
from datetime import date

from oracle.allocation import METHODS, Told, share
from oracle.exchange import rates
from oracle.lake import Row
from oracle.listening import countries, country_geography
from oracle.royalties import Claimant, Run, last_day, pool_entry_key, runs
from oracle.truth import Truth
from oracle.versions import NOT_APPLICABLE, UNKNOWN, main_artists

Recipient = tuple[int, int]
"""Main artist of the recordings, and payee."""
Gives = dict[Recipient, tuple[int, int]]
"""Micro-units, and those among them that no listening or impression ties to a recording."""


def methods_of(run: Run) -> list[str]:
    """The methods by which a pool is shared, booked or to compare: impressions are tied to advertising alone."""
    source = run.money.source
    return [one for one in METHODS if one == run.method or one != "impression_share" or source == "advertising"]


def recipient(truth: Truth, claimant: Claimant) -> Recipient:
    """Of whom the recording is, and who is paid for it."""
    song_id, _, payee_id = claimant
    return (NOT_APPLICABLE if song_id < 0 else truth.of(main_artists).get(song_id, UNKNOWN)), payee_id


def booked(truth: Truth, run: Run) -> Gives:
    """What the booked method gives."""
    found: dict[Recipient, list[int]] = defaultdict(lambda: [0, 0])
    for (kind, claimant), (_, micro) in run.shares.items():
        sums = found[recipient(truth, claimant)]
        sums[0] += micro
        sums[1] += micro if kind == "unattributed" else 0
    return {one: (micro, rest) for one, (micro, rest) in found.items()}


def scenario(truth: Truth, run: Run, method: str) -> Gives:
    """What another method would give; what comes off the top does so by any."""

    def by_recipient(weights: dict[Claimant, int]) -> dict[Recipient, int]:
        sums: dict[Recipient, int] = defaultdict(int)
        for claimant, weight in weights.items():
            sums[recipient(truth, claimant)] += weight
        return sums

    told = run.told[method]
    weights = told.weights
    if sum(weights.values()) + told.rest == 0:
        weights = run.told["pro_rata"].weights
    by_method, pro_rata = by_recipient(weights), by_recipient(run.told["pro_rata"].weights)
    names = {one: f"{one[0]}|{one[1]}" for one in by_method | pro_rata}
    remaining = run.pool_micro - run.override_micro
    shared = share(remaining, f"{run.run_key}|{method}", pro_rata, Told(by_method, told.rest), names)
    found: dict[Recipient, tuple[int, int]] = defaultdict(lambda: (0, 0))
    for one, micro in shared.by_method.items():
        rest = shared.of_rest.get(one, 0)
        found[one] = micro + rest, rest
    suspended = {(NOT_APPLICABLE, UNKNOWN): shared.unclaimed}
    overrides = by_recipient({c: micro for (kind, c), (_, micro) in run.shares.items() if kind == "override"})
    for more in (suspended, overrides):
        for one, micro in more.items():
            found[one] = found[one][0] + micro, found[one][1]
    return found


def royalty_methods(truth: Truth) -> list[Row]:
    """mart_royalty_methods: what each close adds to what each method gives, beside what it adds to what is booked."""
    found = []
    for of_pool in truth.of(runs):
        before: dict[str, Gives] = {}
        for run in of_pool:
            told = {one: scenario(truth, run, one) for one in methods_of(run) if one != run.method}
            told[run.method] = booked(truth, run)
            adds = {one: added(gives, before.get(one, {})) for one, gives in told.items()}
            of_booked = adds[run.method]
            for method, gives in adds.items():
                for one in gives.keys() | of_booked.keys():
                    micro, rest = gives.get(one, (0, 0))
                    booked_micro, _ = of_booked.get(one, (0, 0))
                    if micro or rest or booked_micro:
                        found.append(_entry(truth, run, method, one, (micro, rest, booked_micro)))
            before = told
    return found


def added(gives: Gives, before: Gives) -> Gives:
    """What a run gives more than the run before."""
    nothing = (0, 0)
    return {
        one: (
            gives.get(one, nothing)[0] - before.get(one, nothing)[0],
            gives.get(one, nothing)[1] - before.get(one, nothing)[1],
        )
        for one in gives.keys() | before.keys()
    }


def _entry(truth: Truth, run: Run, method: str, one: Recipient, amounts: tuple[int, int, int]) -> Row:
    micro, rest, booked_micro = amounts
    currency: str = truth.of(countries)[run.money.country_id]["currency_code"]
    day: date = last_day(run.booked)
    return {
        "royalty_pool_key": pool_entry_key(run),
        "method": method,
        "artist_id": one[0],
        "payee_id": one[1],
        "service_month": run.money.service_month,
        "booking_month": run.booked,
        "booked_date": day,
        "payment_geography_id": country_geography(run.money.country_id),
        "tier": run.money.tier,
        "source": run.money.source,
        "right_type": run.right,
        "is_booked": method == run.method,
        "currency_code": currency,
        "amount_micro": micro,
        "unattributed_micro": rest,
        "booked_micro": booked_micro,
        "difference_micro": micro - booked_micro,
        "amount_eur_micro": truth.of(rates).to_reporting(micro, currency, day),
        "booked_eur_micro": truth.of(rates).to_reporting(booked_micro, currency, day),
    }
