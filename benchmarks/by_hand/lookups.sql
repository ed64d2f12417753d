-- What several facts look up, made once: rules of the books, keys ever issued, versions of what changes, plans in
-- force.

create function pg_temp.month_of(day date) returns date language sql immutable as $$
    select cast(date_trunc('month', cast(day as timestamp)) as date)
$$;

create function pg_temp.day_of(at timestamptz) returns date language sql immutable as $$
    select cast((at at time zone 'UTC') as date)
$$;

-- The month that is open to what arrives at an instant: a month closes ten days after its end.
create function pg_temp.open_month(arrived timestamptz) returns date language sql immutable as $$
    select cast(date_trunc('month', cast((cast((arrived at time zone 'UTC') as date) - 10) as timestamp)) as date)
$$;

-- a * b / c, rounded half away from zero; c is positive.
create function pg_temp.share(a numeric, b numeric, c numeric) returns bigint language sql immutable as $$
    select cast(div(a * b * 2 + sign(a * b) * c, nullif(c * 2, 0)) as bigint)
$$;

create temporary table clock as
select
    max(arrival_date) as data_date,
    pg_temp.month_of(coalesce(min(arrival_date) filter (where kind = 'day'), max(arrival_date))) as first_month,
    cast((max(arrival_date) + 1) as timestamp) at time zone 'UTC' as data_clock,
    coalesce(min(arrival_date) filter (where kind = 'day'), max(arrival_date)) as history_start,
    (max(arrival_date) - date '2000-01-01' + 1) * cast(1000000000 as bigint) - 1 as last_event_id
from ops.loads;

-- From when a change holds: one that came after its month's close holds from the start of the month then open.
create function pg_temp.holds_from(at timestamptz, arrived timestamptz, first_month date)
returns timestamptz language sql immutable as $$
    select
        case
            when
                at is not null
                and pg_temp.open_month(arrived) > greatest(pg_temp.month_of(pg_temp.day_of(at)), first_month)
                then cast(pg_temp.open_month(arrived) as timestamp) at time zone 'UTC'
            else at
        end
$$;

create temporary table issued as
with reported as (
    select
        trim(entity) as entity,
        max(last_id) as last_id
    from raw.issued_keys
    where entity is not null and issued_date is not null and last_id >= 0
    group by trim(entity)
),

last as (
    select coalesce(jsonb_object_agg(entity, last_id), '{}') as ids
    from reported
)

select
    greatest(cast((last.ids ->> 'users') as bigint), (select max(users.user_id) from raw.users)) as users,
    greatest(cast((last.ids ->> 'content') as bigint), (select max(content.content_id) from raw.content)) as content,
    greatest(cast((last.ids ->> 'devices') as bigint), (select max(devices.device_id) from raw.devices)) as devices,
    greatest(cast((last.ids ->> 'countries') as bigint), (select max(countries.country_id) from raw.countries))
        as countries,
    greatest(cast((last.ids ->> 'cities') as bigint), (select max(cities.city_id) from raw.cities)) as cities,
    greatest(cast((last.ids ->> 'languages') as bigint), (select max(languages.language_id) from raw.languages))
        as languages,
    greatest(cast((last.ids ->> 'artists') as bigint), (select max(artists.artist_id) from raw.artists)) as artists,
    greatest(cast((last.ids ->> 'campaigns') as bigint), (select max(campaigns.campaign_id) from raw.campaigns))
        as campaigns,
    greatest(cast((last.ids ->> 'creatives') as bigint), (select max(creatives.creative_id) from raw.creatives))
        as creatives,
    greatest(cast((last.ids ->> 'plans') as bigint), (select max(plans.plan_id) from raw.plans)) as plans,
    greatest(
        cast((last.ids ->> 'payment_methods') as bigint),
        (select max(payment_methods.payment_method_id) from raw.payment_methods)
    ) as payment_methods,
    greatest(cast((last.ids ->> 'listening_sessions') as bigint), clock.last_event_id) as listening_sessions,
    greatest(cast((last.ids ->> 'voice_commands') as bigint), clock.last_event_id) as voice_commands,
    greatest(cast((last.ids ->> 'streams') as bigint), clock.last_event_id) as streams,
    greatest(cast((last.ids ->> 'ad_requests') as bigint), clock.last_event_id) as ad_requests,
    greatest(cast((last.ids ->> 'ad_impressions') as bigint), clock.last_event_id) as ad_impressions,
    greatest(cast((last.ids ->> 'transactions') as bigint), clock.last_event_id) as transactions,
    greatest(cast((last.ids ->> 'invoices') as bigint), clock.last_event_id) as invoices,
    greatest(cast((last.ids ->> 'tips') as bigint), clock.last_event_id) as tips
from last
cross join clock;

create temporary table rules as
select
    cast(series.day_at as date) as date_day,
    max(value) filter (where rule_name = 'qualified_stream_ms') as qualified_stream_ms,
    max(value) filter (where rule_name = 'completed_slack_ms') as completed_slack_ms,
    max(value) filter (where rule_name = 'skip_early_ms') as skip_early_ms,
    max(value) filter (where rule_name = 'skip_ms') as skip_ms,
    max(value) filter (where rule_name = 'artificial_skip_plays') as artificial_skip_plays,
    max(value) filter (where rule_name = 'artificial_skip_ms') as artificial_skip_ms,
    max(value) filter (where rule_name = 'artificial_skip_window_ms') as artificial_skip_window_ms,
    max(value) filter (where rule_name = 'artificial_loop_plays') as artificial_loop_plays,
    max(value) filter (where rule_name = 'artificial_loop_min_ms') as artificial_loop_min_ms,
    max(value) filter (where rule_name = 'artificial_loop_max_ms') as artificial_loop_max_ms,
    max(value) filter (where rule_name = 'artificial_day_ms') as artificial_day_ms,
    max(value) filter (where rule_name = 'viewable_audio_ms') as viewable_audio_ms,
    max(value) filter (where rule_name = 'viewable_video_ms') as viewable_video_ms,
    max(value) filter (where rule_name = 'viewable_display_ms') as viewable_display_ms,
    max(value) filter (where rule_name = 'price_impressions') as price_impressions,
    max(value) filter (where rule_name = 'commission_tip_ppm') as commission_tip_ppm,
    max(value) filter (where rule_name = 'rights_share_ppm') as rights_share_ppm,
    max(value) filter (where rule_name = 'recording_share_ppm') as recording_share_ppm,
    max(value) filter (where rule_name = 'eligibility_streams') as eligibility_streams,
    max(value) filter (where rule_name = 'eligibility_window_months') as eligibility_window_months,
    max(value) filter (where rule_name = 'noise_min_ms') as noise_min_ms
from generate_series(timestamp '2018-01-01', timestamp '2031-12-31', interval '1 day') as series (day_at)
inner join staging.business_rules
    on series.day_at >= business_rules.valid_from and series.day_at < business_rules.valid_to
group by series.day_at;

create temporary table rates as
select
    cast(days.day_at as date) as date_day,
    spans.currency_code,
    spans.rate_micro
from (
    select
        currency_code,
        rate_micro,
        rate_date,
        lead(rate_date, 1, 'infinity') over (partition by currency_code order by rate_date) as next_rate_date
    from staging.fx_rates
) as spans
cross join clock
cross join generate_series(
    cast(spans.rate_date as timestamp),
    least(spans.next_rate_date - interval '1 day', cast(clock.data_date as timestamp)),
    interval '1 day'
) as days (day_at);

-- Versions of what changes: of the copies of a change the first counts, of several changes at one instant the last,
-- under the first one's key; none begins before an earlier one. Facts find the first one from the beginning of time.
create temporary table users as
with changes as (
    select distinct on (user_id, change_no)
        user_id,
        nullif(lower(trim(status)), '') as status,
        city_id,
        residence_country_id,
        payment_country_id,
        change_no,
        case when change_no = 0 then least(changed_at, created_at) else changed_at end as starts_at,
        arrived_at,
        load_id
    from raw.users_changes
    order by user_id, change_no, arrived_at, load_id
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
            max(starts_at) filter (where holds_from = starts_at) over (partition by user_id order by change_no)
        ) as valid_from
    from held
),

spans as (
    select
        ordered.*,
        min(change_no) over (partition by user_id, valid_from) as first_change_no,
        max(load_id) over (partition by user_id, valid_from) as last_load_id,
        min(valid_from) over (
            partition by user_id order by change_no rows between 1 following and unbounded following
        ) as next_from
    from ordered
)

select
    user_id,
    user_id * 10000 + first_change_no as key,
    status,
    city_id,
    residence_country_id,
    payment_country_id,
    valid_from,
    case when first_change_no = 0 then timestamptz '0001-01-01 00:00:00+00' else valid_from end as found_from,
    coalesce(next_from, timestamptz '9999-12-31 00:00:00+00') as valid_to,
    last_load_id as load_id
from spans
where next_from is null or valid_from < next_from;

create temporary table contents as
with changes as (
    select distinct on (content_id, change_no)
        content_id,
        nullif(lower(trim(content_type)), '') as content_type,
        artist_id,
        duration_ms,
        change_no,
        case when change_no = 0 then least(changed_at, created_at) else changed_at end as starts_at,
        arrived_at,
        load_id
    from raw.content_changes
    order by content_id, change_no, arrived_at, load_id
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
            max(starts_at) filter (where holds_from = starts_at) over (partition by content_id order by change_no)
        ) as valid_from
    from held
),

spans as (
    select
        ordered.*,
        min(change_no) over (partition by content_id, valid_from) as first_change_no,
        max(load_id) over (partition by content_id, valid_from) as last_load_id,
        min(valid_from) over (
            partition by content_id order by change_no rows between 1 following and unbounded following
        ) as next_from
    from ordered
)

select
    spans.content_id,
    songs.song_id,
    spans.content_id * 10000 + spans.first_change_no as key,
    spans.content_type,
    spans.artist_id,
    spans.duration_ms,
    spans.valid_from,
    case
        when spans.first_change_no = 0 then timestamptz '0001-01-01 00:00:00+00'
        else spans.valid_from
    end as found_from,
    coalesce(spans.next_from, timestamptz '9999-12-31 00:00:00+00') as valid_to,
    spans.last_load_id as load_id
from spans
left join raw.songs on spans.content_id = songs.content_id
where spans.next_from is null or spans.valid_from < spans.next_from;

create temporary table songs as
with changes as (
    select distinct on (song_id, change_no)
        song_id,
        content_id,
        album_id,
        duration_ms,
        is_functional_noise,
        change_no,
        case when change_no = 0 then least(changed_at, created_at) else changed_at end as starts_at,
        arrived_at,
        load_id
    from raw.songs_changes
    order by song_id, change_no, arrived_at, load_id
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
            max(starts_at) filter (where holds_from = starts_at) over (partition by song_id order by change_no)
        ) as valid_from
    from held
),

spans as (
    select
        ordered.*,
        min(change_no) over (partition by song_id, valid_from) as first_change_no,
        max(load_id) over (partition by song_id, valid_from) as last_load_id,
        min(valid_from) over (
            partition by song_id order by change_no rows between 1 following and unbounded following
        ) as next_from
    from ordered
),

credits as (
    select distinct on (song_id)
        song_id,
        artist_id,
        load_id
    from raw.song_artists
    where lower(trim(role)) = 'main'
    order by song_id, credit_position, artist_id
)

select
    spans.song_id,
    spans.song_id * 10000 + spans.first_change_no as key,
    spans.album_id,
    spans.duration_ms,
    spans.is_functional_noise,
    coalesce(credits.artist_id, content.artist_id) as main_artist_id,
    spans.valid_from,
    case
        when spans.first_change_no = 0 then timestamptz '0001-01-01 00:00:00+00'
        else spans.valid_from
    end as found_from,
    coalesce(spans.next_from, timestamptz '9999-12-31 00:00:00+00') as valid_to,
    greatest(spans.last_load_id, coalesce(credits.load_id, content.load_id)) as load_id
from spans
left join raw.content on spans.content_id = content.content_id
left join credits on spans.song_id = credits.song_id
where spans.next_from is null or spans.valid_from < spans.next_from;

create temporary table artists as
with changes as (
    select distinct on (artist_id, change_no)
        artist_id,
        change_no,
        case when change_no = 0 then least(changed_at, created_at) else changed_at end as starts_at,
        arrived_at,
        load_id
    from raw.artists_changes
    order by artist_id, change_no, arrived_at, load_id
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
            max(starts_at) filter (where holds_from = starts_at) over (partition by artist_id order by change_no)
        ) as valid_from
    from held
),

spans as (
    select
        ordered.*,
        min(change_no) over (partition by artist_id, valid_from) as first_change_no,
        max(load_id) over (partition by artist_id, valid_from) as last_load_id,
        min(valid_from) over (
            partition by artist_id order by change_no rows between 1 following and unbounded following
        ) as next_from
    from ordered
)

select
    artist_id,
    artist_id * 10000 + first_change_no as key,
    valid_from,
    case when first_change_no = 0 then timestamptz '0001-01-01 00:00:00+00' else valid_from end as found_from,
    coalesce(next_from, timestamptz '9999-12-31 00:00:00+00') as valid_to,
    last_load_id as load_id
from spans
where next_from is null or valid_from < next_from;

create temporary table playlists as
with changes as (
    select distinct on (playlist_id, change_no)
        playlist_id,
        change_no,
        case when change_no = 0 then least(changed_at, created_at) else changed_at end as starts_at,
        arrived_at,
        load_id
    from raw.playlists_changes
    order by playlist_id, change_no, arrived_at, load_id
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
            max(starts_at) filter (where holds_from = starts_at) over (partition by playlist_id order by change_no)
        ) as valid_from
    from held
),

spans as (
    select
        ordered.*,
        min(change_no) over (partition by playlist_id, valid_from) as first_change_no,
        max(load_id) over (partition by playlist_id, valid_from) as last_load_id,
        min(valid_from) over (
            partition by playlist_id order by change_no rows between 1 following and unbounded following
        ) as next_from
    from ordered
)

select
    playlist_id,
    playlist_id * 10000 + first_change_no as key,
    valid_from,
    case when first_change_no = 0 then timestamptz '0001-01-01 00:00:00+00' else valid_from end as found_from,
    coalesce(next_from, timestamptz '9999-12-31 00:00:00+00') as valid_to,
    last_load_id as load_id
from spans
where next_from is null or valid_from < next_from;

create temporary table members as
with changes as (
    select distinct on (household_member_id, change_no)
        household_member_id,
        household_id,
        user_id,
        joined_at,
        left_at,
        change_no,
        case when change_no = 0 then least(changed_at, joined_at) else changed_at end as starts_at,
        arrived_at,
        load_id
    from raw.household_members_changes
    order by household_member_id, change_no, arrived_at, load_id
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
            max(starts_at) filter (where holds_from = starts_at) over (
                partition by household_member_id order by change_no
            )
        ) as valid_from
    from held
),

spans as (
    select
        ordered.*,
        min(change_no) over (partition by household_member_id, valid_from) as first_change_no,
        max(load_id) over (partition by household_member_id, valid_from) as last_load_id,
        min(valid_from) over (
            partition by household_member_id order by change_no rows between 1 following and unbounded following
        ) as next_from
    from ordered
)

select
    household_member_id,
    household_member_id * 10000 + first_change_no as key,
    household_id,
    user_id,
    joined_at,
    left_at,
    valid_from,
    coalesce(next_from, timestamptz '9999-12-31 00:00:00+00') as valid_to,
    last_load_id as load_id
from spans
where next_from is null or valid_from < next_from;

create temporary table subscriptions as
with changes as (
    select distinct on (subscription_id, change_no)
        subscription_id,
        user_id,
        plan_price_id,
        household_id,
        nullif(lower(trim(state)), '') as state,
        current_period_end_at,
        change_no,
        case when change_no = 0 then least(changed_at, started_at) else changed_at end as starts_at,
        arrived_at,
        load_id
    from raw.subscriptions_changes
    order by subscription_id, change_no, arrived_at, load_id
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
            max(starts_at) filter (where holds_from = starts_at) over (partition by subscription_id order by change_no)
        ) as valid_from
    from held
),

spans as (
    select
        ordered.*,
        min(change_no) over (partition by subscription_id, valid_from) as first_change_no,
        max(load_id) over (partition by subscription_id, valid_from) as last_load_id,
        min(valid_from) over (
            partition by subscription_id order by change_no rows between 1 following and unbounded following
        ) as next_from
    from ordered
)

select
    subscription_id,
    subscription_id * 10000 + first_change_no as key,
    user_id,
    plan_price_id,
    household_id,
    state,
    current_period_end_at,
    valid_from,
    coalesce(next_from, timestamptz '9999-12-31 00:00:00+00') as valid_to,
    last_load_id as load_id
from spans
where next_from is null or valid_from < next_from;

create temporary table terms as
with changes as (
    select distinct on (plan_id, change_no)
        plan_id,
        nullif(lower(trim(tier)), '') as tier,
        change_no,
        case
            when change_no = 0 then least(changed_at, timestamptz '1900-01-01 00:00:00+00')
            else changed_at
        end as starts_at,
        arrived_at,
        load_id
    from raw.plans_changes
    order by plan_id, change_no, arrived_at, load_id
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
            max(starts_at) filter (where holds_from = starts_at) over (partition by plan_id order by change_no)
        ) as valid_from
    from held
),

spans as (
    select
        ordered.*,
        min(change_no) over (partition by plan_id, valid_from) as first_change_no,
        max(load_id) over (partition by plan_id, valid_from) as last_load_id,
        min(valid_from) over (
            partition by plan_id order by change_no rows between 1 following and unbounded following
        ) as next_from
    from ordered
)

select
    plan_id,
    plan_id * 10000 + first_change_no as key,
    tier,
    valid_from,
    coalesce(next_from, timestamptz '9999-12-31 00:00:00+00') as valid_to,
    last_load_id as load_id
from spans
where next_from is null or valid_from < next_from;

create temporary table prices as
with changes as (
    select distinct on (plan_price_id, change_no)
        plan_price_id,
        plan_id,
        country_id,
        change_no,
        case
            when change_no = 0 then least(changed_at, cast(valid_from as timestamp) at time zone 'UTC')
            else changed_at
        end as starts_at,
        arrived_at,
        load_id
    from raw.plan_prices_changes
    order by plan_price_id, change_no, arrived_at, load_id
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
            max(starts_at) filter (where holds_from = starts_at) over (partition by plan_price_id order by change_no)
        ) as valid_from
    from held
),

spans as (
    select
        ordered.*,
        min(change_no) over (partition by plan_price_id, valid_from) as first_change_no,
        max(load_id) over (partition by plan_price_id, valid_from) as last_load_id,
        min(valid_from) over (
            partition by plan_price_id order by change_no rows between 1 following and unbounded following
        ) as next_from
    from ordered
)

select
    plan_price_id,
    plan_price_id * 10000 + first_change_no as key,
    plan_id,
    country_id,
    valid_from,
    coalesce(next_from, timestamptz '9999-12-31 00:00:00+00') as valid_to,
    last_load_id as load_id
from spans
where next_from is null or valid_from < next_from;

analyze users;
analyze contents;
analyze songs;
analyze artists;
analyze playlists;
analyze members;
analyze subscriptions;
analyze rates;
analyze rules;

create temporary table plans as
select
    prices.key + (terms.key - terms.plan_id * 10000) * 100 as plan_key,
    prices.plan_price_id,
    prices.plan_id,
    prices.country_id,
    terms.tier,
    greatest(prices.valid_from, terms.valid_from) as valid_from,
    least(prices.valid_to, terms.valid_to) as valid_to,
    greatest(prices.load_id, terms.load_id) as load_id
from prices
inner join terms
    on
        prices.plan_id = terms.plan_id
        and prices.valid_from < terms.valid_to
        and prices.valid_to > terms.valid_from
union all
select
    -key as plan_key,
    -2 as plan_price_id,
    plan_id,
    -2 as country_id,
    tier,
    valid_from,
    valid_to,
    load_id
from terms
where tier = 'free';

analyze plans;

-- Who has which plan when: of all that gives a plan at an instant the highest tier wins, then the lower subscription.
create temporary table memberships as
select
    members.household_id,
    members.user_id,
    greatest(members.valid_from, members.joined_at) as valid_from,
    least(
        members.valid_to,
        members.left_at,
        pg_temp.holds_from(households.closed_at, households.arrived_at, clock.first_month)
    ) as valid_to,
    greatest(members.load_id, households.load_id) as load_id
from members
inner join raw.households on members.household_id = households.household_id
cross join clock
where members.user_id <> households.owner_user_id;

create temporary table spans as
with owners as (
    select
        user_id,
        subscription_id,
        plan_price_id,
        coalesce(household_id, -2) as household_id,
        user_id as payer_user_id,
        state in ('trial', 'active', 'grace', 'cancelled') as has_access,
        valid_from,
        case
            when state = 'cancelled' and current_period_end_at < valid_to
                then greatest(current_period_end_at, valid_from)
            else valid_to
        end as valid_to,
        load_id
    from subscriptions
)

select * from owners
union all
select
    memberships.user_id,
    owners.subscription_id,
    owners.plan_price_id,
    owners.household_id,
    owners.payer_user_id,
    owners.has_access,
    greatest(owners.valid_from, memberships.valid_from) as valid_from,
    least(owners.valid_to, memberships.valid_to) as valid_to,
    greatest(owners.load_id, memberships.load_id) as load_id
from memberships
inner join owners
    on
        memberships.household_id = owners.household_id
        and memberships.valid_from < memberships.valid_to
        and memberships.valid_from < owners.valid_to
        and memberships.valid_to > owners.valid_from;

create temporary table grants as
select
    spans.user_id,
    spans.subscription_id,
    plans.plan_id,
    plans.plan_key,
    plans.tier,
    spans.household_id,
    spans.payer_user_id,
    greatest(spans.valid_from, plans.valid_from) as valid_from,
    least(spans.valid_to, plans.valid_to) as valid_to,
    greatest(spans.load_id, plans.load_id) as load_id
from spans
inner join plans
    on
        spans.plan_price_id = plans.plan_price_id
        and spans.valid_from < plans.valid_to
        and spans.valid_to > plans.valid_from
where spans.has_access and spans.valid_from < spans.valid_to;

create temporary table plan_periods as
with accounts as (
    select
        user_id,
        min(valid_from) as created_at
    from users
    group by user_id
),

free as (
    select
        plan_id,
        plan_key,
        valid_from,
        valid_to,
        load_id,
        row_number() over (order by valid_from) = 1 as is_first
    from plans
    where
        plan_price_id = -2
        and plan_id = (
            select min(free_plans.plan_id)
            from plans as free_plans
            where free_plans.plan_price_id = -2 and free_plans.tier = 'free'
        )
),

changes (user_id, changed_at, load_id) as (
    select
        user_id,
        valid_from,
        load_id
    from users
    union all
    select
        user_id,
        valid_from,
        load_id
    from spans
    union all
    select
        user_id,
        valid_to,
        load_id
    from spans
    union all
    select
        user_id,
        valid_from,
        load_id
    from grants
    union all
    select
        user_id,
        valid_from,
        load_id
    from memberships
    union all
    select
        user_id,
        valid_to,
        load_id
    from memberships
    where valid_from < valid_to
    union all
    select
        accounts.user_id,
        free.valid_from,
        free.load_id
    from accounts
    cross join free
    where not free.is_first
),

instants as (
    select
        changes.user_id,
        greatest(changes.changed_at, accounts.created_at) as valid_from,
        max(changes.load_id) as load_id
    from changes
    inner join accounts on changes.user_id = accounts.user_id
    where changes.changed_at < timestamptz '9999-12-31 00:00:00+00'
    group by changes.user_id, greatest(changes.changed_at, accounts.created_at)
),

periods as (
    select
        user_id,
        valid_from,
        lead(valid_from, 1, timestamptz '9999-12-31 00:00:00+00') over user_periods as valid_to,
        max(load_id) over user_periods as load_id
    from instants
    window user_periods as (partition by user_id order by valid_from)
),

granted as (
    select distinct on (periods.user_id, periods.valid_from)
        periods.user_id,
        periods.valid_from,
        grants.subscription_id,
        grants.plan_id,
        grants.plan_key,
        grants.tier,
        grants.household_id,
        grants.payer_user_id
    from periods
    inner join grants
        on
            periods.user_id = grants.user_id
            and periods.valid_from >= grants.valid_from
            and periods.valid_from < grants.valid_to
    order by
        periods.user_id, periods.valid_from,
        case grants.tier when 'pro' then 0 when 'prime' then 1 else 2 end, grants.subscription_id
)

select
    periods.user_id,
    periods.valid_from,
    periods.valid_to,
    coalesce(granted.subscription_id, -2) as subscription_id,
    coalesce(case when granted.subscription_id is null then free.plan_id else granted.plan_id end, -1) as plan_id,
    coalesce(case when granted.subscription_id is null then free.plan_key else granted.plan_key end, -1) as plan_key,
    coalesce(granted.tier, 'free') as tier,
    coalesce(users.payment_country_id, -1) as payment_country_id,
    coalesce(granted.household_id, -2) as household_id,
    coalesce(granted.payer_user_id, -2) as payer_user_id,
    periods.load_id
from periods
left join users
    on
        periods.user_id = users.user_id
        and periods.valid_from >= users.valid_from
        and periods.valid_from < users.valid_to
left join granted on periods.user_id = granted.user_id and periods.valid_from = granted.valid_from
left join free
    on
        (free.is_first or periods.valid_from >= free.valid_from)
        and periods.valid_from < free.valid_to;

analyze plan_periods;
