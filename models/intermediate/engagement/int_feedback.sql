{{
    config(
        materialized='incremental',
        incremental_strategy='delete+insert',
        unique_key=['feedback_kind', 'feedback_id'],
        indexes=server_indexes([
            {'columns': ['feedback_kind', 'feedback_id'], 'unique': true},
            {'columns': ['user_id', 'given_at']},
            {'columns': ['target_id', 'target_type']},
            {'columns': ['given_date']},
            {'columns': ['load_id']},
        ]),
    )
}}

{#- By kind, what came: of what may be rejected the raw table says it, of what is taken as it is the staged one. -#}
{%- set came = {'reaction': arrived_ids('reactions'), 'share': arrived_ids('shares')} -%}
{%- for kind, relation in [
    ('rating', ref('stg_engagement__ratings')),
    ('review', ref('stg_engagement__reviews')),
    ('comment', ref('stg_engagement__comments')),
    ('save', ref('stg_engagement__saves')),
] -%}
    {%- do came.update({
        kind: 'select newer.' ~ kind ~ '_id from ' ~ relation ~ ' as newer where ' ~ is_newer_load('newer.load_id')
    }) -%}
{%- endfor -%}
{#- And what stands and meets a version of its account, or a recording, that came: found by index. -#}
{%- set touched = {} -%}
{%- for kind in came -%}
    {%- do touched.update({kind: came[kind] ~ "
        union all
        select built.feedback_id
        from " ~ this ~ " as built
        inner join newer_homes as homes
            on
                built.user_id = homes.user_id
                and built.given_at >= homes.valid_from
                and built.given_at < homes.valid_to
        where
            built.feedback_kind = '" ~ kind ~ "'
            and " ~ is_one_of('built.user_id', 'select newer.user_id from newer_homes as newer') ~ "
        union all
        select built.feedback_id
        from " ~ this ~ " as built
        where
            built.feedback_kind = '" ~ kind ~ "'
            and built.target_type = 'song'
            and " ~ is_one_of('built.target_id', 'select newer.song_id from newer_songs as newer')
    }) -%}
{%- endfor %}

with
{% if is_incremental() -%}
newer_homes as (
    select
        user_id,
        valid_from,
        valid_to
    from {{ ref('int_user_homes') }}
    where {{ is_newer_load('load_id') }}
),

newer_songs as (
    select song_id
    from {{ ref('int_song_versions') }}
    where
        is_current
        and {{ is_newer_load('load_id') }}
),

{% endif -%}
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
    {{ where_one_of('reaction_id', touched['reaction']) }}
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
    {{ where_one_of('rating_id', touched['rating']) }}
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
    {{ where_one_of('review_id', touched['review']) }}
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
    {{ where_one_of('comment_id', touched['comment']) }}
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
    {{ where_one_of('save_id', touched['save']) }}
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
    {{ where_one_of('share_id', touched['share']) }}
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
where {{ is_newer_load('inputs_load_id') }}
