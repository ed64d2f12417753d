{{
    config(
        materialized='incremental',
        incremental_strategy='delete+insert',
        unique_key='campaign_id',
        indexes=server_indexes([
            {'columns': ['ad_impression_id'], 'unique': true},
            {'columns': ['campaign_id', 'rendered_at']},
            {'columns': ['stream_id']},
            {'columns': ['rendered_date']},
            {'columns': ['load_id']},
        ]),
    )
}}

with
impressions as (
    select * from {{ ref('int_impressions_resolved') }}
)

select
    ad_impression_id,
    ad_request_id,
    campaign_id,
    campaign_key,
    creative_id,
    advertiser_id,
    stream_id,
    user_id,
    user_key,
    device_id,
    geography_id,
    payment_geography_id,
    payment_country_id,
    content_id,
    song_id,
    song_key,
    plan_id,
    plan_key,
    tier,
    format,
    invalid_reason,
    exposed_ms,
    last_quartile,
    clicks,
    currency_code,
    full_price_micro,
    price_micro,
    price_reporting_micro,
    is_valid,
    is_viewable,
    is_clicked,
    is_after_close,
    rendered_date,
    local_date,
    minute_of_day,
    booking_month,
    rendered_at,
    first_clicked_at,
    arrived_at,
    known_at,
    load_id
from impressions
where {{ is_newer_load() }}
