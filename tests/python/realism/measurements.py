"""What is measured of generated data: the figure expected, and by how much one seed may miss it.

Figures of the realism table of the definitions have a tolerance of their own, set beforehand with its reason. Effects
have three standard errors of their measurement, worked out from the counts that it rests on: of 370 seeds one is
beyond. What is expected where nothing is planted stands beside it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

import numpy as np
import pyarrow.compute as pc
from numpy.typing import NDArray

from generators.core.calendar import DAY, HOUR, MINUTE, NEVER, midnight
from generators.core.effects import effects
from generators.core.operations import BASE_ERRORS, REGIONS, incidents_of, services
from generators.core.people import BOT_NONE, DEVICE_TYPES
from generators.core.plays import FREE
from generators.core.random import Bools, Floats, Ints
from generators.core.sessions import heads_of
from generators.core.songs_played import RADIO, RECOMMENDATION
from generators.core.world import World
from generators.domains import assets
from generators.domains.billing import ledger as log
from generators.domains.billing.lifecycle import is_first_at_higher_price
from generators.domains.billing.prices import METHODS, MONTH, offers, prices
from generators.domains.commerce.fans import support
from generators.domains.commerce.orders import shop
from generators.domains.compliance.requests import TERM, requests
from generators.domains.experiments.assignment import assigned, experiment_index, of_experiment, period
from generators.domains.marketing.promotions import promoted_on
from generators.domains.moderation.reports import SPAM, USER, reports_of
from generators.domains.platform.measured import checks_table
from generators.domains.platform.operated import deployments_table
from generators.domains.support.tickets import FAILED, incident_of, tickets_of
from tests.python.realism.worlds import DAYS, FIRST, Seed, artificial_days, hours

STANDARD_ERRORS = 3.0
SEVERITIES = (1, 2, 3)
"""Of incidents that show in requests."""


@dataclass(frozen=True)
class Found:
    """What a measurement gave: a value with its standard error, or a share of so many."""

    value: float
    error: float = 0.0
    of: int = 0
    """What it is a share of; then its standard error follows from the share expected, at least from one hit."""

    def error_at(self, expected: float) -> float:
        """Standard error where this is expected."""
        return float(np.sqrt(max(expected, 1 / self.of) / self.of)) if self.of else self.error


@dataclass(frozen=True)
class Figure:
    """A property of the realism table."""

    name: str
    expected: float
    tolerance: float
    reason: str
    measure: Callable[[Seed], float]


@dataclass(frozen=True)
class Planted:
    """An effect of ``effects.csv``: expected where it is planted, and where it is not."""

    name: str
    expected: float
    neutral: float
    measure: Callable[[Seed], Found]
    slack: float = 0.0
    """What the measurement may miss beyond its standard errors, for a reason that stands beside it."""
    alone: bool = False
    """Whether one seed's data suffice to find it."""


# Figures.


def _counts(seed: Seed) -> NDArray[np.float64]:
    _, plays = seed.listening
    counted = np.bincount(plays.song, minlength=len(seed.heard.songs(FIRST + timedelta(days=DAYS))))
    return np.sort(counted)[::-1].astype(np.float64)


def _slope(counts: NDArray[np.float64], first: int, last: int, floor: float = 0.5) -> float:
    """Slope of log(plays) against log(rank) between two ranks, each rank weighed by its width in log(rank)."""
    rank = np.arange(first, last + 1)
    return float(np.polyfit(np.log(rank), np.log(np.maximum(counts[first - 1 : last], floor)), 1, w=rank**-0.5)[0])


def _weights(seed: Seed) -> NDArray[np.float64]:
    return np.asarray(np.sort(seed.heard.songs(FIRST + timedelta(days=DAYS)).weight)[::-1], dtype=np.float64)


def _gini(seed: Seed) -> float:
    ordered = _counts(seed)[::-1]
    n = len(ordered)
    return float(1 - 2 * (np.cumsum(ordered) / ordered.sum()).sum() / n + 1 / n)


def _top_artists(seed: Seed) -> float:
    _, plays = seed.listening
    until = FIRST + timedelta(days=DAYS)
    by_artist = np.bincount(seed.heard.songs(until).artist[plays.song], minlength=len(seed.heard.artists(until)))
    return float(np.sort(by_artist)[::-1][: max(1, round(len(by_artist) / 100))].sum() / by_artist.sum())


def _seldom_played(seed: Seed) -> float:
    """Share of recordings under 1,000 plays a year at scale 1, where a year has about four million."""
    weight = seed.large.songs(FIRST).weight
    return float((weight / weight.sum() * 4_000_000 < 1_000).mean())


def _of_hour(first: int, last: int, *, weekend: bool) -> Callable[[Seed], float]:
    return lambda seed: float(hours(seed.large, seed.heads, weekend=weekend)[first : last + 1].mean())


def _by_place(seed: Seed) -> float:
    """How far the evening's share of any launch country lies from that of all, relatively."""
    country = seed.large.ref.city_country[seed.heads.city]
    everywhere = hours(seed.large, seed.heads, weekend=False)[17:20].mean()
    there = [
        hours(seed.large, seed.heads.take(country == index), weekend=False)[17:20].mean()
        for index in np.flatnonzero(seed.large.ref.launch)
    ]
    return float(max(abs(value / everywhere - 1) for value in there))


def _weekend(seed: Seed) -> float:
    """Sessions of a weekend's day over those of another."""
    weekend = ((seed.heads.start + 330 * MINUTE) // DAY + 3) % 7 >= 5
    return float(weekend.mean() / 2 / ((~weekend).mean() / 5))


def _skipped_before(milliseconds: int | None) -> Callable[[Seed], float]:
    def measure(seed: Seed) -> float:
        people = seed.people
        length = seed.heard.songs(FIRST + timedelta(days=DAYS)).duration_ms[people.song]
        return float((people.true_ms < (length - 2_000 if milliseconds is None else milliseconds)).mean())

    return measure


def _tracks(seed: Seed) -> float:
    return float(np.median(np.unique(seed.people.session_id, return_counts=True)[1]))


def _minutes(seed: Seed) -> float:
    sessions, _ = seed.listening
    people = sessions.take(sessions.bot == BOT_NONE)
    return float(np.median(people.end - people.start) / MINUTE)


def _artificial(seed: Seed) -> float:
    _, plays = seed.listening
    return float(artificial_days(seed.heard, plays)[0].mean())


def _monthly_churn(seed: Seed) -> float:
    """Renewing monthly customers lost in 30 days, of those who pay on the first of them."""
    changes, begin = seed.timeline.changes, midnight(FIRST)
    last = np.r_[np.diff(changes["subscription"]) != 0, True]
    until = np.where(last, NEVER, np.r_[changes["at"][1:], NEVER])
    paying = (changes["at"] <= begin) & (begin < until) & np.isin(changes["state"], (log.ACTIVE, log.GRACE))
    paying &= changes["prepaid"] == 0
    subscriptions = changes["subscription"][paying]
    ended = changes["subscription"][(changes["state"] == log.EXPIRED) & (changes["at"] < begin + 30 * DAY)]
    return float(np.isin(subscriptions, ended).mean())


def _trials_paid(seed: Seed) -> float:
    """Trials that began early enough to have ended, and were paid for."""
    events = seed.timeline.events
    began = (events["kind"] == log.TRIAL_STARTED) & (events["at"] < midnight(FIRST) + 40 * DAY)
    paid = events["subscription"][(events["kind"] == log.TRIAL_CONVERTED)]
    late = events["subscription"][(events["kind"] == log.RECOVERED)]
    return float(np.isin(events["subscription"][began], np.concatenate([paid, late])).mean())


def _payers(seed: Seed, country: str, method: str, *, prepaid: bool) -> float:
    """Share of a country's first purchases of a kind that are paid by a method."""
    changes = seed.timeline.changes
    first = changes["change_no"] == 0
    home = seed.large.users(seed.large.horizon).payment_country[changes["user"]]
    chosen = first & (home == seed.large.ref.country_index[country]) & ((changes["prepaid"] > 0) == prepaid)
    own = offers().country[changes["offer"]] == seed.large.ref.country_index[country]
    used = offers().method[changes["offer"][chosen & own]]
    return float((used == METHODS.index(method)).mean())


def _indian_phones(seed: Seed) -> float:
    there = seed.large.ref.city_country[seed.heads.city] == seed.large.ref.country_index["IN"]
    return float((seed.heads.device_kind[there] == DEVICE_TYPES.index("phone")).mean())


FIGURES = (
    Figure("popularity: slope of ranks 3 to 100", -0.8, 0.15, "a month of 31,000 plays; ranks 1 and 2 are two draws",
           lambda seed: _slope(_counts(seed), 3, 100)),
    Figure("popularity: slope of ranks 100 to 1000", -1.0, 0.15, "a month of 31,000 plays",
           lambda seed: _slope(_counts(seed), 100, 1000)),
    Figure("popularity: slope below, of the weights", -1.25, 0.15, "a month is too thin to count below rank 1000",
           lambda seed: _slope(_weights(seed), 1000, len(_weights(seed)), floor=1e-12)),
    Figure("popularity: Gini", 0.89, 0.05, "the table's figure is of streams of years", _gini),
    Figure("popularity: top 1 % of artists", 0.5, 0.15, "a handful of artists, of whom one may have a tenth",
           _top_artists),
    Figure("popularity: recordings under 1,000 plays a year", 0.95, 0.05, "most; the table has no figure",
           _seldom_played),
    Figure("day: 2 am, weekdays", 0.14, 0.06, "1,000 sessions: standard error 0.005; summer times move the hour",
           _of_hour(2, 2, weekend=False)),
    Figure("day: 9 and 10 am, weekdays", 1.42, 0.12, "error 0.01; summer times", _of_hour(9, 10, weekend=False)),
    Figure("day: lunch, weekdays", 1.02, 0.12, "the same", _of_hour(12, 13, weekend=False)),
    Figure("day: 6 and 7 pm, weekdays", 1.56, 0.12, "the same", _of_hour(18, 19, weekend=False)),
    Figure("day: 7 and 8 am, weekends: no commute", 0.72, 0.12, "error 0.02; summer times",
           _of_hour(7, 8, weekend=True)),
    Figure("day: the evening is local", 0.0, 0.12, "16,000 sessions in the smallest country: error 0.02; trips",
           _by_place),
    Figure("week: a weekend's day over another", 0.98, 0.08, "error 0.01; few accounts have many", _weekend),
    Figure("skips under 5 s", 0.24, 0.04, "Lamere's figure; longer stretches of listeners in a hurry",
           _skipped_before(5_000)),
    Figure("skips under 30 s", 0.35, 0.04, "the same", _skipped_before(30_000)),
    Figure("skips before the end", 0.49, 0.05, "the same", _skipped_before(None)),
    Figure("session: tracks, median", 11.5, 1.5, "the table says 10 to 13", _tracks),
    Figure("session: minutes, median", 28.0, 7.0, "the table says 23 to 33; three thousand sessions", _minutes),
    Figure("funnel: paid churn in a month", 0.0475, 0.0325, "the table says 1.5 to 8 %", _monthly_churn),
    Figure("funnel: trial to paid", 0.74, 0.06, "4,000 trials: three errors of 0.007, and failed payments",
           _trials_paid),
    Figure("India: phones", 0.7, 0.15, "they dominate; the table has no figure", _indian_phones),
    Figure("India: UPI AutoPay among renewing", 0.52, 0.08, "3,000 purchases: standard error 0.01",
           lambda seed: _payers(seed, "IN", "upi_autopay", prepaid=False)),
    Figure("Brazil: Pix among prepaid", 0.85, 0.08, "1,000 purchases: standard error 0.01",
           lambda seed: _payers(seed, "BR", "pix", prepaid=True)),
    Figure("artificial streams", 0.055, 0.045, "the table says 1 to 10 %", _artificial),
)  # fmt: skip


# Effects.


def _share(hits: float, of: int) -> Found:
    return Found(hits / max(of, 1), of=max(of, 1))


def _ratio(hits: tuple[float, float], of: tuple[float, float]) -> Found:
    """Logarithm of a rate over another, with its standard error."""
    (a, b), (c, d) = hits, of
    error = np.sqrt(1 / max(a, 1) + 1 / max(b, 1))
    return Found(float(np.log(max(a, 0.5) / c) - np.log(max(b, 0.5) / d)), float(error))


def _bots(seed: Seed) -> Found:
    """Share of accounts that the rule for artificial plays finds."""
    _, plays = seed.listening
    _, found = artificial_days(seed.heard, plays)
    of = len(seed.heard.users(FIRST + timedelta(days=DAYS)))
    # Three are planted among the first whatever the scale; each of them runs on some days of four weeks.
    return _share(len(found), of)


_BOTS_EXPECTED = effects()["bots"].size + 3 / 430


def _sharers(seed: Seed) -> Found:
    """Share of accounts with plays in three or more countries within the four weeks."""
    sessions, _ = seed.listening
    pairs = np.unique(sessions.user * 1_000 + seed.heard.ref.city_country[sessions.city])
    _, countries = np.unique(pairs // 1_000, return_counts=True)
    of = len(seed.heard.users(FIRST + timedelta(days=DAYS)))
    return _share(int((countries >= 3).sum()), of)


_SHARERS_EXPECTED = effects()["sharers"].size + 1 / 430


def _sharers_sessions(seed: Seed) -> Found:
    """Sessions a day of shared accounts over their own mean rate, against those of all others (logarithm)."""
    world, heads = seed.large, seed.heads
    users = world.users(FIRST)
    shared = seed.planted.is_shared[: len(users)] & (users.bot == BOT_NONE)
    quiet = (users.activity < 1.5) & (users.lapsed_at > midnight(FIRST) + DAYS * DAY)
    quiet &= np.minimum(users.deleted_at, users.suspended_at) > midnight(FIRST) + DAYS * DAY
    done = np.bincount(heads.user[heads.user < len(users)], minlength=len(users))
    yes, no = shared & quiet, ~shared & quiet & (seed.planted.bot[: len(users)] == BOT_NONE)
    rates = float(users.activity[yes].sum()), float(users.activity[no].sum())
    return _ratio((done[yes].sum(), done[no].sum()), rates)


def _promotions(seed: Seed) -> Found:
    """Share of what is offered that a promotion brings to its recording, in its market while it runs.

    Differences in differences: how the recording's share of the plays offered in that market moves with what
    promotions give it - the same recording in the same market, before, during and after, against all that is not
    promoted there. What a market likes anyhow is the same in all three. Listeners come back to a recording, so the
    standard error takes what one listener heard as one observation.
    """
    world, people = seed.heard, seed.longer
    offered = people.take((people.context == RADIO) | (people.context == RECOMMENDATION))
    country = world.ref.city_country[offered.city]
    runs: dict[int, list[int]] = {}
    for n in range(2 * DAYS):
        found = promoted_on(world, FIRST + timedelta(days=n))
        runs.update({int(number): rest for number, *rest in zip(*vars(found).values(), strict=True)})
    songs, places, *instants = np.array(list(runs.values()), dtype=np.int64).T
    moved = given = np.zeros(len(world.users(world.horizon)))
    for place in np.unique(places):
        here = offered.take(country == place)
        begin, end, paused, resumed = (each[places == place][:, None] for each in instants)
        running = (begin <= here.start) & (here.start < end) & ~((paused <= here.start) & (here.start < resumed))
        for song in np.unique(songs[places == place]):
            # Promotions of one market share what is offered: of two that run each has half.
            part = running[songs[places == place] == song].sum(axis=0) / np.maximum(running.sum(axis=0), 1)
            part -= part.mean()
            plays = here.song == song
            moved = moved + np.bincount(here.user, weights=part * (plays - plays.mean()), minlength=len(moved))
            given = given + np.bincount(here.user, weights=part**2, minlength=len(given))
    share = moved.sum() / given.sum()
    # Where nobody plays a recording, one play would still be chance.
    return Found(float(share), float(np.sqrt(1.0 + ((moved - share * given) ** 2).sum()) / given.sum()))


def _price_rise(seed: Seed) -> Found:
    """Cancellations in the first month at a higher price over those in other months (logarithm)."""
    changes, events = seed.timeline.changes, seed.timeline.events
    own = (changes["state"] == log.ACTIVE) & (changes["prepaid"] == 0) & (changes["household"] < 0)
    own &= prices().cycle[changes["price"]] == MONTH
    own &= changes["period_end"] < midnight(FIRST) + 88 * DAY
    keys = np.stack([changes["subscription"][own], changes["period_start"][own]], axis=1)
    _, row = np.unique(keys, axis=0, return_index=True)
    row = np.flatnonzero(own)[row]
    risen = is_first_at_higher_price(changes["price"][row], changes["started"][row], changes["period_start"][row])
    asked = events["kind"] == log.CANCEL
    asked &= ~np.isin(events["reason"], [log.REASONS.index(r) for r in ("account_deleted", "household_closed")])
    asker, asked_at = events["subscription"][asked], events["at"][asked]
    order = np.lexsort((changes["period_start"][row], changes["subscription"][row]))
    row, risen = row[order], risen[order]
    cancelled = np.zeros(len(row), dtype=bool)
    subscription, begin, end = (changes[name][row] for name in ("subscription", "period_start", "period_end"))
    place = np.searchsorted(subscription, asker)
    for offset in range(int(np.bincount(subscription).max())):
        at = np.minimum(place + offset, len(row) - 1)
        hit = (subscription[at] == asker) & (begin[at] <= asked_at) & (asked_at < end[at])
        cancelled[at[hit]] = True
    return _ratio(
        (int((cancelled & risen).sum()), int((cancelled & ~risen).sum())), (int(risen.sum()), int((~risen).sum()))
    )


def _bad_deployments(seed: Seed) -> Found:
    """Mean share of errors that monitors saw after the deployments which were rolled back."""
    table = deployments_table(seed.large, None, FIRST + timedelta(days=40))
    ended = np.asarray(table["errors_after_ppm"].fill_null(-1).to_numpy(), dtype=np.float64)
    bad = np.asarray(table["rolled_back_at"].is_valid().to_numpy(), dtype=bool) & (ended >= 0)
    # Monitors differ by 30 % either way: a standard deviation of 0.173.
    return Found(float(ended[bad].mean() / 1e6), 0.173 * effects()["bad_deployments"].size / np.sqrt(bad.sum()))


def _took_in_incidents(seed: Seed) -> dict[int, Floats]:
    """How much longer health checks took during incidents of each severity than usual: logarithms."""
    world = seed.world(0.02)
    took: dict[int, list[Floats]] = {severity: [np.zeros(0)] for severity in SEVERITIES}
    for n in range(400):
        day = FIRST + timedelta(days=n)
        table = None
        for each in (incidents_of(world, day - timedelta(days=1)), incidents_of(world, day)):
            for service, severity, cause, begin, end in zip(
                each.service, each.severity, each.cause, each.at, each.mitigated_at, strict=True
            ):
                # What a bad deployment brought has its errors as well.
                if severity not in SEVERITIES or cause == 0:
                    continue
                table = checks_table(world, day) if table is None else table
                at = np.asarray(table["checked_at"].cast("int64").to_numpy(), dtype=np.int64)
                ms = np.asarray(table["latency_ms"].fill_null(-1).to_numpy(), dtype=np.float64)
                inside = (np.asarray(table["service_id"].to_numpy()) == service + 1) & (begin <= at) & (at < end)
                # Whole milliseconds: half of one is lost.
                took[severity].append(np.log((ms[inside & (ms > 2)] - 1.5) / 6))
    return {severity: np.concatenate(parts) for severity, parts in took.items()}


def _slower(severity: int) -> float:
    """What is planted of it."""
    return float(np.log(1 + 200 * effects()[f"incidents.{severity}"].size / 6))


def _incidents(seed: Seed) -> Found:
    """How much longer health checks take during incidents, relative to what is planted (in logarithms)."""
    took = seed.once("checks in incidents", lambda: _took_in_incidents(seed))
    weight = max(sum(_slower(severity) ** 2 * len(each) for severity, each in took.items()), 1e-9)
    found = sum(_slower(severity) * each.sum() for severity, each in took.items()) / weight
    return Found(float(found), 0.45 / np.sqrt(weight))


def _severity(severity: int) -> Callable[[Seed], Found]:
    def measure(seed: Seed) -> Found:
        took = seed.once("checks in incidents", lambda: _took_in_incidents(seed))[severity]
        return Found(float(took.mean()) if len(took) else 0.0, 0.45 / np.sqrt(len(took)) if len(took) else np.inf)

    return measure


def _incident_tickets(seed: Seed) -> Found:
    """Share of the sessions begun in an incident of playback that bring a ticket, on the days that have one."""
    world = seed.large
    hit = asked = 0
    playback = np.array([service.playback for service in services()])
    for n in range(125):
        day = FIRST + timedelta(days=n)
        found = incidents_of(world, day)
        if not (playback[found.service // len(REGIONS)] & (found.severity <= 3)).any():
            continue
        heads = heads_of(world, day)
        users = world.users(world.horizon)
        there = heads.start + HOUR < np.minimum(users.deleted_at, users.suspended_at)[heads.user]
        # What is opened after midnight is left out.
        there &= (heads.bot == 0) & (heads.lateness == 0) & (heads.start + HOUR < midnight(day) + DAY)
        in_time = (incident_of(world, day, heads) >= 0) & there
        hit += int(in_time.sum())
        tickets = tickets_of(world, day)
        begun = np.isin(tickets.user, heads.user[in_time]) & (tickets.category == 0)
        asked += int((begun & (tickets.incident >= 0)).sum())
    return _share(asked, hit)


def _failed_payments(seed: Seed) -> Found:
    """Share of the failed payments before noon that bring a ticket on their day."""
    tries, tickets = seed.timeline.attempts, seed.tickets
    begin = midnight(FIRST)
    inside = (tries["ok"] == 0) & (tries["at"] >= begin) & (tries["at"] < begin + DAYS * DAY)
    inside &= tries["at"] % DAY < DAY // 2
    users = seed.large.users(seed.large.horizon)
    inside &= np.minimum(users.deleted_at, users.suspended_at)[tries["user"]] > tries["at"] + DAY
    failed = tickets.category == FAILED
    asked = 0
    for user, at in zip(tries["user"][inside], tries["at"][inside], strict=True):
        same = failed & (tickets.user == user) & (tickets.opened_at > at) & (tickets.opened_at // DAY == at // DAY)
        asked += bool(same.any())
    return _share(asked, int(inside.sum()))


def _ratings(seed: Seed) -> tuple[Found, Found]:
    """Stars lost by each unit of log(1 + hours) and by being opened again: regression over rated tickets."""
    rated = seed.tickets.take(seed.tickets.rated_at < NEVER)
    again = rated.reopened_at < NEVER
    waited = np.log1p((np.where(again, rated.again_at, rated.resolved_at) - rated.opened_at) / HOUR)
    design = np.stack([np.ones(len(waited)), -waited, -again.astype(np.float64)], axis=1)
    fitted, residual, *_ = np.linalg.lstsq(design, rated.rating.astype(np.float64), rcond=None)
    spread = np.linalg.inv(design.T @ design) * residual[0] / (len(waited) - 3)
    return Found(float(fitted[1]), float(spread[1, 1] ** 0.5)), Found(float(fitted[2]), float(spread[2, 2] ** 0.5))


def _spam_reports(seed: Seed) -> Found:
    """Share of the accounts reported for spam that are fraudsters, or would be if they were planted."""
    made = [reports_of(seed.large, FIRST + timedelta(days=4 + n)) for n in range(24)]
    spam = np.concatenate([each.target[(each.reason == SPAM) & (each.target_type == USER)] for each in made]) - 1
    return _share(int((seed.planted.bot[spam] != BOT_NONE).sum()), len(spam))


def _late_requests(seed: Seed) -> Found:
    """Share of verified requests fulfilled after their term."""
    asked = requests(seed.large)
    proven = asked.verified < NEVER
    return _share(int((asked.done[proven] > asked.at[proven] + TERM).sum()), int(proven.sum()))


def _catalogue(seed: Seed) -> Found:
    """Share of audited values that are not those of the delivery."""
    tables = [assets._audits(seed.large, FIRST + timedelta(days=n)) for n in range(60)]
    wrong = sum(pc.sum(pc.not_equal(table["value_held"], table["value_true"])).as_py() for table in tables)
    return _share(wrong, sum(table.num_rows for table in tables))


def _done(world: World, code: str, user: Ints, at: Ints, what: Bools | None = None) -> tuple[Floats, Floats]:
    """Accounts in each variant, weighed by the time they were exposed, and what they did in it."""
    experiment = experiment_index(code)
    variant, exposed = assigned(world, experiment)
    _, end = period(world, experiment)
    inside = (exposed[user] <= at) & (at < end) & (variant[user] >= 0)
    if what is not None:
        inside &= what
    among = of_experiment(experiment)
    took_part = variant >= 0
    time = np.where(took_part, end - np.where(took_part, exposed, end), 0) / 1e12
    size = np.array([time[variant == v].sum() for v in among])
    return size, np.array([(variant[user[inside]] == v).sum() for v in among], dtype=np.float64)


def _unpaid(treated: int) -> Callable[[Seed], Found]:
    def measure(seed: Seed) -> Found:
        orders, _ = shop(seed.large)
        _, all_ = _done(seed.large, "one_tap_checkout", orders.user, orders.at)
        _, unpaid = _done(seed.large, "one_tap_checkout", orders.user, orders.at, orders.cancelled_at < NEVER)
        return _ratio((unpaid[treated], unpaid[0]), (all_[treated], all_[0]))

    return measure


def _banner(seed: Seed) -> Found:
    orders, _ = shop(seed.large)
    size, done = _done(seed.large, "shop_banner", orders.user, orders.at)
    return _ratio((done[1], done[0]), (size[1], size[0]))


def _preview(seed: Seed) -> Found:
    begun = support(seed.large)
    size, done = _done(seed.large, "tier_preview", begun.user, begun.at)
    return _ratio((done[1], done[0]), (size[1], size[0]))


def _split(code: str) -> Callable[[Seed], Found]:
    def measure(seed: Seed) -> Found:
        experiment = experiment_index(code)
        variant, _ = assigned(seed.large, experiment)
        control, other = ((variant == v).sum() for v in of_experiment(experiment))
        return Found(control / (control + other), 0.5 / np.sqrt(control + other))

    return measure


def _ordered(seed: Seed) -> Found:
    """Plays in order on Free accounts' phones and tablets."""
    _, plays = seed.listening
    bound = (plays.tier == FREE) & (plays.device_kind < 2)
    return _share(int((bound & ~plays.is_shuffle).sum()), int(bound.sum()))


def _too_good(seed: Seed) -> Found:
    """Plays of Free and Prime accounts in a better quality than theirs."""
    _, plays = seed.listening
    lower = plays.tier < 2
    best = np.array([1, 2, 3])[plays.tier]
    return _share(int((lower & (plays.quality > best)).sum()), int(lower.sum()))


def _size(name: str) -> tuple[float, float]:
    return effects()[name].size, effects()[name].neutral


def _log(name: str) -> tuple[float, float]:
    return float(np.log(effects()[name].size)), float(np.log(effects()[name].neutral))


PLANTED = (
    Planted("bots", _BOTS_EXPECTED, 0.0, _bots),
    Planted("sharers", _SHARERS_EXPECTED, 0.0, _sharers),
    Planted("sharers.sessions", *_log("sharers.sessions"), _sharers_sessions),
    Planted("promotions", *_size("promotions"), _promotions, alone=True),
    Planted("price_rise", *_log("price_rise"), _price_rise),
    Planted("bad_deployments", effects()["bad_deployments"].size, BASE_ERRORS, _bad_deployments),
    Planted("incidents", 1.0, 0.0, _incidents),
    Planted("incidents.tickets", *_size("incidents.tickets"), _incident_tickets),
    Planted("failed_payments.tickets", *_size("failed_payments.tickets"), _failed_payments),
    # Stars are whole and end at 1 and 5, which takes a part of the slope.
    Planted("waiting.ratings", *_size("waiting.ratings"), lambda seed: _ratings(seed)[0], 0.08),
    Planted("reopening.ratings", *_size("reopening.ratings"), lambda seed: _ratings(seed)[1], 0.12),
    Planted("bots.reports", *_size("bots.reports"), _spam_reports),
    Planted("catalogue.differences", *_size("catalogue.differences"), _catalogue),
    Planted("requests.late", *_size("requests.late"), _late_requests),
    Planted("one_tap_checkout.one_tap", *_log("one_tap_checkout.one_tap"), _unpaid(1)),
    Planted("shop_banner.banner", *_log("shop_banner.banner"), _banner),
    Planted("tier_preview.preview", *_log("tier_preview.preview"), _preview),
    Planted("skip_colour.control", *_size("skip_colour.control"), _split("skip_colour")),
    Planted("breaches.shuffle", *_size("breaches.shuffle"), _ordered),
    Planted("breaches.quality", *_size("breaches.quality"), _too_good),
)
TOGETHER = tuple(
    # An incident of the highest severity is seldom: all seeds together tell its size. The fastest checks are cut off
    # at whole milliseconds.
    Planted(f"incidents.{severity}", _slower(severity), 0.0, _severity(severity), 0.03)
    for severity in SEVERITIES
)
NOTHING = (
    # Experiments in which nothing is planted, whatever the data: what a read-out must not find.
    Planted("one_tap_checkout.summary", 0.0, 0.0, _unpaid(2)),
    Planted("home_layout.control", 0.5, 0.5, _split("home_layout")),
    Planted("shop_banner.control", 0.5, 0.5, _split("shop_banner")),
)
