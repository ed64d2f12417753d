{{ config(materialized='table') }}

with
runs as (
    select * from {{ ref('int_royalty_pool_runs') }}
),

streams as (
    select * from {{ ref('int_royalty_streams') }}
),

eligible as (
    select * from {{ ref('int_royalty_eligible_songs') }}
),

shares as (
    select * from {{ ref('int_royalty_shares') }}
),

rates as (
    select * from {{ ref('int_royalty_rates') }}
),

overrides as (
    select * from {{ ref('int_royalty_overrides') }}
),

fx_rates as (
    select * from {{ ref('int_exchange_rates') }}
),

-- All that had arrived by the run's close, later closes included: a run is the whole pool, not the difference.
played as (
    select
        runs.run_key,
        runs.service_month,
        runs.booking_month,
        runs.payment_country_id,
        runs.right_type,
        runs.currency_code,
        streams.song_id,
        streams.artist_id,
        streams.listening_country_id,
        streams.started_date,
        sum(streams.streams) as streams
    from runs
    inner join streams
        on
            runs.service_month = streams.service_month
            and runs.payment_country_id = streams.payment_country_id
            and runs.tier = streams.tier
            and runs.booking_month >= streams.booking_month
    inner join eligible
        on
            streams.service_month = eligible.service_month
            and streams.song_id = eligible.song_id
    group by
        runs.run_key,
        runs.service_month,
        runs.booking_month,
        runs.payment_country_id,
        runs.right_type,
        runs.currency_code,
        streams.song_id,
        streams.artist_id,
        streams.listening_country_id,
        streams.started_date
),

-- A recording whose splits are missing or do not add up is held in suspense: payee unknown, the whole share.
held as (
    select
        played.*,
        case
            when shares.work_id is not null then shares.work_id
            when played.right_type = 'recording' then {{ not_applicable_key() }}
            else {{ unknown_key() }}
        end as work_id,
        coalesce(shares.payee_id, {{ unknown_key() }}) as payee_id,
        coalesce(shares.share_ppm, 1000000) as share_ppm
    from played
    left join shares
        on
            played.booking_month = shares.booking_month
            and played.song_id = shares.song_id
            and played.right_type = shares.right_type
            and played.started_date >= shares.valid_from
            and played.started_date < shares.valid_to
),

-- One contract at a time: of several in force the lowest id, the payment country's own before the world's.
contract_candidates as (
    select distinct
        held.booking_month,
        held.payee_id,
        held.right_type,
        held.payment_country_id,
        held.started_date
    from held
    where held.payee_id > 0
),

contracts as (
    select
        contract_candidates.*,
        overrides.per_stream_override_micro,
        overrides.override_currency_code,
        row_number() over (
            partition by
                contract_candidates.booking_month,
                contract_candidates.payee_id,
                contract_candidates.right_type,
                contract_candidates.payment_country_id,
                contract_candidates.started_date
            order by
                case when overrides.territory_country_id is null then 1 else 0 end,
                overrides.contract_id
        ) as precedence
    from contract_candidates
    inner join overrides
        on
            contract_candidates.booking_month = overrides.booking_month
            and contract_candidates.payee_id = overrides.payee_id
            and contract_candidates.right_type = overrides.right_type
            and contract_candidates.started_date >= overrides.valid_from
            and contract_candidates.started_date < overrides.valid_to
            and (
                overrides.territory_country_id is null
                or contract_candidates.payment_country_id = overrides.territory_country_id
            )
),

-- A contract's rate goes before an artist's absolute rate; both come off the top and leave the pool's weights.
rated as (
    select
        held.*,
        coalesce(contracts.per_stream_override_micro, rates.rate_micro) as override_rate_micro,
        case
            when contracts.per_stream_override_micro is not null then contracts.override_currency_code
            else rates.currency_code
        end as override_currency_code,
        coalesce(rates.weight_ppm, 1000000) as weight_ppm
    from held
    left join contracts
        on
            held.booking_month = contracts.booking_month
            and held.payee_id = contracts.payee_id
            and held.right_type = contracts.right_type
            and held.payment_country_id = contracts.payment_country_id
            and held.started_date = contracts.started_date
            and contracts.precedence = 1
    left join rates
        on
            held.booking_month = rates.booking_month
            and held.artist_id = rates.artist_id
            and held.listening_country_id = rates.country_id
            and held.right_type = rates.right_type
            and held.started_date >= rates.valid_from
            and held.started_date < rates.valid_to
),

summed as (
    select
        run_key,
        service_month,
        booking_month,
        currency_code,
        song_id,
        work_id,
        payee_id,
        coalesce(override_currency_code, currency_code) as override_currency_code,
        sum({{ wide('streams') }} * share_ppm) as stream_shares,
        sum(
            case
                when override_rate_micro is null then {{ wide('streams') }} * weight_ppm * share_ppm
                else {{ wide('0') }}
            end
        ) as weight,
        sum({{ wide('streams') }} * coalesce(override_rate_micro, 0) * share_ppm) as override_shares
    from rated
    group by
        run_key,
        service_month,
        booking_month,
        currency_code,
        song_id,
        work_id,
        payee_id,
        coalesce(override_currency_code, currency_code)
),

converted as (
    select
        summed.run_key,
        summed.service_month,
        summed.booking_month,
        summed.song_id,
        summed.work_id,
        summed.payee_id,
        summed.stream_shares,
        summed.weight,
        case
            when summed.override_shares = 0 then 0
            when summed.override_currency_code = summed.currency_code
                then {{ multiply_divide('summed.override_shares', 1, 1000000) }}
            else {{ multiply_divide(
                'summed.override_shares', 'pool_rates.rate_micro', wide('1000000') ~ ' * override_rates.rate_micro'
            ) }}
        end as override_micro
    from summed
    left join fx_rates as override_rates
        on
            {{ month_end('summed.service_month') }} = override_rates.date_day
            and summed.override_currency_code = override_rates.currency_code
    left join fx_rates as pool_rates
        on
            {{ month_end('summed.service_month') }} = pool_rates.date_day
            and summed.currency_code = pool_rates.currency_code
)

select
    run_key,
    service_month,
    booking_month,
    song_id,
    work_id,
    payee_id,
    cast(song_id as text) || '|' || cast(work_id as text) || '|' || cast(payee_id as text) as claim_key,
    cast(sum(stream_shares) as numeric(38, 0)) as stream_shares,
    cast(sum(weight) as numeric(38, 0)) as weight,
    cast(sum(override_micro) as bigint) as override_micro
from converted
group by
    run_key,
    service_month,
    booking_month,
    song_id,
    work_id,
    payee_id
