{#-
    The last data day, and the data clock (its exclusive end, UTC), as scalar expressions that stand alone.
    From ops.loads; from the variable `data_date` where the source keeps no loads. Models join int_clock instead.
-#}
{% macro data_date() -%}
    {%- if var('data_date') -%}
        cast('{{ var("data_date") }}' as date)
    {%- else -%}
        (select max(loads.arrival_date) from {{ source('ops', 'loads') }} as loads)
    {%- endif -%}
{%- endmacro %}

{% macro data_clock() -%}
    {{ date_instant(add_days(data_date(), 1)) }}
{%- endmacro %}
