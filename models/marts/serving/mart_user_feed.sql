with
follows as (
    select distinct
        user_id,
        artist_id,
        followed_user_id
    from {{ ref('fct_follows') }}
    where is_current
),

contents as (
    select * from {{ ref('dim_content') }}
),

playlists as (
    select playlist_id
    from {{ ref('dim_playlist') }}
    where
        is_current
        and visibility = 'public'
        and not is_deleted
),

rules as (
    select
        date_day,
        feed_days,
        feed_items
    from {{ ref('int_rules_by_date') }}
),

clock as (
    select
        data_date,
        data_clock
    from {{ ref('int_clock') }}
),

since as (
    select
        clock.data_clock,
        rules.feed_items,
        {{ date_instant(add_days('clock.data_date', '1 - rules.feed_days')) }} as begins_at
    from clock
    inner join rules on clock.data_date = rules.date_day
),

-- What is shared or added is found by the days that count, in UTC or at home, a day around them at most.
days as (
    select dates.date_day
    from {{ ref('dim_date') }} as dates
    inner join since
        on
            dates.date_day >= {{ add_days(to_date('since.begins_at'), -1) }}
            and dates.date_day <= {{ to_date('since.data_clock') }}
),

shares as (
    select
        feedback_id,
        user_id,
        content_id,
        given_at
    from {{ ref('fct_feedback') }}
    where
        {{ is_one_of('given_date', 'select days.date_day from days') }}
        and feedback_kind = 'share'
        and content_id > 0
),

additions as (
    select
        playlist_event_id,
        playlist_id,
        user_id,
        content_id,
        occurred_at
    from {{ ref('fct_playlist_events') }}
    where
        {{ is_one_of('local_date', 'select days.date_day from days') }}
        and event_type = 'item_added'
        and is_accepted
        and user_id > 0
),

-- Kinds are numbered as ties go: what is published before what is shared, and that before what is added to a list.
items as (
    select
        1 as kind_no,
        'published' as item_kind,
        content_id as item_id,
        artist_id,
        cast({{ not_applicable_key() }} as bigint) as actor_user_id,
        content_id,
        cast({{ not_applicable_key() }} as bigint) as playlist_id,
        published_at as happened_at
    from contents
    where
        artist_id > 0
        and privacy = 'public'
        and upload_status = 'published'
    union all
    select
        2 as kind_no,
        'shared' as item_kind,
        feedback_id as item_id,
        {{ not_applicable_key() }} as artist_id,
        user_id as actor_user_id,
        content_id,
        {{ not_applicable_key() }} as playlist_id,
        given_at as happened_at
    from shares
    union all
    select
        3 as kind_no,
        'added' as item_kind,
        additions.playlist_event_id as item_id,
        {{ not_applicable_key() }} as artist_id,
        additions.user_id as actor_user_id,
        additions.content_id,
        additions.playlist_id,
        additions.occurred_at as happened_at
    from additions
    inner join playlists on additions.playlist_id = playlists.playlist_id
),

recent as (
    select
        items.*,
        since.feed_items
    from items
    inner join since
        on
            items.happened_at >= since.begins_at
            and items.happened_at < since.data_clock
),

shown as (
    select
        recent.*,
        follows.user_id
    from recent
    inner join follows
        on
            recent.artist_id = follows.artist_id
            and recent.artist_id > 0
    union all
    select
        recent.*,
        follows.user_id
    from recent
    inner join follows
        on
            recent.actor_user_id = follows.followed_user_id
            and recent.actor_user_id > 0
),

ranked as (
    select
        shown.*,
        row_number() over (
            partition by user_id
            order by happened_at desc, kind_no asc, item_id asc
        ) as feed_rank
    from shown
)

select
    user_id,
    cast(feed_rank as bigint) as feed_rank,
    cast(item_kind as text) as item_kind,
    item_id,
    artist_id,
    actor_user_id,
    content_id,
    playlist_id,
    {{ to_date('happened_at') }} as happened_date,
    happened_at
from ranked
where feed_rank <= feed_items
