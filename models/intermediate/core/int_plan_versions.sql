{{ config(materialized='table') }}
{%- set term_attributes = [
    'plan_code', 'name', 'tier', 'variant', 'max_quality', 'skips_per_hour', 'is_shuffle_only', 'has_ads',
    'can_download', 'concurrent_streams', 'member_limit'
] %}
{%- set price_attributes = {
    'plan_id': 'plan_id', 'country_id': 'country_id', 'currency_code': 'currency_code',
    'billing_cycle': 'billing_cycle', 'price_minor': 'price_minor', 'tax_rate_ppm': 'tax_rate_ppm',
    'sold_from': 'valid_from', 'sold_to': 'valid_to'
} %}

with
plan_changes as (
    {{ change_rows('billing', 'plans', 'plan_id', term_attributes) }}
),

price_changes as (
    {{ change_rows('billing', 'plan_prices', 'plan_price_id', price_attributes) }}
),

-- Terms that are the first known hold for all time before.
terms as (
    {{ versions_from_changes(
        'plan_changes', 'plan_id', 'terms_key', term_attributes, created_at=start_of_time()
    ) }}
),

prices as (
    {{ versions_from_changes(
        'price_changes', 'plan_price_id', 'price_key', price_attributes.keys() | list,
        created_at=date_instant('changes.sold_from')
    ) }}
),

priced as (
    select
        prices.price_key + (terms.terms_key - {{ version_key("terms.plan_id", 0) }}) * 100 as plan_key,
        prices.plan_price_id,
        prices.plan_id,
        prices.country_id,
        prices.currency_code,
        prices.billing_cycle,
        prices.price_minor,
        {{ multiply_divide("prices.price_minor", 1000000, "(1000000 + prices.tax_rate_ppm)") }} as net_price_minor,
        prices.tax_rate_ppm,
        prices.sold_from,
        prices.sold_to,
        terms.plan_code,
        terms.name,
        terms.tier,
        terms.variant,
        terms.max_quality,
        terms.skips_per_hour,
        terms.is_shuffle_only,
        terms.has_ads,
        terms.can_download,
        terms.concurrent_streams,
        terms.member_limit,
        greatest(prices.valid_from, terms.valid_from) as valid_from,
        least(prices.valid_to, terms.valid_to) as valid_to,
        prices.is_current and terms.is_current as is_current,
        greatest(prices.load_id, terms.load_id) as load_id
    from prices
    inner join terms
        on
            prices.plan_id = terms.plan_id
            and prices.valid_from < terms.valid_to
            and prices.valid_to > terms.valid_from
),

free as (
    select
        -terms_key as plan_key,
        cast({{ not_applicable_key() }} as bigint) as plan_price_id,
        plan_id,
        cast({{ not_applicable_key() }} as bigint) as country_id,
        {{ unknown_currency() }} as currency_code,
        'none' as billing_cycle,
        cast(0 as bigint) as price_minor,
        cast(0 as bigint) as net_price_minor,
        cast(0 as bigint) as tax_rate_ppm,
        cast(null as date) as sold_from,
        cast(null as date) as sold_to,
        plan_code,
        name,
        tier,
        variant,
        max_quality,
        skips_per_hour,
        is_shuffle_only,
        has_ads,
        can_download,
        concurrent_streams,
        member_limit,
        valid_from,
        valid_to,
        is_current,
        load_id
    from terms
    where tier = 'free'
),

final as (
    select * from priced
    union all
    select * from free
)

select * from final
