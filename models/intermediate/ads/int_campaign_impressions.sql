{{
    config(
        materialized='incremental',
        incremental_strategy='delete+insert',
        unique_key='campaign_id',
        indexes=server_indexes([
            {'columns': ['campaign_id', 'creative_id', 'status_no'], 'unique': true},
            {'columns': ['creative_id']},
            {'columns': ['load_id']},
        ]),
    )
}}

{#-
    Campaigns of whose impressions something came, and those whose statuses or creatives are told anew: each is added up as
    a whole. A campaign of which nothing was shown has no row, and needs none.
-#}
{%- set newer_creatives -%}
    select creatives.creative_id
    from {{ ref('stg_ads__creatives') }} as creatives
    where {{ is_newer_load('creatives.load_id') }}
{%- endset -%}
{%- set touched -%}
    select shown.campaign_id
    from {{ ref('int_impressions_billed') }} as shown
    where {{ is_newer_load('shown.load_id') }}
    union
    select events.campaign_id
    from {{ ref('int_campaign_status_events_accepted') }} as events
    where {{ is_newer_load('events.load_id') }}
    union
    select versions.campaign_id
    from {{ ref('int_campaign_versions') }} as versions
    where {{ is_newer_load('versions.load_id') }}
    union
    select standing.campaign_id
    from {{ this }} as standing
    {{ where_one_of('standing.creative_id', newer_creatives) }}
{%- endset %}

with
impressions as (
    select
        campaign_id,
        creative_id,
        is_valid,
        rendered_at,
        load_id
    from {{ ref('int_impressions_billed') }}
    {{ where_one_of('campaign_id', touched) }}
),

intervals as (
    select
        campaign_id,
        status_no,
        valid_from,
        valid_to
    from {{ ref('int_campaign_intervals') }}
),

creatives as (
    select
        creative_id,
        active_to
    from {{ ref('stg_ads__creatives') }}
)

select
    impressions.campaign_id,
    impressions.creative_id,
    coalesce(intervals.status_no, 0) as status_no,
    count(*) as impressions,
    count(case when impressions.is_valid then 1 end) as valid_impressions,
    count(case when impressions.rendered_at >= creatives.active_to then 1 end) as replaced_impressions,
    min(impressions.rendered_at) as first_rendered_at,
    max(impressions.load_id) as load_id
from impressions
left join intervals
    on
        impressions.campaign_id = intervals.campaign_id
        and impressions.rendered_at >= intervals.valid_from
        and impressions.rendered_at < intervals.valid_to
left join creatives on impressions.creative_id = creatives.creative_id
group by
    impressions.campaign_id,
    impressions.creative_id,
    coalesce(intervals.status_no, 0)
