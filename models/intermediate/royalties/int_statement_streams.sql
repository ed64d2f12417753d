{{
    config(
        materialized='incremental',
        incremental_strategy='delete+insert',
        unique_key='statement_month',
        indexes=server_indexes([
            {'columns': ['payee_id', 'statement_month'], 'unique': true},
            {'columns': ['statement_month']},
            {'columns': ['told_load_id']},
        ]),
    )
}}

{#-
    Months that are stated since, those of which something is told anew, and the last one, whose rows say up to which load
    all is told.
-#}
{%- set payouts = ref('stg_royalties__payouts') -%}
{%- set touched -%}
    select newer.statement_month
    from {{ payouts }} as newer
    where
        {{ is_newer_load_in('newer', 'told_load_id') }}
        and (
            select max(told.statement_month)
            from {{ this }} as told
            where newer.statement_month = told.statement_month
        ) is null
    union
    select max(told.statement_month) as statement_month
    from {{ this }} as told
    where told.told_load_id > 0
    union
    {{ months_heard_anew('told_load_id') }}
{%- endset -%}
{%- set touched_months = 'select touched.statement_month from touched' -%}
{%- set touched_days = days_around('select touched.statement_month as day_date from touched', 0, 30) %}

with
{% if is_incremental() -%}
touched as (
    {{ touched }}
),

{% endif -%}
clock as (
    select * from {{ ref('int_clock') }}
),

rules as (
    select * from {{ ref('int_rules_by_date') }}
),

months as (
    select distinct payouts.statement_month
    from {{ payouts }} as payouts
    {{ where_one_of('payouts.statement_month', touched_months) }}
),

plays as (
    select * from {{ ref('int_statement_plays') }}
    {{ where_one_of('statement_month', touched_months) }}
),

-- All of it is read for a month before the data alone.
opening as (
    select * from {{ ref('stg_opening__opening_song_streams') }}
    where
        (select min(months.statement_month) from months)
        < (select {{ month_start('clock.history_start') }} from clock)
),

-- Accounts of which a play was judged artificial, and what else they played: found by account and day.
convicted as (
    select user_id
    from {{ ref('mart_stream_fraud') }}
    where artificial_plays > 0
    group by user_id
),

suspected as (
    select
        song_id,
        booking_month,
        started_date,
        played_ms,
        is_completed,
        is_qualified,
        is_artificial
    from {{ ref('fct_streams') }}
    where
        song_id > 0 {{ and_one_of('started_date', touched_days) }}
        and {{ is_one_of('user_id', 'select convicted.user_id from convicted') }}
),

doubted as (
    select
        streams.booking_month as statement_month,
        streams.song_id,
        count(*) as streams
    from suspected as streams
    inner join rules on streams.started_date = rules.date_day
    where
        {{ month_start('streams.started_date') }} = streams.booking_month
        and {{ is_possible_stream() }}
    group by
        streams.booking_month,
        streams.song_id
),

-- What a statement rests on: before the data begins its opening, then the plays that had arrived by the close. Whether
-- those of an account on which a fraud rule ever fired are a person's is not certain: they may count, or not.
heard as (
    select
        opening.month_start as statement_month,
        opening.song_id,
        cast(opening.qualified_streams as bigint) as certain_streams,
        cast(opening.qualified_streams as bigint) as possible_streams
    from opening
    inner join months on opening.month_start = months.statement_month
    inner join clock on opening.month_start < {{ month_start('clock.history_start') }}
    union all
    select
        plays.statement_month,
        plays.song_id,
        plays.streams - coalesce(doubted.streams, 0) as certain_streams,
        plays.streams as possible_streams
    from plays
    left join doubted
        on
            plays.statement_month = doubted.statement_month
            and plays.song_id = doubted.song_id
),

song_works as (
    select * from {{ ref('stg_royalties__song_works') }}
    {{ where_one_of('song_id', 'select heard.song_id from heard') }}
),

splits as (
    select * from {{ ref('stg_royalties__revenue_splits') }}
    {% if is_incremental() -%}
    where
        {{ is_one_of('song_id', 'select heard.song_id from heard') }}
        or {{ is_one_of('work_id', 'select song_works.work_id from song_works') }}
    {%- endif %}
),

-- A stream counts for its recording whole, and for the works in it by their shares.
items as (
    select
        heard.statement_month,
        'recording' as right_type,
        heard.song_id as item_id,
        heard.certain_streams * 1000000 as certain_ppm,
        heard.possible_streams * 1000000 as possible_ppm
    from heard
    union all
    select
        heard.statement_month,
        'publishing' as right_type,
        song_works.work_id as item_id,
        sum(heard.certain_streams * song_works.share_ppm) as certain_ppm,
        sum(heard.possible_streams * song_works.share_ppm) as possible_ppm
    from heard
    inner join song_works on heard.song_id = song_works.song_id
    group by
        heard.statement_month,
        song_works.work_id
),

-- By the shares in force when the month ends; cut to thousandths once for each right of a payee.
held as (
    select
        items.statement_month,
        items.right_type,
        splits.payee_id,
        {{ wide_quotient(
            wide('sum(' ~ wide('items.certain_ppm') ~ ' * splits.share_ppm)'), wide(1000000000)
        ) }} as certain_milli,
        {{ wide_quotient(
            wide('sum(' ~ wide('items.possible_ppm') ~ ' * splits.share_ppm)'), wide(1000000000)
        ) }} as possible_milli
    from items
    inner join splits
        on
            items.right_type = splits.right_type
            and items.item_id = coalesce(splits.song_id, splits.work_id)
            and splits.valid_from <= {{ month_end('items.statement_month') }}
            and (splits.valid_to is null or splits.valid_to > {{ month_end('items.statement_month') }})
    group by
        items.statement_month,
        items.right_type,
        splits.payee_id
),

weighed as (
    select
        held.*,
        case held.right_type
            when 'recording' then rules.recording_share_ppm
            else rules.publishing_share_ppm
        end as right_ppm
    from held
    inner join rules on held.statement_month = rules.date_day
),

stated as (
    select max(plays.statement_month) as last_month
    from {{ ref('int_statement_plays') }} as plays
)

select
    weighed.payee_id,
    weighed.statement_month,
    cast(
        sum({{ multiply_divide('weighed.certain_milli', 'weighed.right_ppm', 1000000, 'down') }}) as bigint
    ) as certain_milli,
    cast(
        sum({{ multiply_divide('weighed.possible_milli', 'weighed.right_ppm', 1000000, 'down') }}) as bigint
    ) as possible_milli,
    cast(max(case when weighed.statement_month = stated.last_month then clock.last_load_id else 0 end) as bigint)
        as told_load_id
from weighed
cross join stated
cross join clock
group by
    weighed.payee_id,
    weighed.statement_month
