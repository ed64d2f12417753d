{#-
    Local time by arithmetic: an instant and its zone's offset from UTC in minutes, which the seed
    time_zone_offsets gives for a zone and an instant. Models need no `at time zone`, which Spark lacks.
-#}

{#- The clock on the wall: a timestamp without zone. Why: an integer column times an interval is not portable. -#}
{% macro local_datetime(at, offset_minutes) -%}
    {{ return(adapter.dispatch('local_datetime', 'sonic_warehouse')(at, offset_minutes)) }}
{%- endmacro %}
{% macro default__local_datetime(at, offset_minutes) -%}
    ({{ utc_datetime(at) }} + ({{ offset_minutes }}) * interval '1 minute')
{%- endmacro %}
{% macro duckdb__local_datetime(at, offset_minutes) -%}
    ({{ utc_datetime(at) }} + to_minutes({{ offset_minutes }}))
{%- endmacro %}

{#- The local date. -#}
{% macro local_date(at, offset_minutes) -%}
    cast({{ local_datetime(at, offset_minutes) }} as date)
{%- endmacro %}

{#- Minute of the local day, 0 to 1439: the key of dim_time. -#}
{% macro local_minute_of_day(at, offset_minutes) -%}
    {{ minute_of_datetime(local_datetime(at, offset_minutes)) }}
{%- endmacro %}

{#-
    Joins the offset in force: rows of `fact` at `at_col` in the zone `zone_col` to seed time_zone_offsets under
    `offsets` (the name of a leading CTE that selects it). Half-open, one row per zone and instant.
-#}
{% macro join_time_zone_offset(fact, at_col, zone_col, offsets='time_zone_offsets') -%}
    left join {{ offsets }}
        on
            {{ zone_col if '.' in zone_col else fact ~ '.' ~ zone_col }} = {{ offsets }}.time_zone
            and {{ fact }}.{{ at_col }} >= {{ offsets }}.valid_from
            and {{ fact }}.{{ at_col }} < {{ offsets }}.valid_to
{%- endmacro %}
