{#-
    Change rows to versions: a select of `id`, `key_name` (the version key), the `attributes`, valid_from, valid_to,
    is_current, load_id. Half-open, without gap or overlap, the last one open-ended.

    relation    name of the relation or CTE with one row per (id, change_no): id, change_no, changed_at, arrived_at,
                load_id, attributes
    id          the entity's id column
    key_name    what to call the version key
    attributes  list of columns
    created_at  expression over the relation: the entity's creation, from which its first version (change 0) is valid
                where that is earlier than the change itself

    Changes count in the order of change_no; one whose clock runs behind an earlier change's takes that one's instant.
    Several changes at one instant make one version, as no fact can fall between them: it says what the last of them
    says, under the key of the first, so that the key stays when the last one comes late.

    A change that arrives after its month's close, the creation too, holds from the start of the month that is open then
    (`holds_from`): no closed month sees it. One that a later change overtook in the meantime has no version.
-#}
{% macro versions_from_changes(relation, id, key_name, attributes, created_at=none) -%}
select
    spans.{{ id }},
    {{ version_key("spans." ~ id, "spans.history_change_no") }} as {{ key_name }},
    {% for attribute in attributes -%}
    spans.{{ attribute }},
    {% endfor -%}
    spans.valid_from,
    coalesce(spans.history_next_from, {{ end_of_time() }}) as valid_to,
    spans.history_next_from is null as is_current,
    spans.history_load_id as load_id
from (
    select
        ordered.*,
        min(ordered.change_no) over (partition by ordered.{{ id }}, ordered.valid_from) as history_change_no,
        max(ordered.load_id) over (partition by ordered.{{ id }}, ordered.valid_from) as history_load_id,
        min(ordered.valid_from) over (
            partition by ordered.{{ id }} order by ordered.change_no
            rows between 1 following and unbounded following
        ) as history_next_from
    from (
        select
            dated.*,
            greatest(
                dated.history_holds_from,
                max(case when dated.history_holds_from = dated.history_starts_at then dated.history_starts_at end) over (
                    partition by dated.{{ id }} order by dated.change_no
                    rows between unbounded preceding and current row
                )
            ) as valid_from
        from (
            select
                started.*,
                {{ holds_from(
                    'started.history_starts_at', 'started.arrived_at', month_start('clock.history_start')
                ) }} as history_holds_from
            from (
                select
                    changes.*,
                    {% if created_at -%}
                    case when changes.change_no = 0 then least(changes.changed_at, {{ created_at }}) else changes.changed_at end
                    {%- else -%}
                    changes.changed_at
                    {%- endif %} as history_starts_at
                from {{ relation }} as changes
            ) as started
            cross join {{ ref('int_clock') }} as clock
        ) as dated
    ) as ordered
) as spans
where spans.history_next_from is null or spans.valid_from < spans.history_next_from
{%- endmacro %}
