{%- set columns = {
    'artist_key': 'bigint', 'artist_id': 'bigint', 'name': 'text', 'user_id': 'bigint', 'label_id': 'bigint',
    'label_name': 'text', 'geography_id': 'bigint', 'country_code': 'text', 'country': 'text',
    'verification_status': 'text', 'is_verified': 'boolean', 'created_at': 'timestamptz',
    'valid_from': 'timestamptz', 'valid_to': 'timestamptz', 'is_current': 'boolean', 'is_inferred': 'boolean'
} -%}

with
versions as (
    select * from {{ ref('int_artist_versions') }}
),

inferred_ids as (
    select * from {{ ref('int_inferred_ids') }}
    where entity = 'artists'
),

labels as (
    select * from {{ ref('stg_catalog__labels') }}
),

countries as (
    select * from {{ ref('stg_reference__countries') }}
),

described as (
    select
        versions.artist_key,
        versions.artist_id,
        versions.name,
        coalesce(versions.user_id, {{ not_applicable_key() }}) as user_id,
        coalesce(versions.label_id, {{ not_applicable_key() }}) as label_id,
        coalesce(labels.name, 'self-published') as label_name,
        {{ geography_id("null", "null", "versions.country_id") }} as geography_id,
        countries.country_code,
        countries.name as country,
        versions.verification_status,
        versions.verification_status = 'verified' as is_verified,
        versions.created_at,
        versions.valid_from,
        versions.valid_to,
        versions.is_current,
        false as is_inferred
    from versions
    left join labels
        on versions.label_id = labels.label_id
    left join countries
        on versions.country_id = countries.country_id
),

final as (
    select * from described
    union all
    {{ inferred_members(columns, 'inferred_ids', 'artist_id', key='artist_key') }}
    union all
    {{ special_members(columns) }}
)

select * from final
