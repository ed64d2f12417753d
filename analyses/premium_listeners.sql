with
clock as (
    select data_date
    from {{ ref('int_clock') }}
),

streams as (
    select
        fct_streams.user_id,
        fct_streams.geography_id,
        fct_streams.active_ms
    from {{ ref('fct_streams') }} as fct_streams
    cross join clock
    where
        fct_streams.local_date > {{ add_days('clock.data_date', -30) }}
        and not fct_streams.is_artificial
),

geographies as (
    select
        geography_id,
        country_code,
        country
    from {{ ref('dim_geography') }}
),

users as (
    select
        user_id,
        payment_country_code
    from {{ ref('dim_user') }}
    where is_current
),

-- Where it was played, not where it is paid: the two differ for travellers.
countries as (
    select
        geographies.country_code,
        geographies.country,
        count(*) as plays
    from streams
    inner join geographies on streams.geography_id = geographies.geography_id
    where geographies.geography_id > 0
    group by
        geographies.country_code,
        geographies.country
),

ranked as (
    select
        countries.*,
        row_number() over (order by plays desc, country_code asc) as country_rank
    from countries
),

listening as (
    select
        user_id,
        count(*) as plays,
        sum(active_ms) as active_ms
    from streams
    group by user_id
),

paying as (
    select
        subscriptions.user_id,
        max(subscriptions.tier) as tier,
        sum(subscriptions.mrr_end_eur_micro) as mrr_eur_micro
    from {{ ref('fct_subscription_monthly') }} as subscriptions
    inner join clock on subscriptions.state_date = clock.data_date
    where subscriptions.mrr_end_minor > 0
    group by subscriptions.user_id
)

select
    ranked.country_rank,
    ranked.country,
    paying.user_id,
    paying.tier,
    {{ ratio('paying.mrr_eur_micro', '1000000') }} as mrr_eur,
    coalesce(listening.plays, 0) as plays_30,
    {{ ratio('coalesce(listening.active_ms, 0)', '60000') }} as active_minutes_30
from paying
inner join users on paying.user_id = users.user_id
inner join ranked on users.payment_country_code = ranked.country_code
left join listening on paying.user_id = listening.user_id
where ranked.country_rank <= 5
order by ranked.country_rank asc, listening.active_ms desc nulls last, paying.user_id asc
limit 1000
