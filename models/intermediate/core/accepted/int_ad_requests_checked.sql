with
ad_requests as (
    select * from {{ ref('stg_ads__ad_requests') }}
),

issued as (
    select
        max(case when entity = 'countries' then last_id end) as countries,
        max(case when entity = 'devices' then last_id end) as devices,
        max(case when entity = 'streams' then last_id end) as streams,
        max(case when entity = 'users' then last_id end) as users
    from {{ ref('int_issued_keys') }}
),

checked as (
    select
        ad_requests.*,
        case
            when {{ never_issued_user('ad_requests.user_id', 'issued.users') }} then 'orphan_user'
            when {{ never_issued('ad_requests.device_id', 'issued.devices') }} then 'orphan_device'
            when {{ never_issued('ad_requests.stream_id', 'issued.streams') }} then 'orphan_stream'
            when {{ never_issued('ad_requests.country_id', 'issued.countries') }} then 'orphan_country'
        end as reject_rule
    from ad_requests
    cross join issued
),

final as (
    select
        ad_request_id,
        user_id,
        device_id,
        stream_id,
        country_id,
        placement,
        decision_ms,
        is_filled,
        requested_at,
        arrived_at,
        load_id,
        reject_rule,
        case
            when reject_rule is not null
                then {{ row_payload([
                    'ad_request_id', 'user_id', 'device_id', 'stream_id', 'country_id',
                    'placement', 'decision_ms', 'is_filled', 'requested_at', 'arrived_at', 'load_id'
                ]) }}
        end as row_payload
    from checked
)

select * from final
