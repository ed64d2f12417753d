{%- set columns = {
    'label_id': 'bigint', 'name': 'text', 'label_type': 'text', 'geography_id': 'bigint', 'country_code': 'text',
    'country': 'text', 'owner_user_id': 'bigint', 'created_at': 'timestamptz'
} -%}

with
labels as (
    select * from {{ ref('stg_catalog__labels') }}
),

countries as (
    select * from {{ ref('stg_reference__countries') }}
),

described as (
    select
        labels.label_id,
        labels.name,
        labels.label_type,
        {{ geography_id("null", "null", "labels.country_id") }} as geography_id,
        countries.country_code,
        countries.name as country,
        coalesce(labels.owner_user_id, {{ not_applicable_key() }}) as owner_user_id,
        labels.created_at
    from labels
    left join countries
        on labels.country_id = countries.country_id
),

final as (
    select * from described
    union all
    {{ special_members(columns) }}
)

select * from final
