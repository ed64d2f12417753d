{%- set columns = {
    'payee_id': 'bigint', 'payee_type': 'text', 'name': 'text', 'artist_id': 'bigint', 'label_id': 'bigint',
    'user_id': 'bigint', 'tax_geography_id': 'bigint', 'tax_country_code': 'text', 'tax_country': 'text',
    'currency_code': 'text', 'minimum_payment_minor': 'bigint', 'created_at': 'timestamptz'
} -%}

with
payees as (
    select * from {{ ref('stg_royalties__payees') }}
),

countries as (
    select * from {{ ref('stg_reference__countries') }}
),

described as (
    select
        payees.payee_id,
        payees.payee_type,
        payees.name,
        coalesce(payees.artist_id, {{ not_applicable_key() }}) as artist_id,
        coalesce(payees.label_id, {{ not_applicable_key() }}) as label_id,
        coalesce(payees.user_id, {{ not_applicable_key() }}) as user_id,
        {{ geography_id("null", "null", "payees.tax_country_id") }} as tax_geography_id,
        coalesce(countries.country_code, 'unknown') as tax_country_code,
        coalesce(countries.name, 'unknown') as tax_country,
        payees.currency_code,
        payees.minimum_payment_minor,
        payees.created_at
    from payees
    left join countries on payees.tax_country_id = countries.country_id
),

final as (
    select * from described
    union all
    {{ special_members(columns, values={'currency_code': unknown_currency()}) }}
)

select * from final
