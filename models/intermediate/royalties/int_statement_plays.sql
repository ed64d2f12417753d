{{
    config(
        materialized='incremental',
        incremental_strategy='delete+insert',
        unique_key='statement_month',
        indexes=server_indexes([
            {'columns': ['statement_month']},
            {'columns': ['song_id']},
            {'columns': ['load_id']},
        ]),
    )
}}

{#- Months of which the first statements came, and those for which a play came or changed. -#}
{%- set touched -%}
    select stated.statement_month
    from (
        select distinct payouts.statement_month
        from {{ ref('stg_royalties__payouts') }} as payouts
    ) as stated
    -- its last row, by the index of months: nearly all have one
    where (
        select max(told.statement_month)
        from {{ this }} as told
        where told.statement_month = stated.statement_month
    ) is null
    union distinct
    select newer.booking_month
    from {{ ref('fct_streams') }} as newer
    where {{ is_newer_load('newer.load_id') }}
{%- endset -%}
{%- set days -%}
    select days.date_day
    from {{ ref('int_rules_by_date') }} as days
    where {{ month_start('days.date_day') }} in (
        select payouts.statement_month
        from {{ ref('stg_royalties__payouts') }} as payouts
        where payouts.statement_month in ({{ touched }})
    )
{%- endset %}

with
payouts as (
    select * from {{ ref('stg_royalties__payouts') }}
),

streams as (
    select * from {{ ref('fct_streams') }}
    {{ where_one_of('started_date', days) }}
),

rules as (
    select * from {{ ref('int_rules_by_date') }}
),

clock as (
    select * from {{ ref('int_clock') }}
),

months as (
    select distinct statement_month
    from payouts
)

select
    months.statement_month,
    streams.song_id,
    count(*) as streams,
    max(streams.load_id) as load_id
from streams
inner join months
    on
        streams.booking_month = months.statement_month
        and {{ month_start('streams.started_date') }} = months.statement_month
inner join clock on streams.started_date >= clock.history_start
inner join rules on streams.started_date = rules.date_day
where
    streams.song_id > 0
    and {{ is_possible_stream() }}
group by
    months.statement_month,
    streams.song_id
