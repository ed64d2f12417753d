-- A user stands in one cell a day: the cells of a day add up to its roll-up rows, which are counted apart, and the
-- users of all cells are those whom fct_listening_daily calls active on that local day.
{#- Of what came since, the days. -#}
{%- set tested = tested_load_id() %}
{%- set days -%}
    select told.date_day
    from {{ ref('mart_active_users') }} as told
    where told.load_id > {{ tested }}
    union distinct
    select heard.local_date
    from {{ ref('fct_listening_daily') }} as heard
    where heard.load_id > {{ tested }}
{%- endset %}
with
active_users as (
    select *
    from {{ ref('mart_active_users') }}
    {% if tested is not none -%}
    where {{ is_one_of('date_day', days) }}
    {%- endif %}
),

listening_days as (
    select
        local_date,
        is_active
    from {{ ref('fct_listening_daily') }}
    {% if tested is not none -%}
    where {{ is_one_of('local_date', days) }}
    {%- endif %}
),

cells as (
    select
        date_day,
        sum(case when not is_all_countries and not is_all_tiers then dau else 0 end) as cell_dau,
        sum(case when not is_all_countries and not is_all_tiers then wau else 0 end) as cell_wau,
        sum(case when not is_all_countries and not is_all_tiers then mau else 0 end) as cell_mau,
        sum(case when is_all_countries and is_all_tiers then dau else 0 end) as all_dau,
        sum(case when is_all_countries and is_all_tiers then wau else 0 end) as all_wau,
        sum(case when is_all_countries and is_all_tiers then mau else 0 end) as all_mau
    from active_users
    group by date_day
),

active_days as (
    select
        local_date,
        count(*) as active_listeners
    from listening_days
    where is_active
    group by local_date
)

select
    cells.*,
    active_days.active_listeners
from cells
left join active_days on cells.date_day = active_days.local_date
where
    cells.cell_dau <> cells.all_dau
    or cells.cell_wau <> cells.all_wau
    or cells.cell_mau <> cells.all_mau
    or cells.all_dau <> coalesce(active_days.active_listeners, 0)
