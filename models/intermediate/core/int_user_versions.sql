{{ config(materialized='table') }}
{%- set attributes = [
    'user_type', 'status', 'gender', 'city_id', 'residence_country_id', 'payment_country_id', 'language_id',
    'is_verified', 'birth_date', 'created_at', 'deleted_at'
] %}

with
user_changes as (
    {{ change_rows('identity', 'users', 'user_id', attributes) }}
),

settings_changes as (
    {{ change_rows('identity', 'user_settings', 'user_id', ['allows_profiling']) }}
),

age_bands as (
    select * from {{ ref('age_bands') }}
),

versions as (
    {{ versions_from_changes('user_changes', 'user_id', 'user_key', attributes, created_at='changes.created_at') }}
),

settings as (
    {{ versions_from_changes('settings_changes', 'user_id', 'settings_key', ['allows_profiling']) }}
),

aged as (
    select
        versions.*,
        {{ completed_years("versions.birth_date", to_date("versions.valid_from")) }} as age_years
    from versions
),

final as (
    select
        aged.user_id,
        aged.user_key,
        aged.user_type,
        aged.status,
        aged.gender,
        coalesce(age_bands.age_band, 'unknown') as age_band,
        aged.city_id,
        aged.residence_country_id,
        aged.payment_country_id,
        aged.language_id,
        aged.is_verified,
        coalesce(settings_then.allows_profiling, false) as allowed_profiling_at_start,
        coalesce(settings_now.allows_profiling, false) as allows_profiling,
        aged.created_at,
        aged.deleted_at,
        aged.valid_from,
        aged.valid_to,
        aged.is_current,
        aged.load_id
    from aged
    left join age_bands
        on
            aged.age_years >= age_bands.from_age
            and aged.age_years < age_bands.to_age
    {{ join_version('aged', 'settings', 'user_id', 'valid_from', alias='settings_then') }}
    left join settings as settings_now
        on
            aged.user_id = settings_now.user_id
            and settings_now.is_current
)

select * from final
