{{
    config(
        materialized='incremental',
        incremental_strategy='append',
        pre_hook="{{ drop_if_another_month_closed() }}",
        indexes=server_indexes([{'columns': ['statement_month']}]),
    )
}}

with
royalties as (
    select * from {{ ref('fct_royalties') }}
    where is_booked
),

penalties as (
    select * from {{ ref('fct_artificial_penalties') }}
),

payees as (
    select * from {{ ref('int_statement_payees') }}
),

contracts as (
    select * from {{ ref('int_statement_contracts') }}
),

rates as (
    select * from {{ ref('int_exchange_rates') }}
),

currencies as (
    select * from {{ ref('currencies') }}
),

-- Recordings out of whose suspense a correction takes money: what it enters for them is a release.
releases as (
    select
        royalty_pool_key,
        song_id
    from royalties
    where
        is_suspense
        and service_month < booking_month
    group by
        royalty_pool_key,
        song_id
    having sum(amount_micro) < 0
),

entered as (
    select
        royalties.payee_id,
        royalties.service_month,
        royalties.booking_month,
        royalties.payment_geography_id,
        royalties.right_type,
        royalties.currency_code,
        case
            when royalties.service_month = royalties.booking_month then 'royalty'
            when releases.song_id is not null then 'release'
            else 'correction'
        end as kind,
        sum(royalties.amount_micro) as amount_micro,
        sum(royalties.amount_eur_micro) as booked_eur_micro
    from royalties
    left join releases
        on
            royalties.royalty_pool_key = releases.royalty_pool_key
            and royalties.song_id = releases.song_id
            and royalties.service_month < royalties.booking_month
    group by
        royalties.payee_id,
        royalties.service_month,
        royalties.booking_month,
        royalties.payment_geography_id,
        royalties.right_type,
        royalties.currency_code,
        case
            when royalties.service_month = royalties.booking_month then 'royalty'
            when releases.song_id is not null then 'release'
            else 'correction'
        end
    -- A penalty is of no country: of the contracts it goes by the world's.
    union all
    select
        penalties.payee_id,
        penalties.service_month,
        penalties.service_month as booking_month,
        {{ not_applicable_key() }} as payment_geography_id,
        'recording' as right_type,
        '{{ var("reporting_currency") }}' as currency_code,
        'penalty' as kind,
        -sum(penalties.penalty_eur_micro) as amount_micro,
        -sum(penalties.penalty_eur_micro) as booked_eur_micro
    from penalties
    group by
        penalties.payee_id,
        penalties.service_month
),

first_known as (
    select
        payee_id,
        min(statement_month) as first_month
    from payees
    group by payee_id
),

-- What was booked for a payee of whom no close knew yet is stated by the first that does.
dated as (
    select
        entered.*,
        greatest(entered.booking_month, first_known.first_month) as statement_month
    from entered
    left join first_known on entered.payee_id = first_known.payee_id
    where
        first_known.payee_id is not null
        or entered.payee_id < 0
),

-- By the contract in force when the month of the plays ended: the payment country's own before the world's.
candidates as (
    select
        dated.*,
        contracts.contract_id,
        row_number() over (
            partition by
                dated.payee_id, dated.service_month, dated.booking_month, dated.payment_geography_id,
                dated.right_type, dated.currency_code, dated.kind
            order by case when contracts.geography_id is null then 1 else 0 end, contracts.contract_id
        ) as turn
    from dated
    left join contracts
        on
            dated.statement_month = contracts.statement_month
            and dated.payee_id = contracts.payee_id
            and dated.right_type = contracts.right_type
            and (contracts.geography_id is null or dated.payment_geography_id = contracts.geography_id)
            and contracts.valid_from <= {{ month_end('dated.service_month') }}
            and contracts.valid_to > {{ month_end('dated.service_month') }}
),

pooled as (
    select
        payee_id,
        statement_month,
        coalesce(contract_id, {{ not_applicable_key() }}) as contract_id,
        right_type,
        kind,
        currency_code,
        sum(amount_micro) as amount_micro,
        sum(booked_eur_micro) as booked_eur_micro
    from candidates
    where turn = 1
    group by
        payee_id,
        statement_month,
        coalesce(contract_id, {{ not_applicable_key() }}),
        right_type,
        kind,
        currency_code
),

-- At the rates of the statement month's last day. A currency without a rate leaves the pool's own; so does suspense.
converted as (
    select
        pooled.payee_id,
        pooled.statement_month,
        pooled.contract_id,
        pooled.right_type,
        pooled.kind,
        pooled.booked_eur_micro,
        case
            when payees.rate_micro is null or rates.rate_micro is null then pooled.currency_code
            else payees.currency_code
        end as currency_code,
        case
            when payees.rate_micro is null or rates.rate_micro is null or payees.currency_code = pooled.currency_code
                then cast(pooled.amount_micro as bigint)
            else {{ multiply_divide('pooled.amount_micro', 'payees.rate_micro', 'rates.rate_micro') }}
        end as amount_micro
    from pooled
    left join payees
        on
            pooled.statement_month = payees.statement_month
            and pooled.payee_id = payees.payee_id
    left join rates
        on
            {{ month_end('pooled.statement_month') }} = rates.date_day
            and pooled.currency_code = rates.currency_code
),

summed as (
    select
        payee_id,
        statement_month,
        currency_code,
        contract_id,
        right_type,
        kind,
        sum(amount_micro) as amount_micro,
        sum(booked_eur_micro) as booked_eur_micro
    from converted
    group by
        payee_id,
        statement_month,
        currency_code,
        contract_id,
        right_type,
        kind
),

running as (
    select
        summed.*,
        currencies.minor_units,
        sum(summed.amount_micro) over (
            partition by summed.payee_id, summed.currency_code
            order by summed.statement_month, summed.contract_id, summed.right_type, summed.kind
            rows between unbounded preceding and current row
        ) as running_micro
    from summed
    inner join currencies on summed.currency_code = currencies.currency_code
)

-- Rounded once, all lines together: what a line leaves over is carried to the next one, of this month or a later one.
select
    payee_id,
    statement_month,
    currency_code,
    contract_id,
    right_type,
    kind,
    cast(amount_micro as bigint) as amount_micro,
    {{ minor_from_micro('running_micro', 'minor_units') }}
    - {{ minor_from_micro('(running_micro - amount_micro)', 'minor_units') }} as amount_minor,
    cast(coalesce(booked_eur_micro, 0) as bigint) as booked_eur_micro
from running
{{ if_another_month_closed() }}
