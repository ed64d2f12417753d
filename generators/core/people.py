"""Accounts, households and devices with their whole lives: what they are and when they change.

Every life is drawn when the account is created (waiting times from the sign-up), so any day's state and
changes follow without the days before it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from generators.core.calendar import DAY, HOUR, MINUTE, NEVER, SECOND, midnight
from generators.core.columns import Columns
from generators.core.effects import size_of
from generators.core.order import in_order
from generators.core.random import Bools, Floats, Ints, exponential, hash_uniform, normal, pick, stream
from generators.core.reference import Reference

HISTORY_DAYS = 915
"""Days of service before the first day of data."""
USERS_BEFORE = 4_000
USERS_PER_DAY = 11.0
"""Accounts before the first day, and new ones a day, at scale 1 and growth 1."""
MEAN_SESSIONS = 0.27
"""Sessions a day of a listener who has not lapsed, at the mean."""

GENDERS = ("female", "male", "non_binary", "undisclosed")
USER_TYPES = ("fan", "artist", "producer", "label", "moderator", "admin")
DEVICE_TYPES = ("phone", "tablet", "desktop", "web", "tv", "car", "console", "alexa", "wearable")
BOT_NONE, BOT_RAPID, BOT_LOOP, BOT_CLOCK = 0, 1, 2, 3
HOUSEHOLD_BLOCK = 6
"""Consecutive accounts that may form one household."""


@dataclass(frozen=True)
class Users(Columns):
    """Accounts in order of sign-up. Instants are microseconds UTC, ``NEVER`` where it does not happen."""

    signup_at: Ints
    payment_country: Ints
    """Index of the country whose prices apply: always a launch country."""
    residence: Ints
    """Country index of the home city at sign-up."""
    city: Ints
    """Home city index at sign-up."""
    moved_at: Ints
    moved_city: Ints
    language: Ints
    """Interface language index at sign-up."""
    language_changed_at: Ints
    new_language: Ints
    taste_language: Ints
    """Language index of most of what is played."""
    birth_day: Ints
    """Days since 1970-01-01; ``NEVER`` where not given."""
    gender: Ints
    user_type: Ints
    verified_at: Ints
    suspended_at: Ints
    deleted_at: Ints
    lapsed_at: Ints
    """From here on the account hardly listens; no event of its own."""
    activity: Floats
    """Mean sessions a day before the lapse."""
    bot: Ints
    """BOT_NONE, BOT_RAPID, BOT_LOOP or BOT_CLOCK."""
    is_shared: Bools
    """The log-in is lent to guests in other countries."""
    blocks_explicit: Bools
    """Explicit recordings are not played (parental control)."""
    daily_limit: Ints
    """Minutes that a child may listen a day, -1 without a limit."""
    taste: Floats
    """Uniform number that other modules may key choices on (propensity to pay: higher pays more)."""

    def city_at(self, rows: Ints, instants: Ints | int) -> Ints:
        """Home city index of some accounts (row indexes) at instants."""
        return np.where(self.moved_at[rows] <= instants, self.moved_city[rows], self.city[rows])


@dataclass(frozen=True)
class Households(Columns):
    """Households in order of founding."""

    owner: Ints
    """Row index of the paying account."""
    is_family: Bools
    created_at: Ints
    closed_at: Ints


@dataclass(frozen=True)
class Members(Columns):
    """Memberships in order of joining, owners included."""

    household: Ints
    """Row index of the household."""
    user: Ints
    role: Ints
    """0 owner, 1 adult, 2 child."""
    joined_at: Ints
    left_at: Ints


@dataclass(frozen=True)
class Devices(Columns):
    """Devices in order of first use."""

    user: Ints
    kind: Ints
    """Index into DEVICE_TYPES."""
    variant: Ints
    """Index of the operating system or model within the kind."""
    created_at: Ints
    updated_at: Ints
    """OS update, ``NEVER`` if none."""


def signups(seed: int, scale: float, first_day: date, until: date, growth: float = 1.0) -> Ints:
    """Sorted sign-up instants of all accounts created before ``until`` 00:00 UTC."""
    before = max(20, round(USERS_BEFORE * scale))
    start, begin = midnight(first_day) - HISTORY_DAYS * DAY, midnight(first_day)
    share = (np.arange(before) + stream(seed, "users.signup").random(before)) / before
    parts = [(start + (share ** (1 / 1.6)) * (begin - start - HOUR)).astype(np.int64)]
    day = first_day
    while day < until:
        rng = stream(seed, "users.signup", day)
        weekday = (1.0, 0.95, 0.97, 1.0, 1.08, 1.05, 0.95)[day.weekday()]
        count = int(rng.poisson(USERS_PER_DAY * scale * growth * weekday))
        parts.append(midnight(day) + (np.sort(rng.random(count)) * (DAY - 2 * MINUTE)).astype(np.int64))
        day += timedelta(days=1)
    return np.concatenate(parts)


def make_users(
    seed: int,
    scale: float,
    first_day: date,
    until: date,
    ref: Reference,
    *,
    effects: bool = True,
    growth: float = 1.0,
) -> Users:
    """All accounts created before ``until``; a prefix of those of any later date.

    Args:
        effects: with the fraudsters and account sharers that are planted.
        growth: sign-ups a day, of those of a young service.
    """
    at = signups(seed, scale, first_day, until, growth)
    n = len(at)
    rows = np.arange(n)

    def draw(what: str) -> Floats:
        return stream(seed, f"users.{what}").random(n)

    # The accounts of a possible household share the country and the city of its first account.
    head = rows - rows % HOUSEHOLD_BLOCK
    shares = household_size(seed, rows // HOUSEHOLD_BLOCK)
    place = np.where(rows - head < shares, head, rows)
    launch = np.flatnonzero(ref.launch)
    payment = launch[pick(draw("country"), ref.country_weight[launch])][place]
    abroad = (draw("abroad") < 0.03)[place]
    elsewhere = np.flatnonzero(~ref.launch)
    residence = np.where(abroad, elsewhere[pick(draw("residence"), ref.country_weight[elsewhere])][place], payment)
    city = _city_in(draw("city")[place], residence, ref)
    moved_at = _after(at, draw("moved_at"), 2_400 * DAY)
    moved_city = _city_in(draw("moved_city"), residence, ref)
    moved_at[moved_city == city] = NEVER
    language = _interface_language(draw("language"), payment, city, ref)
    new_language = _interface_language(draw("new_language"), payment, city, ref)
    language_changed_at = _after(at, draw("language_changed_at"), 1_800 * DAY)
    language_changed_at[new_language == language] = NEVER
    age = 14 + np.clip(exponential(draw("age"), 14.0), 0, 65)
    birth_day = (at // DAY - (age * 365.25).astype(np.int64)).astype(np.int64)
    birth_day[draw("birth_given") < 0.08] = NEVER
    bot = _bots(seed, n, size_of("bots", planted=effects))
    shared = _shared(seed, n, size_of("sharers", planted=effects)) & (bot == BOT_NONE)
    child = (at // DAY - birth_day < _CHILD_DAYS) & (birth_day != NEVER) & (bot == BOT_NONE)
    activity = np.exp(normal(draw("activity")) * 0.95 - 0.95**2 / 2) * MEAN_SESSIONS
    suspended_at = _after(at, draw("suspended_at"), 16_000 * DAY)
    deleted_at = _after(at + DAY, draw("deleted_at"), 9_000 * DAY)
    suspended_at[bot > 0] = NEVER
    deleted_at[bot > 0] = NEVER
    user_type = pick(draw("user_type"), np.array([0.945, 0.04, 0.006, 0.006, 0.002, 0.001]))
    user_type[bot > 0] = 0
    verify = draw("verified_at")
    return Users(
        signup_at=at,
        payment_country=payment,
        residence=residence,
        city=city,
        moved_at=moved_at,
        moved_city=moved_city,
        language=language,
        language_changed_at=language_changed_at,
        new_language=new_language,
        taste_language=_taste_language(draw("taste_language"), payment, city, ref),
        birth_day=birth_day,
        gender=pick(draw("gender"), np.array([0.42, 0.47, 0.015, 0.095])),
        user_type=user_type,
        verified_at=np.where(
            verify < 0.9,
            at + 40 * SECOND + (exponential(np.minimum(verify / 0.9, 1.0) * 0.999, 6.0) * HOUR).astype(np.int64),
            NEVER,
        ),
        suspended_at=suspended_at,
        deleted_at=deleted_at,
        lapsed_at=np.where(bot > 0, NEVER, _after(at + DAY, draw("lapsed_at"), 900 * DAY)),
        activity=activity,
        bot=bot,
        is_shared=shared,
        blocks_explicit=(bot == BOT_NONE) & (child | (hash_uniform(seed, "settings.explicit", rows) < 0.03)),
        daily_limit=np.where(child & (hash_uniform(seed, "settings.limit", rows) < 0.3), _CHILD_MINUTES, -1),
        taste=draw("taste"),
    )


def _after(start: Ints, uniform: Floats, mean: int) -> Ints:
    """Start plus an exponential waiting time; what lies more than 40 years ahead never comes."""
    wait = exponential(uniform, float(mean))
    return np.where(wait < 14_600 * DAY, start + wait.astype(np.int64), NEVER)


def _city_in(uniform: Floats, country: Ints, ref: Reference) -> Ints:
    """A city of each row's country, by population."""
    city = np.zeros(len(country), dtype=np.int64)
    for index in np.unique(country):
        among, rows = ref.cities_of(int(index)), country == index
        city[rows] = among[pick(uniform[rows], ref.city_population[among] ** 0.8)]
    return city


_INDIA_REGIONAL = {
    "Tamil Nadu": "ta", "Telangana": "te", "Andhra Pradesh": "te", "Punjab": "pa", "Chandigarh": "pa",
    "West Bengal": "bn", "Maharashtra": "mr", "Kerala": "ml",
}  # fmt: skip


def _regional_language(city: Ints, ref: Reference) -> Ints:
    """The language of each city's region: for India by state, else the country's own."""
    by_country = {"BR": "pt", "PT": "pt", "ID": "id", "AR": "es", "ES": "es", "MX": "es", "KR": "ko", "JP": "ja"}
    by_city = []
    for row in ref.cities:
        own = _INDIA_REGIONAL.get(row["region"], "hi") if row["country"] == "IN" else None
        by_city.append(ref.language_index[own or by_country.get(row["country"], "en")])
    return np.array(by_city)[city]


def _main_language(payment: Ints, ref: Reference) -> Ints:
    main = {"IN": "hi", "BR": "pt", "ID": "id"}
    codes = [ref.language_index[main.get(row["code"], "en")] for row in ref.countries]
    return np.array(codes)[payment]


def _interface_language(uniform: Floats, payment: Ints, city: Ints, ref: Reference) -> Ints:
    english = ref.language_index["en"]
    main, regional = _main_language(payment, ref), _regional_language(city, ref)
    in_english = np.where(payment == ref.country_index["IN"], 0.5, 0.12)
    return np.where(uniform < in_english, english, np.where(uniform < 0.85, main, regional))


def _taste_language(uniform: Floats, payment: Ints, city: Ints, ref: Reference) -> Ints:
    english = ref.language_index["en"]
    main, regional = _main_language(payment, ref), _regional_language(city, ref)
    other = np.where(payment == ref.country_index["BR"], ref.language_index["es"], ref.language_index["ko"])
    chosen = np.where(uniform < 0.72, regional, main)
    chosen = np.where(uniform < 0.2, main, chosen)
    return np.where(uniform > 0.96, other, np.where(uniform > 0.8, english, chosen))


_CHILD_DAYS = 16 * 365
"""Younger ones are children at their sign-up, and stay so."""
_CHILD_MINUTES = 60
_FIRST_BOTS = ((5, BOT_RAPID), (11, BOT_LOOP), (17, BOT_CLOCK))
_FIRST_SHARED = 8


def _bots(seed: int, n: int, share: float) -> Ints:
    """Kind of planted bot per account: one of each kind among the first, and a small share beyond."""
    if not share:
        return np.full(n, BOT_NONE)
    draw = stream(seed, "users.bot").random(n)
    bot = np.where(draw < share, 1 + (draw / share * 3).astype(np.int64), BOT_NONE)
    for row, kind in _FIRST_BOTS:
        if row < n:
            bot[row] = kind
    return bot


def _shared(seed: int, n: int, share: float) -> Bools:
    """Accounts whose log-in is lent: one among the first, and a small share beyond."""
    shared = hash_uniform(seed, "users.shared", np.arange(n)) < share
    if share and n > _FIRST_SHARED:
        shared[_FIRST_SHARED] = True
    return np.asarray(shared, dtype=np.bool_)


def household_size(seed: int, block: Ints) -> Ints:
    """Accounts of each block of six that share a household: 0 (none), 2 (duo) or 3 to 5 (family)."""
    draw = hash_uniform(seed, "households.size", block)
    family = 3 + (hash_uniform(seed, "households.family", block) * 3).astype(np.int64)
    return np.where(draw < 0.09, 2, np.where(draw < 0.21, family, 0))


def make_households(seed: int, until: date, users: Users) -> tuple[Households, Members]:
    """Households founded and memberships begun before ``until``, from all accounts created before it."""
    end, n = midnight(until), len(users)
    blocks = np.arange((n + HOUSEHOLD_BLOCK - 1) // HOUSEHOLD_BLOCK)
    size = household_size(seed, blocks)
    wait = exponential(hash_uniform(seed, "households.wait", blocks), 45.0 * DAY).astype(np.int64)
    founded = users.signup_at[blocks * HOUSEHOLD_BLOCK] + HOUR + wait
    closes = exponential(hash_uniform(seed, "households.close", blocks), 2_500.0 * DAY).astype(np.int64)
    closed = np.minimum(founded + 30 * DAY + closes, NEVER)
    chosen = np.flatnonzero((size > 0) & (founded < end))
    chosen = chosen[np.argsort(founded[chosen], kind="stable")]
    rank = np.full(len(blocks), -1)
    rank[chosen] = np.arange(len(chosen))
    households = Households(
        owner=chosen * HOUSEHOLD_BLOCK,
        is_family=size[chosen] > 2,
        created_at=founded[chosen],
        closed_at=closed[chosen],
    )
    user = np.flatnonzero(np.arange(n) % HOUSEHOLD_BLOCK < size[np.arange(n) // HOUSEHOLD_BLOCK])
    block = user // HOUSEHOLD_BLOCK
    is_owner = user % HOUSEHOLD_BLOCK == 0
    delay = 10 * MINUTE + exponential(hash_uniform(seed, "members.delay", user), 2.0 * DAY).astype(np.int64)
    joined = np.where(is_owner, founded[block], np.maximum(founded[block], users.signup_at[user]) + delay)
    stays = DAY + exponential(hash_uniform(seed, "members.stay", user), 900.0 * DAY).astype(np.int64)
    left = np.minimum(np.where(is_owner, NEVER, joined + stays), closed[block])
    kept = (joined < end) & (joined < closed[block]) & (joined < left)
    user, block, joined, left, is_owner = (a[kept] for a in (user, block, joined, left, is_owner))
    order = in_order(joined)
    child = hash_uniform(seed, "members.child", user) < 0.3
    role = np.where(is_owner, 0, np.where(child & (size[block] > 2), 2, 1))
    return households, Members(
        household=rank[block][order],
        user=user[order],
        role=role[order],
        joined_at=joined[order],
        left_at=left[order],
    )


MAX_DEVICES = 4
_FIRST_KIND = np.array([0.80, 0.03, 0.05, 0.07, 0.01, 0.01, 0.005, 0.025, 0.0])
_NEXT_KIND = np.array([0.26, 0.08, 0.17, 0.16, 0.07, 0.05, 0.03, 0.15, 0.03])


def device_instants(seed: int, users: Users) -> Ints:
    """First use of up to four devices per account, shape (users, 4); ``NEVER`` where there is none."""
    n = len(users)
    owner = np.arange(n)[:, None]
    slot = np.arange(MAX_DEVICES)[None, :]
    gaps = exponential(hash_uniform(seed, "devices.gap", owner, slot), 320.0 * DAY).astype(np.int64) + DAY
    gaps[:, 0] = 15 * SECOND
    has = np.cumprod(hash_uniform(seed, "devices.has", owner, slot) < np.array([2.0, 0.75, 0.55, 0.4]), axis=1)
    at = users.signup_at[:, None] + np.cumsum(gaps, axis=1)
    at = np.where((has > 0) & (at < users.deleted_at[:, None]) | (slot == 0), at, NEVER)
    return np.asarray(at, dtype=np.int64)


def make_devices(seed: int, until: date, users: Users) -> tuple[Devices, Ints, Ints]:
    """Devices first used before ``until``, with the matrices (users, 4) of device row (-1: none) and instant."""
    at = device_instants(seed, users)
    owner, slot = np.nonzero(at < midnight(until))
    when = at[owner, slot]
    order = in_order(when)
    owner, slot, when = owner[order], slot[order], when[order]
    draw = hash_uniform(seed, "devices.kind", owner, slot)
    kind = np.where(slot == 0, pick(draw, _FIRST_KIND), pick(draw, _NEXT_KIND))
    wait = exponential(hash_uniform(seed, "devices.update", owner, slot), 420.0 * DAY).astype(np.int64) + DAY
    matrix = np.full(at.shape, -1, dtype=np.int64)
    matrix[owner, slot] = np.arange(len(owner))
    devices = Devices(
        user=owner,
        kind=kind,
        variant=(hash_uniform(seed, "devices.variant", owner, slot) * 4).astype(np.int64),
        created_at=when,
        updated_at=when + wait,
    )
    return devices, matrix, at
