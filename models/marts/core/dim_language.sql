{%- set columns = {
    'language_id': 'bigint', 'language_code': 'text', 'name': 'text', 'native_name': 'text', 'script': 'text'
} -%}

with
languages as (
    select
        language_id,
        language_code,
        name,
        native_name,
        script
    from {{ ref('stg_reference__languages') }}
),

final as (
    select * from languages
    union all
    {{ special_members(columns) }}
)

select * from final
