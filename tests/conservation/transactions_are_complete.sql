-- fct_transactions holds every accepted transaction, refund and lost dispute once, with its amount.
{#- Of what came since, the movements: the last digit of a movement's key says whose id the others are. -#}
{%- set tested = tested_load_id() %}
with
{% if tested is not none -%}
came as (
    {% for table, id, digit in [
        ('transactions', 'transaction_id', 1), ('refunds', 'refund_id', 2), ('disputes', 'dispute_id', 3)
    ] -%}
    select
        arrived.{{ id }} as document_id,
        {{ digit }} as digit
    from {{ source('raw', table) }} as arrived
    where arrived.load_id > {{ tested }}
    union
    {% endfor -%}
    select
        told.transaction_movement_id / 10 as document_id,
        told.transaction_movement_id % 10 as digit
    from {{ ref('fct_transactions') }} as told
    where told.load_id > {{ tested }}
),

{% endif -%}
transactions as (
    select * from {{ ref('int_transactions_accepted') }}
    {% if tested is not none -%}
    where {{ is_one_of('transaction_id', 'select came.document_id from came where came.digit = 1') }}
    {%- endif %}
),

refunds as (
    select * from {{ ref('int_refunds_accepted') }}
    {% if tested is not none -%}
    where {{ is_one_of('refund_id', 'select came.document_id from came where came.digit = 2') }}
    {%- endif %}
),

disputes as (
    select * from {{ ref('stg_billing__disputes') }}
    {% if tested is not none -%}
    where {{ is_one_of('dispute_id', 'select came.document_id from came where came.digit = 3') }}
    {%- endif %}
),

fact as (
    select * from {{ ref('fct_transactions') }}
    {% if tested is not none -%}
    where {{ is_one_of('transaction_movement_id', 'select came.document_id * 10 + came.digit from came') }}
    {%- endif %}
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
    where status = 'lost'
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
