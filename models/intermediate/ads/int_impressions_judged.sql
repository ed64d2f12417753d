with
impressions as (
    select * from {{ ref('int_ad_impressions_accepted') }}
),

campaign_versions as (
    select * from {{ ref('int_campaign_versions') }}
),

campaign_changes as (
    select * from {{ ref('stg_ads__campaigns_changes') }}
),

creatives as (
    select
        creative_id,
        format,
        load_id
    from {{ ref('stg_ads__creatives') }}
),

countries as (
    select
        country_id,
        time_zone
    from {{ ref('stg_reference__countries') }}
),

time_zone_offsets as (
    select
        time_zone,
        valid_from,
        valid_to,
        utc_offset_minutes
    from {{ ref('time_zone_offsets') }}
),

user_days as (
    select
        user_id,
        local_date,
        is_artificial,
        load_id
    from {{ ref('int_user_days') }}
    where is_first_verdict
),

rules as (
    select
        date_day,
        viewable_audio_ms,
        viewable_video_ms,
        viewable_display_ms,
        price_impressions
    from {{ ref('int_rules_by_date') }}
),

-- A first version also prices what was rendered before it arrived; every later one holds in open months alone.
first_versions as (
    select
        campaign_versions.campaign_id,
        campaign_versions.valid_to,
        campaign_changes.arrived_at as known_at
    from campaign_versions
    inner join campaign_changes on campaign_versions.campaign_id = campaign_changes.campaign_id
    where
        campaign_versions.campaign_key = {{ version_key('campaign_versions.campaign_id', 0) }}
        and campaign_changes.change_no = 0
),

placed as (
    select
        impressions.*,
        countries.country_id as place_country_id,
        countries.time_zone,
        greatest(impressions.arrived_at, coalesce(first_versions.known_at, impressions.arrived_at)) as known_at
    from impressions
    left join countries on impressions.country_id = countries.country_id
    left join first_versions
        on
            impressions.campaign_id = first_versions.campaign_id
            and impressions.rendered_at < first_versions.valid_to
),

localized as (
    select
        placed.*,
        {{ to_date('placed.rendered_at') }} as rendered_date,
        {{ local_datetime('placed.rendered_at', 'coalesce(time_zone_offsets.utc_offset_minutes, 0)') }}
            as rendered_local
    from placed
    {{ join_time_zone_offset('placed', 'rendered_at', 'time_zone') }}
),

dated as (
    select
        localized.*,
        cast(rendered_local as date) as local_date,
        {{ minute_of_datetime('rendered_local') }} as minute_of_day,
        {{ month_start('rendered_date') }} as rendered_month,
        {{ booking_month(month_start('rendered_date'), 'known_at') }} as booking_month
    from localized
),

-- What is known after its month's close, itself and its campaign, is billed as if rendered when the open month began.
booked as (
    select
        dated.*,
        booking_month > rendered_month as is_after_close,
        case
            when booking_month > rendered_month then {{ date_instant('booking_month') }}
            else rendered_at
        end as billed_at
    from dated
),

numbered as (
    select
        booked.*,
        row_number() over (
            partition by ad_request_id, creative_id
            order by billed_at, rendered_at, ad_impression_id
        ) as showing_no
    from booked
),

judged as (
    select
        numbered.*,
        creatives.format,
        coalesce(user_days.is_artificial, false) as is_artificial,
        numbered.showing_no > 1 as is_duplicate,
        rules.price_impressions,
        coalesce(
            case creatives.format
                when 'audio' then numbered.exposed_ms >= rules.viewable_audio_ms
                when 'video' then numbered.exposed_ms >= rules.viewable_video_ms
                when 'display' then numbered.exposed_ms >= rules.viewable_display_ms
            end,
            false
        ) as is_viewable,
        greatest(
            numbered.load_id, creatives.load_id, user_days.load_id
        ) as inputs_load_id
    from numbered
    left join creatives on numbered.creative_id = creatives.creative_id
    left join user_days
        on
            numbered.user_id = user_days.user_id
            and numbered.local_date = user_days.local_date
    left join rules on numbered.rendered_date = rules.date_day
)

select
    ad_impression_id,
    ad_request_id,
    campaign_id,
    creative_id,
    stream_id,
    user_id,
    device_id,
    {{ geography_id('null', 'null', 'place_country_id') }} as geography_id,
    coalesce(format, 'unknown') as format,
    case
        when is_artificial then 'artificial'
        when is_data_centre then 'data_centre'
        when is_duplicate then 'duplicate'
        else 'none'
    end as invalid_reason,
    exposed_ms,
    last_quartile,
    cast(price_impressions as bigint) as price_impressions,
    not is_artificial and not is_data_centre and not is_duplicate as is_valid,
    is_viewable,
    is_after_close,
    rendered_date,
    local_date,
    minute_of_day,
    booking_month,
    rendered_at,
    billed_at,
    arrived_at,
    known_at,
    inputs_load_id as load_id
from judged
