{#-
    The members that every dimension carries beside its rows. `columns` maps each column of the dimension to its type,
    in order. Texts say 'unknown' or 'not applicable'; ids and keys are -1 or -2; other attributes are null; intervals
    span all time. `values` overrides: {'column': expression}.
-#}
{% macro special_members(columns, values={}) -%}
{{ dimension_member(columns, unknown_key(), 'unknown', values) }}
union all
{{ dimension_member(columns, not_applicable_key(), 'not applicable', values) }}
{%- endmacro %}

{% macro dimension_member(columns, member, label, values={}) -%}
select
    {% for column, type in columns.items() -%}
    {% if column in values -%}
    cast({{ values[column] }} as {{ type }})
    {%- elif type == 'bigint' and column.endswith(('_id', '_key')) -%}
    cast({{ member | trim }} as bigint)
    {%- elif type == 'text' -%}
    '{{ label }}'
    {%- elif column == 'valid_from' -%}
    {{ start_of_time() }}
    {%- elif column == 'valid_to' -%}
    {{ end_of_time() }}
    {%- elif column == 'is_current' -%}
    true
    {%- elif column in ('is_inferred', 'is_erased') -%}
    false
    {%- else -%}
    cast(null as {{ type }})
    {%- endif %} as {{ column }}{{ "," if not loop.last }}
    {% endfor -%}
{%- endmacro %}

{#-
    Inferred members: entities that rows refer to, within the ids issued, whose own row has not arrived.
    A select from `relation` (a CTE of int_inferred_ids for one entity: entity_id, known_from, is_erased): the id, the
    key of version 0 if `key` is given, everything else unknown, valid until the entity's first known version. `values`
    as above.
-#}
{% macro inferred_members(columns, relation, id, key=none, values={}) -%}
select
    {% for column, type in columns.items() -%}
    {% if column == id -%}
    inferred.entity_id
    {%- elif column == key -%}
    {{ version_key("inferred.entity_id", 0) }}
    {%- elif column in values -%}
    cast({{ values[column] }} as {{ type }})
    {%- elif type == 'bigint' and column.endswith(('_id', '_key')) -%}
    cast({{ unknown_key() | trim }} as bigint)
    {%- elif type == 'text' -%}
    'unknown'
    {%- elif column == 'valid_from' -%}
    {{ start_of_time() }}
    {%- elif column == 'valid_to' -%}
    coalesce(inferred.known_from, {{ end_of_time() }})
    {%- elif column == 'is_current' -%}
    inferred.known_from is null
    {%- elif column == 'is_inferred' -%}
    not inferred.is_erased
    {%- elif column == 'is_erased' -%}
    inferred.is_erased
    {%- else -%}
    cast(null as {{ type }})
    {%- endif %} as {{ column }}{{ "," if not loop.last }}
    {% endfor -%}
from {{ relation }} as inferred
{%- endmacro %}
