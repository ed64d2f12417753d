{{
    config(
        materialized='incremental',
        incremental_strategy='delete+insert',
        unique_key='campaign_id',
        indexes=server_indexes([
            {'columns': ['ad_impression_id'], 'unique': true},
            {'columns': ['campaign_id', 'rendered_at']},
            {'columns': ['stream_id']},
            {'columns': ['content_id']},
            {'columns': ['rendered_date']},
            {'columns': ['booking_month']},
            {'columns': ['load_id']},
        ]),
    )
}}

{#-
    Campaigns billed anew, and those of whose impressions something came; the last filter is still the rule. The versions
    of an account are not asked, as every one begins a plan period, which brings its load.
-#}
{%- set newer_clicks -%}
    select clicks.ad_impression_id
    from {{ ref('int_ad_clicks_accepted') }} as clicks
    where clicks.load_id > (select since.load_id from since)
{%- endset -%}
{%- set newer = 'select found.' -%}
{%- set since = ' as found where found.load_id > (select since.load_id from since)' -%}
{%- set touched -%}
    with since as (
        select coalesce(max(load_id), 0) as load_id
        from {{ this }}
    )

    select billed.campaign_id
    from {{ ref('int_impressions_billed') }} as billed
    where billed.load_id > (select since.load_id from since)
    union all
    select versions.campaign_id
    from {{ ref('int_campaign_versions') }} as versions
    where versions.load_id > (select since.load_id from since)
    union all
    select clicked.campaign_id
    from {{ this }} as clicked
    {{ where_one_of('clicked.ad_impression_id', newer_clicks) }}
    {% for impressions, key, relation, valid_from in [
        (ref('int_impressions_billed'), 'user_id', ref('int_user_plan_periods'), 'valid_from'),
        (this, 'content_id', ref('int_content_versions'), first_from_the_beginning('content_key')),
        (this, 'content_id', ref('int_song_versions'), first_from_the_beginning('song_key')),
    ] -%}
    union all
    select meeting.campaign_id
    from {{ impressions }} as meeting
    inner join (
        select
            {{ key }},
            load_id,
            valid_to,
            {{ valid_from }} as valid_from
        from {{ relation }}
    ) as newer
        on
            meeting.{{ key }} = newer.{{ key }}
            and meeting.rendered_at >= newer.valid_from
            and meeting.rendered_at < newer.valid_to
    where
        {{ is_one_of('meeting.' ~ key, newer ~ key ~ ' from ' ~ relation ~ since) }}
        and newer.load_id > (select since.load_id from since)
    {% endfor -%}
{%- endset %}

with
impressions as (
    select * from {{ ref('int_impressions_resolved') }}
    {{ where_one_of('campaign_id', touched) }}
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
