{{ config(materialized='table') }}
{%- set attributes = [
    'owner_user_id', 'name', 'playlist_type', 'is_public', 'is_collaborative', 'version_no', 'created_at', 'deleted_at'
] %}

with
playlist_changes as (
    {{ change_rows('engagement', 'playlists', 'playlist_id', attributes) }}
),

versions as (
    {{ versions_from_changes(
        'playlist_changes', 'playlist_id', 'playlist_key', attributes, created_at='changes.created_at'
    ) }}
)

select * from versions
