"""Royalties: pools, who may claim of them, and what each close enters.

A pool is payment country x UTC month x tier x source x right. It is worked out at the close of its month, and again at
each later close for which something arrived; each run takes the whole pool as known then, and what it differs by from
the run before is entered. What a run knows of splits, contracts and rates is what had arrived by its close.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from fractions import Fraction
from hashlib import md5

from oracle.amounts import allocate, half_up, millionths
from oracle.calendar import END, booking_month, closes_at, instant, month_of, next_month
from oracle.exchange import MICRO, rates
from oracle.lake import Row
from oracle.listening import countries, country_geography, plays, streams
from oracle.revenue import history_start, revenue_daily
from oracle.rules import rules
from oracle.truth import Truth
from oracle.versions import NOT_APPLICABLE, UNKNOWN, contents, main_artists, songs

RIGHTS = ("recording", "publishing")
SOURCES = ("subscription", "advertising")
Holder = tuple[int, int]
"""Work (-2 for the recording right) and payee."""
Claimant = tuple[int, int, int]
"""Recording, work and payee."""
SUSPENDED: Claimant = (NOT_APPLICABLE, NOT_APPLICABLE, UNKNOWN)
"""Under whom the money waits that no eligible stream claims."""


def last_day(month: date) -> date:
    """Last day of a month."""
    return next_month(month) - timedelta(days=1)


@dataclass(frozen=True, order=True)
class Money:
    """Where revenue and plays meet: a pool before it is divided by right."""

    service_month: date
    country_id: int
    tier: str
    source: str


@dataclass(frozen=True)
class Heard:
    """Qualified streams of one recording in one listening country on one UTC day."""

    song_id: int
    artist_id: int
    listening_country_id: int
    day: date
    booking_month: date
    streams: int


def drawing_streams(truth: Truth) -> dict[Money, list[Heard]]:
    """Streams that draw on a pool: qualified, of songs, functional noise from its own length."""
    country_of_place = {country_geography(country_id): country_id for country_id in truth.of(countries)}
    heard_in = {play["stream_id"]: play["place"].country_id for play in truth.of(plays)}
    counts: dict[tuple[Money, int, int, int, date, date], int] = defaultdict(int)
    for stream in truth.of(streams):
        country_id = country_of_place.get(stream["payment_geography_id"])
        day = stream["started_date"]
        if not stream["is_qualified"] or stream["song_id"] < 0 or country_id is None or day < history_start(truth):
            continue
        if _is_too_short_noise(truth, stream):
            continue
        source = "advertising" if stream["tier"] == "free" else "subscription"
        money = Money(month_of(day), country_id, stream["tier"], source)
        # A play that arrives before its recording's row or its content's counts from the close that knows all.
        known = (
            truth.of(songs).known_to_event(stream["song_id"], stream["started_at"]),
            truth.of(contents).known_to_event(stream["content_id"], stream["started_at"]),
        )
        knew = (booking_month(month_of(day), at) for at in known if at is not None)
        booked = max((stream["booking_month"], *knew))
        counts[money, stream["song_id"], stream["artist_id"], heard_in[stream["stream_id"]], day, booked] += 1
    found: dict[Money, list[Heard]] = defaultdict(list)
    for (money, song_id, artist_id, listening_country, day, booked), number in counts.items():
        found[money].append(Heard(song_id, artist_id, listening_country, day, booked, number))
    return found


def _is_too_short_noise(truth: Truth, stream: Row) -> bool:
    version = truth.of(songs).of_event(stream["song_id"], stream["started_at"])
    is_noise = version is not None and version.row["is_functional_noise"]
    return bool(is_noise and stream["played_ms"] < truth.of(rules).on("noise_min_ms", stream["started_date"]))


def earned(truth: Truth) -> dict[Money, list[Row]]:
    """Net revenue of each pool: subscriptions of their own tier, advertising of the Free tier."""
    country_of_place = {country_geography(country_id): country_id for country_id in truth.of(countries)}
    found: dict[Money, list[Row]] = defaultdict(list)
    for row in truth.of(revenue_daily):
        country_id = country_of_place.get(row["payment_geography_id"])
        if row["service_month"] < month_of(history_start(truth)):
            continue
        if row["service"] in SOURCES and country_id is not None:
            found[Money(row["service_month"], country_id, row["tier"], row["service"])].append(row)
    return found


def closes(truth: Truth) -> dict[Money, list[date]]:
    """At which closes each pool is worked out: that of its month, and later ones that something arrived for.

    Something is a play, an amount, or a split of a recording that was played, which may release what is in suspense.
    """
    arrivals: dict[Money, set[date]] = defaultdict(set)
    for money, revenue in truth.of(earned).items():
        arrivals[money] |= {money.service_month, *(row["booking_month"] for row in revenue)}
    for money, heard in truth.of(drawing_streams).items():
        arrivals[money] |= {money.service_month, *(each.booking_month for each in heard)}
        for song_id, differs_from, booked in truth.of(late_splits):
            concerned = month_of(differs_from) <= money.service_month < booked
            if concerned and any(each.song_id == song_id and each.booking_month <= booked for each in heard):
                arrivals[money].add(booked)
    closed = {money: sorted(m for m in found if closes_at(m) <= truth.lake.clock) for money, found in arrivals.items()}
    return {money: found for money, found in closed.items() if found}


def late_splits(truth: Truth) -> list[tuple[int, date, date]]:
    """Splits told after the close of days that they concern: recording, first such day, month open at the arrival."""
    songs_of_work: dict[int, list[int]] = defaultdict(list)
    for song_id, works in truth.of(works_of_song).items():
        for work_id, _ in works:
            songs_of_work[work_id].append(song_id)
    found = []
    before: Row | None = None
    for change in truth.lake.changes("revenue_splits"):
        if before is None or before["revenue_split_id"] != change["revenue_split_id"]:
            differs_from = change["valid_from"]
        elif all(before[name] == change[name] for name in ("payee_id", "share_ppm", "valid_from")):
            differs_from = min(before["valid_to"] or END.date(), change["valid_to"] or END.date())
        else:
            differs_from = min(before["valid_from"], change["valid_from"])
        before = change
        if differs_from > change["arrived_at"].date():
            continue
        booked = booking_month(month_of(differs_from), change["arrived_at"])
        if booked > month_of(differs_from):
            item = change["song_id"]
            found += [
                (song_id, differs_from, booked)
                for song_id in (songs_of_work[change["work_id"]] if item is None else [item])
            ]
    return found


def net_revenue(truth: Truth, money: Money, booked: date) -> int:
    """Net revenue known at a close, in the country's currency; another one at the rate of the month's last day."""
    by_currency: dict[str, int] = defaultdict(int)
    for row in truth.of(earned).get(money, ()):
        if row["booking_month"] <= booked:
            by_currency[row["currency_code"]] += row["net_revenue_micro"]
    own = truth.of(countries)[money.country_id]["currency_code"]
    return sum(converted(truth, amount, code, own, money.service_month) for code, amount in by_currency.items())


def converted(truth: Truth, amount: int | Fraction, currency: str, own: str, month: date) -> int:
    """An amount in a pool's currency at the ECB rate of the month's last day, in whole micro-units."""
    if currency == own:
        return half_up(*amount.as_integer_ratio())
    there, here = truth.of(rates).on(currency, last_day(month)), truth.of(rates).on(own, last_day(month))
    return 0 if there is None or here is None else half_up(*(Fraction(amount) * here / there).as_integer_ratio())


# Who holds what.


@dataclass
class Known:
    """Splits, contracts and rates as they were known at one close."""

    splits: dict[tuple[str, int], list[Row]] = field(default_factory=lambda: defaultdict(list))
    """By right and item: recording or work."""
    contracts: dict[tuple[int, str], list[Row]] = field(default_factory=lambda: defaultdict(list))
    """Those with a rate per stream, by payee and right."""
    rates: dict[tuple[int, int, str], list[Row]] = field(default_factory=lambda: defaultdict(list))
    """By artist, listening country and right."""


def latest_by(changes: Iterable[Row], key: str, known_at: datetime) -> Iterable[Row]:
    """The last change of each entity among those that had arrived before an instant."""
    found: dict[int, Row] = {}
    for change in changes:
        if change["arrived_at"] < known_at and change["change_no"] >= found.get(change[key], change)["change_no"]:
            found[change[key]] = change
    return found.values()


def known_at_close(truth: Truth) -> dict[date, Known]:
    """What each close knew."""
    found = {}
    for booked in {booked for closed in truth.of(closes).values() for booked in closed}:
        known, known_at = Known(), closes_at(booked)
        for split in latest_by(truth.lake.changes("revenue_splits"), "revenue_split_id", known_at):
            item = split["song_id"] if split["right_type"] == "recording" else split["work_id"]
            known.splits[split["right_type"], item].append(split)
        for contract in latest_by(truth.lake.changes("rights_contracts"), "contract_id", known_at):
            if contract["per_stream_override_micro"] is not None:
                known.contracts[contract["payee_id"], contract["right_type"]].append(contract)
        for rate in latest_by(truth.lake.changes("royalty_rates"), "royalty_rate_id", known_at):
            known.rates[rate["artist_id"], rate["country_id"], rate["right_type"]].append(rate)
        found[booked] = known
    return found


def is_in_force(row: Row, day: date) -> bool:
    """Whether the day lies in [valid_from, valid_to)."""
    return bool(row["valid_from"] <= day and (row["valid_to"] is None or day < row["valid_to"]))


def works_of_song(truth: Truth) -> dict[int, list[tuple[int, int]]]:
    """Works of each recording with their share in parts per million."""
    found: dict[int, list[tuple[int, int]]] = defaultdict(list)
    for row in truth.lake.latest("song_works"):
        found[row["song_id"]].append((row["work_id"], row["share_ppm"]))
    return found


def holders(truth: Truth, booked: date, song_id: int, right: str, day: date) -> dict[Holder, int]:
    """Effective shares of a recording on a day, in ppm that sum to 1,000,000, by work and payee.

    Shares of the works and of their payees multiply; the whole is made by largest remainder. Where works or splits
    are missing or do not make a whole, the payee is unknown and the whole is held in suspense.
    """
    known = truth.of(known_at_close)[booked]
    if right == "recording":
        parts, nobody = [(song_id, NOT_APPLICABLE, MICRO)], NOT_APPLICABLE
    else:
        parts, nobody = [(work, work, ppm) for work, ppm in truth.of(works_of_song).get(song_id, ())], UNKNOWN
    weights: dict[Holder, int] = defaultdict(int)
    edges = []
    for item, work_id, part_ppm in parts:
        splits = known.splits.get((right, item), [])
        edges += [edge for split in splits for edge in (split["valid_from"], split["valid_to"]) if edge is not None]
        shares = [(split["payee_id"], split["share_ppm"]) for split in splits if is_in_force(split, day)]
        if sum(ppm for _, ppm in shares) != MICRO:
            return {(nobody, UNKNOWN): MICRO}
        for payee_id, ppm in shares:
            weights[work_id, payee_id] += part_ppm * ppm
    if sum(weights.values()) != MICRO * MICRO:
        return {(nobody, UNKNOWN): MICRO}
    span = max(edge for edge in edges if edge <= day)
    names = {f"{work}|{payee}": weight for (work, payee), weight in weights.items()}
    shared = allocate(MICRO, names, f"{booked}|{song_id}|{right}|{span}")
    return {holder: shared[f"{holder[0]}|{holder[1]}"] for holder in weights}


def eligible_songs(truth: Truth) -> dict[date, set[int]]:
    """Recordings with enough streams in the twelve months before, by service month.

    Judged once, by what the months' own closes knew: late arrivals make no recording eligible after the fact.
    """
    monthly: dict[date, dict[int, int]] = defaultdict(lambda: defaultdict(int))
    for row in truth.lake.events("opening_song_streams"):
        monthly[row["month_start"]][row["song_id"]] += row["qualified_streams"]
    for money, heard in truth.of(drawing_streams).items():
        for each in heard:
            if each.booking_month == money.service_month:
                monthly[money.service_month][each.song_id] += each.streams
    found = {}
    for service_month in {money.service_month for money in truth.of(closes)}:
        needed = truth.of(rules).on("eligibility_streams", service_month)
        back = truth.of(rules).on("eligibility_window_months", service_month)
        years, month = divmod(service_month.year * 12 + service_month.month - 1 - back, 12)
        trailing: dict[int, int] = defaultdict(int)
        for start, of_songs in monthly.items():
            if date(years, month + 1, 1) <= start < service_month:
                for song_id, number in of_songs.items():
                    trailing[song_id] += number
        found[service_month] = {song_id for song_id, number in trailing.items() if number >= needed}
    return found


# Working out a pool.


@dataclass
class Claim:
    """What one payee may claim for one recording and work."""

    weight: int = 0
    """Streams x artist-country weight in ppm x share in ppm, without what is paid off the top."""
    asked: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    """Streams x rate in micro-units x share in ppm, by the override's currency."""


@dataclass
class Run:
    """One working-out of one pool."""

    money: Money
    right: str
    booked: date
    net_revenue_micro: int
    rights_micro: int
    pool_micro: int
    shares: dict[tuple[str, Claimant], tuple[int, int]]
    """Weight and micro-units by kind (override, allocation) and claimant; they add up to the pool."""

    @property
    def pool_key(self) -> str:
        """Names the pool."""
        of = self.money
        return f"{of.service_month}|{of.country_id}|{of.tier}|{of.source}|{self.right}"

    @property
    def run_key(self) -> str:
        """Names the pool and the close."""
        return f"{self.pool_key}|{self.booked}"

    @property
    def override_micro(self) -> int:
        """What came off the top."""
        return sum(micro for (kind, _), (_, micro) in self.shares.items() if kind == "override")


def claims(truth: Truth, money: Money, right: str, booked: date) -> dict[Claimant, Claim]:
    """Who may claim what of a pool, by all plays that had arrived by the close."""
    known = truth.of(known_at_close)[booked]
    found: dict[Claimant, Claim] = defaultdict(Claim)
    own = truth.of(countries)[money.country_id]["currency_code"]
    eligible = truth.of(eligible_songs)[money.service_month]
    for heard in truth.of(drawing_streams).get(money, ()):
        if heard.booking_month > booked or heard.song_id not in eligible:
            continue
        of_artist = known.rates.get((heard.artist_id, heard.listening_country_id, right), ())
        rate = next((rate for rate in of_artist if is_in_force(rate, heard.day)), None)
        for (work_id, payee_id), ppm in holders(truth, booked, heard.song_id, right, heard.day).items():
            claim = found[heard.song_id, work_id, payee_id]
            contract = contract_in_force(known.contracts.get((payee_id, right), ()), money.country_id, heard.day)
            if contract is not None:
                per_stream, currency = contract["per_stream_override_micro"], contract["override_currency_code"]
            elif rate is not None and rate["rate_type"] == "absolute":
                per_stream, currency = rate["rate_micro"], rate["currency_code"]
            else:
                weight_ppm = MICRO if rate is None else rate["weight_ppm"]
                claim.weight += heard.streams * weight_ppm * ppm
                continue
            claim.asked[currency or own] += heard.streams * per_stream * ppm
    return found


def contract_in_force(contracts: Iterable[Row], country_id: int, day: date) -> Row | None:
    """The contract whose rate holds: the payment country's own before the world's, then the lowest id."""
    found = [
        contract
        for contract in contracts
        if is_in_force(contract, day) and contract["territory_country_id"] in (None, country_id)
    ]
    return min(found, key=lambda row: (row["territory_country_id"] is None, row["contract_id"]), default=None)


def shared_out(
    run_key: str, pool_micro: int, asked: dict[Claimant, int], weights: dict[Claimant, int]
) -> dict[tuple[str, Claimant], tuple[int, int]]:
    """A pool shared out whole: overrides first, cut in proportion where they exceed it, the rest by weight.

    What nobody claims waits in suspense.
    """
    names = {"|".join(map(str, claimant)): claimant for claimant in asked | weights}
    keys = {claimant: name for name, claimant in names.items()}
    asked = {claimant: amount for claimant, amount in asked.items() if amount > 0}
    weights = {claimant: weight for claimant, weight in weights.items() if weight > 0}
    off_the_top = min(sum(asked.values()), pool_micro)
    found: dict[tuple[str, Claimant], tuple[int, int]] = {}
    if asked:
        for name, micro in allocate(off_the_top, {keys[c]: amount for c, amount in asked.items()}, run_key).items():
            found["override", names[name]] = (0, micro)
    if weights:
        rest = allocate(pool_micro - off_the_top, {keys[c]: weight for c, weight in weights.items()}, run_key)
        for name, micro in rest.items():
            found["allocation", names[name]] = (weights[names[name]], micro)
    elif pool_micro > off_the_top:
        found["allocation", SUSPENDED] = (0, pool_micro - off_the_top)
    return found


def runs(truth: Truth) -> list[list[Run]]:
    """The runs of each pool, in the order of their closes."""
    figures = truth.of(rules)
    found: list[list[Run]] = []
    for money, closed in truth.of(closes).items():
        of_rights: dict[str, list[Run]] = {right: [] for right in RIGHTS}
        own = truth.of(countries)[money.country_id]["currency_code"]
        for booked in closed:
            net_micro = net_revenue(truth, money, booked)
            # A pool is no debt.
            shared = max(net_micro, 0) * figures.on("rights_share_ppm", money.service_month)
            rights_micro = half_up(shared, MICRO)
            recording = half_up(rights_micro * figures.on("recording_share_ppm", money.service_month), MICRO)
            for right, pool_micro in zip(RIGHTS, (recording, rights_micro - recording), strict=True):
                run = Run(money, right, booked, net_micro, rights_micro, pool_micro, {})
                asked: dict[Claimant, int] = {}
                weights: dict[Claimant, int] = {}
                for claimant, claim in claims(truth, money, right, booked).items():
                    weights[claimant] = claim.weight
                    asked[claimant] = sum(
                        converted(truth, Fraction(amount, MICRO), currency, own, money.service_month)
                        for currency, amount in claim.asked.items()
                    )
                run.shares = shared_out(run.run_key, pool_micro, asked, weights)
                of_rights[right].append(run)
        found += of_rights.values()
    return found


def _hash(text: str) -> str:
    return md5(text.encode()).hexdigest()


def _named(run: Run) -> Row:
    return {
        "royalty_pool_key": _hash(run.run_key),
        "service_month": run.money.service_month,
        "booking_month": run.booked,
        "booked_date": last_day(run.booked),
        "payment_geography_id": country_geography(run.money.country_id),
        "tier": run.money.tier,
        "source": run.money.source,
        "right_type": run.right,
        "method": "pro_rata",
    }


def royalty_pools(truth: Truth) -> list[Row]:
    """fct_royalty_pools: what each close adds to the pool."""
    found = []
    for of_pool in truth.of(runs):
        before = None
        for run in of_pool:
            entry = _named(run)
            entry["is_correction"] = run.booked != run.money.service_month
            entry["currency_code"] = truth.of(countries)[run.money.country_id]["currency_code"]
            for name in ("net_revenue_micro", "rights_micro", "pool_micro", "override_micro"):
                entry[name] = getattr(run, name) - (getattr(before, name) if before else 0)
            allocated = sum(micro for _, micro in run.shares.values())
            entry["allocated_micro"] = allocated - (sum(micro for _, micro in before.shares.values()) if before else 0)
            found.append(entry)
            before = run
    return found


def payees(truth: Truth) -> dict[int, Row]:
    """Payees by id."""
    return {row["payee_id"]: row for row in truth.lake.latest("payees")}


def royalties(truth: Truth) -> list[Row]:
    """fct_royalties: what each close adds to each share of a pool; a later close's are corrections that cite it."""
    found = []
    for of_pool in truth.of(runs):
        before: dict[tuple[str, Claimant], tuple[int, int]] = {}
        for run in of_pool:
            for kind, claimant in run.shares.keys() | before.keys():
                weight, micro = run.shares.get((kind, claimant), (0, 0))
                weight_before, micro_before = before.get((kind, claimant), (0, 0))
                weight, micro = weight - weight_before, micro - micro_before
                if weight or micro:
                    found.append(_entry(truth, run, kind, claimant, weight, micro))
            before = run.shares
    return found


def _entry(truth: Truth, run: Run, kind: str, claimant: Claimant, weight: int, micro: int) -> Row:
    song_id, work_id, payee_id = claimant
    month = run.money.service_month
    is_correction = run.booked != month
    payee = truth.of(payees).get(payee_id)
    currency = truth.of(countries)[run.money.country_id]["currency_code"]
    month_end = instant(next_month(month)) - timedelta(microseconds=1)
    return {
        **_named(run),
        "royalty_key": _hash(f"{run.run_key}-{kind}-{song_id}-{work_id}-{payee_id}"),
        "corrected_royalty_pool_key": _hash(f"{run.pool_key}|{month}") if is_correction else "not_applicable",
        "kind": "correction" if is_correction else kind,
        "original_kind": kind,
        "is_booked": True,
        "is_suspense": payee_id < 0,
        "song_id": song_id,
        "song_key": NOT_APPLICABLE if song_id < 0 else truth.of(songs).key_of_event(song_id, month_end),
        "artist_id": NOT_APPLICABLE if song_id < 0 else truth.of(main_artists).get(song_id, UNKNOWN),
        "work_id": work_id,
        "payee_id": payee_id,
        "payee_type": "unknown" if payee is None else payee["payee_type"],
        "payee_artist_id": NOT_APPLICABLE if payee is None or payee["artist_id"] is None else payee["artist_id"],
        "currency_code": currency,
        "weighted_streams": millionths(half_up(weight, MICRO)),
        "amount_micro": micro,
        "amount_eur_micro": truth.of(rates).to_reporting(micro, currency, last_day(run.booked)),
    }
