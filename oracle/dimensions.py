"""Dimensions: every entity with its versions, or as it is today, and the members unknown and not applicable.

Clean rows leave nothing to infer: whatever is referred to has arrived.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from typing import Any

from oracle.ads import campaigns
from oracle.amounts import half_up
from oracle.calendar import BEGINNING, END
from oracle.exchange import REPORTING_CURRENCY, micro_per_minor
from oracle.lake import Row
from oracle.listening import (
    CONTEXTS,
    QUALITIES,
    SKIP_REASONS,
    cities,
    countries,
    country_geography,
    listening_context,
    region_geography,
    regions,
)
from oracle.plans import price_version_key, prices, terms
from oracle.truth import Truth
from oracle.versions import (
    NOT_APPLICABLE,
    UNKNOWN,
    History,
    Version,
    artists,
    history,
    main_artists,
    playlists,
    song_of_content,
    songs,
    users,
)

SELF_PUBLISHED = "self-published"


def with_members(rows: list[Row], texts: str, **instead: str) -> list[Row]:
    """The rows, then the members unknown and not applicable.

    In a member texts say which it is, ids and keys are -1 or -2, it holds for all time, and the rest is not known.

    Args:
        texts: names of the columns that hold text, separated by blanks.
        instead: texts that both members have by column.
    """
    return [
        *rows,
        _member(rows[0], UNKNOWN, "unknown", texts.split(), instead),
        _member(rows[0], NOT_APPLICABLE, "not applicable", texts.split(), instead),
    ]


def _member(like: Row, number: int, label: str, texts: Iterable[str], instead: dict[str, str]) -> Row:
    always = {"valid_from": BEGINNING, "valid_to": END, "is_current": True, "is_inferred": False, "is_erased": False}
    member: Row = {}
    for column in like:
        if column in texts:
            member[column] = label
        elif column.endswith(("_id", "_key")):
            member[column] = number
        else:
            member[column] = always.get(column)
    return member | instead


def _validity(version: Version) -> Row:
    return {"valid_from": version.valid_from, "valid_to": version.valid_to, "is_current": version.is_current}


def _versions(found: History) -> list[Version]:
    return [version for versions in found.versions.values() for version in versions]


def _or_none(value: int | None) -> int:
    """An id that need not be there: -2 where it is not."""
    return NOT_APPLICABLE if value is None else value


def _names(truth: Truth, table: str, key: str) -> dict[int, str]:
    return {row[key]: row["name"] for row in truth.lake.latest(table)}


def _country(truth: Truth, country_id: int, prefix: str = "") -> Row:
    """Place, code and name of a country."""
    country = truth.of(countries)[country_id]
    return {
        f"{prefix}geography_id": country_geography(country_id),
        f"{prefix}country_code": country["country_code"],
        f"{prefix}country": country["name"],
    }


def languages(truth: Truth) -> dict[int, Row]:
    """Languages by id."""
    return {row["language_id"]: row for row in truth.lake.latest("languages")}


def dim_language(truth: Truth) -> list[Row]:
    """One language."""
    columns = ("language_id", "language_code", "name", "native_name", "script")
    rows = [{name: row[name] for name in columns} for row in truth.of(languages).values()]
    return with_members(rows, "language_code name native_name script")


def completed_years(birth: date, day: date) -> int:
    """Age in completed years."""
    return day.year - birth.year - ((day.month, day.day) < (birth.month, birth.day))


def age_band(truth: Truth, birth: date | None, day: date) -> str:
    """Age band on a day; unknown without a birth date."""
    if birth is not None:
        for band in truth.of(age_bands):
            if int(band["from_age"]) <= completed_years(birth, day) < int(band["to_age"]):
                return band["age_band"]
    return "unknown"


def age_bands(truth: Truth) -> list[dict[str, str]]:
    """The bands."""
    return truth.seeds.rows("age_bands")


def dim_user(truth: Truth) -> list[Row]:
    """Versions of accounts, without names, addresses and birth dates.

    Consent to profiling is a setting with changes of its own: that of the version's start, and that of today on every
    version. An account without settings consents to nothing.
    """
    settings = history(truth, "user_settings", "user_id")
    rows = []
    for version in _versions(truth.of(users)):
        row = version.row
        then = settings.at(row["user_id"], version.valid_from)
        known = settings.versions.get(row["user_id"])
        language = truth.of(languages)[row["language_id"]]
        residence = _country(truth, row["residence_country_id"], "residence_")
        rows.append(
            {
                "user_key": version.key,
                **{name: row[name] for name in ("user_id", "user_type", "status", "gender")},
                "age_band": age_band(truth, row["birth_date"], version.valid_from.date()),
                "geography_id": row["city_id"] or residence["residence_geography_id"],
                **residence,
                **_country(truth, row["payment_country_id"], "payment_"),
                "language_id": row["language_id"],
                "language_code": language["language_code"],
                "language": language["name"],
                "is_verified": row["is_verified"],
                "allowed_profiling_at_start": then is not None and then.row["allows_profiling"],
                "allows_profiling": known is not None and known[-1].row["allows_profiling"],
                "created_at": row["created_at"],
                "deleted_at": row["deleted_at"],
                **_validity(version),
                "is_inferred": False,
                "is_erased": False,
            }
        )
    return with_members(
        rows,
        "user_type status gender age_band residence_country_code residence_country payment_country_code"
        " payment_country language_code language",
    )


def dim_artist(truth: Truth) -> list[Row]:
    """Versions of artists."""
    labels = _names(truth, "labels", "label_id")
    rows = []
    for version in _versions(truth.of(artists)):
        row = version.row
        rows.append(
            {
                "artist_key": version.key,
                "artist_id": row["artist_id"],
                "name": row["name"],
                "user_id": _or_none(row["user_id"]),
                "label_id": _or_none(row["label_id"]),
                "label_name": labels.get(row["label_id"], SELF_PUBLISHED),
                **_country(truth, row["country_id"]),
                "verification_status": row["verification_status"],
                "is_verified": row["verification_status"] == "verified",
                "created_at": row["created_at"],
                **_validity(version),
                "is_inferred": False,
            }
        )
    return with_members(rows, "name label_name country_code country verification_status")


def dim_song(truth: Truth) -> list[Row]:
    """Versions of recordings; main artist, label, explicit mark and audio features are those of today."""
    artist_names = _names(truth, "artists", "artist_id")
    explicit = {row["content_id"]: row["is_explicit"] for row in truth.lake.latest("content")}
    labels = {row["album_id"]: row["label_id"] for row in truth.lake.latest("albums")}
    features = {row["song_id"]: row for row in truth.lake.latest("audio_features")}
    rows = []
    for version in _versions(truth.of(songs)):
        row = version.row
        main_artist_id = truth.of(main_artists).get(row["song_id"], UNKNOWN)
        heard = features.get(row["song_id"], {})
        names = ("tempo_bpm", "musical_key", "is_major", "loudness_db", "energy", "danceability", "valence")
        rows.append(
            {
                "song_key": version.key,
                "song_id": row["song_id"],
                "content_id": row["content_id"],
                "isrc": row["isrc"] or "unknown",
                "title": row["title"],
                "main_artist_id": main_artist_id,
                "main_artist": artist_names.get(main_artist_id, "unknown"),
                "album_id": UNKNOWN if row["album_id"] is None else row["album_id"],
                "label_id": UNKNOWN if row["album_id"] is None else _or_none(labels.get(row["album_id"])),
                "track_number": row["track_number"],
                "duration_ms": row["duration_ms"],
                "language_id": row["original_language_id"],
                "language": truth.of(languages)[row["original_language_id"]]["name"],
                "cover_of_song_id": _or_none(row["cover_of_song_id"]),
                "is_cover": row["cover_of_song_id"] is not None,
                "is_explicit": explicit.get(row["content_id"], False),
                "is_functional_noise": row["is_functional_noise"],
                "audio_model_version": heard.get("model_version", "unknown"),
                **{name: heard.get(name) for name in names},
                "created_at": row["created_at"],
                **_validity(version),
                "is_inferred": False,
            }
        )
    members = with_members(rows, "isrc title main_artist language audio_model_version")
    # A pitch class is no key of a row, though it is named like one.
    return [row | {"musical_key": None} if row["song_id"] < 0 else row for row in members]


def dim_album(truth: Truth) -> list[Row]:
    """Releases as they are today."""
    labels = _names(truth, "labels", "label_id")
    rows = [
        {
            **{name: row[name] for name in ("album_id", "title", "album_type", "artist_id", "release_date")},
            "label_id": _or_none(row["label_id"]),
            "label_name": labels.get(row["label_id"], SELF_PUBLISHED),
            "upc": row["upc"] or "unknown",
            "is_inferred": False,
        }
        for row in truth.lake.latest("albums")
    ]
    return with_members(rows, "title album_type label_name upc")


def dim_content(truth: Truth) -> list[Row]:
    """Content as it is today; the parent of a song is its release."""
    titles = {row["album_id"]: row["title"] for row in truth.lake.latest("albums")}
    albums = {row["song_id"]: row["album_id"] for row in truth.lake.latest("songs")}
    rows = []
    for row in truth.lake.latest("content"):
        song_id = truth.of(song_of_content).get(row["content_id"])
        album_id = None if song_id is None else albums[song_id]
        no_song = UNKNOWN if row["content_type"] == "song" else NOT_APPLICABLE
        kept = (
            "content_id", "content_type", "title", "language_id", "privacy", "upload_status", "is_explicit",
            "duration_ms", "created_at", "published_at",
        )  # fmt: skip
        rows.append(
            {
                **{name: row[name] for name in kept},
                "artist_id": _or_none(row["artist_id"]),
                "song_id": no_song if song_id is None else song_id,
                "parent_type": "none" if album_id is None else "album",
                "parent_id": _or_none(album_id),
                "parent_title": "not applicable" if album_id is None else titles.get(album_id, "unknown"),
                "album_id": _or_none(album_id),
                "is_inferred": False,
            }
        )
    return with_members(rows, "content_type title parent_type parent_title privacy upload_status")


def dim_device(truth: Truth) -> list[Row]:
    """Devices as they are today; the operating system is a code, in lower case."""
    rows = [
        {
            **{name: row[name] for name in ("device_id", "user_id", "device_type", "os_version", "first_seen_at")},
            "os": row["os"].lower(),
            "is_alexa": row["device_type"] == "alexa",
            "alexa_model": row["alexa_model"] or "not applicable",
            "first_app_version": row["app_version"],
            "is_inferred": False,
        }
        for row in truth.lake.latest("devices")
    ]
    return with_members(rows, "device_type alexa_model os os_version first_app_version")


def dim_label(truth: Truth) -> list[Row]:
    """Labels and distributors."""
    rows = [
        {
            **{name: row[name] for name in ("label_id", "name", "label_type", "created_at")},
            **_country(truth, row["country_id"]),
            "owner_user_id": _or_none(row["owner_user_id"]),
        }
        for row in truth.lake.latest("labels")
    ]
    return with_members(rows, "name label_type country_code country")


def dim_playlist(truth: Truth) -> list[Row]:
    """Versions of playlists."""
    kept = ("playlist_id", "name", "playlist_type", "is_collaborative", "version_no", "created_at", "deleted_at")
    rows = [
        {
            "playlist_key": version.key,
            **{name: version.row[name] for name in kept},
            "owner_user_id": _or_none(version.row["owner_user_id"]),
            "visibility": "public" if version.row["is_public"] else "private",
            "is_deleted": version.row["deleted_at"] is not None,
            **_validity(version),
            "is_inferred": False,
        }
        for version in _versions(truth.of(playlists))
    ]
    return with_members(rows, "name playlist_type visibility")


def dim_plan(truth: Truth) -> list[Row]:
    """Versions of price and terms, each as long as both stay as they are; Free without price and country."""
    rows = []
    for price in _versions(truth.of(prices)):
        for plan in truth.of(terms).versions.get(price.row["plan_id"], []):
            begin, end = max(price.valid_from, plan.valid_from), min(price.valid_to, plan.valid_to)
            if begin < end:
                tax = price.row["tax_rate_ppm"]
                rows.append(
                    {
                        "plan_key": price_version_key(price, plan),
                        "plan_price_id": price.entity_id,
                        **_terms(plan),
                        **_country(truth, price.row["country_id"]),
                        **{name: price.row[name] for name in ("currency_code", "billing_cycle", "price_minor")},
                        "net_price_minor": half_up(price.row["price_minor"] * 1_000_000, 1_000_000 + tax),
                        "tax_rate_ppm": tax,
                        "sold_from": price.row["valid_from"],
                        "sold_to": price.row["valid_to"],
                        "valid_from": begin,
                        "valid_to": end,
                        "is_current": price.is_current and plan.is_current,
                    }
                )
    for plan in _versions(truth.of(terms)):
        if plan.row["tier"] == "free":
            rows.append(
                {
                    "plan_key": -plan.key,
                    "plan_price_id": NOT_APPLICABLE,
                    **_terms(plan),
                    "geography_id": NOT_APPLICABLE,
                    "country_code": "not applicable",
                    "country": "not applicable",
                    "currency_code": "XXX",
                    "billing_cycle": "none",
                    "price_minor": 0,
                    "net_price_minor": 0,
                    "tax_rate_ppm": 0,
                    "sold_from": None,
                    "sold_to": None,
                    **_validity(plan),
                }
            )
    texts = "plan_code name tier variant country_code country billing_cycle max_quality"
    return with_members(rows, texts, currency_code="XXX")


def _terms(plan: Version) -> Row:
    names = (
        "plan_id", "plan_code", "name", "tier", "variant", "max_quality", "skips_per_hour", "is_shuffle_only",
        "has_ads", "can_download", "concurrent_streams", "member_limit",
    )  # fmt: skip
    return {name: plan.row[name] for name in names}


def dim_geography(truth: Truth) -> list[Row]:
    """Places: cities, regions (in the zone of their most populous city) and countries."""
    rows = [_place(row, {}, {}) for row in truth.of(countries).values()]
    largest: dict[int, Row] = {}
    for city in sorted(truth.of(cities).values(), key=lambda row: (-(row["population"] or 0), row["city_id"])):
        largest.setdefault(city["region_id"], city)
    for region in truth.of(regions).values():
        country = truth.of(countries)[region["country_id"]]
        zone = largest.get(region["region_id"], country)["time_zone"]
        rows.append(_place(country, region, {}) | {"time_zone": zone})
    for city in truth.of(cities).values():
        region = truth.of(regions)[city["region_id"]]
        rows.append(_place(truth.of(countries)[region["country_id"]], region, city))
    texts = "geography_level name city region_code region country_code country"
    return with_members(rows, texts, time_zone="UTC", currency_code="XXX")


def _place(country: Row, region: Row, city: Row) -> Row:
    """A place by its country, its region and its city; the finest that is given."""
    country_place = country_geography(country["country_id"])
    region_place = region_geography(region["region_id"]) if region else NOT_APPLICABLE
    finest = city or region or country
    return {
        "geography_id": city["city_id"] if city else region_place if region else country_place,
        "geography_level": "city" if city else "region" if region else "country",
        "name": finest["name"],
        "city_geography_id": city.get("city_id", NOT_APPLICABLE),
        "city": city.get("name", "not applicable"),
        "region_geography_id": region_place,
        "region_code": region.get("region_code", "not applicable"),
        "region": region.get("name", "not applicable"),
        "country_geography_id": country_place,
        "country_id": country["country_id"],
        "country_code": country["country_code"],
        "country": country["name"],
        "time_zone": (city or country)["time_zone"],
        "latitude": city.get("latitude"),
        "longitude": city.get("longitude"),
        "population": city.get("population"),
        "currency_code": country["currency_code"],
        "is_launch_market": country["is_launch_market"],
    }


def dim_currency(truth: Truth) -> list[Row]:
    """Currencies with the days for which the ECB publishes a rate; XXX is unknown."""
    rated: dict[str, list[date]] = defaultdict(list)
    for row in truth.seeds.rows("fx_rates"):
        rated[row["currency_code"]].append(date.fromisoformat(row["rate_date"]))
    rows: list[Row] = [
        {
            "currency_code": row["currency_code"],
            "name": row["name"],
            "minor_units": int(row["minor_units"]),
            "micro_per_minor": truth.of(micro_per_minor)[row["currency_code"]],
            "has_reference_rate": row["currency_code"] in rated,
            "first_rate_date": min(rated.get(row["currency_code"], []), default=None),
            "last_rate_date": max(rated.get(row["currency_code"], []), default=None),
            "is_reporting_currency": row["currency_code"] == REPORTING_CURRENCY,
        }
        for row in truth.seeds.rows("currencies")
    ]
    unknown = {"currency_code": "XXX", "name": "Unknown", "minor_units": 0, "micro_per_minor": 1_000_000}
    nothing = {"has_reference_rate": False, "first_rate_date": None, "last_rate_date": None}
    return [*rows, unknown | nothing | {"is_reporting_currency": False}]


def dim_voice_intent(truth: Truth) -> list[Row]:
    """Each intent in each language."""
    rows = [
        {
            "voice_intent_id": int(intent["voice_intent_no"]) * 10_000 + language_id,
            "intent": intent["intent"],
            "intent_name": intent["name"],
            "plays_content": intent["plays_content"] == "true",
            "language_id": language_id,
            "language_code": language["language_code"],
            "language": language["name"],
        }
        for intent in truth.seeds.rows("voice_intents")
        for language_id, language in truth.of(languages).items()
    ]
    return with_members(rows, "intent intent_name language_code language")


def dim_listening_context(truth: Truth) -> list[Row]:
    """Every combination of context, skip reason, quality, shuffle and offline."""
    contexts = {row["context_type"]: row for row in truth.seeds.rows("context_types")}
    reasons = {row["skip_reason"]: row for row in truth.seeds.rows("skip_reasons")}
    rows: list[dict[str, Any]] = []
    for context in CONTEXTS:
        for reason in SKIP_REASONS:
            for quality in QUALITIES:
                for shuffle in (False, True):
                    for offline in (False, True):
                        codes: Row = {
                            "context_type": context,
                            "skip_reason": reason,
                            "quality": quality,
                            "is_shuffle": shuffle,
                            "is_offline": offline,
                        }
                        known = reasons.get(reason)
                        rows.append(
                            {
                                "listening_context_id": listening_context(codes),
                                **codes,
                                "context_name": contexts[context]["name"],
                                "is_sought": contexts[context]["is_sought"] == "true",
                                "skip_reason_name": "Not skipped" if known is None else known["name"],
                                "is_skipped": reason != "none",
                                "is_deliberate_skip": known is not None and known["is_deliberate"] == "true",
                            }
                        )
    return with_members(rows, "context_type context_name skip_reason skip_reason_name quality")


def dim_advertiser(truth: Truth) -> list[Row]:
    """Advertisers."""
    rows = [
        {
            **{name: row[name] for name in ("advertiser_id", "name", "industry", "created_at")},
            **_country(truth, row["billing_country_id"]),
            "is_inferred": False,
        }
        for row in truth.lake.latest("advertisers")
    ]
    return with_members(rows, "name industry country_code country")


def dim_campaign(truth: Truth) -> list[Row]:
    """Versions of campaigns, with their targets in words."""
    advertisers = _names(truth, "advertisers", "advertiser_id")
    targets: dict[int, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for row in truth.lake.latest("campaign_targets"):
        targets[row["campaign_id"]][row["target_type"]].append(row["target_value"])
    kept = (
        "campaign_id", "name", "campaign_type", "status", "pacing", "pricing_model", "currency_code", "budget_minor",
        "price_minor", "goal_impressions", "starts_at", "ends_at", "created_at",
    )  # fmt: skip
    rows = []
    for version in _versions(truth.of(campaigns)):
        row = version.row
        aims = [f"{kind}: {', '.join(values)}" for kind, values in targets.get(row["campaign_id"], {}).items()]
        client = row["advertiser_id"]
        rows.append(
            {
                "campaign_key": version.key,
                **{name: row[name] for name in kept},
                "advertiser_id": _or_none(client),
                "advertiser": "not applicable" if client is None else advertisers.get(client, "unknown"),
                "creator_artist_id": _or_none(row["creator_artist_id"]),
                "promoted_content_id": _or_none(row["promoted_content_id"]),
                "targets": "; ".join(aims) or "everyone",
                **_validity(version),
                "is_inferred": False,
            }
        )
    texts = "advertiser name campaign_type status pacing pricing_model targets"
    return with_members(rows, texts, currency_code="XXX")


def dim_creative(truth: Truth) -> list[Row]:
    """Creatives with their active periods."""
    kept = ("creative_id", "campaign_id", "title", "format", "duration_ms", "active_from", "active_to")
    rows = [{**{name: row[name] for name in kept}, "is_inferred": False} for row in truth.lake.latest("creatives")]
    return with_members(rows, "title format")
