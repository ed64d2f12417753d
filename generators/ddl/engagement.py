"""What listeners do: sessions, plays, utterances, reactions, follows and playlists."""

from functools import partial

from generators.ddl.table import table

_event = partial(table, kind="event", domain="engagement")
_entity = partial(table, kind="entity", domain="engagement")

TABLES = (
    _event(
        name="listening_sessions",
        about="One session of the app on one device, as the client logs it.",
        key="session_id",
        partitioned=True,
        columns="""
        session_id    bigint               | Id of the session, rising with time.
        user_id       bigint -> users      | Listener.
        device_id     bigint -> devices    | Device.
        ip_country_id bigint -> countries.country_id | Country of the IP address.
        city_id       bigint? -> cities    | City of the IP address, where known.
        started_at    timestamptz          | Start (UTC).
        ended_at      timestamptz?         | End (UTC), null when the client vanished.
        app_version   text                 | App version of the moment.
        os_version    text                 | OS version of the moment.
        trace_id      text?                | Trace of the playback requests.
        """,
        checks={"period_not_reversed": "ended_at >= started_at"},
        indexes=("user_id, started_at",),
    ),
    _event(
        name="voice_commands",
        about="One utterance to an Alexa device.",
        key="voice_command_id",
        partitioned=True,
        columns="""
        voice_command_id    bigint              | Id of the utterance, rising with time.
        user_id             bigint -> users     | Speaker's account.
        device_id           bigint -> devices   | Alexa device.
        spoken_at           timestamptz         | Instant (UTC).
        utterance           text                | Recognised text.
        intent              text                | Alexa intent, e.g. PlaySongIntent.
        language_id         bigint -> languages | Language spoken.
        confidence          numeric(4,3)        | Recogniser's confidence, 0 to 1.
        city_id             bigint? -> cities   | City of the device, where known.
        resolved_content_id bigint? -> content.content_id | Content that was found.
        """,
        checks={"confidence_range": "confidence between 0 and 1"},
        indexes=("user_id, spoken_at",),
    ),
    _event(
        name="streams",
        about="One play of one piece of content.",
        key="stream_id",
        partitioned=True,
        columns="""
        stream_id        bigint               | Id of the play, rising with time.
        user_id          bigint -> users      | Listener.
        content_id       bigint -> content    | What was played.
        device_id        bigint -> devices    | On what.
        session_id       bigint -> listening_sessions | In which session of the app.
        started_at       timestamptz          | Start (UTC).
        startup_ms       integer?             | From request to first sound, in milliseconds.
        played_ms        bigint?              | Time played in milliseconds; null when the end was never reported.
        played_ms_basis  text                 | reported, inferred (from the next event) or unknown.
        is_completed     boolean              | Client reports that the end was reached.
        is_skipped       boolean              | Listener moved on before the end.
        skip_reason      text?                | next_button, back_button, new_selection, voice, app_closed or unknown; null unless skipped.
        is_shuffle       boolean              | Shuffle was on.
        is_offline       boolean              | Played from a download without connection.
        context_type     text                 | playlist, album, artist, radio, search, recommendation, library, voice or unknown.
        context_id       bigint?              | Id of the context: a playlist, album or artist; null otherwise.
        referrer         text?                | Surface the play came from.
        codec            text?                | Audio codec.
        quality          text                 | low, normal, high, lossless or unknown.
        cdn_edge         text?                | Edge that served it; null offline.
        ip_country_id    bigint -> countries.country_id | Country of the IP address.
        city_id          bigint? -> cities    | City of the IP address, where known.
        voice_command_id bigint? -> voice_commands | Utterance that started it.
        """,
        checks={
            "played_ms_not_negative": "played_ms >= 0",
            "basis_known": "played_ms_basis in ('reported', 'inferred', 'unknown')",
            "unknown_has_no_time": "(played_ms_basis = 'unknown') = (played_ms is null)",
            "startup_not_negative": "startup_ms >= 0",
            "skip_has_reason": "is_skipped = (skip_reason is not null)",
            "skip_reason_known": (
                "skip_reason in ('next_button', 'back_button', 'new_selection', 'voice', 'app_closed', 'unknown')"
            ),
            "context_known": (
                "context_type in ('playlist', 'album', 'artist', 'radio', 'search', 'recommendation', 'library',"
                " 'voice', 'unknown')"
            ),
            "quality_known": "quality in ('low', 'normal', 'high', 'lossless', 'unknown')",
        },
        indexes=("user_id, started_at", "content_id, started_at"),
    ),
    _event(
        name="reactions",
        about="One reaction of an account.",
        key="reaction_id",
        partitioned=True,
        columns="""
        reaction_id   bigint          | Id of the reaction, rising with time.
        user_id       bigint -> users | Who reacts.
        target_type   text            | content, comment, post or review.
        target_id     bigint          | Id of the target.
        reaction_type text            | like, love, fire, laugh, sad or wow.
        reacted_at    timestamptz     | Instant (UTC).
        """,
        checks={
            "target_type_known": "target_type in ('content', 'comment', 'post', 'review')",
            "reaction_type_known": "reaction_type in ('like', 'love', 'fire', 'laugh', 'sad', 'wow')",
        },
        indexes=("user_id, reacted_at", "target_type, target_id"),
    ),
    _entity(
        name="follows",
        about="One follow of an artist or an account, with its end.",
        key="follow_id",
        columns="""
        follow_id        bigint          | Durable id of the follow.
        follower_user_id bigint -> users.user_id cascade | Follower.
        target_type      text            | artist or user.
        target_id        bigint          | Artist or account followed.
        followed_at      timestamptz     | Since (UTC).
        unfollowed_at    timestamptz?    | Until (UTC).
        """,
        checks={
            "target_type_known": "target_type in ('artist', 'user')",
            "period_not_reversed": "unfollowed_at > followed_at",
        },
        indexes=("follower_user_id include target_type, target_id", "target_type, target_id include follower_user_id"),
    ),
    _entity(
        name="playlists",
        about="One playlist.",
        key="playlist_id",
        columns="""
        playlist_id      bigint           | Durable id of the playlist.
        owner_user_id    bigint? -> users.user_id cascade | Owner; null for editorial and algorithmic lists.
        name             text             | Name.
        playlist_type    text             | user, algorithmic or editorial.
        is_public        boolean          | Visible to others.
        is_collaborative boolean          | Others may edit.
        version_no       integer          | Version of the list, rising with every edit of the editors.
        created_at       timestamptz      | Created (UTC).
        deleted_at       timestamptz?     | Soft delete (UTC).
        description      text?            | What the owner says of it, where anything.
        cover_url        text?            | Address of the cover; null of a user's list that shows the covers of its songs.
        sponsor_advertiser_id bigint? -> advertisers.advertiser_id set null | Advertiser who pays for it, of an editorial list.
        """,
        search=("name",),
        checks={
            "playlist_type_known": "playlist_type in ('user', 'algorithmic', 'editorial')",
            "sponsored_is_editorial": "sponsor_advertiser_id is null or playlist_type = 'editorial'",
        },
        indexes=("owner_user_id",),
    ),
    _entity(
        name="playlist_items",
        about="One piece of content on a playlist.",
        key="playlist_item_id",
        columns="""
        playlist_item_id bigint               | Durable id of the entry.
        playlist_id      bigint -> playlists cascade | Playlist.
        content_id       bigint -> content    | Content.
        position         integer              | Position when added, from 1.
        added_by_user_id bigint? -> users.user_id set null | Who added it; null for editors and algorithms.
        added_at         timestamptz          | Added (UTC).
        removed_at       timestamptz?         | Removed (UTC).
        """,
        checks={"position_positive": "position > 0", "period_not_reversed": "removed_at > added_at"},
        indexes=("playlist_id include content_id", "content_id"),
    ),
)
