"""Labels, artists and what they publish."""

from functools import partial

from generators.ddl.table import table

_entity = partial(table, kind="entity", domain="catalog")

TABLES = (
    _entity(
        name="labels",
        about="One label or independent distributor.",
        key="label_id",
        unique=("name",),
        columns="""
        label_id      bigint              | Durable id of the label.
        name          text                | Name.
        label_type    text                | major, independent or distributor.
        country_id    bigint -> countries | Seat.
        owner_user_id bigint? -> users.user_id | Account that sees the label's dashboards.
        created_at    timestamptz         | Contracted (UTC).
        """,
        checks={"label_type_known": "label_type in ('major', 'independent', 'distributor')"},
    ),
    _entity(
        name="artists",
        about="One artist profile.",
        key="artist_id",
        unique=("artist_uuid",),
        columns="""
        artist_id           bigint              | Durable id of the artist.
        artist_uuid         uuid                | Public identifier.
        name                text                | Stage name.
        user_id             bigint? -> users set null | Account behind the profile, if any.
        label_id            bigint? -> labels   | Label or distributor; null for the self-published.
        country_id          bigint -> countries | Home country.
        verification_status text                | unverified, pending or verified.
        created_at          timestamptz         | Profile created (UTC).
        biography           text?               | Biography, of a claimed profile, in the language of its recordings.
        picture_url         text?               | Address of the picture; null while nobody has claimed the profile.
        cover_url           text?               | Address of the picture at the head of the profile; null where there is none.
        """,
        search=("name",),
        checks={"verification_status_known": "verification_status in ('unverified', 'pending', 'verified')"},
        indexes=("lower(name)", "label_id"),
    ),
    _entity(
        name="albums",
        about="One release: album, EP, single or compilation.",
        key="album_id",
        unique=("upc",),
        columns="""
        album_id     bigint            | Durable id of the release.
        title        text              | Title.
        album_type   text              | album, ep, single or compilation.
        artist_id    bigint -> artists | Main artist.
        label_id     bigint? -> labels | Label of the release.
        upc          text              | UPC/GTIN-12 with check digit.
        release_date date              | First released.
        description  text?             | What its publisher says of it, where anything, in the language of its recordings.
        cover_url    text?             | Address of the cover.
        """,
        search=("title",),
        checks={
            "album_type_known": "album_type in ('album', 'ep', 'single', 'compilation')",
            "upc_form": "upc ~ '^[0-9]{12}$'",
        },
        indexes=("artist_id",),
    ),
    _entity(
        name="content",
        about="One piece of content of any media type; songs, episodes, videos and recordings extend it.",
        key="content_id",
        unique=("content_uuid",),
        columns="""
        content_id    bigint            | Durable id of the content.
        content_uuid  uuid              | Public identifier.
        content_type  text              | song, podcast_episode, video, reel, story or live_recording.
        title         text              | Title in its original language.
        artist_id     bigint? -> artists | Artist or creator who published it.
        language_id   bigint -> languages | Original language.
        privacy       text              | public, followers, unlisted or private.
        upload_status text              | received, validated, published, refused or withdrawn.
        is_explicit   boolean           | Marked as explicit.
        duration_ms   bigint?           | Length in milliseconds; null where there is none.
        created_at    timestamptz       | Uploaded (UTC).
        published_at  timestamptz?      | Published (UTC).
        description      text?          | What its publisher says of it.
        file_url         text?          | Address of the file; what its parts are is told by content_uploads.
        allows_comments  boolean?       | Comments are open; null where the source does not tell.
        allows_downloads boolean?       | May be downloaded by those whose plan allows it; null where the source does not tell.
        content_warning  text?          | What to be warned of: explicit_language or flashing_lights.
        deleted_at       timestamptz?   | Soft delete (UTC); a story goes a day after its publication.
        thumbnail_url    text?          | Address of a small picture; null of songs, which have the cover of their release.
        """,
        search=("title",),
        checks={
            "warning_known": "content_warning in ('explicit_language', 'flashing_lights')",
            "deleted_after_publication": "deleted_at > published_at",
            "content_type_known": (
                "content_type in ('song', 'podcast_episode', 'video', 'reel', 'story', 'live_recording')"
            ),
            "privacy_known": "privacy in ('public', 'followers', 'unlisted', 'private')",
            "upload_status_known": "upload_status in ('received', 'validated', 'published', 'refused', 'withdrawn')",
            "duration_positive": "duration_ms > 0",
        },
        indexes=("artist_id", "published_at where deleted_at is null"),
    ),
    _entity(
        name="songs",
        about="One recording: content of type song with its industry identifier.",
        key="song_id",
        unique=("content_id", "isrc"),
        columns="""
        song_id              bigint            | Durable id of the recording.
        content_id           bigint -> content | Content it is.
        isrc                 text?             | International Standard Recording Code; null where the source has none.
        album_id             bigint? -> albums | Release it is on, where known.
        track_number         integer?          | Position on the release, from 1.
        title                text              | Title in its original language.
        duration_ms          bigint?           | Length in milliseconds; null where an imported log does not tell it.
        original_language_id bigint -> languages.language_id | Language sung.
        cover_of_song_id     bigint? -> songs.song_id | Recording it covers.
        is_functional_noise  boolean           | Rain, white noise and the like: its own eligibility rule.
        created_at           timestamptz       | Added to the catalogue (UTC).
        is_instrumental      boolean?          | Nobody sings; null where the source does not tell.
        """,
        checks={
            "isrc_form": "isrc ~ '^[A-Z]{2}[A-Z0-9]{3}[0-9]{7}$'",
            "duration_positive": "duration_ms > 0",
            "track_number_positive": "track_number > 0",
        },
        indexes=("album_id",),
    ),
    _entity(
        name="song_artists",
        about="One artist's part in a recording.",
        key="song_id artist_id role",
        columns="""
        song_id         bigint -> songs   | Recording.
        artist_id       bigint -> artists | Artist.
        role            text              | main, featured, remixer, producer or writer.
        credit_position integer           | Order of credit, from 1.
        """,
        checks={
            "role_known": "role in ('main', 'featured', 'remixer', 'producer', 'writer')",
            "credit_position_positive": "credit_position > 0",
        },
        indexes=("artist_id",),
    ),
    _entity(
        name="song_genres",
        about="One genre tag of a recording.",
        key="song_id genre_id",
        columns="""
        song_id      bigint -> songs cascade | Recording.
        genre_id     bigint -> genres | Genre.
        tag_position integer          | 1 is the main genre.
        """,
        checks={"tag_position_positive": "tag_position > 0"},
    ),
    _entity(
        name="song_moods",
        about="One mood label of a recording.",
        key="song_id mood_id",
        columns="""
        song_id      bigint -> songs cascade | Recording.
        mood_id      bigint -> moods  | Mood.
        tag_position integer          | 1 is the main mood.
        """,
        checks={"tag_position_positive": "tag_position > 0"},
    ),
    _entity(
        name="song_localizations",
        about="Title and lyrics of a recording in one language.",
        key="song_id language_id",
        columns="""
        song_id        bigint -> songs cascade | Recording.
        language_id    bigint -> languages | Language of this text.
        title          text    | Title in that language and script.
        lyrics         text?   | Synthetic lyrics, where delivered.
        is_translation boolean | Translated, not original.
        """,
    ),
    _entity(
        name="audio_features",
        about="Analysed features of a recording by the model in force.",
        key="song_id",
        columns="""
        song_id       bigint -> songs cascade | Recording.
        model_version text         | Version of the analysing model.
        tempo_bpm     numeric(6,2) | Tempo in beats a minute.
        musical_key   integer      | Pitch class 0 (C) to 11 (B).
        is_major      boolean      | Major mode.
        loudness_db   numeric(5,2) | Integrated loudness in LUFS, negative.
        energy        numeric(4,3) | 0 to 1.
        danceability  numeric(4,3) | 0 to 1.
        valence       numeric(4,3) | 0 (sad) to 1 (happy).
        analyzed_at   timestamptz  | Analysis (UTC).
        """,
        checks={
            "musical_key_range": "musical_key between 0 and 11",
            "features_in_unit_interval": (
                "energy between 0 and 1 and danceability between 0 and 1 and valence between 0 and 1"
            ),
            "tempo_positive": "tempo_bpm > 0",
        },
    ),
)
