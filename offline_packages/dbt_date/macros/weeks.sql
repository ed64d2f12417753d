{% macro iso_week_of_year(date, tz=None) -%}
    cast(extract(week from {{ date }}) as {{ dbt.type_int() }})
{%- endmacro %}

{% macro iso_week_start(date, tz=None) -%}
    cast({{ dbt.date_trunc('week', date) }} as date)
{%- endmacro %}

{% macro day_of_week(date, isoweek=true) -%}
    cast(extract({{ 'isodow' if isoweek else 'dow' }} from {{ date }}) {{ '' if isoweek else '+ 1' }} as {{ dbt.type_int() }})
{%- endmacro %}

{% macro day_of_year(date) -%}
    extract(doy from {{ date }})
{%- endmacro %}
