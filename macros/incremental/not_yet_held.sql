{#-
    In an incremental run: the rows whose `column`, a date, is later than any that this model holds; all rows otherwise.
    What was worked out as of an earlier date knows nothing that came after it, and is not worked out again.
-#}
{% macro where_not_yet_held(column) -%}
    {%- if is_incremental() -%}
        where {{ column }} > (
            select coalesce(max(held.{{ column }}), cast('1900-01-01' as date)) from {{ this }} as held
        )
    {%- endif -%}
{%- endmacro %}
