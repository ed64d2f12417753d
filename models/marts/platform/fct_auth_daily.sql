{{
    config(
        materialized='incremental',
        incremental_strategy='delete+insert',
        unique_key='event_date',
        indexes=server_indexes([
            {'columns': ['event_date', 'event_type', 'provider', 'geography_id'], 'unique': true},
            {'columns': ['load_id']},
        ]),
    )
}}
{%- set event_date = to_date('occurred_at') -%}
{%- set touched -%}
    select
        {{ to_date('newer.occurred_at') }} as event_date
    from {{ ref('stg_identity__auth_events') }} as newer
    where newer.load_id > (select coalesce(max(built.load_id), 0) from {{ this }} as built)
{%- endset %}

with
auth_events as (
    select
        event_type,
        provider,
        {{ geography_id('null', 'null', 'country_id') }} as geography_id,
        {{ event_date }} as event_date,
        user_id,
        mfa_kind,
        is_success,
        failure_reason,
        load_id
    from {{ ref('stg_identity__auth_events') }}
    {{ where_one_of(event_date, touched) }}
),

totals as (
    select
        event_type,
        provider,
        geography_id,
        event_date,
        count(*) as attempts,
        count(case when not is_success then 1 end) as failures,
        count(case when failure_reason = 'wrong_password' then 1 end) as wrong_passwords,
        count(case when failure_reason = 'wrong_code' then 1 end) as wrong_codes,
        count(case when failure_reason = 'expired_code' then 1 end) as expired_codes,
        count(case when mfa_kind is not null then 1 end) as mfa_attempts,
        count(distinct user_id) as accounts,
        max(load_id) as load_id
    from auth_events
    group by
        event_type,
        provider,
        geography_id,
        event_date
)

select
    event_type,
    provider,
    geography_id,
    event_date,
    attempts,
    failures,
    wrong_passwords,
    wrong_codes,
    expired_codes,
    mfa_attempts,
    accounts,
    {{ ratio('failures', 'attempts') }} as failure_rate,
    load_id
from totals
