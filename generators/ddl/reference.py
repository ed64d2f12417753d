"""Reference data: places, languages, genres and moods."""

from functools import partial

from generators.ddl.table import table

_reference = partial(table, kind="reference", domain="reference")

TABLES = (
    _reference(
        name="countries",
        about="One country in which the platform is launched or listeners roam.",
        key="country_id",
        unique=("country_code",),
        columns="""
        country_id        bigint  | Durable id of the country.
        country_code      text    | ISO 3166-1 alpha-2 code.
        name              text    | English short name.
        currency_code     text    | ISO 4217 code of the currency prices are set in.
        time_zone         text    | IANA zone of the most populous place; used where no city is known.
        is_launch_market  boolean | India, Brazil and Indonesia first.
        launch_date       date?   | First day of service; null where the platform is not sold.
        """,
        checks={
            "country_code_form": "country_code ~ '^[A-Z]{2}$'",
            "currency_code_form": "currency_code ~ '^[A-Z]{3}$'",
        },
    ),
    _reference(
        name="regions",
        about="One state or province within a country.",
        key="region_id",
        unique=("country_id name",),
        columns="""
        region_id   bigint              | Durable id of the region.
        country_id  bigint -> countries | Country it lies in.
        region_code text                | ISO 3166-2 code, or the country code and the name where there is none.
        name        text                | English name.
        """,
    ),
    _reference(
        name="cities",
        about="One city with its coordinates and zone.",
        key="city_id",
        unique=("region_id name",),
        columns="""
        city_id    bigint            | Durable id of the city.
        region_id  bigint -> regions | Region it lies in.
        name       text              | English name.
        latitude   numeric(8,5)?     | Degrees north; null where the source does not tell.
        longitude  numeric(8,5)?     | Degrees east.
        time_zone  text              | IANA zone.
        population bigint?           | Inhabitants, rounded.
        """,
        checks={"latitude_range": "latitude between -90 and 90", "longitude_range": "longitude between -180 and 180"},
    ),
    _reference(
        name="languages",
        about="One language of accounts, titles or utterances.",
        key="language_id",
        unique=("language_code",),
        columns="""
        language_id   bigint | Durable id of the language.
        language_code text   | BCP 47 code.
        name          text   | English name.
        native_name   text   | Name in the language itself.
        script        text   | ISO 15924 code of its usual script.
        """,
    ),
    _reference(
        name="genres",
        about="One genre tag; a genre may have a parent genre.",
        key="genre_id",
        unique=("name",),
        columns="""
        genre_id        bigint            | Durable id of the genre.
        name            text              | Name of the genre.
        parent_genre_id bigint? -> genres.genre_id | Wider genre, null at the top.
        """,
    ),
    _reference(
        name="moods",
        about="One mood label.",
        key="mood_id",
        unique=("name",),
        columns="""
        mood_id bigint | Durable id of the mood.
        name    text   | Name of the mood.
        """,
    ),
)
