{%- set columns = {
    'listening_context_id': 'bigint', 'context_type': 'text', 'context_name': 'text', 'is_sought': 'boolean',
    'skip_reason': 'text', 'skip_reason_name': 'text', 'is_skipped': 'boolean', 'is_deliberate_skip': 'boolean',
    'quality': 'text', 'is_shuffle': 'boolean', 'is_offline': 'boolean'
} -%}
{%- set codes = listening_context_codes() -%}

with
context_types as (
    select * from {{ ref('context_types') }}
),

skip_reasons as (
    select * from {{ ref('skip_reasons') }}
),

{% for kind in ['context_type', 'skip_reason', 'quality'] -%}
{{ kind }}_codes as (
    {% for code in codes[kind] -%}
    select '{{ code }}' as {{ kind }}
    {%- if not loop.last %}
    union all
    {% endif -%}
    {% endfor %}
),

{% endfor -%}
switches as (
    select true as is_on
    union all
    select false as is_on
),

combinations as (
    select
        context_type_codes.context_type,
        skip_reason_codes.skip_reason,
        quality_codes.quality,
        shuffle_switch.is_on as is_shuffle,
        offline_switch.is_on as is_offline
    from context_type_codes
    cross join skip_reason_codes
    cross join quality_codes
    cross join switches as shuffle_switch
    cross join switches as offline_switch
),

described as (
    select
        {{ listening_context_id(
            'combinations.context_type', 'combinations.skip_reason', 'combinations.quality',
            'combinations.is_shuffle', 'combinations.is_offline'
        ) }} as listening_context_id,
        combinations.context_type,
        coalesce(context_types.name, 'Unknown') as context_name,
        coalesce(context_types.is_sought, false) as is_sought,
        combinations.skip_reason,
        case
            when combinations.skip_reason = 'none' then 'Not skipped'
            else coalesce(skip_reasons.name, 'Unknown')
        end as skip_reason_name,
        combinations.skip_reason <> 'none' as is_skipped,
        coalesce(skip_reasons.is_deliberate, false) as is_deliberate_skip,
        combinations.quality,
        combinations.is_shuffle,
        combinations.is_offline
    from combinations
    left join context_types
        on combinations.context_type = context_types.context_type
    left join skip_reasons
        on combinations.skip_reason = skip_reasons.skip_reason
),

final as (
    select * from described
    union all
    {{ special_members(columns) }}
)

select * from final
