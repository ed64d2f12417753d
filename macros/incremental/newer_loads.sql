{#-
    Incremental models take what has a newer load id than they hold, never what is newer by event time: late rows count.

    A full run takes all rows. Select touched keys first, then all rows of those keys, and delete + insert by that key:

        touched as (
            {{ touched_keys('streams', ['user_id', 'local_date']) }}
        )

    A key that is touched but has no row left would stay behind, so a model keeps a row per key (or a flag), never drops it.
-#}
{% macro is_newer_load(load_id='load_id') -%}
    {%- if is_incremental() -%}
        {{ load_id }} > (select coalesce(max(built.load_id), 0) from {{ this }} as built)
    {%- else -%}
        {{ load_id }} is not null
    {%- endif -%}
{%- endmacro %}

{% macro touched_keys(relation, keys, load_id='load_id') -%}
select distinct
    {% for key in keys -%}
    {{ relation }}.{{ key }}{{ "," if not loop.last }}
    {% endfor -%}
from {{ relation }}
where {{ is_newer_load(relation ~ '.' ~ load_id) }}
{%- endmacro %}
