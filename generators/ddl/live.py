"""Sonic Live: venues, events with their tickets, who watches, what is said, and the recording."""

from functools import partial

from generators.ddl.table import table

_event = partial(table, kind="event", domain="live")
_entity = partial(table, kind="entity", domain="live")

_CURRENCY_FORM = "currency_code ~ '^[A-Z]{3}$'"

TABLES = (
    table(
        name="venues",
        kind="reference",
        domain="live",
        about="One place where events are held: a stage on the platform, a hall, or a hall with cameras.",
        key="venue_id",
        unique=("name",),
        columns="""
        venue_id      bigint            | Durable id of the venue.
        name          text              | Name.
        venue_type    text              | virtual, physical or hybrid.
        city_id       bigint? -> cities | City; null for a virtual venue.
        venue_address text?             | Street address (synthetic); null for a virtual venue.
        capacity      integer?          | People it holds; null for a virtual venue.
        created_at    timestamptz       | Listed since (UTC).
        """,
        checks={
            "venue_type_known": "venue_type in ('virtual', 'physical', 'hybrid')",
            "virtual_has_no_place": (
                "(venue_type = 'virtual') = (city_id is null) and (venue_type = 'virtual') = (venue_address is null)"
                " and (venue_type = 'virtual') = (capacity is null)"
            ),
            "capacity_positive": "capacity > 0",
        },
    ),
    _entity(
        name="live_events",
        about="One live event of an artist.",
        key="live_event_id",
        unique=("stream_key_hash",),
        columns="""
        live_event_id      bigint            | Durable id of the event.
        artist_id          bigint -> artists | Artist.
        host_user_id       bigint? -> users.user_id set null | Account that runs it: the artist's own or its team's.
        community_id       bigint? -> communities.community_id | Community for whose members it is; null for all.
        venue_id           bigint -> venues  | Venue.
        title              text              | Title (synthetic).
        description        text?             | Description (synthetic).
        language_id        bigint -> languages | Language of the event and of its texts.
        event_type         text              | concert, listening_party, meet_greet, workshop or qa.
        status             text              | scheduled, live, completed or cancelled.
        is_public          boolean           | Open to everyone, with a ticket where there are tickets.
        max_attendees      integer?          | Most that may attend; null where it is broadcast.
        stream_key_hash    text?             | SHA-256 of the key of the broadcast, never the key; null without broadcast.
        cover_image_url    text              | Address of the cover.
        scheduled_start_at timestamptz       | Planned start (UTC).
        scheduled_end_at   timestamptz       | Planned end (UTC).
        actual_start_at    timestamptz?      | Start (UTC).
        actual_end_at      timestamptz?      | End (UTC).
        max_viewers        integer?          | Most viewers at once; known at the end of a broadcast.
        created_at         timestamptz       | Announced (UTC).
        updated_at         timestamptz       | Last change (UTC).
        cancelled_at       timestamptz?      | Cancelled (UTC).
        """,
        search=("title",),
        checks={
            "event_type_known": "event_type in ('concert', 'listening_party', 'meet_greet', 'workshop', 'qa')",
            "status_known": "status in ('scheduled', 'live', 'completed', 'cancelled')",
            "closed_has_community": "is_public or community_id is not null",
            "plan_not_reversed": "scheduled_end_at > scheduled_start_at and scheduled_start_at > created_at",
            "period_not_reversed": "actual_end_at > actual_start_at",
            "started_when_live": "(status in ('live', 'completed')) = (actual_start_at is not null)",
            "ended_when_completed": "(status = 'completed') = (actual_end_at is not null)",
            "cancelled_has_instant": "(status = 'cancelled') = (cancelled_at is not null)",
            "limits_positive": "max_attendees > 0",
            "viewers_not_negative": "max_viewers >= 0",
            "stream_key_is_hashed": "stream_key_hash ~ '^[0-9a-f]{64}$'",
        },
        indexes=("artist_id", "community_id", "scheduled_start_at where status in ('scheduled', 'live')"),
    ),
    _entity(
        name="live_ticket_types",
        about="One kind of ticket of an event, at the price in force.",
        key="live_ticket_type_id",
        unique=("live_event_id name",),
        columns="""
        live_ticket_type_id bigint                | Durable id of the kind.
        live_event_id       bigint -> live_events | Event.
        name                text                  | general, vip or virtual.
        access_type         text                  | physical or virtual.
        price_minor         bigint                | Price in force with tax, minor units: at first that of early buyers.
        currency_code       text                  | ISO 4217 currency.
        commission_ppm      bigint                | The platform's commission, parts per million.
        capacity            integer               | Tickets there are.
        sales_start_at      timestamptz           | On sale from (UTC).
        sales_end_at        timestamptz           | On sale until (UTC, exclusive).
        created_at          timestamptz           | Created (UTC).
        """,
        checks={
            "name_known": "name in ('general', 'vip', 'virtual')",
            "access_type_known": "access_type in ('physical', 'virtual')",
            "price_positive": "price_minor > 0",
            "currency_form": _CURRENCY_FORM,
            "commission_range": "commission_ppm between 0 and 1000000",
            "capacity_positive": "capacity > 0",
            "sale_not_reversed": "sales_end_at > sales_start_at and sales_start_at >= created_at",
        },
    ),
    _entity(
        name="live_tickets",
        about="One ticket sold to an account.",
        key="live_ticket_id",
        unique=("live_event_id seat", "ticket_code_hash"),
        columns="""
        live_ticket_id      bigint                      | Durable id of the ticket.
        live_ticket_type_id bigint -> live_ticket_types | Kind.
        live_event_id       bigint -> live_events       | Event.
        buyer_user_id       bigint -> users.user_id     | Buyer.
        transaction_id      bigint? -> transactions     | Payment; null where it was before the data begins.
        price_minor         bigint                      | Price paid with tax, minor units: that in force.
        currency_code       text                        | ISO 4217 currency.
        commission_ppm      bigint                      | The platform's commission agreed at the time, parts per million.
        access_type         text                        | physical or virtual.
        seat                text?                       | Seat; null for virtual access.
        ticket_code_hash    text                        | SHA-256 of the code shown at the entrance, never the code.
        status              text                        | valid, scanned or refunded.
        purchased_at        timestamptz                 | Bought (UTC).
        scanned_at          timestamptz?                | Shown at the entrance, or first joined (UTC).
        refunded_at         timestamptz?                | Given back (UTC).
        """,
        checks={
            "price_positive": "price_minor > 0",
            "currency_form": _CURRENCY_FORM,
            "commission_range": "commission_ppm between 0 and 1000000",
            "access_type_known": "access_type in ('physical', 'virtual')",
            "seat_where_one_sits": "(access_type = 'physical') = (seat is not null)",
            "code_is_hashed": "ticket_code_hash ~ '^[0-9a-f]{64}$'",
            "status_known": "status in ('valid', 'scanned', 'refunded')",
            "scanned_has_instant": "(status = 'scanned') = (scanned_at is not null)",
            "refunded_has_instant": "(status = 'refunded') = (refunded_at is not null)",
            "used_after_purchase": "scanned_at > purchased_at",
            "refunded_after_purchase": "refunded_at > purchased_at",
        },
        indexes=("buyer_user_id", "live_ticket_type_id"),
    ),
    _event(
        name="live_attendance",
        about="One stay of a viewer at a broadcast; who comes back has another. Lands when the viewer leaves.",
        key="live_attendance_id",
        partitioned=True,
        columns="""
        live_attendance_id bigint                | Id of the stay, rising with its start.
        live_event_id      bigint -> live_events | Event.
        user_id            bigint -> users       | Viewer.
        live_ticket_id     bigint? -> live_tickets | Ticket, where there are tickets.
        device_id          bigint -> devices     | On what.
        joined_at          timestamptz           | Joined (UTC).
        left_at            timestamptz           | Left (UTC).
        watch_seconds      integer               | Time watched in seconds, pauses taken out.
        """,
        checks={
            "period_not_reversed": "left_at > joined_at",
            "watched_not_negative": "watch_seconds >= 0",
        },
        indexes=("live_event_id, joined_at", "user_id, joined_at"),
    ),
    _event(
        name="live_chat_messages",
        about="One message in the chat of a broadcast. A sample: one in five of those of viewers, all of the system's.",
        key="live_chat_message_id",
        partitioned=True,
        columns="""
        live_chat_message_id bigint                | Id of the message, rising with time.
        live_event_id        bigint -> live_events | Event.
        user_id              bigint? -> users      | Viewer; null for the system's messages.
        message_type         text                  | chat, tip, reaction or system.
        message              text                  | Text (synthetic).
        tip_amount_minor     bigint?               | Amount of a tip, minor units, as the chat shows it.
        tip_currency_code    text?                 | ISO 4217 currency of the tip.
        tip_id               bigint? -> tips       | Tip; null while tips within events are not among the tips.
        sent_at              timestamptz           | Instant (UTC).
        """,
        checks={
            "message_type_known": "message_type in ('chat', 'tip', 'reaction', 'system')",
            "system_has_no_sender": "(message_type = 'system') = (user_id is null)",
            "tip_has_amount": "(message_type = 'tip') = (tip_amount_minor is not null)",
            "tip_has_currency": "(tip_amount_minor is null) = (tip_currency_code is null)",
            "tip_positive": "tip_amount_minor > 0",
        },
        indexes=("live_event_id, sent_at", "user_id"),
    ),
    _entity(
        name="live_recordings",
        about="One recording of a broadcast, to be watched after the event.",
        key="live_recording_id",
        unique=("live_event_id",),
        columns="""
        live_recording_id bigint                | Durable id of the recording.
        live_event_id     bigint -> live_events | Event.
        content_id        bigint? -> content    | Recording as content; null while content of that type is not generated.
        recording_url     text                  | Address of the file.
        duration_ms       bigint                | Length in milliseconds.
        file_bytes        bigint                | Size in bytes.
        created_at        timestamptz           | Recorded (UTC).
        published_at      timestamptz?          | Open to viewers (UTC).
        """,
        checks={
            "duration_positive": "duration_ms > 0 and file_bytes > 0",
            "published_after_recording": "published_at > created_at",
        },
    ),
)
