with
campaigns as (
    select
        campaign_id,
        name,
        creator_artist_id,
        promoted_content_id,
        starts_at,
        ends_at
    from {{ ref('dim_campaign') }}
    where
        is_current
        and promoted_content_id > 0
),

impressions as (
    select
        campaign_id,
        user_id,
        min(rendered_at) as first_rendered_at
    from {{ ref('fct_impressions') }}
    where is_valid
    group by
        campaign_id,
        user_id
),

streams as (
    select
        user_id,
        content_id,
        started_at,
        is_qualified
    from {{ ref('fct_streams') }}
),

plays as (
    select
        campaigns.campaign_id,
        streams.user_id,
        streams.is_qualified,
        impressions.first_rendered_at <= streams.started_at as is_touched
    from campaigns
    inner join streams
        on
            campaigns.promoted_content_id = streams.content_id
            and campaigns.starts_at <= streams.started_at
            and campaigns.ends_at > streams.started_at
    left join impressions
        on
            campaigns.campaign_id = impressions.campaign_id
            and streams.user_id = impressions.user_id
),

sums as (
    select
        campaign_id,
        count(*) as plays,
        count(case when is_touched then 1 end) as touched_plays,
        count(case when is_touched and is_qualified then 1 end) as touched_qualified_streams,
        count(distinct case when is_touched then user_id end) as touched_listeners
    from plays
    group by campaign_id
),

audiences as (
    select
        campaign_id,
        count(*) as reached_listeners
    from impressions
    group by campaign_id
),

artists as (
    select
        artist_id,
        name
    from {{ ref('dim_artist') }}
    where is_current
)

select
    campaigns.campaign_id,
    campaigns.name as campaign,
    artists.name as artist,
    campaigns.promoted_content_id,
    {{ to_date('campaigns.starts_at') }} as starts_date,
    {{ to_date('campaigns.ends_at') }} as ends_date,
    coalesce(audiences.reached_listeners, 0) as reached_listeners,
    coalesce(sums.touched_listeners, 0) as touched_listeners,
    coalesce(sums.plays, 0) as plays,
    coalesce(sums.touched_plays, 0) as touched_plays,
    coalesce(sums.touched_qualified_streams, 0) as touched_qualified_streams
from campaigns
inner join artists on campaigns.creator_artist_id = artists.artist_id
left join audiences on campaigns.campaign_id = audiences.campaign_id
left join sums on campaigns.campaign_id = sums.campaign_id
order by touched_plays desc, plays desc, campaigns.campaign_id asc
limit 1000
