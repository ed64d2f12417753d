{#-
    An entity's change rows: `id`, the `attributes`, changed_at, change_no, arrived_at, load_id; what versions_from_changes reads.

    domain, table   of the raw table, e.g. 'identity', 'users'
    attributes      list of its columns; a dictionary renames: {'sold_from': 'valid_from'} reads valid_from as sold_from

    From the staged change rows; with `history_from: snapshots`, for a source that keeps none, from the dbt snapshot of
    its latest state, whose rows are numbered in the order in which
    they were taken and are never late.
-#}
{% macro change_rows(domain, table, id, attributes) -%}
{%- set from_snapshots = var('history_from') == 'snapshots' -%}
select
    history.{{ id }},
    {% for attribute in attributes -%}
    history.{{ attributes[attribute] ~ " as " ~ attribute if attributes is mapping and attributes[attribute] != attribute else attribute }},
    {% endfor -%}
    {% if from_snapshots -%}
    history.dbt_valid_from as changed_at,
    cast(row_number() over (partition by history.{{ id }} order by history.dbt_valid_from) - 1 as integer) as change_no,
    history.dbt_valid_from as arrived_at,
    history.load_id
from {{ ref('snap_' ~ domain ~ '__' ~ table) }} as history
    {%- else -%}
    history.changed_at,
    history.change_no,
    history.arrived_at,
    history.load_id
from {{ ref('stg_' ~ domain ~ '__' ~ table ~ '_changes') }} as history
    {%- endif %}
{%- endmacro %}

{#-
    Ids of the entities of which newer loads brought a change: found by the index of the change rows; of a source that keeps
    none, by their latest state.
-#}
{% macro changed_ids(domain, table, id, held='load_id') -%}
{%- if var('history_from') == 'snapshots' -%}
select newer.{{ id }}
from {{ ref('stg_' ~ domain ~ '__' ~ table) }} as newer
where {{ is_newer_load('newer.load_id', held) }}
{%- else -%}
select newer.record_id as {{ id }}
from {{ ref('base_ops__arrived_' ~ table ~ '_changes') }} as newer
where {{ is_newer_load('newer.load_id', held) }}
{%- endif -%}
{%- endmacro %}
