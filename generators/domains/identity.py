"""Accounts, settings, households, members, devices and preferred genres, as change rows."""

from __future__ import annotations

from datetime import date, timedelta
from functools import cache

import numpy as np
import pyarrow as pa

from generators.core import names
from generators.core.calendar import DAY, NEVER
from generators.core.changes import changes
from generators.core.people import DEVICE_TYPES, GENDERS, USER_TYPES, Devices
from generators.core.random import Bools, Ints, exponential, hash_bits, hash_uniform
from generators.core.tables import Coded, Values, hex_text, make_table, only, uuids
from generators.core.texts import written
from generators.core.world import World
from generators.domains.markets import market_moves, payment_country_at

_OS = {
    "phone": (("Android", "15"), ("Android", "14"), ("Android", "13"), ("iOS", "18.2")),
    "tablet": (("Android", "14"), ("iPadOS", "18.2"), ("iPadOS", "17.6"), ("Fire OS", "8")),
    "desktop": (("Windows", "11"), ("Windows", "10"), ("macOS", "15.2"), ("Linux", "6.8")),
    "web": (("Chrome", "131"), ("Firefox", "133"), ("Safari", "18"), ("Edge", "131")),
    "tv": (("Android TV", "12"), ("Tizen", "8"), ("webOS", "24"), ("Fire OS", "7")),
    "car": (("Android Auto", "13"), ("CarPlay", "18"), ("Android Automotive", "12"), ("CarPlay", "17")),
    "console": (("PlayStation", "11"), ("Xbox", "10"), ("PlayStation", "12"), ("Xbox", "11")),
    "alexa": (("Fire OS", "8"), ("Fire OS", "7"), ("Fire OS", "8.1"), ("Fire OS", "6")),
    "wearable": (("Wear OS", "5"), ("watchOS", "11.2"), ("Wear OS", "4"), ("watchOS", "10.6")),
}
ALEXA_MODELS = ("Echo Dot", "Echo Show 8", "Echo Pop", "Echo Studio")


def opening(world: World) -> dict[str, pa.Table]:
    """Everything before the first day."""
    return _period(world, None, world.first_day)


def day(world: World, arrival_day: date) -> dict[str, pa.Table]:
    """Change rows of one UTC day; they arrive within seconds."""
    return _period(world, arrival_day, arrival_day + timedelta(days=1))


def _period(world: World, begin: date | None, until: date) -> dict[str, pa.Table]:
    world.reach(until)
    return {
        "users": _users(world, begin, until),
        "user_settings": _settings(world, begin, until),
        "households": _households(world, begin, until),
        "household_members": _members(world, begin, until),
        "devices": _devices(world, begin, until),
        "user_preferred_genres": _preferences(world, begin, until),
    }


def _users(world: World, begin: date | None, until: date) -> pa.Table:
    users, seed = world.users(world.horizon), world.seed
    instants = [
        users.signup_at, users.verified_at, users.moved_at, users.language_changed_at, users.suspended_at,
        users.deleted_at,
    ]  # fmt: skip
    found = changes(world, "users", lambda: [*instants, *(at for at, _ in market_moves(world))], begin, until)
    row, at = found.row, found.at
    country = users.payment_country[row]
    pool_of = names.pool_of_countries(world.ref.country_codes)[country]
    female = np.where(users.gender[row] == 0, True, hash_uniform(seed, "users.name_kind", row) < 0.5)
    female &= users.gender[row] != 1
    given_draw, family_draw = hash_uniform(seed, "users.given", row), hash_uniform(seed, "users.family", row)
    given = _given_names().draw(pool_of + np.where(female, 0, len(names.COUNTRIES)), given_draw)
    family = names.pools_of(names.family_names, names.COUNTRIES).draw(pool_of, family_draw)
    number = pa.array(row + 1).cast(pa.string())
    handle = names.join("listener", number)
    deleted = users.deleted_at[row] <= at
    status = np.where(deleted, 2, np.where(users.suspended_at[row] <= at, 1, 0))
    language = np.where(users.language_changed_at[row] <= at, users.new_language[row], users.language[row])
    city = users.city_at(row, at)
    login = at - (hash_uniform(seed, "users.login", row, found.number) * 3 * DAY).astype(np.int64)
    return make_table(
        "users",
        {
            "user_id": row + 1,
            "user_uuid": uuids(seed, "users", row),
            "user_name": handle,
            "display_name": names.join(given, " ", family),
            "given_name": given,
            "family_name": family,
            "email": names.join("user", number, "@mail.example"),
            "password_hash": _argon2(seed, row),
            "birth_date": users.birth_day[row],
            "gender": Coded(users.gender[row], GENDERS),
            "city_id": city + 1,
            "residence_country_id": world.ref.city_country[city] + 1,
            "payment_country_id": payment_country_at(world, row, at) + 1,
            "language_id": language + 1,
            "user_type": Coded(users.user_type[row], USER_TYPES),
            "status": Coded(status, ("active", "suspended", "deleted")),
            "is_verified": users.verified_at[row] <= at,
            "created_at": users.signup_at[row],
            "updated_at": at,
            "last_login_at": np.maximum(login, users.signup_at[row]),
            "deleted_at": np.where(deleted, users.deleted_at[row], NEVER),
            "phone_number": only(
                phone_numbers(world, row, country), hash_uniform(seed, "users.phone_given", row) < 0.6
            ),
            **_profile(world, row, number, at),
            **found.metadata,
        },
    )


def _profile(world: World, row: Ints, number: pa.Array, at: Ints) -> dict[str, Values]:
    """What accounts show of themselves. Who finishes the first steps does so before the first change after sign-up."""
    users, seed = world.users(world.horizon), world.seed

    def given(what: str, share: float) -> Bools:
        return hash_uniform(seed, f"users.{what}", row) < share

    bio = written(world, "bio", users.language[row], row)
    site = names.join("https://listener", number, ".example")
    return {
        "bio": Coded(np.where(given("has_bio", 0.25), bio.indices.to_numpy(), -1), bio.dictionary),
        "picture_url": only(names.join("https://images.sonic.example/users/", number, ".jpg"), given("picture", 0.55)),
        "banner_url": only(names.join("https://images.sonic.example/banners/", number, ".jpg"), given("banner", 0.12)),
        "website_url": only(site, given("website", 0.04)),
        "is_onboarded": (at > users.signup_at[row]) | given("onboarded", 0.8),
    }


def phone_numbers(world: World, user: Ints, country: Ints) -> pa.Array:
    """Number of each account in international form, of an account always the same."""
    calling = pa.array([c["calling_code"] for c in world.ref.countries]).take(pa.array(country))
    digits = (hash_uniform(world.seed, "users.phone", user) * 1e9).astype(np.int64) + 9_000_000_000
    return names.join("+", calling, " ", pa.array(digits).cast(pa.string()))


@cache
def _given_names() -> names.Pools:
    """Women's names of each of the countries with names, then men's."""
    kinds = (names.female_names, names.male_names)
    return names.Pools.of([of_kind(country) for of_kind in kinds for country in names.COUNTRIES])


def _argon2(seed: int, row: Ints) -> pa.Array:
    """Text of the form of an argon2id hash; no password stands behind it."""
    words = [hash_bits(seed, f"users.hash.{i}", row) for i in range(6)]
    salt, digest = hex_text(np.stack(words[:2], axis=1)), hex_text(np.stack(words[2:], axis=1))
    return names.join("$argon2id$v=19$m=65536,t=3,p=4$", salt, "$", digest)


def _settings(world: World, begin: date | None, until: date) -> pa.Table:
    users, seed = world.users(world.horizon), world.seed
    changed = settings_changed(world)
    found = changes(world, "settings", lambda: [users.signup_at, changed], begin, until)
    row = found.row
    return make_table(
        "user_settings",
        {
            "user_id": row + 1,
            "is_profile_public": hash_uniform(seed, "settings.public", row) < 0.6,
            "allows_profiling": allows_profiling(world, row, found.at),
            "allows_marketing_email": allows_email(world, row, found.at),
            "allows_push": allows_push(world, row),
            "blocks_explicit": users.blocks_explicit[row],
            "daily_limit_minutes": users.daily_limit[row],
            **found.metadata,
        },
    )


def allows_push(world: World, rows: Ints) -> Bools:
    """Whether accounts (row indexes) consent to push notifications; they never change that."""
    return np.asarray(hash_uniform(world.seed, "settings.push", rows) < 0.7)


def allows_email(world: World, rows: Ints, instants: Ints) -> Bools:
    """Whether accounts (row indexes) consent to marketing by e-mail at instants; who changes settings says no."""
    changed = settings_changed(world)
    return np.asarray((hash_uniform(world.seed, "settings.email", rows) < 0.4) & (instants < changed[rows]))


def allows_profiling(world: World, rows: Ints, instants: Ints) -> Bools:
    """Whether accounts (row indexes) consent to profiling at instants; half of those who change settings turn it."""
    flips = (instants >= settings_changed(world)[rows]) & (hash_uniform(world.seed, "settings.flip", rows) < 0.5)
    return np.asarray((hash_uniform(world.seed, "settings.profiling", rows) < 0.82) ^ flips)


def settings_changed(world: World) -> Ints:
    """Instant at which each account changes its settings."""
    return world.remember(("settings", world.horizon), lambda: _settings_changed(world), keep=1)


def _settings_changed(world: World) -> Ints:
    users = world.users(world.horizon)
    draw = hash_uniform(world.seed, "settings.wait", np.arange(len(users)))
    changed = users.signup_at + DAY + exponential(draw, 900.0 * DAY).astype(np.int64)
    return np.where(changed < users.deleted_at, changed, NEVER)


def _households(world: World, begin: date | None, until: date) -> pa.Table:
    homes, seed = world.households(world.horizon), world.seed
    found = changes(world, "households", lambda: [homes.created_at, homes.closed_at], begin, until)
    row = found.row
    closed = homes.closed_at[row] <= found.at
    words = np.stack([hash_bits(seed, f"households.address.{i}", row) for i in range(4)], axis=1)
    return make_table(
        "households",
        {
            "household_id": row + 1,
            "owner_user_id": homes.owner[row] + 1,
            "household_type": Coded(homes.is_family[row].astype(np.int64), ("duo", "family")),
            "address_hash": hex_text(words),
            "created_at": homes.created_at[row],
            "closed_at": np.where(closed, homes.closed_at[row], NEVER),
            **found.metadata,
        },
    )


def _members(world: World, begin: date | None, until: date) -> pa.Table:
    members = world.members(world.horizon)
    found = changes(world, "members", lambda: [members.joined_at, members.left_at], begin, until)
    row = found.row
    left = members.left_at[row] <= found.at
    return make_table(
        "household_members",
        {
            "household_member_id": row + 1,
            "household_id": members.household[row] + 1,
            "user_id": members.user[row] + 1,
            "role": Coded(members.role[row], ("owner", "adult", "child")),
            "joined_at": members.joined_at[row],
            "left_at": np.where(left, members.left_at[row], NEVER),
            **found.metadata,
        },
    )


def os_of(kind: Ints, variant: Ints) -> tuple[Coded, Coded]:
    """Operating system and its version of devices, by kind and variant."""
    flat = [pair for device_type in DEVICE_TYPES for pair in _OS[device_type]]
    codes = kind * 4 + variant
    return Coded(codes, [name for name, _ in flat]), Coded(codes, [version for _, version in flat])


def app_release(day_number: Ints) -> Ints:
    """Number of the app release current on a day (days since 1970): one every two weeks."""
    return day_number // 14


def app_version_text(release: int) -> str:
    """Version text of a release."""
    return f"{release // 100}.{release % 100}.0"


def app_versions(release: Ints) -> Coded:
    """Version texts of releases."""
    low = int(release.min()) if len(release) else 0
    high = int(release.max()) if len(release) else 0
    return Coded(release - low, [app_version_text(r) for r in range(low, high + 1)])


def _devices(world: World, begin: date | None, until: date) -> pa.Table:
    devices = world.devices(world.horizon)
    users = world.users(world.horizon)

    def updated(rows: Devices) -> Ints:
        return np.where(rows.updated_at < users.deleted_at[rows.user], rows.updated_at, NEVER)

    found = changes(world, "devices", lambda: [devices.created_at, updated(devices)], begin, until)
    row = found.row
    kind = devices.kind[row]
    name, version = os_of(kind, devices.variant[row])
    newer = updated(devices.take(row)) <= found.at
    version_text = [*version.vocabulary, *(f"{v}.1" for v in version.vocabulary)]
    alexa = kind == DEVICE_TYPES.index("alexa")
    return make_table(
        "devices",
        {
            "device_id": row + 1,
            "user_id": devices.user[row] + 1,
            "device_type": Coded(kind, DEVICE_TYPES),
            "alexa_model": Coded(np.where(alexa, devices.variant[row], -1), ALEXA_MODELS),
            "os": name,
            "os_version": Coded(version.codes + newer * len(version.vocabulary), version_text),
            "app_version": app_versions(app_release(devices.created_at[row] // DAY)),
            "first_seen_at": devices.created_at[row],
            "last_seen_at": np.where(newer, found.at, NEVER),
            **found.metadata,
        },
    )


def _preferences(world: World, begin: date | None, until: date) -> pa.Table:
    """Up to three genres an account names soon after its sign-up."""
    user, rank, genre, at = world.remember(("preferences", world.horizon), lambda: _preference_rows(world), keep=1)
    found = changes(world, "preferences", lambda: [at], begin, until)
    row = found.row
    return make_table(
        "user_preferred_genres",
        {
            "user_id": user[row] + 1,
            "genre_id": genre[row] + 1,
            "preference_rank": rank[row] + 1,
            **found.metadata,
        },
    )


def _preference_rows(world: World) -> tuple[Ints, Ints, Ints, Ints]:
    """Account, rank from 0, genre and instant of every preference."""
    users, seed = world.users(world.horizon), world.seed
    n = np.arange(len(users))
    count = (hash_uniform(seed, "preferences.count", n) * 4).astype(np.int64)
    user = np.repeat(n, count)
    rank = np.arange(len(user)) - np.repeat(np.cumsum(count) - count, count)
    leaves = np.flatnonzero(world.ref.genre_weight > 0)
    first = (hash_uniform(seed, "preferences.first", user) * len(leaves)).astype(np.int64)
    step = 1 + (hash_uniform(seed, "preferences.step", user) * 11).astype(np.int64)
    genre = leaves[(first + rank * step) % len(leaves)]
    at = users.signup_at[user] + (30 + rank) * 1_000_000
    return user, rank, genre, at
