{{ config(group='finance') }}
-- fct_revenue_daily is what documents post and impressions bill, by month, service and currency: no more and no less.
{#-
    Days and postings are written for open months, and impressions have their load: of what came since, their months are
    compared.
-#}
{%- set tested = tested_load_id() %}
{%- set is_compared = 'true' %}
{%- if tested is not none %}
    {%- set months -%}
        select compared.booking_month
        from {{ ref('fct_revenue_daily') }} as compared
        where {{ booked_since_tested('compared.booking_month') }}
        union distinct
        select compared.booking_month
        from {{ ref('int_revenue_postings') }} as compared
        where {{ booked_since_tested('compared.booking_month') }}
        union distinct
        select compared.booking_month
        from {{ ref('fct_impressions') }} as compared
        where compared.load_id > {{ tested }}
    {%- endset %}
    {%- set is_compared = is_one_of('booking_month', months) %}
{%- endif %}
with
revenue_daily as (
    select * from {{ ref('fct_revenue_daily') }}
    where {{ is_compared }}
),

revenue_postings as (
    select * from {{ ref('int_revenue_postings') }}
    where {{ is_compared }}
),

impressions as (
    select * from {{ ref('fct_impressions') }}
    where {{ is_compared }}
),

both_sides as (
    select
        booking_month,
        service,
        currency_code,
        recognised_micro,
        fee_micro,
        gmv_micro
    from revenue_daily
    union all
    select
        booking_month,
        service,
        currency_code,
        -recognised_micro as recognised_micro,
        -fee_micro as fee_micro,
        -gmv_micro as gmv_micro
    from revenue_postings
    union all
    select
        booking_month,
        'advertising' as service,
        currency_code,
        -price_micro as recognised_micro,
        0 as fee_micro,
        0 as gmv_micro
    from impressions
)

select
    booking_month,
    service,
    currency_code,
    sum(recognised_micro) as recognised_difference,
    sum(fee_micro) as fee_difference,
    sum(gmv_micro) as gmv_difference
from both_sides
group by
    booking_month,
    service,
    currency_code
having
    sum(recognised_micro) <> 0
    or sum(fee_micro) <> 0
    or sum(gmv_micro) <> 0
