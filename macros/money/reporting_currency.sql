{#- Micro-units of a currency in the reporting currency, half up; `rate_micro`: its units per euro in millionths. -#}
{% macro reporting_micro(amount_micro, rate_micro) -%}
    {{ multiply_divide(amount_micro, 1000000, rate_micro) }}
{%- endmacro %}
