{{ config(materialized='table') }}
{%- set attributes = [
    'name', 'user_id', 'label_id', 'country_id', 'verification_status', 'created_at'
] %}

with
artist_changes as (
    {{ change_rows('catalog', 'artists', 'artist_id', attributes) }}
),

versions as (
    {{ versions_from_changes(
        'artist_changes', 'artist_id', 'artist_key', attributes, created_at='changes.created_at'
    ) }}
)

select * from versions
