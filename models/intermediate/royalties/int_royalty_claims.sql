{{
    config(
        materialized='incremental',
        incremental_strategy='append',
        indexes=server_indexes([{'columns': ['booking_month']}]),
    )
}}

with
-- Millions of rows name their run: a number is what they carry, and the text is met again at the end.
runs as (
    select
        *,
        row_number() over (order by run_key) as run_no
    from {{ ref('int_royalty_pool_runs') }}
    {{ where_not_yet_booked() }}
),

streams as (
    select * from {{ ref('int_royalty_streams') }}
),

listening as (
    select * from {{ ref('int_royalty_listening') }}
),

payers as (
    select * from {{ ref('int_royalty_payers') }}
),

impressions as (
    select * from {{ ref('int_royalty_impressions') }}
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

{{ royalty_parts() }},

-- Whole numbers first, as many rows have one weight and one rate: what is wide is worked out of their sums.
gathered as (
    select
        run_no,
        song_id,
        work_id,
        payee_id,
        weight_ppm,
        override_rate_micro,
        override_currency_code,
        sum(streams * share_ppm) as stream_shares
    from rated
    group by
        run_no,
        song_id,
        work_id,
        payee_id,
        weight_ppm,
        override_rate_micro,
        override_currency_code
),

summed as (
    select
        run_no,
        song_id,
        work_id,
        payee_id,
        override_currency_code,
        sum(
            case
                when override_rate_micro is null then {{ wide('stream_shares') }} * weight_ppm
                else {{ wide('0') }}
            end
        ) as weight,
        sum({{ wide('stream_shares') }} * coalesce(override_rate_micro, 0)) as override_shares
    from gathered
    group by
        run_no,
        song_id,
        work_id,
        payee_id,
        override_currency_code
),

converted as (
    select
        summed.*,
        case
            when summed.override_shares = 0 then 0
            when summed.override_currency_code = runs.currency_code
                then {{ multiply_divide('summed.override_shares', 1, 1000000) }}
            else {{ multiply_divide(
                'summed.override_shares', 'pool_rates.rate_micro', wide('1000000') ~ ' * override_rates.rate_micro'
            ) }}
        end as override_micro
    from summed
    inner join runs on summed.run_no = runs.run_no
    left join fx_rates as override_rates
        on
            {{ month_end('runs.service_month') }} = override_rates.date_day
            and summed.override_currency_code = override_rates.currency_code
    left join fx_rates as pool_rates
        on
            {{ month_end('runs.service_month') }} = pool_rates.date_day
            and runs.currency_code = pool_rates.currency_code
),

pro_rata as (
    select
        run_no,
        song_id,
        work_id,
        payee_id,
        sum(weight) as weight,
        sum(override_micro) as override_micro
    from converted
    group by
        run_no,
        song_id,
        work_id,
        payee_id
),

-- Streams alone weigh pro rata: what households heard and what was shown is asked where that books the pool.
listened_runs as (
    select * from runs
    where method <> 'pro_rata'
),

{{ weigh_by_method('listened_runs') }},

claims as (
    select
        pro_rata.run_no,
        pro_rata.song_id,
        pro_rata.work_id,
        pro_rata.payee_id,
        cast(pro_rata.song_id as text)
        || '|' || cast(pro_rata.work_id as text)
        || '|' || cast(pro_rata.payee_id as text) as claim_key,
        pro_rata.weight,
        by_method.user_centric_count_weight,
        by_method.user_centric_time_weight,
        by_method.artist_centric_weight,
        by_method.impression_weight,
        pro_rata.override_micro
    from pro_rata
    left join by_method
        on
            pro_rata.run_no = by_method.run_no
            and pro_rata.song_id = by_method.song_id
            and pro_rata.work_id = by_method.work_id
            and pro_rata.payee_id = by_method.payee_id
    union all
    select
        run_no,
        {{ not_applicable_key() }} as song_id,
        {{ not_applicable_key() }} as work_id,
        {{ unknown_key() }} as payee_id,
        'rest' as claim_key,
        weight,
        user_centric_count_weight,
        user_centric_time_weight,
        artist_centric_weight,
        impression_weight,
        0 as override_micro
    from rests
)

select
    runs.run_key,
    runs.service_month,
    runs.booking_month,
    cast(claims.song_id as bigint) as song_id,
    cast(claims.work_id as bigint) as work_id,
    cast(claims.payee_id as bigint) as payee_id,
    claims.claim_key,
    cast(claims.weight as numeric(38, 0)) as weight,
    cast(
        coalesce(
            case runs.method
                {% for method, weight in royalty_methods().items() -%}
                when '{{ method }}' then claims.{{ weight }}
                {% endfor -%}
            end, 0
        ) as numeric(38, 0)
    ) as method_weight,
    cast(claims.override_micro as bigint) as override_micro
from claims
inner join runs on claims.run_no = runs.run_no
