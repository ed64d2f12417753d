{#- The first and the last day that the warehouse can meet: dim_date and the rules by day cover them all. -#}
{% macro first_calendar_day() -%}
    cast('2018-01-01' as date)
{%- endmacro %}

{% macro last_calendar_day() -%}
    cast('2031-12-31' as date)
{%- endmacro %}
