with
campaigns as (
    select
        campaign_id,
        campaign_key,
        created_at,
        valid_to,
        {{ first_from_the_beginning('campaign_key') }} as valid_from,
        row_number() over (partition by campaign_id order by valid_from) as version_no
    from {{ ref('int_campaign_versions') }}
),

status_events as (
    select
        campaign_status_event_id,
        campaign_id,
        event_type,
        occurred_at
    from {{ ref('int_campaign_status_events_accepted') }}
    where event_type <> 'budget_changed'
),

impressions as (
    select
        campaign_id,
        creative_id,
        is_valid,
        rendered_at
    from {{ ref('fct_impressions') }}
),

creatives as (
    select
        creative_id,
        campaign_id,
        format,
        active_from,
        active_to
    from {{ ref('stg_ads__creatives') }}
),

clock as (
    select data_clock
    from {{ ref('int_clock') }}
),

firsts as (
    select
        campaign_id,
        min(occurred_at) as first_at
    from status_events
    group by campaign_id
),

steps as (
    select
        campaigns.campaign_id,
        cast(0 as bigint) as campaign_status_event_id,
        'scheduled' as status,
        least(campaigns.created_at, coalesce(firsts.first_at, campaigns.created_at)) as valid_from
    from campaigns
    left join firsts on campaigns.campaign_id = firsts.campaign_id
    where campaigns.version_no = 1
    union all
    select
        campaign_id,
        campaign_status_event_id,
        case event_type
            when 'paused' then 'paused'
            when 'ended' then 'ended'
            else 'active'
        end as status,
        occurred_at as valid_from
    from status_events
),

-- Of several at one instant the last counts.
spans as (
    select
        steps.*,
        lead(valid_from, 1, {{ end_of_time() }}) over (
            partition by campaign_id order by valid_from, campaign_status_event_id
        ) as valid_to
    from steps
),

intervals as (
    select
        spans.*,
        row_number() over (partition by campaign_id order by valid_from) as status_no
    from spans
    where valid_from < valid_to
),

delivered as (
    select
        intervals.campaign_id,
        intervals.status_no,
        count(*) as impressions,
        count(case when impressions.is_valid then 1 end) as valid_impressions,
        count(case when impressions.rendered_at >= creatives.active_to then 1 end) as replaced_impressions
    from intervals
    inner join impressions
        on
            intervals.campaign_id = impressions.campaign_id
            and intervals.valid_from <= impressions.rendered_at
            and intervals.valid_to > impressions.rendered_at
    left join creatives on impressions.creative_id = creatives.creative_id
    group by intervals.campaign_id, intervals.status_no
),

served as (
    select
        creative_id,
        min(rendered_at) as first_rendered_at
    from impressions
    group by creative_id
),

-- A creative that takes the place of another of its campaign and format.
ordered_creatives as (
    select
        creatives.*,
        row_number() over (partition by campaign_id, format order by active_from, creative_id) as creative_no
    from creatives
),

swaps as (
    select
        intervals.campaign_id,
        intervals.status_no,
        count(*) as swaps,
        count(served.creative_id) as swaps_served,
        max({{ datediff_ms('ordered_creatives.active_from', 'served.first_rendered_at') }}) as swap_delay_max_ms
    from intervals
    inner join ordered_creatives
        on
            intervals.campaign_id = ordered_creatives.campaign_id
            and intervals.valid_from <= ordered_creatives.active_from
            and intervals.valid_to > ordered_creatives.active_from
    inner join clock on ordered_creatives.active_from < clock.data_clock
    left join served on ordered_creatives.creative_id = served.creative_id
    where ordered_creatives.creative_no > 1
    group by intervals.campaign_id, intervals.status_no
)

select
    intervals.campaign_id,
    {{ fact_version_key('campaigns.campaign_key', 'intervals.campaign_id') }} as campaign_key,
    cast(intervals.status_no as integer) as status_no,
    cast(intervals.status as text) as status,
    intervals.status = 'active' as is_delivering,
    cast(
        {{ datediff_ms('intervals.valid_from', 'least(intervals.valid_to, clock.data_clock)') }} as bigint
    ) as duration_ms,
    cast(coalesce(delivered.impressions, 0) as bigint) as impressions,
    cast(coalesce(delivered.valid_impressions, 0) as bigint) as valid_impressions,
    cast(case when intervals.status = 'active' then 0 else coalesce(delivered.impressions, 0) end as bigint)
        as undue_impressions,
    cast(coalesce(delivered.replaced_impressions, 0) as bigint) as replaced_impressions,
    cast(coalesce(swaps.swaps, 0) as bigint) as swaps,
    cast(coalesce(swaps.swaps_served, 0) as bigint) as swaps_served,
    cast(swaps.swap_delay_max_ms as bigint) as swap_delay_max_ms,
    {{ to_date('intervals.valid_from') }} as started_date,
    case
        when intervals.valid_to = {{ end_of_time() }} then {{ not_applicable_date() }}
        else {{ to_date('intervals.valid_to') }}
    end as ended_date,
    intervals.valid_from,
    intervals.valid_to,
    intervals.valid_to = {{ end_of_time() }} as is_current
from intervals
cross join clock
left join delivered
    on
        intervals.campaign_id = delivered.campaign_id
        and intervals.status_no = delivered.status_no
left join swaps
    on
        intervals.campaign_id = swaps.campaign_id
        and intervals.status_no = swaps.status_no
{{ join_version('intervals', 'campaigns', 'campaign_id', 'intervals.valid_from') }}
