with
impressions as (
    select * from {{ ref('int_impressions_billed') }}
),

campaigns as (
    select
        campaign_id,
        advertiser_id,
        creator_artist_id,
        load_id
    from {{ ref('int_campaign_versions') }}
    where is_current
),

clicks as (
    select
        ad_impression_id,
        count(*) as clicks,
        min(clicked_at) as first_clicked_at,
        max(load_id) as load_id
    from {{ ref('int_ad_clicks_accepted') }}
    group by ad_impression_id
),

contents as (
    select
        content_id,
        content_type,
        song_id,
        valid_to,
        load_id,
        {{ first_from_the_beginning('content_key') }} as valid_from
    from {{ ref('int_content_versions') }}
),

songs as (
    select
        song_id,
        song_key,
        valid_to,
        load_id,
        {{ first_from_the_beginning('song_key') }} as valid_from
    from {{ ref('int_song_versions') }}
),

users as (
    select
        user_id,
        user_key,
        valid_to,
        load_id,
        {{ first_from_the_beginning('user_key') }} as valid_from
    from {{ ref('int_user_versions') }}
),

plan_periods as (
    select
        user_id,
        plan_id,
        plan_key,
        tier,
        payment_country_id,
        valid_from,
        valid_to,
        load_id
    from {{ ref('int_user_plan_periods') }}
),

exchange_rates as (
    select
        date_day,
        currency_code,
        rate_micro
    from {{ ref('int_exchange_rates') }}
),

dated as (
    select
        impressions.*,
        least(rendered_date, {{ to_date('arrived_at') }}) as rate_date
    from impressions
),

resolved as (
    select
        dated.*,
        campaigns.campaign_id is not null as has_campaign,
        campaigns.advertiser_id,
        contents.content_type,
        contents.song_id,
        songs.song_key,
        users.user_key,
        plan_periods.plan_id,
        plan_periods.plan_key,
        plan_periods.tier,
        plan_periods.payment_country_id,
        clicks.clicks,
        clicks.first_clicked_at,
        exchange_rates.rate_micro,
        greatest(
            dated.load_id,
            campaigns.load_id,
            contents.load_id,
            songs.load_id,
            users.load_id,
            plan_periods.load_id,
            clicks.load_id
        ) as inputs_load_id
    from dated
    left join campaigns on dated.campaign_id = campaigns.campaign_id
    left join clicks on dated.ad_impression_id = clicks.ad_impression_id
    left join exchange_rates
        on
            dated.rate_date = exchange_rates.date_day
            and dated.currency_code = exchange_rates.currency_code
    {{ join_version('dated', 'contents', 'content_id', 'rendered_at') }}
    {{ join_version('dated', 'songs', 'contents.song_id', 'rendered_at') }}
    {{ join_version('dated', 'users', 'user_id', 'rendered_at') }}
    {{ join_version('dated', 'plan_periods', 'user_id', 'rendered_at') }}
),

-- An impression that comes late moves what the others of its campaign may still cost, so a campaign is rewritten whole.
stamped as (
    select
        resolved.*,
        max(inputs_load_id) over (partition by campaign_id) as campaign_load_id
    from resolved
)

select
    ad_impression_id,
    ad_request_id,
    campaign_id,
    campaign_key,
    creative_id,
    cast(case
        when not has_campaign then {{ unknown_key() }}
        else coalesce(advertiser_id, {{ not_applicable_key() }})
    end as bigint) as advertiser_id,
    cast(coalesce(stream_id, {{ not_applicable_key() }}) as bigint) as stream_id,
    user_id,
    {{ fact_version_key('user_key', 'user_id') }} as user_key,
    device_id,
    geography_id,
    {{ geography_id('null', 'null', 'nullif(payment_country_id, -1)') }} as payment_geography_id,
    cast(coalesce(payment_country_id, {{ unknown_key() }}) as bigint) as payment_country_id,
    cast(case
        when stream_id is null then {{ not_applicable_key() }}
        else coalesce(content_id, {{ unknown_key() }})
    end as bigint) as content_id,
    cast(case
        when stream_id is null then {{ not_applicable_key() }}
        when song_id is not null then song_id
        when content_type is null or content_type = 'song' then {{ unknown_key() }}
        else {{ not_applicable_key() }}
    end as bigint) as song_id,
    cast(case
        when stream_id is null then {{ not_applicable_key() }}
        when song_id is not null then {{ fact_version_key('song_key', 'song_id') }}
        when content_type is null or content_type = 'song' then {{ unknown_key() }}
        else {{ not_applicable_key() }}
    end as bigint) as song_key,
    cast(coalesce(plan_id, {{ unknown_key() }}) as bigint) as plan_id,
    cast(coalesce(plan_key, {{ unknown_key() }}) as bigint) as plan_key,
    coalesce(tier, 'unknown') as tier,
    format,
    invalid_reason,
    exposed_ms,
    last_quartile,
    cast(coalesce(clicks, 0) as bigint) as clicks,
    currency_code,
    full_price_micro,
    price_micro,
    {{ reporting_micro('price_micro', 'rate_micro') }} as price_reporting_micro,
    is_valid,
    is_viewable,
    clicks is not null as is_clicked,
    is_after_close,
    rendered_date,
    local_date,
    minute_of_day,
    booking_month,
    rendered_at,
    first_clicked_at,
    arrived_at,
    known_at,
    cast(campaign_load_id as bigint) as load_id
from stamped
