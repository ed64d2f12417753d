{{
    config(
        materialized='incremental',
        incremental_strategy='append',
        indexes=server_indexes([{'columns': ['booking_month']}]),
    )
}}
with
runs as (
    select * from {{ ref('int_royalty_pool_runs') }}
),

allocations as (
    select * from {{ ref('int_royalty_allocations') }}
),

songs as (
    select
        song_id,
        song_key,
        main_artist_id,
        valid_to,
        {{ first_from_the_beginning('song_key') }} as valid_from
    from {{ ref('int_song_versions') }}
),

payees as (
    select * from {{ ref('int_royalty_payees') }}
),

fx_rates as (
    select * from {{ ref('int_exchange_rates') }}
),

-- Append-only: a month that has been booked is never written again.
new_runs as (
    select * from runs
    {{ where_not_yet_booked() }}
),

-- A run holds the whole pool as known at its close: the entry is what it adds to the run earlier.
signed as (
    select
        new_runs.run_key,
        allocations.kind,
        allocations.song_id,
        allocations.work_id,
        allocations.payee_id,
        allocations.weight,
        allocations.amount_micro
    from new_runs
    inner join allocations on new_runs.run_key = allocations.run_key
    union all
    select
        new_runs.run_key,
        allocations.kind,
        allocations.song_id,
        allocations.work_id,
        allocations.payee_id,
        -allocations.weight as weight,
        -allocations.amount_micro as amount_micro
    from new_runs
    inner join runs as earlier
        on
            new_runs.pool_key = earlier.pool_key
            and new_runs.previous_booking_month = earlier.booking_month
    inner join allocations on earlier.run_key = allocations.run_key
),

entered as (
    select
        run_key,
        kind,
        song_id,
        work_id,
        payee_id,
        sum(weight) as weight,
        sum(amount_micro) as amount_micro
    from signed
    group by
        run_key,
        kind,
        song_id,
        work_id,
        payee_id
    having
        sum(amount_micro) <> 0
        or sum(weight) <> 0
),

booked as (
    select
        entered.*,
        new_runs.pool_key,
        new_runs.service_month,
        new_runs.booking_month,
        new_runs.payment_country_id,
        new_runs.tier,
        new_runs.source,
        new_runs.right_type,
        new_runs.method,
        new_runs.currency_code,
        {{ month_end('new_runs.booking_month') }} as booked_date,
        {{ date_instant(add_months('new_runs.service_month', 1)) }} as attributed_at
    from entered
    inner join new_runs on entered.run_key = new_runs.run_key
)

select
    {{ dbt_utils.generate_surrogate_key([
        'booked.run_key', 'booked.kind', 'booked.song_id', 'booked.work_id', 'booked.payee_id'
    ]) }} as royalty_key,
    {{ md5_text('booked.run_key') }} as royalty_pool_key,
    case
        when booked.service_month = booked.booking_month then 'not_applicable'
        else {{ md5_text("booked.pool_key || '|' || cast(booked.service_month as text)") }}
    end as corrected_royalty_pool_key,
    booked.service_month,
    booked.booking_month,
    booked.booked_date,
    {{ country_geography_id('booked.payment_country_id') }} as payment_geography_id,
    booked.tier,
    booked.source,
    booked.right_type,
    booked.method,
    cast(case when booked.service_month = booked.booking_month then booked.kind else 'correction' end as text)
        as kind,
    booked.kind as original_kind,
    true as is_booked,
    booked.payee_id < 0 as is_suspense,
    booked.song_id,
    {{ fact_version_key('songs.song_key', 'booked.song_id') }} as song_key,
    cast(case
        when booked.song_id < 0 then {{ not_applicable_key() }}
        else coalesce(songs.main_artist_id, {{ unknown_key() }})
    end as bigint) as artist_id,
    booked.work_id,
    booked.payee_id,
    coalesce(payees.payee_type, 'unknown') as payee_type,
    coalesce(payees.artist_id, {{ not_applicable_key() }}) as payee_artist_id,
    booked.currency_code,
    {{ micro_decimal(multiply_divide('booked.weight', 1, 1000000)) }} as weighted_streams,
    cast(booked.amount_micro as bigint) as amount_micro,
    {{ reporting_micro('booked.amount_micro', 'fx_rates.rate_micro') }} as amount_eur_micro
from booked
left join payees on booked.payee_id = payees.payee_id
left join fx_rates
    on
        booked.booked_date = fx_rates.date_day
        and booked.currency_code = fx_rates.currency_code
left join songs
    on
        booked.song_id = songs.song_id
        and booked.attributed_at > songs.valid_from
        and booked.attributed_at <= songs.valid_to
