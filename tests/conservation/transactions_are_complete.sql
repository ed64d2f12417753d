-- fct_transactions holds every accepted transaction, refund and lost dispute once, with its amount.
with
transactions as (
    select * from {{ ref('int_transactions_accepted') }}
),

refunds as (
    select * from {{ ref('int_refunds_accepted') }}
),

disputes as (
    select * from {{ ref('stg_billing__disputes') }}
    where status = 'lost'
),

fact as (
    select * from {{ ref('fct_transactions') }}
),

accepted as (
    select
        currency_code,
        count(*) as row_count,
        sum(case status when 'succeeded' then amount_minor else 0 end) as amount_minor
    from transactions
    group by currency_code
    union all
    select
        currency_code,
        count(*) as row_count,
        -sum(amount_minor) as amount_minor
    from refunds
    group by currency_code
    union all
    select
        currency_code,
        count(*) as row_count,
        -sum(amount_minor) as amount_minor
    from disputes
    group by currency_code
),

both_sides as (
    select
        currency_code,
        row_count,
        amount_minor
    from accepted
    union all
    select
        currency_code,
        -count(*) as row_count,
        -sum(amount_minor) as amount_minor
    from fact
    group by currency_code
)

select
    currency_code,
    sum(row_count) as row_difference,
    sum(amount_minor) as amount_difference
from both_sides
group by currency_code
having
    sum(row_count) <> 0
    or sum(amount_minor) <> 0
