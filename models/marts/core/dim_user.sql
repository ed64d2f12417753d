{%- set columns = {
    'user_key': 'bigint', 'user_id': 'bigint', 'user_type': 'text', 'status': 'text', 'gender': 'text',
    'age_band': 'text', 'geography_id': 'bigint', 'residence_geography_id': 'bigint',
    'residence_country_code': 'text', 'residence_country': 'text', 'payment_geography_id': 'bigint',
    'payment_country_code': 'text', 'payment_country': 'text', 'language_id': 'bigint', 'language_code': 'text',
    'language': 'text', 'is_verified': 'boolean', 'allowed_profiling_at_start': 'boolean',
    'allows_profiling': 'boolean', 'created_at': 'timestamptz', 'deleted_at': 'timestamptz',
    'valid_from': 'timestamptz', 'valid_to': 'timestamptz', 'is_current': 'boolean', 'is_inferred': 'boolean',
    'is_erased': 'boolean'
} -%}

with
versions as (
    select * from {{ ref('int_user_versions') }}
),

inferred_ids as (
    select * from {{ ref('int_inferred_ids') }}
    where entity = 'users'
),

countries as (
    select * from {{ ref('stg_reference__countries') }}
),

languages as (
    select * from {{ ref('stg_reference__languages') }}
),

described as (
    select
        versions.user_key,
        versions.user_id,
        versions.user_type,
        versions.status,
        versions.gender,
        versions.age_band,
        {{ geography_id("versions.city_id", "null", "versions.residence_country_id") }} as geography_id,
        {{ geography_id("null", "null", "versions.residence_country_id") }} as residence_geography_id,
        residence.country_code as residence_country_code,
        residence.name as residence_country,
        {{ geography_id("null", "null", "versions.payment_country_id") }} as payment_geography_id,
        payment.country_code as payment_country_code,
        payment.name as payment_country,
        versions.language_id,
        languages.language_code,
        languages.name as language,
        versions.is_verified,
        versions.allowed_profiling_at_start,
        versions.allows_profiling,
        versions.created_at,
        versions.deleted_at,
        versions.valid_from,
        versions.valid_to,
        versions.is_current,
        false as is_inferred,
        false as is_erased
    from versions
    left join countries as residence
        on versions.residence_country_id = residence.country_id
    left join countries as payment
        on versions.payment_country_id = payment.country_id
    left join languages
        on versions.language_id = languages.language_id
),

final as (
    select * from described
    union all
    {{ inferred_members(columns, 'inferred_ids', 'user_id', key='user_key') }}
    union all
    {{ special_members(columns) }}
)

select * from final
