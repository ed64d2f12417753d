{{
    config(
        materialized='incremental',
        incremental_strategy='delete+insert',
        unique_key='live_event_id',
        indexes=server_indexes([
            {'columns': ['live_event_id', 'minute_at'], 'unique': true},
            {'columns': ['load_id']},
        ]),
    )
}}
{%- set touched -%}
    select said.live_event_id
    from {{ ref('stg_live__live_chat_messages') }} as said
    where {{ is_newer_load_in('said') }}
    union all
    select watched.live_event_id
    from {{ ref('int_live_attendance_accepted') }} as watched
    where {{ is_newer_load_in('watched') }}
{%- endset %}

with
chat_messages as (
    select
        live_event_id,
        user_id,
        message_type,
        tip_amount_minor,
        tip_currency_code,
        {{ to_date('sent_at') }} as sent_date,
        {{ to_minute('sent_at') }} as minute_at,
        load_id
    from {{ ref('stg_live__live_chat_messages') }}
    {{ where_one_of('live_event_id', touched) }}
),

attendance as (
    select
        live_event_id,
        user_id,
        left_at,
        {{ to_minute('joined_at') }} as first_minute_at,
        load_id
    from {{ ref('int_live_attendance_accepted') }}
    {{ where_one_of('live_event_id', touched) }}
),

exchange_rates as (
    select
        date_day,
        currency_code,
        rate_micro
    from {{ ref('int_exchange_rates') }}
    {{ where_one_of('date_day', 'select chat_messages.sent_date from chat_messages') }}
),

currencies as (
    select
        currency_code,
        minor_units
    from {{ ref('currencies') }}
),

day_minutes as (
    select minute_of_day
    from {{ ref('dim_time') }}
    where minute_of_day >= 0
),

-- Each minute of which a stay has a part.
present as (
    select
        attendance.live_event_id,
        attendance.user_id,
        {{ add_ms('attendance.first_minute_at', 'day_minutes.minute_of_day * 60000') }} as minute_at,
        attendance.load_id
    from attendance
    inner join day_minutes
        on attendance.left_at > {{ add_ms('attendance.first_minute_at', 'day_minutes.minute_of_day * 60000') }}
),

viewed as (
    select
        live_event_id,
        minute_at,
        count(distinct user_id) as viewers,
        max(load_id) as load_id
    from present
    group by live_event_id, minute_at
),

tips as (
    select
        chat_messages.live_event_id,
        chat_messages.user_id,
        chat_messages.message_type,
        chat_messages.minute_at,
        chat_messages.load_id,
        {{ micro_from_minor('chat_messages.tip_amount_minor', 'currencies.minor_units') }} as tip_micro,
        exchange_rates.rate_micro
    from chat_messages
    left join currencies on chat_messages.tip_currency_code = currencies.currency_code
    left join exchange_rates
        on
            chat_messages.sent_date = exchange_rates.date_day
            and chat_messages.tip_currency_code = exchange_rates.currency_code
),

said as (
    select
        live_event_id,
        minute_at,
        count(case when message_type <> 'system' then 1 end) as messages,
        count(case when message_type = 'system' then 1 end) as system_messages,
        count(case when message_type = 'reaction' then 1 end) as reactions,
        count(distinct user_id) as senders,
        count(case when message_type = 'tip' then 1 end) as tips,
        sum(coalesce({{ reporting_micro('tip_micro', 'rate_micro') }}, 0)) as tips_eur_micro,
        max(load_id) as load_id
    from tips
    group by live_event_id, minute_at
),

-- Added up, not joined: a minute may have messages, viewers or both.
said_and_viewed as (
    select
        live_event_id,
        minute_at,
        messages,
        system_messages,
        reactions,
        senders,
        0 as viewers,
        tips,
        tips_eur_micro,
        load_id
    from said
    union all
    select
        live_event_id,
        minute_at,
        0 as messages,
        0 as system_messages,
        0 as reactions,
        0 as senders,
        viewers,
        0 as tips,
        0 as tips_eur_micro,
        load_id
    from viewed
)

select
    live_event_id,
    minute_at,
    {{ to_date('minute_at') }} as minute_date,
    {{ minute_of_day('minute_at') }} as minute_of_day,
    cast(sum(messages) as bigint) as messages,
    cast(sum(system_messages) as bigint) as system_messages,
    cast(sum(reactions) as bigint) as reactions,
    cast(sum(senders) as bigint) as senders,
    cast(sum(viewers) as bigint) as viewers,
    cast(sum(tips) as bigint) as tips,
    cast(sum(tips_eur_micro) as bigint) as tips_eur_micro,
    max(load_id) as load_id
from said_and_viewed
group by live_event_id, minute_at
