"""Shows, episodes, videos and reels, and what becomes of content: its assets, its versions, its audits; artists' papers."""

from functools import partial

from generators.ddl.table import table

_event = partial(table, kind="event", domain="catalog")
_entity = partial(table, kind="entity", domain="catalog")

TABLES = (
    _entity(
        name="artist_verifications",
        about="One claim of an artist profile, and the decision on it.",
        key="artist_verification_id",
        columns="""
        artist_verification_id bigint       | Durable id of the claim.
        artist_id              bigint -> artists cascade | Profile claimed.
        document_urls          text?        | Addresses of the documents handed in, a JSON array; null once they are destroyed.
        third_party_platform   text?        | Service that vouches for the artist: soundchart, chartmetric, viberate or manual.
        third_party_id         text?        | The artist's id there.
        status                 text         | pending, approved or rejected.
        reviewer_user_id       bigint? -> users.user_id set null | Who decided; null while pending and where a rule decided.
        admin_notes            text?        | Reason, of a rejection.
        submitted_at           timestamptz  | Handed in (UTC).
        decided_at             timestamptz? | Decided (UTC).
        """,
        checks={
            "status_known": "status in ('pending', 'approved', 'rejected')",
            "platform_known": "third_party_platform in ('soundchart', 'chartmetric', 'viberate', 'manual')",
            "decision_has_instant": "(status = 'pending') = (decided_at is null)",
            "rejection_has_reason": "status <> 'rejected' or admin_notes is not null",
            "decided_after_submission": "decided_at > submitted_at",
        },
        indexes=("artist_id", "submitted_at where status = 'pending'"),
    ),
    _entity(
        name="artist_payout_methods",
        about="One way of paying an artist. Only a token of the account is kept.",
        key="artist_payout_method_id",
        unique=("account_token",),
        columns="""
        artist_payout_method_id bigint       | Durable id of the method.
        artist_id               bigint -> artists cascade | Artist.
        method_type             text         | bank_transfer, upi, pix, paypal or e_wallet.
        account_token           text         | Token of the account at the payment provider.
        account_last4           text         | Last four characters of the account, to tell methods apart.
        currency_code           text         | ISO 4217 code of what it is paid in.
        is_default              boolean      | Used unless another is named; one a time for an artist.
        created_at              timestamptz  | Added (UTC).
        updated_at              timestamptz  | Last changed (UTC).
        removed_at              timestamptz? | Removed (UTC).
        """,
        checks={
            "method_type_known": "method_type in ('bank_transfer', 'upi', 'pix', 'paypal', 'e_wallet')",
            "currency_code_form": "currency_code ~ '^[A-Z]{3}$'",
            "last4_form": "account_last4 ~ '^[0-9]{4}$'",
            "removed_is_no_default": "removed_at is null or not is_default",
            "period_not_reversed": "removed_at > created_at",
        },
        indexes=("artist_id where is_default",),
    ),
    _entity(
        name="podcasts",
        about="One show.",
        key="podcast_id",
        unique=("podcast_uuid",),
        columns="""
        podcast_id      bigint       | Durable id of the show.
        podcast_uuid    uuid         | Public identifier.
        title           text         | Title, in its language.
        description     text         | What it is about, in its language.
        artist_id       bigint -> artists | Creator who publishes it.
        language_id     bigint -> languages | Language spoken.
        genre_id        bigint -> genres | What its music is.
        cover_image_url text?        | Address of the cover.
        status          text         | active or ended.
        created_at      timestamptz  | Created (UTC).
        ended_at        timestamptz? | No further episode is to come since (UTC).
        """,
        search=("title",),
        checks={
            "status_known": "status in ('active', 'ended')",
            "ended_has_instant": "(status = 'ended') = (ended_at is not null)",
            "period_not_reversed": "ended_at > created_at",
        },
        indexes=("artist_id", "lower(title)"),
    ),
    _entity(
        name="podcast_episodes",
        about="One episode: content of type podcast_episode.",
        key="content_id",
        unique=("podcast_id season_number episode_number",),
        columns="""
        content_id     bigint -> content cascade | Content it is.
        podcast_id     bigint -> podcasts | Show.
        season_number  integer | Season, from 1.
        episode_number integer | Number within the season, from 1.
        description    text    | Notes to the episode, in the show's language.
        chapters       text    | Chapters as a JSON array of start_ms and title.
        has_transcript boolean | A transcript was delivered.
        """,
        checks={"season_positive": "season_number > 0", "episode_positive": "episode_number > 0"},
    ),
    _entity(
        name="videos",
        about="One video: content of type video.",
        key="content_id",
        columns="""
        content_id   bigint -> content cascade | Content it is.
        video_type   text    | music_video, behind_scenes, performance, tutorial or vlog.
        song_id      bigint? -> songs set null | Recording that it shows.
        aspect_ratio text    | Width to height, such as 16:9.
        resolution   text    | Width x height in pixels.
        fps          integer | Frames a second.
        has_captions boolean | Captions are there.
        captions_url text?   | Address of the captions.
        """,
        checks={
            "video_type_known": ("video_type in ('music_video', 'behind_scenes', 'performance', 'tutorial', 'vlog')"),
            "aspect_ratio_form": "aspect_ratio ~ '^[0-9]+:[0-9]+$'",
            "resolution_form": "resolution ~ '^[0-9]+x[0-9]+$'",
            "fps_positive": "fps > 0",
            "captions_have_address": "has_captions = (captions_url is not null)",
        },
        indexes=("song_id",),
    ),
    _entity(
        name="reels",
        about="One reel or story: content of type reel or story. A story is withdrawn after a day.",
        key="content_id",
        columns="""
        content_id         bigint -> content cascade | Content it is.
        reel_type          text    | reel or story.
        background_song_id bigint? -> songs.song_id set null | Recording in the background.
        song_start_ms      bigint? | Where the recording begins, in milliseconds.
        effects            text    | Effects used, a JSON array.
        hashtags           text    | Hashtags without the sign, a JSON array.
        mentioned_artist_id bigint? -> artists.artist_id set null | Artist who is mentioned.
        """,
        checks={
            "reel_type_known": "reel_type in ('reel', 'story')",
            "start_of_background": "(background_song_id is null) = (song_start_ms is null)",
            "start_not_negative": "song_start_ms >= 0",
        },
        indexes=("background_song_id",),
    ),
    _event(
        name="content_versions",
        about="One change of one attribute of content after its publication.",
        key="content_version_id",
        partitioned=True,
        columns="""
        content_version_id bigint      | Id of the change, rising with time.
        content_id         bigint -> content cascade | Content.
        version_no         integer     | Version that the change made; 0 was published, see change_no of content.
        changed_at         timestamptz | Instant (UTC).
        attribute_name     text        | title or upload_status.
        value_before       text        | Value until then.
        value_after        text        | Value since then.
        change_reason      text        | correction, rebranding or expiry.
        changed_by_user_id bigint? -> users.user_id set null | Account of the artist who changed it; null for the label and for rules.
        """,
        checks={
            "version_positive": "version_no > 0",
            "attribute_known": "attribute_name in ('title', 'upload_status')",
            "value_changes": "value_before <> value_after",
            "reason_known": "change_reason in ('correction', 'rebranding', 'expiry')",
        },
        indexes=("content_id",),
    ),
    _entity(
        name="content_uploads",
        about="One asset on its way in: received, queued, validated, then published or refused. From 60 days before "
        "the first day of data.",
        key="content_upload_id",
        columns="""
        content_upload_id bigint       | Durable id of the upload.
        artist_id         bigint -> artists | Whose asset.
        content_id        bigint? -> content cascade | Content it became part of; null until it is published.
        asset_kind        text         | audio, video, artwork, lyrics or chapters.
        object_key        text         | Key in the object store.
        size_bytes        bigint       | Size.
        checksum          text         | SHA-256 of the bytes.
        status            text         | received, queued, validated, published or refused.
        refusal_reason    text?        | codec, silence, duplicate, metadata, artwork_size or virus.
        received_at       timestamptz  | Last byte received (UTC).
        queued_at         timestamptz? | Waiting for validation since (UTC).
        validated_at      timestamptz? | Validation passed (UTC).
        published_at      timestamptz? | Published (UTC).
        refused_at        timestamptz? | Refused (UTC).
        """,
        checks={
            "asset_kind_known": "asset_kind in ('audio', 'video', 'artwork', 'lyrics', 'chapters')",
            "status_known": "status in ('received', 'queued', 'validated', 'published', 'refused')",
            "size_positive": "size_bytes > 0",
            "checksum_form": "checksum ~ '^[0-9a-f]{64}$'",
            "reason_known": (
                "refusal_reason in ('codec', 'silence', 'duplicate', 'metadata', 'artwork_size', 'virus')"
            ),
            "refusal_has_reason": "(status = 'refused') = (refusal_reason is not null)",
            "refusal_has_instant": "(status = 'refused') = (refused_at is not null)",
            "publication_has_content": (
                "(status = 'published') = (content_id is not null)"
                " and (status = 'published') = (published_at is not null)"
            ),
            "in_order": (
                "queued_at >= received_at and validated_at > queued_at and published_at >= validated_at"
                " and refused_at > queued_at"
            ),
        },
        indexes=("artist_id", "received_at where status in ('received', 'queued')"),
    ),
    _event(
        name="metadata_audits",
        about="One attribute of one recording, of a daily sample, held against what its label delivered.",
        key="metadata_audit_id",
        partitioned=True,
        columns="""
        metadata_audit_id bigint      | Id of the check, rising with time.
        song_id           bigint -> songs | Recording.
        checked_at        timestamptz | Instant (UTC).
        attribute_name    text        | title, duration_ms, track_number, language or is_explicit.
        value_held        text        | Value of the catalogue.
        value_true        text        | Value of the delivery.
        is_correct        boolean     | They agree.
        auditor           text        | Name of the rule or staff account that checked.
        """,
        checks={
            "attribute_known": (
                "attribute_name in ('title', 'duration_ms', 'track_number', 'language', 'is_explicit')"
            ),
            "correct_means_equal": "is_correct = (value_held = value_true)",
        },
        indexes=("attribute_name, checked_at",),
    ),
)
