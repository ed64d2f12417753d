with
reactions as (
    select
        'reaction' as feedback_kind,
        reaction_id as feedback_id,
        user_id,
        target_type,
        target_id,
        reaction_type as feedback_type,
        cast(null as integer) as stars,
        reacted_at as given_at,
        cast(null as timestamptz) as withdrawn_at,
        arrived_at,
        load_id
    from {{ ref('int_reactions_accepted') }}
),

ratings as (
    select
        'rating' as feedback_kind,
        rating_id as feedback_id,
        user_id,
        'song' as target_type,
        song_id as target_id,
        'stars' as feedback_type,
        stars,
        rated_at as given_at,
        cast(null as timestamptz) as withdrawn_at,
        arrived_at,
        load_id
    from {{ ref('stg_engagement__ratings') }}
),

reviews as (
    select
        'review' as feedback_kind,
        review_id as feedback_id,
        user_id,
        target_type,
        coalesce(song_id, album_id) as target_id,
        'text' as feedback_type,
        rating as stars,
        created_at as given_at,
        deleted_at as withdrawn_at,
        arrived_at,
        load_id
    from {{ ref('stg_engagement__reviews') }}
),

comments as (
    select
        'comment' as feedback_kind,
        comment_id as feedback_id,
        user_id,
        case
            when content_id is not null then 'content'
            when post_id is not null then 'post'
            else 'review'
        end as target_type,
        coalesce(content_id, post_id, review_id) as target_id,
        case when parent_comment_id is null then 'comment' else 'reply' end as feedback_type,
        cast(null as integer) as stars,
        created_at as given_at,
        deleted_at as withdrawn_at,
        arrived_at,
        load_id
    from {{ ref('stg_engagement__comments') }}
),

saves as (
    select
        'save' as feedback_kind,
        save_id as feedback_id,
        user_id,
        'content' as target_type,
        content_id as target_id,
        save_type as feedback_type,
        cast(null as integer) as stars,
        saved_at as given_at,
        removed_at as withdrawn_at,
        arrived_at,
        load_id
    from {{ ref('stg_engagement__saves') }}
),

shares as (
    select
        'share' as feedback_kind,
        share_id as feedback_id,
        user_id,
        case when content_id is not null then 'content' else 'post' end as target_type,
        coalesce(content_id, post_id) as target_id,
        share_type as feedback_type,
        cast(null as integer) as stars,
        shared_at as given_at,
        cast(null as timestamptz) as withdrawn_at,
        arrived_at,
        load_id
    from {{ ref('stg_engagement__shares') }}
),

given as (
    select * from reactions
    union all
    select * from ratings
    union all
    select * from reviews
    union all
    select * from comments
    union all
    select * from saves
    union all
    select * from shares
),

songs as (
    select
        song_id,
        content_id,
        load_id
    from {{ ref('int_song_versions') }}
    where is_current
),

user_homes as (
    select * from {{ ref('int_user_homes') }}
),

time_zone_offsets as (
    select
        time_zone,
        valid_from,
        valid_to,
        utc_offset_minutes
    from {{ ref('time_zone_offsets') }}
),

resolved as (
    select
        given.*,
        user_homes.user_key,
        user_homes.time_zone,
        case
            when given.target_type = 'content' then given.target_id
            when given.target_type = 'song' then coalesce(songs.content_id, {{ unknown_key() }})
            else {{ not_applicable_key() }}
        end as content_id,
        greatest(given.load_id, user_homes.load_id, songs.load_id) as inputs_load_id
    from given
    left join songs
        on
            given.target_id = songs.song_id
            and given.target_type = 'song'
    {{ join_version('given', 'user_homes', 'user_id', 'given_at') }}
),

dated as (
    select
        resolved.*,
        {{ to_date('resolved.given_at') }} as given_date,
        {{ local_date('resolved.given_at', 'coalesce(time_zone_offsets.utc_offset_minutes, 0)') }} as local_date
    from resolved
    {{ join_time_zone_offset('resolved', 'given_at', 'time_zone') }}
)

select
    cast(feedback_kind as text) as feedback_kind,
    feedback_id,
    user_id,
    {{ fact_version_key('user_key', 'user_id') }} as user_key,
    cast(content_id as bigint) as content_id,
    cast(
        case when target_type = 'album' then target_id else {{ not_applicable_key() }} end as bigint
    ) as album_id,
    cast(target_type as text) as target_type,
    target_id,
    cast(feedback_type as text) as feedback_type,
    stars,
    withdrawn_at is not null as is_withdrawn,
    given_date,
    local_date,
    given_at,
    withdrawn_at,
    inputs_load_id as load_id
from dated
