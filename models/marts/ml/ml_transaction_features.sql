{{
    config(
        materialized='incremental',
        incremental_strategy='delete+insert',
        unique_key='user_id',
        indexes=server_indexes([
            {'columns': ['transaction_id'], 'unique': true},
            {'columns': ['user_id']},
            {'columns': ['load_id']},
        ]),
    )
}}

{#- Payers of whom a payment, a dispute or the account itself came or is told anew. -#}
{%- set disputed -%}
    select newer.transaction_id
    from {{ ref('stg_billing__disputes') }} as newer
    where {{ is_newer_load_in('newer') }}
{%- endset -%}
{%- set touched -%}
    select newer.user_id
    from {{ ref('fct_transactions') }} as newer
    where {{ is_newer_load_of(ref('fct_transactions')) }}
    union
    select newer.user_id
    from {{ ref('int_user_versions') }} as newer
    where {{ is_newer_load('newer.load_id') }}
    union
    select paying.user_id
    from {{ ref('fct_transactions') }} as paying
    where {{ is_one_of('paying.transaction_id', disputed) }}
{%- endset %}

with
movements as (
    select * from {{ ref('fct_transactions') }}
    where movement_type in ('charge', 'failure') {{ and_one_of('user_id', touched) }}
),

disputes as (
    select
        transaction_id,
        reason,
        load_id
    from {{ ref('stg_billing__disputes') }}
),

users as (
    select
        user_id,
        created_at,
        load_id
    from {{ ref('int_user_versions') }}
    where is_current
),

-- What the payer had tried before, each pair of attempts once.
tried as (
    select
        movements.transaction_id,
        earlier.movement_type = 'failure' as is_failure,
        earlier.currency_code = movements.currency_code and earlier.movement_type = 'charge' as is_like,
        earlier.payment_method_type = movements.payment_method_type as is_same_method,
        earlier.amount_minor,
        earlier.transacted_at,
        earlier.load_id,
        {{ datediff_ms('earlier.transacted_at', 'movements.transacted_at') }} as age_ms
    from movements
    inner join movements as earlier
        on
            movements.user_id = earlier.user_id
            and movements.transacted_at > earlier.transacted_at
),

before as (
    select
        transaction_id,
        count(*) as attempts_before,
        count(case when is_failure then 1 end) as failures_before,
        count(case when age_ms <= 86400000 then 1 end) as attempts_1d,
        count(case when age_ms <= 86400000 and is_failure then 1 end) as failures_1d,
        count(case when age_ms <= 604800000 then 1 end) as attempts_7d,
        count(case when is_same_method then 1 end) as attempts_by_method,
        count(case when is_like then 1 end) as like_charges,
        sum(case when is_like then amount_minor end) as like_minor,
        min(age_ms) as since_last_ms,
        max(load_id) as load_id
    from tried
    group by transaction_id
)

select
    movements.transaction_id,
    movements.user_id,
    movements.transacted_at,
    movements.transacted_date,
    movements.minute_of_day,
    movements.purpose,
    movements.provider,
    movements.payment_method_type,
    movements.payment_geography_id,
    movements.currency_code,
    movements.attempted_minor,
    {{ days_between(to_date('users.created_at'), 'movements.transacted_date') }} as account_age_days,
    cast(coalesce(before.attempts_before, 0) as bigint) as attempts_before,
    cast(coalesce(before.failures_before, 0) as bigint) as failures_before,
    cast(coalesce(before.attempts_1d, 0) as bigint) as attempts_1d,
    cast(coalesce(before.failures_1d, 0) as bigint) as failures_1d,
    cast(coalesce(before.attempts_7d, 0) as bigint) as attempts_7d,
    cast(before.since_last_ms as bigint) as since_last_ms,
    {{ ratio('movements.attempted_minor * before.like_charges', 'before.like_minor') }} as amount_ratio,
    coalesce(before.attempts_by_method, 0) = 0 as is_new_method,
    movements.movement_type = 'failure' as label_failed,
    disputes.transaction_id is not null as label_disputed,
    coalesce(disputes.reason = 'fraudulent', false) as label_fraudulent,
    cast(greatest(movements.load_id, before.load_id, disputes.load_id, users.load_id) as bigint) as load_id
from movements
left join users on movements.user_id = users.user_id
left join before on movements.transaction_id = before.transaction_id
left join disputes on movements.transaction_id = disputes.transaction_id
