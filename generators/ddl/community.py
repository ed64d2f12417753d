"""Artists and their fans: posts, paid communities with their forums, and placements that are paid for."""

from functools import partial

from generators.ddl.table import table

_entity = partial(table, kind="entity", domain="community")

_CURRENCY_FORM = "currency_code ~ '^[A-Z]{3}$'"
_MEDIA_KNOWN = "media_type in ('image', 'video', 'audio', 'none')"
_MEDIA_HAVE_ADDRESSES = "(media_type = 'none') = (media_urls is null)"

TABLES = (
    _entity(
        name="posts",
        about="One post of an artist to its followers. Those from before the first day are not kept.",
        key="post_id",
        columns="""
        post_id        bigint               | Id of the post, rising with time.
        artist_id      bigint -> artists cascade | Artist in whose name it stands.
        author_user_id bigint? -> users.user_id set null | Account that wrote it: the artist's own or its team's.
        language_id    bigint -> languages  | Language of the text.
        content_text   text?                | Text (synthetic), where there is one.
        media_type     text                 | image, video, audio or none.
        media_urls     text?                | Addresses of the media, separated by blanks; null without media.
        created_at     timestamptz          | Posted (UTC).
        updated_at     timestamptz          | Last change (UTC).
        deleted_at     timestamptz?         | Soft delete (UTC).
        """,
        search=("content_text",),
        checks={
            "media_type_known": _MEDIA_KNOWN,
            "media_have_addresses": _MEDIA_HAVE_ADDRESSES,
            "says_or_shows_something": "content_text is not null or media_type <> 'none'",
            "updated_after_creation": "updated_at >= created_at",
            "deleted_after_creation": "deleted_at >= created_at",
        },
        indexes=("artist_id, created_at", "created_at where deleted_at is null"),
    ),
    _entity(
        name="communities",
        about="One community of an artist, which its members pay for.",
        key="community_id",
        unique=("artist_id name",),
        columns="""
        community_id           bigint            | Durable id of the community.
        artist_id              bigint -> artists | Artist whose community it is.
        manager_user_id        bigint? -> users.user_id set null | Account that runs it: the artist's own or its team's.
        name                   text              | Name.
        description            text              | What it is about (synthetic).
        subscription_fee_minor bigint            | Fee of one interval, minor units.
        currency_code          text              | ISO 4217 currency of the fee.
        subscription_interval  text              | month or year.
        created_at             timestamptz       | Founded (UTC).
        updated_at             timestamptz       | Last change, such as another fee (UTC).
        """,
        search=("name",),
        checks={
            "fee_positive": "subscription_fee_minor > 0",
            "currency_form": _CURRENCY_FORM,
            "interval_known": "subscription_interval in ('month', 'year')",
            "updated_after_creation": "updated_at >= created_at",
        },
    ),
    _entity(
        name="community_subscriptions",
        about="One account's membership of one community; each renewal is a change of it.",
        key="community_subscription_id",
        unique=("user_id community_id",),
        columns="""
        community_subscription_id bigint        | Durable id of the membership.
        user_id                 bigint -> users | Member.
        community_id            bigint -> communities.community_id | Community.
        fee_minor               bigint          | Fee of the period: the community's at its start, minor units.
        currency_code           text            | ISO 4217 currency of the fee.
        commission_ppm          bigint          | The platform's commission agreed at the start, parts per million.
        transaction_id          bigint? -> transactions | Payment of the period; null where it was before the data begins.
        started_at              timestamptz     | Member since (UTC).
        current_period_start_at timestamptz     | Start of the period paid (UTC).
        current_period_end_at   timestamptz     | Its end (UTC, exclusive).
        auto_renew              boolean         | Renews at the end of the period.
        is_active               boolean         | Gives access.
        cancelled_at            timestamptz?    | Click on cancel (UTC); access lasts to the end of the period.
        ended_at                timestamptz?    | Loss of access (UTC).
        updated_at              timestamptz     | Last change (UTC).
        """,
        checks={
            "fee_positive": "fee_minor > 0",
            "currency_form": _CURRENCY_FORM,
            "commission_range": "commission_ppm between 0 and 1000000",
            "period_not_reversed": "current_period_end_at > current_period_start_at",
            "active_until_it_ends": "is_active = (ended_at is null)",
            "cancelled_does_not_renew": "not auto_renew or (cancelled_at is null and is_active)",
            "ends_after_start": "ended_at > started_at",
        },
        indexes=("community_id", "current_period_end_at where is_active"),
    ),
    _entity(
        name="forums",
        about="One forum of a community.",
        key="forum_id",
        unique=("community_id name",),
        columns="""
        forum_id     bigint      | Durable id of the forum.
        community_id bigint -> communities.community_id cascade | Community.
        name         text        | Name.
        description  text        | What belongs there.
        forum_type   text        | artist_forum (only the artist posts), all_chat (all members), fan_art or suggestions.
        created_at   timestamptz | Opened (UTC).
        updated_at   timestamptz | Last change (UTC).
        """,
        checks={
            "forum_type_known": "forum_type in ('artist_forum', 'all_chat', 'fan_art', 'suggestions')",
            "updated_after_creation": "updated_at >= created_at",
        },
    ),
    _entity(
        name="forum_posts",
        about="One post in a forum. Those from before the first day are not kept.",
        key="forum_post_id",
        columns="""
        forum_post_id bigint              | Id of the post, rising with time.
        forum_id      bigint -> forums cascade | Forum.
        user_id       bigint -> users cascade | Author: a member, or the account that runs the community.
        language_id   bigint -> languages | Language of the text.
        title         text?               | Title, where given.
        content       text?               | Text (synthetic).
        media_type    text                | image, video, audio or none.
        media_urls    text?               | Addresses of the media, separated by blanks; null without media.
        is_pinned     boolean             | Pinned to the top by who runs the community.
        is_answered   boolean             | Answered by the artist: suggestions and the members' chat.
        created_at    timestamptz         | Posted (UTC).
        updated_at    timestamptz         | Last change (UTC).
        """,
        search=("title",),
        checks={
            "media_type_known": _MEDIA_KNOWN,
            "media_have_addresses": _MEDIA_HAVE_ADDRESSES,
            "says_or_shows_something": "content is not null or media_type <> 'none'",
            "updated_after_creation": "updated_at >= created_at",
        },
        indexes=("forum_id, created_at", "user_id", "created_at", "forum_id where is_pinned"),
    ),
    _entity(
        name="featured_items",
        about="One paid placement of an artist, a release or a recording on the explore page.",
        key="featured_item_id",
        unique=("position starts_at",),
        columns="""
        featured_item_id bigint             | Durable id of the placement.
        item_type        text               | artist, album, song or product.
        item_id          bigint             | Id of what is featured, by its type.
        artist_id        bigint -> artists  | Artist who is featured and pays.
        position         integer            | Position on the page, from 1.
        price_minor      bigint             | Price of the whole placement, minor units.
        currency_code    text               | ISO 4217 currency of the price.
        transaction_id   bigint? -> transactions | Payment; null where it was before the data begins.
        starts_at        timestamptz        | Shown from (UTC).
        ends_at          timestamptz        | Shown until (UTC, exclusive); earlier than booked where it was taken down.
        created_at       timestamptz        | Booked (UTC).
        updated_at       timestamptz        | Last change (UTC).
        """,
        apart=("position: starts_at ends_at",),
        checks={
            "item_type_known": "item_type in ('artist', 'album', 'song', 'product')",
            "position_positive": "position > 0",
            "price_positive": "price_minor > 0",
            "currency_form": _CURRENCY_FORM,
            "period_not_reversed": "ends_at > starts_at",
            "booked_before_start": "created_at <= starts_at",
            "updated_after_creation": "updated_at >= created_at",
        },
        indexes=("item_type, item_id", "starts_at, ends_at"),
    ),
)
