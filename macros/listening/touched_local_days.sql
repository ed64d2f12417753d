{#-
    Local days of which a play came or changed, for `days_around`: an aggregate of days writes these anew as a whole, and
    the plays of a local day lie on the UTC days around it.
-#}
{% macro touched_local_days() -%}
    select newer.local_date as day_date
    from {{ ref('fct_streams') }} as newer
    where {{ is_newer_load('newer.load_id') }}
    group by newer.local_date
{%- endmacro %}
