-- Versions of campaigns, as of the other entities.
create temporary table campaigns as
with changes as (
    select distinct on (campaign_id, change_no)
        campaign_id,
        advertiser_id,
        budget_minor,
        nullif(upper(trim(currency_code)), '') as currency_code,
        nullif(lower(trim(pricing_model)), '') as pricing_model,
        price_minor,
        change_no,
        case when change_no = 0 then least(changed_at, created_at) else changed_at end as starts_at,
        arrived_at,
        load_id
    from raw.campaigns_changes
    order by campaign_id, change_no, arrived_at, load_id
),

held as (
    select
        changes.*,
        pg_temp.holds_from(changes.starts_at, changes.arrived_at, clock.first_month) as holds_from
    from changes
    cross join clock
),

ordered as (
    select
        held.*,
        greatest(
            holds_from,
            max(starts_at) filter (where holds_from = starts_at) over (partition by campaign_id order by change_no)
        ) as valid_from
    from held
),

spans as (
    select
        ordered.*,
        min(change_no) over (partition by campaign_id, valid_from) as first_change_no,
        max(load_id) over (partition by campaign_id, valid_from) as last_load_id,
        min(valid_from) over (
            partition by campaign_id order by change_no rows between 1 following and unbounded following
        ) as next_from
    from ordered
)

select
    campaign_id,
    campaign_id * 10000 + first_change_no as key,
    advertiser_id,
    budget_minor,
    currency_code,
    pricing_model,
    price_minor,
    valid_from,
    case when first_change_no = 0 then timestamptz '0001-01-01 00:00:00+00' else valid_from end as found_from,
    coalesce(next_from, timestamptz '9999-12-31 00:00:00+00') as valid_to,
    last_load_id as load_id
from spans
where next_from is null or valid_from < next_from;

-- Budgets one after the other; what was booked at first counts until the first event tells another.
create temporary table budgets as
with events as (
    select distinct on (campaign_status_event_id)
        campaign_status_event_id,
        campaign_id,
        budget_minor,
        occurred_at,
        arrived_at,
        load_id
    from raw.campaign_status_events
    where
        num_nulls(campaign_status_event_id, campaign_id, occurred_at) = 0
        and lower(trim(event_type)) in ('launched', 'paused', 'resumed', 'ended', 'budget_changed')
        and budget_minor > 0
        and occurred_at <= arrived_at + interval '24 hours'
    order by campaign_status_event_id, arrived_at, load_id
),

settings as (
    (
        select distinct on (campaign_id)
            campaign_id,
            0 as campaign_status_event_id,
            budget_minor,
            timestamptz '0001-01-01 00:00:00+00' as occurred_at,
            timestamptz '0001-01-01 00:00:00+00' as valid_from,
            load_id
        from campaigns
        order by campaign_id, valid_from
    )
    union all
    select
        events.campaign_id,
        events.campaign_status_event_id,
        events.budget_minor,
        events.occurred_at,
        pg_temp.holds_from(events.occurred_at, events.arrived_at, clock.first_month) as valid_from,
        events.load_id
    from events
    cross join issued
    cross join clock
    where events.campaign_id between 1 and issued.campaigns
),

spans as (
    select
        settings.*,
        lead(valid_from, 1, timestamptz '9999-12-31 00:00:00+00') over (
            partition by campaign_id order by valid_from, occurred_at, campaign_status_event_id
        ) as valid_to
    from settings
)

select
    spans.campaign_id,
    row_number() over (partition by spans.campaign_id order by spans.valid_from) as budget_no,
    coalesce(spans.budget_minor * cast((10 ^ (6 - currencies.minor_units)) as bigint), 0) as budget_micro,
    spans.valid_from,
    spans.valid_to,
    spans.load_id
from spans
left join campaigns
    on
        spans.campaign_id = campaigns.campaign_id
        and campaigns.valid_to = timestamptz '9999-12-31 00:00:00+00'
left join staging.currencies on campaigns.currency_code = currencies.currency_code
where spans.valid_from < spans.valid_to;

analyze campaigns;
analyze budgets;

-- Impressions, a copy once, with price and what the ones before it under the same budget would cost in full.
create temporary table queued as
with accepted as (
    select distinct on (ad_impression_id) *
    from raw.ad_impressions
    where
        num_nulls(
            ad_impression_id, ad_request_id, campaign_id, creative_id, user_id, device_id, country_id, is_data_centre,
            rendered_at
        ) = 0
        and exposed_ms >= 0
        and price_micro >= 0
        and last_quartile between 0 and 4
        and rendered_at <= arrived_at + interval '24 hours'
    order by ad_impression_id, arrived_at, load_id
),

first_campaigns as (
    select
        campaigns.campaign_id,
        campaigns.valid_to,
        min(changes.arrived_at) as arrived_at
    from campaigns
    inner join raw.campaigns_changes as changes on campaigns.campaign_id = changes.campaign_id
    where campaigns.key = campaigns.campaign_id * 10000 and changes.change_no = 0
    group by campaigns.campaign_id, campaigns.valid_to
),

known as (
    select
        accepted.*,
        greatest(accepted.arrived_at, first_campaigns.arrived_at) as known_at
    from accepted
    left join first_campaigns
        on
            accepted.campaign_id = first_campaigns.campaign_id
            and accepted.rendered_at < first_campaigns.valid_to
),

-- What is known after its month's close, itself and its campaign, is billed as if rendered when the open month began.
located as (
    select
        accepted.*,
        countries.country_id as place_country_id,
        pg_temp.day_of(accepted.rendered_at) as rendered_date,
        greatest(pg_temp.month_of(pg_temp.day_of(accepted.rendered_at)), pg_temp.open_month(accepted.known_at))
            as booking_month,
        pg_temp.open_month(accepted.known_at) > pg_temp.month_of(pg_temp.day_of(accepted.rendered_at))
            as is_after_close,
        accepted.rendered_at at time zone 'UTC'
        + coalesce(offsets.utc_offset_minutes, 0) * interval '1 minute' as rendered_local
    from known as accepted
    cross join issued
    left join raw.countries on accepted.country_id = countries.country_id
    left join staging.time_zone_offsets as offsets
        on
            countries.time_zone = offsets.time_zone
            and accepted.rendered_at >= offsets.valid_from
            and accepted.rendered_at < offsets.valid_to
    where
        accepted.ad_request_id between 1 and issued.ad_requests
        and accepted.campaign_id between 1 and issued.campaigns
        and accepted.creative_id between 1 and issued.creatives
        and coalesce(accepted.stream_id, 1) between 1 and issued.streams
        and (accepted.user_id < -2 or accepted.user_id between 1 and issued.users)
        and accepted.device_id between 1 and issued.devices
        and accepted.country_id between 1 and issued.countries
),

numbered as (
    select
        billed.*,
        row_number() over (
            partition by ad_request_id, creative_id order by billed_at, rendered_at, ad_impression_id
        ) as showing_no
    from (
        select
            located.*,
            case
                when is_after_close then cast(booking_month as timestamp) at time zone 'UTC' else rendered_at
            end as billed_at
        from located
    ) as billed
),

judged as (
    select
        numbered.*,
        lower(trim(creatives.format)) as format,
        rules.price_impressions,
        case
            when user_days.is_artificial then 'artificial'
            when numbered.is_data_centre then 'data_centre'
            when numbered.showing_no > 1 then 'duplicate'
            else 'none'
        end as invalid_reason,
        coalesce(
            numbered.exposed_ms >= case lower(trim(creatives.format))
                when 'audio' then rules.viewable_audio_ms
                when 'video' then rules.viewable_video_ms
                when 'display' then rules.viewable_display_ms
            end,
            false
        ) as is_viewable,
        greatest(numbered.load_id, creatives.load_id, user_days.load_id) as judged_load_id
    from numbered
    left join raw.creatives on numbered.creative_id = creatives.creative_id
    left join user_days
        on
            numbered.user_id = user_days.user_id
            and cast(numbered.rendered_local as date) = user_days.local_date
            -- a day's first verdict
            and user_days.verdict_month = pg_temp.month_of(cast(numbered.rendered_local as date) - 1)
    left join rules on numbered.rendered_date = rules.date_day
),

priced as (
    select
        judged.*,
        campaigns.key as campaign_key,
        coalesce(campaigns.currency_code, 'XXX') as currency_code,
        case
            when judged.invalid_reason <> 'none' or (campaigns.pricing_model = 'vcpm' and not judged.is_viewable) then 0
            else coalesce(
                pg_temp.share(
                    campaigns.price_minor, cast((10 ^ (6 - currencies.minor_units)) as bigint), judged.price_impressions
                ),
                0
            )
        end as full_price_micro,
        greatest(judged.judged_load_id, campaigns.load_id) as priced_load_id
    from judged
    left join campaigns
        on
            judged.campaign_id = campaigns.campaign_id
            and judged.rendered_at >= campaigns.found_from
            and judged.rendered_at < campaigns.valid_to
    left join staging.currencies on campaigns.currency_code = currencies.currency_code
)

select
    priced.*,
    budgets.budget_no,
    budgets.budget_micro,
    greatest(priced.priced_load_id, budgets.load_id) as queued_load_id,
    cast(sum(priced.full_price_micro) over (
        partition by priced.campaign_id, budgets.budget_no
        order by priced.billed_at, priced.rendered_at, priced.ad_impression_id
        rows unbounded preceding
    ) as bigint) - priced.full_price_micro as queued_micro
from priced
left join budgets
    on
        priced.campaign_id = budgets.campaign_id
        and priced.billed_at >= budgets.valid_from
        and priced.billed_at < budgets.valid_to;

analyze queued;

create table by_hand.fct_impressions as
-- What was spent before each budget came into force; one that is cut below it takes nothing back.
with recursive demands as (
    select
        budgets.campaign_id,
        budgets.budget_no,
        budgets.budget_micro,
        cast(coalesce(sum(queued.full_price_micro), 0) as bigint) as demand_micro
    from budgets
    left join queued on budgets.campaign_id = queued.campaign_id and budgets.budget_no = queued.budget_no
    group by budgets.campaign_id, budgets.budget_no, budgets.budget_micro
),

spendings as (
    select
        campaign_id,
        budget_no,
        cast(0 as bigint) as spent_before_micro,
        least(demand_micro, budget_micro) as spent_after_micro
    from demands
    where budget_no = 1
    union all
    select
        demands.campaign_id,
        demands.budget_no,
        spendings.spent_after_micro as spent_before_micro,
        greatest(
            spendings.spent_after_micro,
            least(spendings.spent_after_micro + demands.demand_micro, demands.budget_micro)
        ) as spent_after_micro
    from spendings
    inner join demands
        on spendings.campaign_id = demands.campaign_id and spendings.budget_no + 1 = demands.budget_no
),

clicks as (
    select
        accepted.ad_impression_id,
        count(*) as clicks,
        min(accepted.clicked_at) as first_clicked_at,
        max(accepted.load_id) as load_id
    from (
        select distinct on (ad_click_id)
            ad_impression_id,
            clicked_at,
            load_id
        from raw.ad_clicks
        where
            num_nulls(ad_click_id, ad_impression_id, clicked_at) = 0
            and clicked_at <= arrived_at + interval '24 hours'
        order by ad_click_id, arrived_at, load_id
    ) as accepted
    cross join issued
    where accepted.ad_impression_id between 1 and issued.ad_impressions
    group by accepted.ad_impression_id
),

resolved as (
    select
        queued.*,
        campaigns.campaign_id is not null as has_campaign,
        campaigns.advertiser_id,
        plays.content_id,
        contents.content_type,
        contents.song_id,
        songs.key as song_key,
        users.key as user_key,
        plan_periods.plan_id,
        plan_periods.plan_key,
        plan_periods.tier,
        nullif(plan_periods.payment_country_id, -1) as payment_country_id,
        clicks.clicks,
        clicks.first_clicked_at,
        rates.rate_micro,
        coalesce(
            greatest(
                least(
                    queued.full_price_micro,
                    queued.budget_micro - spendings.spent_before_micro - queued.queued_micro
                ),
                0
            ),
            0
        ) as billed_micro,
        max(
            greatest(
                queued.queued_load_id, campaigns.load_id, plays.load_id, contents.load_id, songs.load_id,
                users.load_id, plan_periods.load_id, clicks.load_id
            )
        ) over (partition by queued.campaign_id) as campaign_load_id
    from queued
    left join spendings on queued.campaign_id = spendings.campaign_id and queued.budget_no = spendings.budget_no
    left join campaigns
        on
            queued.campaign_id = campaigns.campaign_id
            and campaigns.valid_to = timestamptz '9999-12-31 00:00:00+00'
    left join clicks on queued.ad_impression_id = clicks.ad_impression_id
    left join rates
        on
            least(queued.rendered_date, pg_temp.day_of(queued.arrived_at)) = rates.date_day
            and queued.currency_code = rates.currency_code
    left join plays on queued.stream_id = plays.stream_id
    left join contents
        on
            plays.content_id = contents.content_id
            and queued.rendered_at >= contents.found_from
            and queued.rendered_at < contents.valid_to
    left join songs
        on
            contents.song_id = songs.song_id
            and queued.rendered_at >= songs.found_from
            and queued.rendered_at < songs.valid_to
    left join users
        on
            queued.user_id = users.user_id
            and queued.rendered_at >= users.found_from
            and queued.rendered_at < users.valid_to
    left join plan_periods
        on
            queued.user_id = plan_periods.user_id
            and queued.rendered_at >= plan_periods.valid_from
            and queued.rendered_at < plan_periods.valid_to
)

select
    ad_impression_id,
    ad_request_id,
    campaign_id,
    coalesce(campaign_key, campaign_id * 10000) as campaign_key,
    creative_id,
    case when has_campaign then coalesce(advertiser_id, -2) else -1 end as advertiser_id,
    coalesce(stream_id, -2) as stream_id,
    user_id,
    coalesce(user_key, user_id * 10000) as user_key,
    device_id,
    coalesce(2000000 + place_country_id, -1) as geography_id,
    coalesce(2000000 + payment_country_id, -1) as payment_geography_id,
    coalesce(payment_country_id, -1) as payment_country_id,
    case when stream_id is null then -2 else coalesce(content_id, -1) end as content_id,
    case
        when stream_id is null then -2
        when song_id is not null then song_id
        when coalesce(content_type, 'song') = 'song' then -1
        else -2
    end as song_id,
    case
        when stream_id is null then -2
        when song_id is not null then coalesce(song_key, song_id * 10000)
        when coalesce(content_type, 'song') = 'song' then -1
        else -2
    end as song_key,
    coalesce(plan_id, -1) as plan_id,
    coalesce(plan_key, -1) as plan_key,
    coalesce(tier, 'unknown') as tier,
    coalesce(format, 'unknown') as format,
    invalid_reason,
    exposed_ms,
    last_quartile,
    coalesce(clicks, 0) as clicks,
    currency_code,
    full_price_micro,
    billed_micro as price_micro,
    pg_temp.share(billed_micro, 1000000, rate_micro) as price_reporting_micro,
    invalid_reason = 'none' as is_valid,
    is_viewable,
    clicks is not null as is_clicked,
    is_after_close,
    rendered_date,
    cast(rendered_local as date) as local_date,
    cast((extract(hour from rendered_local) * 60 + extract(minute from rendered_local)) as integer) as minute_of_day,
    booking_month,
    rendered_at,
    first_clicked_at,
    arrived_at,
    known_at,
    campaign_load_id as load_id
from resolved;
