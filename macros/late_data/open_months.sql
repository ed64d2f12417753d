{#-
    Facts whose unit is the booking month: months stored as closed stay as they are, open ones are written anew.
    Such a fact has `is_closed`, the pre-hook `drop_open_months()` and, last, `where {{ is_open_month(column) }}`; strategy append.
-#}
{% macro drop_open_months() -%}
    {%- if is_incremental() -%}
        delete from {{ this }} where not is_closed
    {%- endif -%}
{%- endmacro %}

{#- Whether the month of `day` is later than the last one stored as closed. -#}
{% macro is_open_month(day) -%}
    {%- if is_incremental() -%}
        {{ day }} > (
            select coalesce(max(built.booking_month), cast('1900-01-01' as date))
            from {{ this }} as built
            where built.is_closed
        )
    {%- else -%}
        {{ day }} is not null
    {%- endif -%}
{%- endmacro %}
