{#-
    What is told of closed months alone, each by what its close knew, comes out the same in every build until another one
    closes (decisions 092 and 114): then it is made anew as a whole, and between closes nothing is read. Such a model is
    incremental, appends, has an index of `statement_month`, this pre-hook and, last, the condition.

    word   what the condition begins with: where, or and
-#}
{% macro drop_if_another_month_closed() -%}
    {%- if is_incremental() -%}
        delete from {{ this }}
        {{ if_another_month_closed() }}
    {%- endif -%}
{%- endmacro %}

{% macro if_another_month_closed(word='where') -%}
    {#- Named before it is asked for, so that it is known of while nothing is incremental. -#}
    {%- set months = ref('int_statement_months') -%}
    {%- if is_incremental() -%}
        {{ word }} (select max(closed.statement_month) from {{ months }} as closed)
        > (select coalesce(max(told.statement_month), cast('1900-01-01' as date)) from {{ this }} as told)
    {%- endif -%}
{%- endmacro %}
