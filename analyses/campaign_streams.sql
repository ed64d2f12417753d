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
        user_id
    from {{ ref('fct_impressions') }}
    where is_valid
    group by campaign_id, user_id
),

attribution as (
    select
        campaign_id,
        sum(plays) as plays,
        sum(touched_plays) as touched_plays,
        sum(attributable_streams) as attributable_streams
    from {{ ref('mart_campaign_attribution') }}
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
    coalesce(attribution.plays, 0) as plays,
    coalesce(attribution.touched_plays, 0) as touched_plays,
    coalesce(attribution.attributable_streams, 0) as attributable_streams
from campaigns
inner join artists on campaigns.creator_artist_id = artists.artist_id
left join audiences on campaigns.campaign_id = audiences.campaign_id
left join attribution on campaigns.campaign_id = attribution.campaign_id
order by touched_plays desc, plays desc, campaigns.campaign_id asc
limit 1000
