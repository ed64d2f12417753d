{#- Dates are dates: none of these goes through a zone. -#}

{#- Why: an integer added to a date is not a date on every engine. -#}
{% macro add_days(day, days) -%}
    {{ return(adapter.dispatch('add_days', 'sonic_warehouse')(day, days)) }}
{%- endmacro %}
{% macro default__add_days(day, days) -%}
    ({{ day }} + cast({{ days }} as integer))
{%- endmacro %}

{#- Why: a column times an interval works on PostgreSQL alone. A day past the month's end becomes its last. -#}
{% macro add_months(day, months) -%}
    {{ return(adapter.dispatch('add_months', 'sonic_warehouse')(day, months)) }}
{%- endmacro %}
{% macro default__add_months(day, months) -%}
    cast(cast({{ day }} as timestamp) + ({{ months }}) * interval '1 month' as date)
{%- endmacro %}
{% macro duckdb__add_months(day, months) -%}
    cast(cast({{ day }} as timestamp) + to_months({{ months }}) as date)
{%- endmacro %}

{#- Whole days from the first date to the second. Why: an integer, a bigint or an interval by engine. -#}
{% macro days_between(start_date, end_date) -%}
    {{ return(adapter.dispatch('days_between', 'sonic_warehouse')(start_date, end_date)) }}
{%- endmacro %}
{% macro default__days_between(start_date, end_date) -%}
    cast({{ end_date }} - {{ start_date }} as integer)
{%- endmacro %}

{#- The first day of a date's month, quarter or year. Why: date_trunc of a date is an instant on PostgreSQL. -#}
{% macro month_start(day) -%}
    cast(date_trunc('month', cast({{ day }} as timestamp)) as date)
{%- endmacro %}
{% macro quarter_start(day) -%}
    cast(date_trunc('quarter', cast({{ day }} as timestamp)) as date)
{%- endmacro %}
{% macro year_start(day) -%}
    cast(date_trunc('year', cast({{ day }} as timestamp)) as date)
{%- endmacro %}

{#- The last day of a date's month. -#}
{% macro month_end(day) -%}
    {{ add_days(add_months(month_start(day), 1), -1) }}
{%- endmacro %}

{#- Days in a date's month. -#}
{% macro days_in_month(day) -%}
    cast(extract(day from {{ month_end(day) }}) as integer)
{%- endmacro %}

{#- 1 Monday to 7 Sunday. Why: the ISO day of the week has another name on Spark. -#}
{% macro iso_day_of_week(day) -%}
    {{ return(adapter.dispatch('iso_day_of_week', 'sonic_warehouse')(day)) }}
{%- endmacro %}
{% macro default__iso_day_of_week(day) -%}
    cast(extract(isodow from {{ day }}) as integer)
{%- endmacro %}

{#- The Friday that begins a date's chart week (Friday to Thursday). -#}
{% macro chart_week_start(day) -%}
    {{ add_days(day, "-mod(" ~ iso_day_of_week(day) ~ " + 2, 7)") }}
{%- endmacro %}

{#- One row per date from `start_date` to `end_date`, both included, as column `date_day`. Why: series differ by engine. -#}
{% macro date_series(start_date, end_date) -%}
    {{ return(adapter.dispatch('date_series', 'sonic_warehouse')(start_date, end_date)) }}
{%- endmacro %}
{% macro default__date_series(start_date, end_date) -%}
    select cast(series.day_at as date) as date_day
    from generate_series(
        cast({{ start_date }} as timestamp), cast({{ end_date }} as timestamp), interval '1 day'
    ) as series (day_at)
{%- endmacro %}

{#- One row per whole number from `first` to `last`, both included. Why: series differ by engine. -#}
{% macro integer_series(first, last, column) -%}
    {{ return(adapter.dispatch('integer_series', 'sonic_warehouse')(first, last, column)) }}
{%- endmacro %}
{% macro default__integer_series(first, last, column) -%}
    select cast(series.number as integer) as {{ column }}
    from generate_series({{ first }}, {{ last }}) as series (number)
{%- endmacro %}

{#- A minute of the day as HH:MM. -#}
{% macro clock_text(minute) -%}
    lpad(cast({{ integer_divide(minute, 60) }} as text), 2, '0')
    || ':' || lpad(cast(mod({{ minute }}, 60) as text), 2, '0')
{%- endmacro %}
