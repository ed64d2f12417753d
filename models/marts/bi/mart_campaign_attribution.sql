{{
    config(
        materialized='incremental',
        incremental_strategy='delete+insert',
        unique_key='campaign_id',
        pre_hook="{{ drop_campaigns_told_anew() }}",
        indexes=server_indexes([
            {'columns': ['campaign_id', 'content_id', 'local_date'], 'unique': true},
            {'columns': ['load_id']},
        ]),
    )
}}

{%- set impressions, streams = ref('fct_impressions'), ref('fct_streams') -%}
{#- Local days on which what is promoted may have been played during a flight. -#}
{%- set flights -%}
    select dates.date_day
    from {{ ref('int_rules_by_date') }} as dates
    inner join promoted
        on
            dates.date_day >= {{ add_days(to_date('promoted.starts_at'), -1) }}
            and dates.date_day <= {{ add_days(to_date('promoted.ends_at'), 1) }}
    group by dates.date_day
{%- endset %}

with
versions as (
    select
        campaign_id,
        max(load_id) as load_id
    from {{ ref('int_campaign_versions') }}
    group by campaign_id
),

campaigns as (
    select
        campaigns.campaign_id,
        campaigns.promoted_content_id as content_id,
        campaigns.starts_at,
        campaigns.ends_at,
        versions.load_id
    from {{ ref('dim_campaign') }} as campaigns
    inner join versions on campaigns.campaign_id = versions.campaign_id
    where
        campaigns.is_current
        and campaigns.promoted_content_id > 0
),

contents as (
    select
        content_id,
        song_id
    from {{ ref('dim_content') }}
),

{% if is_incremental() -%}
-- Between two bounds: behind one alone PostgreSQL expects a third of all plays, and reads them.
newer_streams as (
    select
        newer.content_id,
        newer.started_at
    from {{ streams }} as newer
    where
        {{ is_newer_load('newer.load_id') }}
        and newer.load_id <= (select max(last.load_id) from {{ streams }} as last)
),

-- What is told anew, was shown, or has what it promotes played in its flight.
touched as (
    select campaign_id
    from campaigns
    where {{ is_newer_load('load_id') }}
    union
    select newer.campaign_id
    from {{ impressions }} as newer
    where {{ is_newer_load('newer.load_id') }}
    union
    select campaigns.campaign_id
    from campaigns
    inner join newer_streams as newer
        on
            campaigns.content_id = newer.content_id
            and campaigns.starts_at <= newer.started_at
            and campaigns.ends_at > newer.started_at
),

{% endif -%}
promoted as (
    select
        campaigns.*,
        contents.song_id
    from campaigns
    inner join contents on campaigns.content_id = contents.content_id
    {% if is_incremental() -%}
    where campaigns.campaign_id in (select touched.campaign_id from touched)
    {%- endif %}
),

-- What is promoted is little of what is shown and played: it is found by the indexes of campaigns and content.
impressions as (
    select
        campaign_id,
        user_id,
        min(case when is_valid then rendered_at end) as first_rendered_at,
        max(load_id) as load_id
    from {{ impressions }}
    where {{ is_one_of('campaign_id', 'select promoted.campaign_id from promoted') }}
    group by campaign_id, user_id
),

streams as (
    select
        user_id,
        content_id,
        song_id,
        local_date,
        started_at,
        is_qualified,
        load_id
    from {{ streams }}
    where
        {{ is_one_of('content_id', 'select promoted.content_id from promoted') }}
    {% if is_incremental() -%}
        and {{ is_one_of('song_id', 'select promoted.song_id from promoted') }}
        and {{ is_one_of('local_date', flights) }}
    {%- endif %}
),

-- By the recording as well, by which plays are indexed; a content that is none has -2 on both sides.
plays as (
    select
        promoted.campaign_id,
        promoted.content_id,
        streams.local_date,
        streams.user_id,
        streams.is_qualified,
        streams.load_id,
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
),

counted as (
    select
        campaign_id,
        content_id,
        local_date,
        count(*) as plays,
        count(case when is_qualified then 1 end) as qualified_streams,
        count(distinct user_id) as listeners,
        count(distinct case when is_touched then user_id end) as touched_listeners,
        count(case when is_touched then 1 end) as touched_plays,
        count(case when is_touched and is_qualified then 1 end) as attributable_streams,
        max(load_id) as load_id
    from plays
    group by campaign_id, content_id, local_date
),

shown as (
    select
        campaign_id,
        max(load_id) as load_id
    from impressions
    group by campaign_id
)

select
    counted.campaign_id,
    counted.content_id,
    counted.local_date,
    counted.plays,
    counted.qualified_streams,
    counted.listeners,
    counted.touched_listeners,
    counted.touched_plays,
    counted.attributable_streams,
    cast(greatest(counted.load_id, promoted.load_id, shown.load_id) as bigint) as load_id
from counted
inner join promoted on counted.campaign_id = promoted.campaign_id
left join shown on counted.campaign_id = shown.campaign_id
