{%- set columns = {
    'advertiser_id': 'bigint', 'name': 'text', 'geography_id': 'bigint', 'country_code': 'text', 'country': 'text',
    'industry': 'text', 'created_at': 'timestamptz', 'is_inferred': 'boolean'
} -%}

with
advertisers as (
    select * from {{ ref('stg_ads__advertisers') }}
),

countries as (
    select * from {{ ref('stg_reference__countries') }}
),

inferred_ids as (
    select * from {{ ref('int_inferred_ids') }}
    where entity = 'advertisers'
),

described as (
    select
        advertisers.advertiser_id,
        advertisers.name,
        {{ geography_id('null', 'null', 'countries.country_id') }} as geography_id,
        coalesce(countries.country_code, 'unknown') as country_code,
        coalesce(countries.name, 'unknown') as country,
        advertisers.industry,
        advertisers.created_at,
        false as is_inferred
    from advertisers
    left join countries on advertisers.billing_country_id = countries.country_id
),

final as (
    select * from described
    union all
    {{ inferred_members(columns, 'inferred_ids', 'advertiser_id') }}
    union all
    {{ special_members(columns) }}
)

select * from final
