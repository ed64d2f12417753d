with
ad_impressions as (
    select * from {{ ref('stg_ads__ad_impressions') }}
),

issued as (
    select
        max(case when entity = 'ad_requests' then last_id end) as ad_requests,
        max(case when entity = 'campaigns' then last_id end) as campaigns,
        max(case when entity = 'countries' then last_id end) as countries,
        max(case when entity = 'creatives' then last_id end) as creatives,
        max(case when entity = 'devices' then last_id end) as devices,
        max(case when entity = 'streams' then last_id end) as streams,
        max(case when entity = 'users' then last_id end) as users
    from {{ ref('int_issued_keys') }}
),

checked as (
    select
        ad_impressions.*,
        case
            when {{ never_issued('ad_impressions.ad_request_id', 'issued.ad_requests') }}
                then 'orphan_ad_request'
            when {{ never_issued('ad_impressions.campaign_id', 'issued.campaigns') }} then 'orphan_campaign'
            when {{ never_issued('ad_impressions.creative_id', 'issued.creatives') }} then 'orphan_creative'
            when {{ never_issued('ad_impressions.stream_id', 'issued.streams') }} then 'orphan_stream'
            when {{ never_issued_user('ad_impressions.user_id', 'issued.users') }} then 'orphan_user'
            when {{ never_issued('ad_impressions.device_id', 'issued.devices') }} then 'orphan_device'
            when {{ never_issued('ad_impressions.country_id', 'issued.countries') }} then 'orphan_country'
        end as reject_rule
    from ad_impressions
    cross join issued
),

final as (
    select
        ad_impression_id,
        ad_request_id,
        campaign_id,
        creative_id,
        stream_id,
        user_id,
        device_id,
        country_id,
        price_micro,
        exposed_ms,
        last_quartile,
        is_data_centre,
        rendered_at,
        arrived_at,
        load_id,
        reject_rule,
        case
            when reject_rule is not null
                then {{ row_payload([
                    'ad_impression_id', 'ad_request_id', 'campaign_id', 'creative_id', 'stream_id',
                    'user_id', 'device_id', 'country_id', 'price_micro', 'exposed_ms',
                    'last_quartile', 'is_data_centre', 'rendered_at', 'arrived_at', 'load_id'
                ]) }}
        end as row_payload
    from checked
)

select * from final
