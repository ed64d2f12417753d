{#-
    In an incremental run: the rows of booking months after the last that this model holds; all rows otherwise.
    A run knows what had arrived by its close, and nothing that comes later changes it: it is worked out once.
-#}
{% macro where_not_yet_booked() -%}
    {{ where_not_yet_held('booking_month') }}
{%- endmacro %}
