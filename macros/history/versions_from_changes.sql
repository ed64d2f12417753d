{#-
    Change rows to versions: a select of `id`, `key_name` (the version key), the `attributes`, valid_from, valid_to,
    is_current, load_id. Half-open, without gap or overlap, the last one open-ended.

    relation    name of the relation or CTE with one row per (id, change_no): id, change_no, changed_at, load_id, attributes
    id          the entity's id column
    key_name    what to call the version key
    attributes  list of columns

    Changes count in the order of change_no; one whose clock runs behind an earlier change's takes that one's instant.
    Of several changes at one instant the last makes the version, as no fact can fall between them.
-#}
{% macro versions_from_changes(relation, id, key_name, attributes) -%}
select
    spans.{{ id }},
    {{ version_key("spans." ~ id, "spans.change_no") }} as {{ key_name }},
    {% for attribute in attributes -%}
    spans.{{ attribute }},
    {% endfor -%}
    spans.valid_from,
    spans.valid_to,
    spans.is_current,
    spans.load_id
from (
    select
        ordered.*,
        coalesce(
            lead(ordered.valid_from) over (partition by ordered.{{ id }} order by ordered.change_no),
            {{ end_of_time() }}
        ) as valid_to,
        lead(ordered.change_no) over (partition by ordered.{{ id }} order by ordered.change_no) is null as is_current
    from (
        select
            changes.*,
            max(changes.changed_at) over (
                partition by changes.{{ id }} order by changes.change_no
                rows between unbounded preceding and current row
            ) as valid_from
        from {{ relation }} as changes
    ) as ordered
) as spans
where spans.valid_from < spans.valid_to
{%- endmacro %}
