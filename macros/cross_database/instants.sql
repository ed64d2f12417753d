{#-
    Instants are timestamptz. None of these depends on the session's time zone: each goes through UTC.
    Sub-millisecond and sub-second parts are cut toward zero.
-#}

{#- Why: a difference of instants is an interval on PostgreSQL, microseconds since the epoch are at hand on DuckDB. -#}
{% macro datediff_ms(start_at, end_at) -%}
    {{ return(adapter.dispatch('datediff_ms', 'sonic_warehouse')(start_at, end_at)) }}
{%- endmacro %}
{% macro default__datediff_ms(start_at, end_at) -%}
    cast(trunc(extract(epoch from ({{ end_at }} - {{ start_at }})) * 1000) as bigint)
{%- endmacro %}
{% macro duckdb__datediff_ms(start_at, end_at) -%}
    ((epoch_us({{ end_at }}) - epoch_us({{ start_at }})) // 1000)
{%- endmacro %}

{#- Why: as datediff_ms; dbt.datediff is a double on PostgreSQL. -#}
{% macro datediff_seconds(start_at, end_at) -%}
    {{ return(adapter.dispatch('datediff_seconds', 'sonic_warehouse')(start_at, end_at)) }}
{%- endmacro %}
{% macro default__datediff_seconds(start_at, end_at) -%}
    cast(trunc(extract(epoch from ({{ end_at }} - {{ start_at }}))) as bigint)
{%- endmacro %}
{% macro duckdb__datediff_seconds(start_at, end_at) -%}
    ((epoch_us({{ end_at }}) - epoch_us({{ start_at }})) // 1000000)
{%- endmacro %}

{#- Why: a column times an interval works on PostgreSQL alone; dbt.dateadd drops parts of a second on Spark. -#}
{% macro add_ms(at, ms) -%}
    {{ return(adapter.dispatch('add_ms', 'sonic_warehouse')(at, ms)) }}
{%- endmacro %}
{% macro default__add_ms(at, ms) -%}
    ({{ at }} + ({{ ms }}) * interval '1 millisecond')
{%- endmacro %}
{% macro duckdb__add_ms(at, ms) -%}
    ({{ at }} + to_milliseconds({{ ms }}))
{%- endmacro %}

{#- Why: `at time zone` is not on every engine; here only, so that models stay free of it. A timestamp without zone. -#}
{% macro utc_datetime(at) -%}
    {{ return(adapter.dispatch('utc_datetime', 'sonic_warehouse')(at)) }}
{%- endmacro %}
{% macro default__utc_datetime(at) -%}
    (({{ at }}) at time zone 'UTC')
{%- endmacro %}

{#- The UTC date of an instant. -#}
{% macro to_date(at) -%}
    cast({{ utc_datetime(at) }} as date)
{%- endmacro %}

{#- Begin of the UTC hour of an instant. Why: cut in the session's zone, it would be another in India. -#}
{% macro to_hour(at) -%}
    {{ return(adapter.dispatch('to_hour', 'sonic_warehouse')(at)) }}
{%- endmacro %}
{% macro default__to_hour(at) -%}
    (date_trunc('hour', {{ utc_datetime(at) }}) at time zone 'UTC')
{%- endmacro %}

{#- Begin of the UTC minute of an instant. Why: as to_hour. -#}
{% macro to_minute(at) -%}
    {{ return(adapter.dispatch('to_minute', 'sonic_warehouse')(at)) }}
{%- endmacro %}
{% macro default__to_minute(at) -%}
    (date_trunc('minute', {{ utc_datetime(at) }}) at time zone 'UTC')
{%- endmacro %}

{#- The instant at which a date begins in UTC. Why: as utc_datetime; a plain cast would take the session's zone. -#}
{% macro date_instant(day) -%}
    {{ return(adapter.dispatch('date_instant', 'sonic_warehouse')(day)) }}
{%- endmacro %}
{% macro default__date_instant(day) -%}
    (cast({{ day }} as timestamp) at time zone 'UTC')
{%- endmacro %}

{#- An instant written down: 'YYYY-MM-DD HH:MM:SS' in UTC. -#}
{% macro instant(text) -%}
    cast('{{ text }}+00' as timestamptz)
{%- endmacro %}

{#- The end of every open interval. -#}
{% macro end_of_time() -%}
    cast('9999-12-31 00:00:00+00' as timestamptz)
{%- endmacro %}

{#- Minute of the UTC day, 0 to 1439: the key of dim_time. -#}
{% macro minute_of_day(at) -%}
    {{ minute_of_datetime(utc_datetime(at)) }}
{%- endmacro %}
{#- Why not `extract`: on PostgreSQL it is a numeric, which takes twice as long. -#}
{% macro minute_of_datetime(at) -%}
    cast(date_part('hour', {{ at }}) * 60 + date_part('minute', {{ at }}) as integer)
{%- endmacro %}

{#- An instant as ISO 8601 text with microseconds. Why: a cast to text follows the session's zone and differs in form. -#}
{% macro instant_text(at) -%}
    {{ return(adapter.dispatch('instant_text', 'sonic_warehouse')(at)) }}
{%- endmacro %}
{% macro default__instant_text(at) -%}
    to_char({{ utc_datetime(at) }}, 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')
{%- endmacro %}
{% macro duckdb__instant_text(at) -%}
    strftime({{ utc_datetime(at) }}, '%Y-%m-%dT%H:%M:%S.%fZ')
{%- endmacro %}

{#- The begin of what has no known begin. -#}
{% macro start_of_time() -%}
    cast('1900-01-01 00:00:00+00' as timestamptz)
{%- endmacro %}
