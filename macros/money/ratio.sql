{#-
    numerator / denominator as numeric(18,6), half up (away from zero), null where the denominator is 0 or a part is
    null. Parts are integers or decimals of at most six places; no double takes part, so every engine gives the same.
-#}
{% macro ratio(numerator, denominator) -%}
    {%- set micro_numerator = wide("cast(" ~ numerator ~ " as numeric(30, 6)) * 1000000") -%}
    {%- set micro_denominator = wide("cast(" ~ denominator ~ " as numeric(30, 6)) * 1000000") -%}
    {{ micro_decimal(wide_multiply_divide(micro_numerator, wide(1000000), micro_denominator, 'half_up')) }}
{%- endmacro %}

{#- A wide integer of millionths as numeric(18,6). Why: a division of decimals is a double on DuckDB. -#}
{% macro micro_decimal(expression) -%}
    {{ return(adapter.dispatch('micro_decimal', 'sonic_warehouse')(expression)) }}
{%- endmacro %}
{% macro default__micro_decimal(expression) -%}
    cast(cast({{ expression }} as numeric(18, 0)) * cast(0.000001 as numeric(6, 6)) as numeric(18, 6))
{%- endmacro %}
