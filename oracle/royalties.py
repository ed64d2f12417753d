"""Royalties: pools, who may claim of them, and what each close enters.

A pool is payment country x UTC month x tier x source x right. It is worked out at the close of its month, and again at
each later close for which something arrived; each run takes the whole pool as known then, and what it differs by from
the run before is entered. What a run knows of splits, contracts and rates is what had arrived by its close.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from fractions import Fraction
from hashlib import md5

from oracle.ads import impressions
from oracle.allocation import OpenPart, Told, by_boosts, by_households, by_impressions, share
from oracle.amounts import allocate, half_up, millionths, ratio
from oracle.calendar import END, booking_month, closes_at, instant, month_of, next_month
from oracle.exchange import MICRO, rates
from oracle.lake import Row
from oracle.listening import CONTEXTS, countries, country_geography, known_month, plays, streams
from oracle.revenue import history_start, postings, revenue_daily
from oracle.rules import rules
from oracle.truth import Truth
from oracle.versions import NOT_APPLICABLE, UNKNOWN, main_artists, playlists, songs

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


@dataclass(frozen=True)
class Play:
    """A qualified stream that draws on a pool."""

    stream_id: int
    user_id: int
    payer_user_id: int
    """Who pays for the household; on Free the listener."""
    started_at: datetime
    active_ms: int
    is_sought: bool
    of: Heard


def drawing_plays(truth: Truth) -> dict[Money, list[Play]]:
    """Streams that draw on a pool: qualified, of songs, functional noise from its own length."""
    country_of_place = {country_geography(country_id): country_id for country_id in truth.of(countries)}
    heard_in = {play["stream_id"]: play["place"].country_id for play in truth.of(plays)}
    found: dict[Money, list[Play]] = defaultdict(list)
    for stream in truth.of(streams):
        country_id = country_of_place.get(stream["payment_geography_id"])
        day = stream["started_date"]
        if not stream["is_qualified"] or stream["song_id"] < 0 or country_id is None or day < history_start(truth):
            continue
        if _is_too_short_noise(truth, stream):
            continue
        source = "advertising" if stream["tier"] == "free" else "subscription"
        money = Money(month_of(day), country_id, stream["tier"], source)
        booked = known_month(truth, stream)
        heard = Heard(stream["song_id"], stream["artist_id"], heard_in[stream["stream_id"]], day, booked, 1)
        payer, user_id = stream["payer_user_id"], stream["user_id"]
        found[money].append(
            Play(
                stream_id=stream["stream_id"],
                user_id=user_id,
                payer_user_id=payer if payer > 0 else user_id,
                started_at=stream["started_at"],
                active_ms=stream["active_ms"],
                is_sought=_is_sought(truth, stream),
                of=heard,
            )
        )
    return found


def _is_sought(truth: Truth, stream: Row) -> bool:
    """Whether the listener looked for it: by the context's own row, or in a playlist of the listener's own."""
    contexts = {row["context_type"]: row["is_sought"] == "true" for row in truth.seeds.rows("context_types")}
    if contexts[CONTEXTS[stream["listening_context_id"] // 10_000]]:
        return True
    playlist = truth.of(playlists).of_event(stream["playlist_id"], stream["started_at"])
    return playlist is not None and bool(playlist.row["owner_user_id"] == stream["user_id"])


def drawing_streams(truth: Truth) -> dict[Money, list[Heard]]:
    """The same by recording, listening country and UTC day."""
    found: dict[Money, list[Heard]] = {}
    for money, drawing in truth.of(drawing_plays).items():
        counts = Counter(play.of for play in drawing)
        found[money] = [replace(heard, streams=number) for heard, number in counts.items()]
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
    of_pools = {booked for closed in truth.of(closes).values() for booked in closed}
    for booked in of_pools | {month for month, _ in truth.of(artificial_recordings)}:
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


# Penalties.


def artificial_recordings(truth: Truth) -> dict[tuple[date, int], Fraction]:
    """Recordings and closed months of which too great a share of the plays was artificial, with that share.

    All plays count, whatever they are worth; judged once, by those that the month's own close knew.
    """
    counts: dict[tuple[date, int], Counter[bool]] = defaultdict(Counter)
    for stream in truth.of(streams):
        day, song_id = stream["started_date"], stream["song_id"]
        month = month_of(day)
        if day < history_start(truth) or closes_at(month) > truth.lake.clock:
            continue
        is_known = truth.of(songs).of_event(song_id, stream["started_at"]) is not None
        if is_known and known_month(truth, stream) == month:
            counts[month, song_id][stream["is_artificial"]] += 1
    figures = truth.of(rules)
    return {
        (month, song_id): Fraction(of[True], of.total())
        for (month, song_id), of in counts.items()
        if of[True] >= figures.on("artificial_penalty_plays", month)
        and of[True] * MICRO > of.total() * figures.on("artificial_penalty_share_ppm", month)
    }


def penalties(truth: Truth) -> list[Row]:
    """fct_artificial_penalties: shared by who holds the recording on the month's last day."""
    found = []
    for (month, song_id), part in truth.of(artificial_recordings).items():
        holding = holders(truth, month, song_id, "recording", last_day(month))
        held = {payee_id: ppm for (_, payee_id), ppm in holding.items()}
        charged = allocate(truth.of(rules).on("artificial_penalty_micro", month), held, f"{month}|{song_id}")
        month_end = instant(next_month(month)) - timedelta(microseconds=1)
        found += [
            {
                "service_month": month,
                "song_id": song_id,
                "payee_id": payee_id,
                "booked_date": last_day(month),
                "song_key": truth.of(songs).key_of_event(song_id, month_end),
                "artist_id": truth.of(main_artists).get(song_id, UNKNOWN),
                "artificial_share": ratio(*part.as_integer_ratio()),
                "share_ppm": ppm,
                "penalty_eur_micro": charged[payee_id],
            }
            for payee_id, ppm in held.items()
        ]
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
    method: str
    """The method that books it."""
    shares: dict[tuple[str, Claimant], tuple[int, int]]
    """Weight and micro-units by kind (override, allocation, unattributed) and claimant; they add up to the pool."""
    told: dict[str, Told[Claimant]]
    """Weights by each method."""

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


Part = tuple[int, int, int, date]
"""Recording, artist, listening country and UTC day."""


@dataclass
class Claims:
    """Who may claim what of a pool."""

    of: dict[Claimant, Claim]
    parts: dict[Part, OpenPart[Claimant]]
    """What is shared by any method, as nothing is paid for it off the top."""


def claims(truth: Truth, money: Money, right: str, booked: date) -> Claims:
    """Who may claim what of a pool, by all plays that had arrived by the close."""
    known = truth.of(known_at_close)[booked]
    found: dict[Claimant, Claim] = defaultdict(Claim)
    parts: dict[Part, OpenPart[Claimant]] = {}
    own = truth.of(countries)[money.country_id]["currency_code"]
    eligible = truth.of(eligible_songs)[money.service_month]
    for heard in truth.of(drawing_streams).get(money, ()):
        if heard.booking_month > booked or heard.song_id not in eligible:
            continue
        of_artist = known.rates.get((heard.artist_id, heard.listening_country_id, right), ())
        rate = next((rate for rate in of_artist if is_in_force(rate, heard.day)), None)
        for (work_id, payee_id), ppm in holders(truth, booked, heard.song_id, right, heard.day).items():
            claimant = heard.song_id, work_id, payee_id
            claim = found[claimant]
            contract = contract_in_force(known.contracts.get((payee_id, right), ()), money.country_id, heard.day)
            if contract is not None:
                per_stream, currency = contract["per_stream_override_micro"], contract["override_currency_code"]
            elif rate is not None and rate["rate_type"] == "absolute":
                per_stream, currency = rate["rate_micro"], rate["currency_code"]
            else:
                weight_ppm = MICRO if rate is None else rate["weight_ppm"]
                claim.weight += heard.streams * weight_ppm * ppm
                parts.setdefault(_part(heard), OpenPart(weight_ppm, {})).shares[claimant] = ppm
                continue
            claim.asked[currency or own] += heard.streams * per_stream * ppm
    return Claims(found, parts)


def _part(heard: Heard) -> Part:
    return heard.song_id, heard.artist_id, heard.listening_country_id, heard.day


def booked_method(truth: Truth, money: Money, right: str) -> str:
    """The method in force on the first day of the pool's month, as the month's own close knew it; else pro rata."""
    kind = {"country_id": money.country_id, "tier": money.tier, "source": money.source, "right_type": right}
    known = latest_by(truth.lake.changes("allocation_methods"), "allocation_method_id", closes_at(money.service_month))
    found = [
        row
        for row in known
        if is_in_force(row, money.service_month) and all(row[name] == value for name, value in kind.items())
    ]
    return min(found, key=lambda row: row["allocation_method_id"])["method"] if found else "pro_rata"


def brought(truth: Truth) -> dict[Money, list[Row]]:
    """What each payer brought to each pool: postings of subscriptions, and of advertising shown to a listener."""
    country_of_place = {country_geography(country_id): country_id for country_id in truth.of(countries)}
    found: dict[Money, list[Row]] = defaultdict(list)
    for row in truth.of(postings):
        country_id = country_of_place.get(row["payment_geography_id"])
        if row["service"] in SOURCES and country_id is not None and row["recognised_micro"]:
            found[Money(row["service_month"], country_id, row["tier"], row["service"])].append(row)
    return found


def payers(truth: Truth, money: Money, booked: date) -> dict[int, int]:
    """What each payer brought that brought anything, known at a close, in micro-units of the pool's currency."""
    own = truth.of(countries)[money.country_id]["currency_code"]
    by_currency: dict[tuple[int, str], int] = defaultdict(int)
    for row in truth.of(brought).get(money, ()):
        if row["booking_month"] <= booked:
            by_currency[row["user_id"], row["currency_code"]] += row["recognised_micro"]
    found: dict[int, int] = defaultdict(int)
    for (payer, currency), micro in by_currency.items():
        found[payer] += converted(truth, micro, currency, own, money.service_month)
    return {payer: micro for payer, micro in found.items() if micro > 0}


def impression_prices(truth: Truth, money: Money, booked: date) -> dict[Part | None, int]:
    """What was paid for impressions, by what was played with them of the same pool (None for nothing), known then."""
    if (money.tier, money.source) != ("free", "advertising"):
        return {}
    own = truth.of(countries)[money.country_id]["currency_code"]
    tied = {
        play.stream_id: _part(play.of)
        for play in truth.of(drawing_plays).get(money, ())
        if play.of.booking_month <= booked
    }
    by_currency: dict[tuple[Part | None, str], int] = defaultdict(int)
    for row in truth.of(impressions_by_pool).get((money.service_month, money.country_id), ()):
        if row["booking_month"] <= booked:
            by_currency[tied.get(row["stream_id"]), row["currency_code"]] += row["price_micro"]
    found: dict[Part | None, int] = defaultdict(int)
    for (part, currency), micro in by_currency.items():
        found[part] += converted(truth, micro, currency, own, money.service_month)
    return found


def impressions_by_pool(truth: Truth) -> dict[tuple[date, int], list[Row]]:
    """Impressions that something is paid for, by UTC month and payment country."""
    found: dict[tuple[date, int], list[Row]] = defaultdict(list)
    for row in truth.of(impressions):
        if row["price_micro"]:
            found[month_of(row["rendered_date"]), row["payment_country_id"]].append(row)
    return found


def boosts(truth: Truth) -> dict[tuple[date, date], dict[int, int]]:
    """What each stream counts in the artist-centric method, in ppm, by service month and close.

    Twice for an artist of enough streams by enough listeners, twice again if sought; only the first streams of a
    listener's month count, by all that had arrived by the close.
    """
    figures = truth.of(rules)
    by_month: dict[date, list[Play]] = defaultdict(list)
    for money, drawing in truth.of(drawing_plays).items():
        by_month[money.service_month] += drawing
    found: dict[tuple[date, date], dict[int, int]] = {}
    for month, booked in {(money.service_month, booked) for money, at in truth.of(closes).items() for booked in at}:
        known = [play for play in by_month[month] if play.of.booking_month <= booked]
        listeners: dict[int, list[int]] = defaultdict(list)
        for play in known:
            listeners[play.of.artist_id].append(play.user_id)
        enough = figures.on("artist_centric_streams", month), figures.on("artist_centric_listeners", month)
        boosted = {artist for artist, of in listeners.items() if len(of) >= enough[0] and len(set(of)) >= enough[1]}
        counted: Counter[int] = Counter()
        weights: dict[int, int] = {}
        for play in sorted(known, key=lambda play: (play.started_at, play.stream_id)):
            counted[play.user_id] += 1
            artist_ppm = figures.on("artist_centric_boost_ppm", month) if play.of.artist_id in boosted else MICRO
            sought_ppm = figures.on("artist_centric_sought_boost_ppm", month) if play.is_sought else MICRO
            if counted[play.user_id] <= figures.on("artist_centric_user_streams", month):
                weights[play.stream_id] = half_up(artist_ppm * sought_ppm, MICRO)
        found[month, booked] = weights
    return found


def told_by_methods(
    truth: Truth, money: Money, booked: date, parts: dict[Part, OpenPart[Claimant]]
) -> dict[str, Told[Claimant]]:
    """Weights of the claimants by each method but pro rata."""
    counted: dict[int, Counter[Part]] = defaultdict(Counter)
    timed: dict[int, Counter[Part]] = defaultdict(Counter)
    boosted: Counter[Part] = Counter()
    weights = truth.of(boosts)[money.service_month, booked]
    for play in truth.of(drawing_plays).get(money, ()):
        if play.of.booking_month <= booked:
            part = _part(play.of)
            counted[play.payer_user_id][part] += 1
            timed[play.payer_user_id][part] += play.active_ms
            boosted[part] += weights.get(play.stream_id, 0)
    revenue = payers(truth, money, booked)
    return {
        "user_centric_count": by_households(revenue, counted, parts),
        "user_centric_time": by_households(revenue, timed, parts),
        "artist_centric": by_boosts(boosted, parts),
        "impression_share": by_impressions(impression_prices(truth, money, booked), parts),
    }


def contract_in_force(contracts: Iterable[Row], country_id: int, day: date) -> Row | None:
    """The contract whose rate holds: the payment country's own before the world's, then the lowest id."""
    found = [
        contract
        for contract in contracts
        if is_in_force(contract, day) and contract["territory_country_id"] in (None, country_id)
    ]
    return min(found, key=lambda row: (row["territory_country_id"] is None, row["contract_id"]), default=None)


def claim_name(claimant: Claimant) -> str:
    """How a claimant is written where ties are decided."""
    return "|".join(map(str, claimant))


def shared_out(
    run_key: str,
    pool_micro: int,
    asked: dict[Claimant, int],
    weights: dict[Claimant, int],
    told: Told[Claimant] | None = None,
) -> dict[tuple[str, Claimant], tuple[int, int]]:
    """A pool shared out whole: overrides first, cut in proportion where they exceed it, the rest by weight.

    `told` are the weights of another method than pro rata. What nobody claims waits in suspense.
    """
    names = {claimant: claim_name(claimant) for claimant in asked | weights}
    asked = {claimant: amount for claimant, amount in asked.items() if amount > 0}
    off_the_top = min(sum(asked.values()), pool_micro)
    found: dict[tuple[str, Claimant], tuple[int, int]] = {}
    if asked:
        overrides = allocate(off_the_top, {names[one]: amount for one, amount in asked.items()}, run_key)
        found |= {("override", one): (0, overrides[names[one]]) for one in asked}
    shared = share(pool_micro - off_the_top, run_key, weights, told or Told(weights), names)
    for claimant, micro in shared.by_method.items():
        found["allocation", claimant] = (weights.get(claimant, 0), micro)
    for claimant, micro in shared.of_rest.items():
        found["unattributed", claimant] = (0, micro)
    if shared.unclaimed:
        found["allocation", SUSPENDED] = (0, shared.unclaimed)
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
                claimed = claims(truth, money, right, booked)
                weights = {claimant: claim.weight for claimant, claim in claimed.of.items()}
                asked = {
                    claimant: sum(
                        converted(truth, Fraction(amount, MICRO), currency, own, money.service_month)
                        for currency, amount in claim.asked.items()
                    )
                    for claimant, claim in claimed.of.items()
                }
                told = {"pro_rata": Told(weights)} | told_by_methods(truth, money, booked, claimed.parts)
                method = booked_method(truth, money, right)
                run = Run(money, right, booked, net_micro, rights_micro, pool_micro, method, {}, told)
                run.shares = shared_out(run.run_key, pool_micro, asked, weights, told[method])
                of_rights[right].append(run)
        found += of_rights.values()
    return found


def _hash(text: str) -> str:
    return md5(text.encode()).hexdigest()


def pool_entry_key(run: Run) -> str:
    """Key of what a close enters of a pool."""
    return _hash(run.run_key)


def _named(run: Run) -> Row:
    return {
        "royalty_pool_key": pool_entry_key(run),
        "service_month": run.money.service_month,
        "booking_month": run.booked,
        "booked_date": last_day(run.booked),
        "payment_geography_id": country_geography(run.money.country_id),
        "tier": run.money.tier,
        "source": run.money.source,
        "right_type": run.right,
        "method": run.method,
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
