with
campaigns as (
    select
        campaign_id,
        promoted_content_id as content_id,
        starts_at,
        ends_at
    from {{ ref('dim_campaign') }}
    where
        is_current
        and promoted_content_id > 0
),

contents as (
    select
        content_id,
        song_id
    from {{ ref('dim_content') }}
),

promoted as (
    select
        campaigns.*,
        contents.song_id
    from campaigns
    inner join contents on campaigns.content_id = contents.content_id
),

-- What is promoted is little of what is shown and played: it is found by the indexes of campaigns and content.
impressions as (
    select
        campaign_id,
        user_id,
        min(rendered_at) as first_rendered_at
    from {{ ref('fct_impressions') }}
    where
        is_valid
        and {{ is_one_of('campaign_id', 'select promoted.campaign_id from promoted') }}
    group by campaign_id, user_id
),

streams as (
    select
        user_id,
        content_id,
        song_id,
        local_date,
        started_at,
        is_qualified
    from {{ ref('fct_streams') }}
    where {{ is_one_of('content_id', 'select promoted.content_id from promoted') }}
),

-- By the recording as well, by which plays are indexed; a content that is none has -2 on both sides.
plays as (
    select
        promoted.campaign_id,
        promoted.content_id,
        streams.local_date,
        streams.user_id,
        streams.is_qualified,
        coalesce(impressions.first_rendered_at <= streams.started_at, false) as is_touched
    from promoted
    inner join streams
        on
            promoted.song_id = streams.song_id
            and promoted.content_id = streams.content_id
            and promoted.starts_at <= streams.started_at
            and promoted.ends_at > streams.started_at
    left join impressions
        on
            promoted.campaign_id = impressions.campaign_id
            and streams.user_id = impressions.user_id
)

select
    campaign_id,
    content_id,
    local_date,
    count(*) as plays,
    count(case when is_qualified then 1 end) as qualified_streams,
    count(distinct user_id) as listeners,
    count(distinct case when is_touched then user_id end) as touched_listeners,
    count(case when is_touched then 1 end) as touched_plays,
    count(case when is_touched and is_qualified then 1 end) as attributable_streams
from plays
group by campaign_id, content_id, local_date
