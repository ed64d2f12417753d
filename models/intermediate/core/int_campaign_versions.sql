{{ config(materialized='table') }}
{%- set attributes = [
    'advertiser_id', 'creator_artist_id', 'campaign_type', 'promoted_content_id', 'name', 'budget_minor',
    'currency_code', 'pricing_model', 'price_minor', 'goal_impressions', 'pacing', 'status', 'starts_at', 'ends_at',
    'created_at'
] %}

with
campaign_changes as (
    {{ change_rows('ads', 'campaigns', 'campaign_id', attributes) }}
),

versions as (
    {{ versions_from_changes(
        'campaign_changes', 'campaign_id', 'campaign_key', attributes, created_at='changes.created_at'
    ) }}
)

select * from versions
