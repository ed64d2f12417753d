{#-
    The last data day, and the data clock (its exclusive end, UTC), as scalar expressions that stand alone.
    From ops.loads; from the variable `data_date` where the source keeps no loads. Models join int_clock instead.
    `loads` is the relation of ops.loads where `source` is not at hand.
-#}
{% macro data_date(loads=none) -%}
    {%- if var('data_date') -%}
        cast('{{ var("data_date") }}' as date)
    {%- else -%}
        (select max(loads.arrival_date) from {{ loads or source('ops', 'loads') }} as loads)
    {%- endif -%}
{%- endmacro %}

{% macro data_clock(loads=none) -%}
    {{ date_instant(add_days(data_date(loads), 1)) }}
{%- endmacro %}
