with
clock as (
    select
        int_clock.data_date,
        rules.sharing_countries,
        rules.sharing_window_days
    from {{ ref('int_clock') }} as int_clock
    inner join {{ ref('int_rules_by_date') }} as rules on int_clock.data_date = rules.date_day
),

geographies as (
    select
        geography_id,
        country_id
    from {{ ref('dim_geography') }}
),

users as (
    select
        user_id,
        payment_country,
        user_type
    from {{ ref('dim_user') }}
    where is_current
),

streams as (
    select
        fct_streams.user_id,
        fct_streams.device_id,
        fct_streams.tier,
        fct_streams.local_date,
        fct_streams.started_at,
        fct_streams.stream_id,
        geographies.country_id
    from {{ ref('fct_streams') }} as fct_streams
    inner join geographies on fct_streams.geography_id = geographies.geography_id
    cross join clock
    where
        {{ days_between('fct_streams.local_date', 'clock.data_date') }} < clock.sharing_window_days
        and geographies.country_id > 0
),

-- A change of country from one play to the next: travellers have few, shared log-ins many.
ordered as (
    select
        streams.*,
        lag(country_id) over (partition by user_id order by started_at, stream_id) as last_country_id
    from streams
),

accounts as (
    select
        user_id,
        max(tier) as tier,
        count(distinct country_id) as countries,
        count(distinct device_id) as devices,
        count(*) as plays,
        count(distinct local_date) as days_played,
        count(case when country_id <> last_country_id then 1 end) as country_changes
    from ordered
    group by user_id
)

select
    accounts.user_id,
    users.payment_country,
    users.user_type,
    accounts.tier,
    accounts.countries,
    accounts.country_changes,
    accounts.devices,
    accounts.days_played,
    accounts.plays,
    accounts.countries >= clock.sharing_countries as is_over_threshold
from accounts
inner join users on accounts.user_id = users.user_id
cross join clock
where accounts.countries > 1
order by accounts.countries desc, accounts.country_changes desc, accounts.user_id asc
limit 1000
