with
campaigns as (
    select
        campaign_id,
        campaign_key,
        valid_to,
        {{ first_from_the_beginning('campaign_key') }} as valid_from
    from {{ ref('int_campaign_versions') }}
),

intervals as (
    select * from {{ ref('int_campaign_intervals') }}
),

impressions as (
    select * from {{ ref('int_campaign_impressions') }}
),

creatives as (
    select
        creative_id,
        campaign_id,
        format,
        active_from
    from {{ ref('stg_ads__creatives') }}
),

clock as (
    select data_clock
    from {{ ref('int_clock') }}
),

delivered as (
    select
        campaign_id,
        status_no,
        sum(impressions) as impressions,
        sum(valid_impressions) as valid_impressions,
        sum(replaced_impressions) as replaced_impressions
    from impressions
    group by campaign_id, status_no
),

served as (
    select
        creative_id,
        min(first_rendered_at) as first_rendered_at
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
    intervals.status_no,
    intervals.status,
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
