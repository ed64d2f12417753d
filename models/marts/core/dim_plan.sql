{%- set columns = {
    'plan_key': 'bigint', 'plan_price_id': 'bigint', 'plan_id': 'bigint', 'plan_code': 'text', 'name': 'text',
    'tier': 'text', 'variant': 'text', 'geography_id': 'bigint', 'country_code': 'text', 'country': 'text',
    'currency_code': 'text', 'billing_cycle': 'text', 'price_minor': 'bigint', 'net_price_minor': 'bigint',
    'tax_rate_ppm': 'bigint', 'sold_from': 'date', 'sold_to': 'date', 'max_quality': 'text',
    'skips_per_hour': 'integer', 'is_shuffle_only': 'boolean', 'has_ads': 'boolean', 'can_download': 'boolean',
    'concurrent_streams': 'integer', 'member_limit': 'integer', 'valid_from': 'timestamptz',
    'valid_to': 'timestamptz', 'is_current': 'boolean'
} -%}

with
versions as (
    select * from {{ ref('int_plan_versions') }}
),

countries as (
    select * from {{ ref('stg_reference__countries') }}
),

described as (
    select
        versions.plan_key,
        versions.plan_price_id,
        versions.plan_id,
        versions.plan_code,
        versions.name,
        versions.tier,
        versions.variant,
        case
            when versions.country_id = {{ not_applicable_key() }} then {{ not_applicable_key() }}
            else {{ country_geography_id("versions.country_id") }}
        end as geography_id,
        coalesce(countries.country_code, 'not applicable') as country_code,
        coalesce(countries.name, 'not applicable') as country,
        versions.currency_code,
        versions.billing_cycle,
        versions.price_minor,
        versions.net_price_minor,
        versions.tax_rate_ppm,
        versions.sold_from,
        versions.sold_to,
        versions.max_quality,
        versions.skips_per_hour,
        versions.is_shuffle_only,
        versions.has_ads,
        versions.can_download,
        versions.concurrent_streams,
        versions.member_limit,
        versions.valid_from,
        versions.valid_to,
        versions.is_current
    from versions
    left join countries
        on versions.country_id = countries.country_id
),

final as (
    select * from described
    union all
    {{ special_members(columns, values={'currency_code': unknown_currency()}) }}
)

select * from final
