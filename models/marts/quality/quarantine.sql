{{
    config(
        materialized='incremental',
        incremental_strategy='delete+insert',
        unique_key=['table_name', 'record_key'],
        indexes=server_indexes([
            {'columns': ['table_name', 'record_key']},
            {'columns': ['load_id']},
        ]),
    )
}}

{%- set arrivals = ref('base_ops__arrivals') -%}
{%- set issued_days = ref('base_opening__issued_days') -%}
{#- A key that a newer load touches is made anew with all its copies, as any of them may be the one that counts. -#}
with
{% if is_incremental() -%}
arrivals as (
    select
        table_name,
        record_id
    from {{ arrivals }}
    where {{ is_newer_load() }}
),

{% endif -%}
rules as (
    select
        rule_name,
        reason
    from {{ ref('quarantine_rules') }}
),

rejected as (
    {% for table in rejecting_tables() %}
    {% for relation in [table.base, table.checked] if relation %}
    select
        '{{ table.name }}' as table_name,
        {{ record_key(table.key) }} as record_key,
        reject_rule,
        row_payload,
        arrived_at,
        load_id
    from {{ ref(relation) }}
    where reject_rule is not null {{ and_id_arrived(table.name) }}
    {% if not loop.last %}union all{% endif %}
    {% endfor %}
    {% if not loop.last %}union all{% endif %}
    {% endfor %}
),

final as (
    select
        cast(rejected.table_name as text) as table_name,
        coalesce(rejected.record_key, '') as record_key,
        cast(row_number() over (
            partition by rejected.table_name, rejected.record_key
            order by rejected.arrived_at, rejected.load_id, rejected.row_payload
        ) as integer) as copy_no,
        rejected.reject_rule as rule,
        rules.reason,
        rejected.row_payload as payload,
        rejected.arrived_at as first_seen_at,
        rejected.load_id
    from rejected
    left join rules on rejected.reject_rule = rules.rule_name
)

select * from final
