{% macro iso_week_of_year(date, tz=None) -%}
    cast(extract(week from {{ date }}) as {{ dbt.type_int() }})
{%- endmacro %}

{% macro iso_week_start(date, tz=None) -%}
    cast({{ dbt.date_trunc('week', date) }} as date)
{%- endmacro %}

{% macro day_of_year(date) -%}
    extract(doy from {{ date }})
{%- endmacro %}
