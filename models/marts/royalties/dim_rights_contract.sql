{#- The days in force stand beside the version's own interval, which says since when they are known. -#}
{%- set attributes = {
    'payee_id': 'payee_id', 'right_type': 'right_type', 'territory_country_id': 'territory_country_id',
    'per_stream_override_micro': 'per_stream_override_micro', 'override_currency_code': 'override_currency_code',
    'deductions_ppm': 'deductions_ppm', 'advance_minor': 'advance_minor',
    'minimum_guarantee_minor': 'minimum_guarantee_minor', 'recoupment_ppm': 'recoupment_ppm',
    'payment_threshold_minor': 'payment_threshold_minor', 'withholding_ppm': 'withholding_ppm',
    'is_cross_collateralised': 'is_cross_collateralised', 'in_force_from': 'valid_from', 'in_force_to': 'valid_to'
} -%}
{%- set columns = {
    'contract_key': 'bigint', 'contract_id': 'bigint', 'payee_id': 'bigint', 'right_type': 'text',
    'geography_id': 'bigint', 'territory_code': 'text', 'territory': 'text', 'per_stream_override_micro': 'bigint',
    'override_currency_code': 'text', 'deductions_ppm': 'bigint', 'advance_minor': 'bigint',
    'minimum_guarantee_minor': 'bigint', 'recoupment_ppm': 'bigint', 'payment_threshold_minor': 'bigint',
    'withholding_ppm': 'bigint', 'is_cross_collateralised': 'boolean', 'in_force_from': 'date',
    'in_force_to': 'date', 'valid_from': 'timestamptz', 'valid_to': 'timestamptz', 'is_current': 'boolean'
} -%}

with
contract_changes as (
    {{ change_rows('royalties', 'rights_contracts', 'contract_id', attributes) }}
),

countries as (
    select * from {{ ref('stg_reference__countries') }}
),

versions as (
    {{ versions_from_changes(
        'contract_changes', 'contract_id', 'contract_key', attributes.keys() | list,
        created_at=date_instant('changes.in_force_from')
    ) }}
),

described as (
    select
        versions.contract_key,
        versions.contract_id,
        versions.payee_id,
        versions.right_type,
        case
            when versions.territory_country_id is null then {{ not_applicable_key() }}
            else {{ country_geography_id('versions.territory_country_id') }}
        end as geography_id,
        case
            when versions.territory_country_id is null then 'world'
            else coalesce(countries.country_code, 'unknown')
        end as territory_code,
        case
            when versions.territory_country_id is null then 'World'
            else coalesce(countries.name, 'unknown')
        end as territory,
        versions.per_stream_override_micro,
        coalesce(versions.override_currency_code, {{ unknown_currency() }}) as override_currency_code,
        versions.deductions_ppm,
        versions.advance_minor,
        versions.minimum_guarantee_minor,
        versions.recoupment_ppm,
        versions.payment_threshold_minor,
        versions.withholding_ppm,
        versions.is_cross_collateralised,
        versions.in_force_from,
        versions.in_force_to,
        versions.valid_from,
        versions.valid_to,
        versions.is_current
    from versions
    left join countries on versions.territory_country_id = countries.country_id
),

final as (
    select * from described
    union all
    {{ special_members(columns, values={'override_currency_code': unknown_currency()}) }}
)

select * from final
