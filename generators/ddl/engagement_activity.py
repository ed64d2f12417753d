"""What listeners find, keep and pass on, and how playing went: shares, saves, searches, recommendations, ticks, edits."""

from functools import partial

from generators.ddl.table import table

_event = partial(table, kind="event", domain="engagement")
_entity = partial(table, kind="entity", domain="engagement")

TABLES = (
    _event(
        name="shares",
        about="One share of content: reposted, quoted, sent to another platform or as a link.",
        key="share_id",
        partitioned=True,
        columns="""
        share_id    bigint           | Id of the share, rising with time.
        user_id     bigint -> users cascade | Who shares.
        content_id  bigint? -> content cascade | Content shared.
        post_id     bigint?          | Post shared.
        share_type  text             | repost, quote, external or link.
        platform    text?            | Where to, of an external share: whatsapp, instagram, x, telegram or facebook.
        caption     text?            | Words added, of a quote; in the sharer's language.
        share_token text?            | Random token of the link, of a share that leaves the platform.
        shared_at   timestamptz      | Instant (UTC).
        expires_at  timestamptz?     | End of the link's validity (UTC); null where it does not end.
        """,
        checks={
            "share_type_known": "share_type in ('repost', 'quote', 'external', 'link')",
            "one_target": "(content_id is null) <> (post_id is null)",
            "platform_of_external": "(share_type = 'external') = (platform is not null)",
            "platform_known": "platform in ('whatsapp', 'instagram', 'x', 'telegram', 'facebook')",
            "caption_of_quote": "(share_type = 'quote') = (caption is not null)",
            "token_leaves": "(share_type in ('external', 'link')) = (share_token is not null)",
            "expires_after_issue": "expires_at > shared_at",
        },
        indexes=("user_id, shared_at", "content_id", "share_token"),
    ),
    _entity(
        name="saves",
        about="One piece of content that an account keeps in its library or downloaded to a device.",
        key="save_id",
        columns="""
        save_id    bigint       | Durable id of the save, rising with time.
        user_id    bigint -> users cascade | Whose library.
        content_id bigint -> content cascade | Content kept.
        save_type  text         | library or download.
        device_id  bigint? -> devices set null | Device that holds the download; null for the library.
        saved_at   timestamptz  | Since (UTC).
        removed_at timestamptz? | Until (UTC).
        """,
        checks={
            "save_type_known": "save_type in ('library', 'download')",
            "library_has_no_device": "save_type = 'download' or device_id is null",
            "period_not_reversed": "removed_at > saved_at",
        },
        indexes=("user_id, saved_at where removed_at is null", "content_id"),
    ),
    _event(
        name="search_queries",
        about="One search. What was typed is not kept, only its class: searches tell too much of a person.",
        key="search_query_id",
        partitioned=True,
        columns="""
        search_query_id    bigint      | Id of the search, rising with time.
        user_id            bigint -> users | Who searches.
        device_id          bigint -> devices | On what.
        session_id         bigint? -> listening_sessions | Session in which something found was played.
        searched_at        timestamptz | Instant of the last key (UTC).
        query_class        text        | title, artist, album, lyrics, genre, mood or podcast.
        query_length       integer     | Characters typed.
        language_id        bigint -> languages | Language of the query.
        surface            text        | autocomplete or results: where the answer was shown.
        has_typo           boolean     | A spelling was corrected.
        result_count       integer     | Results found.
        latency_ms         integer     | From the request to the answer, in milliseconds.
        clicked_content_id bigint? -> content.content_id | Content chosen; null if none was.
        clicked_rank       integer?    | Its place among the results, from 1.
        clicked_at         timestamptz? | Instant of the choice (UTC).
        """,
        checks={
            "query_class_known": ("query_class in ('title', 'artist', 'album', 'lyrics', 'genre', 'mood', 'podcast')"),
            "surface_known": "surface in ('autocomplete', 'results')",
            "query_length_positive": "query_length > 0",
            "latency_positive": "latency_ms > 0",
            "click_among_results": (
                "(clicked_content_id is null) = (clicked_rank is null)"
                " and (clicked_content_id is null) = (clicked_at is null)"
                " and coalesce(clicked_rank between 1 and result_count, result_count >= 0)"
            ),
            "click_after_search": "clicked_at > searched_at",
        },
        indexes=("user_id, searched_at",),
    ),
    _event(
        name="recommendations",
        about="One recording of a list that was made at night for an account and shown in a session. SAMPLED: the "
        "lists of one session in eight that was shown one.",
        key="recommendation_id",
        partitioned=True,
        columns="""
        recommendation_id bigint      | Id of the recommendation, rising with time of its showing.
        user_id           bigint -> users | For whom.
        session_id        bigint -> listening_sessions | Session in which the list was shown.
        served_at         timestamptz | Shown (UTC).
        list_kind         text        | daily_mix, discover_weekly, radio or home.
        list_rank         integer     | Place in the list, from 1.
        content_id        bigint -> content | Recording recommended.
        reason            text        | repeat, similar_listeners, same_artist, trending, new_release or editorial.
        model_version     text        | Version of the model that ranked it.
        score             numeric(4,3) | Score that it was ranked by, 0 to 1.
        generated_at      timestamptz | List made (UTC).
        clicked_at        timestamptz? | Chosen (UTC); null if it was not.
        stream_id         bigint? -> streams | Play that began with it.
        """,
        checks={
            "list_kind_known": "list_kind in ('daily_mix', 'discover_weekly', 'radio', 'home')",
            "reason_known": (
                "reason in ('repeat', 'similar_listeners', 'same_artist', 'trending', 'new_release', 'editorial')"
            ),
            "list_rank_positive": "list_rank > 0",
            "score_range": "score between 0 and 1",
            "served_after_made": "served_at > generated_at",
            "clicked_after_served": "clicked_at > served_at",
            "play_of_click": "(stream_id is null) = (clicked_at is null)",
        },
        indexes=("user_id, served_at",),
    ),
    _event(
        name="play_ticks",
        about="State of a player, every 5 seconds of a play. SAMPLED: all plays of one session in 200. Kept for 30 "
        "days, then summed up by the hour.",
        key="stream_id tick_no",
        partitioned=True,
        summary="play_ticks_hourly",
        columns="""
        stream_id       bigint -> streams cascade | Play; its id rises with time, and the partitions with it.
        tick_no         integer     | Number of the tick within the play, from 1.
        play_started_at timestamptz | Start of the play (UTC).
        ticked_at       timestamptz | Instant of the tick (UTC).
        session_id      bigint -> listening_sessions | Session.
        device_id       bigint -> devices | Player.
        position_ms     bigint      | Position in the recording, in milliseconds.
        bitrate_kbps    integer     | Bit rate of the moment, in kilobits a second.
        buffered_ms     integer     | Sound held ready, in milliseconds.
        rebuffer_count  integer     | Interruptions since the last tick.
        rebuffer_ms     integer     | Time they took, in milliseconds.
        is_fallback     boolean     | A lower quality or another edge than negotiated serves.
        network_type    text        | wifi, cellular_4g, cellular_5g, ethernet or offline.
        """,
        checks={
            "tick_no_positive": "tick_no > 0",
            "position_not_negative": "position_ms >= 0",
            "bitrate_positive": "bitrate_kbps > 0",
            "buffer_not_negative": "buffered_ms >= 0",
            "rebuffers_take_time": "rebuffer_count >= 0 and (rebuffer_count = 0) = (rebuffer_ms = 0)",
            "network_type_known": "network_type in ('wifi', 'cellular_4g', 'cellular_5g', 'ethernet', 'offline')",
        },
        indexes=("session_id",),
    ),
    table(
        name="play_ticks_hourly",
        kind="summary",
        domain="engagement",
        about="Ticks of one session that were purged, over one network, of plays that began in one hour.",
        key="session_id hour_at network_type",
        columns="""
        session_id       bigint -> listening_sessions | Session.
        hour_at          timestamptz | Begin of the hour (UTC).
        network_type     text        | wifi, cellular_4g, cellular_5g, ethernet or offline.
        ticks            bigint      | Ticks.
        fallback_ticks   bigint      | Ticks at which a lower quality or another edge than negotiated served.
        bitrate_changes  bigint      | Ticks at which the bit rate was another than at the play's tick before.
        bitrate_kbps_sum bigint      | Sum of the bit rates of the moment, in kilobits a second.
        rebuffer_count   bigint      | Interruptions.
        rebuffer_ms      bigint      | Time they took, in milliseconds.
        """,
        checks={
            "network_type_known": "network_type in ('wifi', 'cellular_4g', 'cellular_5g', 'ethernet', 'offline')",
            "ticks_positive": "ticks > 0",
        },
    ),
    _event(
        name="playlist_events",
        about="One edit of a list, or one that the lock refused as it was made on an older revision. The log begins "
        "with the first day of data; revisions count from the list's beginning.",
        key="playlist_event_id",
        partitioned=True,
        columns="""
        playlist_event_id    bigint       | Id of the event, rising with time.
        playlist_id          bigint -> playlists cascade | List.
        actor_user_id        bigint? -> users.user_id set null | Who edits; null for editors and algorithms.
        occurred_at          timestamptz  | Instant (UTC).
        event_type           text         | created, renamed, item_added, item_moved, item_removed, collaborator_added, published or deleted.
        playlist_item_id     bigint? -> playlist_items set null | Entry added, moved or removed.
        content_id           bigint? -> content | Its content.
        position_before      integer?     | Place of the entry before, from 1.
        position_after       integer?     | Place of the entry after, from 1.
        collaborator_user_id bigint? -> users.user_id set null | Who may edit from now on.
        revision_before      integer      | Revision of the list that the edit was made on; 0 is no list.
        revision_after       integer?     | Revision that it led to; null where it was refused.
        is_accepted          boolean      | The revision was the latest: the edit took effect.
        """,
        checks={
            "event_type_known": (
                "event_type in ('created', 'renamed', 'item_added', 'item_moved', 'item_removed',"
                " 'collaborator_added', 'published', 'deleted')"
            ),
            "accepted_makes_the_next": "is_accepted = (revision_after is not null)",
            "revisions_rise_by_one": "revision_after = revision_before + 1",
            "revision_not_negative": "revision_before >= 0",
            "positions_positive": "position_before > 0 and position_after > 0",
        },
        indexes=("playlist_id, occurred_at", "actor_user_id, occurred_at"),
    ),
)
