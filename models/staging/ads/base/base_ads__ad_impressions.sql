{{
    config(
        materialized='incremental',
        incremental_strategy='delete+insert',
        unique_key='ad_impression_id',
        indexes=server_indexes([
            {'columns': ['ad_impression_id']},
            {'columns': ['ad_request_id']},
            {'columns': ['campaign_id']},
            {'columns': ['load_id']},
        ]),
    )
}}

with source as (
    select * from {{ source('raw', 'ad_impressions') }}
    {{ rows_of_touched_ids(source('raw', 'ad_impressions'), 'ad_impression_id') }}
),

renamed as (
    select
        -- ids
        ad_impression_id,
        ad_request_id,
        campaign_id,
        creative_id,
        stream_id,
        user_id,
        device_id,
        country_id,

        -- numbers
        price_micro,
        exposed_ms,
        last_quartile,

        -- flags
        is_data_centre,

        -- times
        rendered_at,

        -- arrival
        arrived_at,
        load_id
    from source
),

cleaned as (
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
        load_id
    from renamed
),

judged as (
    select
        cleaned.*,
        case
            when
                ad_impression_id is null
                or ad_request_id is null
                or campaign_id is null
                or creative_id is null
                or user_id is null
                or device_id is null
                or country_id is null
                or price_micro is null
                or exposed_ms is null
                or last_quartile is null
                or is_data_centre is null
                or rendered_at is null
                then 'missing_value'
            when exposed_ms < 0 then 'negative_exposed_ms'
            when price_micro < 0 then 'negative_price'
            when last_quartile < 0 or last_quartile > 4 then 'out_of_range'
            when {{ after_arrival('rendered_at') }} then 'started_after_arrival'
        end as broken_rule
    from cleaned
),

copies as (
    select
        judged.*,
        row_number() over (
            partition by ad_impression_id, broken_rule is null
            order by arrived_at, load_id
        ) as copy_no
    from judged
),

checked as (
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
        case when broken_rule is null and copy_no > 1 then 'duplicate' else broken_rule end as reject_rule,
        case
            when broken_rule is not null or copy_no > 1
                then {{ row_payload([
                    'ad_impression_id', 'ad_request_id', 'campaign_id', 'creative_id', 'stream_id',
                    'user_id', 'device_id', 'country_id', 'price_micro', 'exposed_ms',
                    'last_quartile', 'is_data_centre', 'rendered_at', 'arrived_at', 'load_id'
                ]) }}
        end as row_payload
    from copies
)

select * from checked
