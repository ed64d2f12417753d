{%- set columns = {
    'campaign_key': 'bigint', 'campaign_id': 'bigint', 'advertiser_id': 'bigint', 'advertiser': 'text',
    'creator_artist_id': 'bigint', 'promoted_content_id': 'bigint', 'name': 'text', 'campaign_type': 'text',
    'status': 'text', 'pacing': 'text', 'pricing_model': 'text', 'targets': 'text', 'currency_code': 'text',
    'budget_minor': 'bigint', 'price_minor': 'bigint', 'goal_impressions': 'bigint', 'starts_at': 'timestamptz',
    'ends_at': 'timestamptz', 'created_at': 'timestamptz', 'valid_from': 'timestamptz', 'valid_to': 'timestamptz',
    'is_current': 'boolean', 'is_inferred': 'boolean'
} -%}
{%- set unheard_of = {'currency_code': unknown_currency()} -%}

with
versions as (
    select * from {{ ref('int_campaign_versions') }}
),

advertisers as (
    select
        advertiser_id,
        name
    from {{ ref('stg_ads__advertisers') }}
),

campaign_targets as (
    select
        campaign_target_id,
        campaign_id,
        target_type,
        target_value
    from {{ ref('stg_ads__campaign_targets') }}
),

inferred_ids as (
    select * from {{ ref('int_inferred_ids') }}
    where entity = 'campaigns'
),

target_kinds as (
    select
        campaign_id,
        target_type,
        min(campaign_target_id) as first_target_id,
        {{ listagg_ordered('target_value', ', ', 'campaign_target_id') }} as target_values
    from campaign_targets
    group by
        campaign_id,
        target_type
),

targets as (
    select
        campaign_id,
        {{ listagg_ordered("target_type || ': ' || target_values", '; ', 'first_target_id') }} as targets
    from target_kinds
    group by campaign_id
),

described as (
    select
        versions.campaign_key,
        versions.campaign_id,
        coalesce(versions.advertiser_id, {{ not_applicable_key() }}) as advertiser_id,
        case
            when versions.advertiser_id is null then 'not applicable'
            else coalesce(advertisers.name, 'unknown')
        end as advertiser,
        coalesce(versions.creator_artist_id, {{ not_applicable_key() }}) as creator_artist_id,
        coalesce(versions.promoted_content_id, {{ not_applicable_key() }}) as promoted_content_id,
        versions.name,
        versions.campaign_type,
        versions.status,
        versions.pacing,
        versions.pricing_model,
        coalesce(targets.targets, 'everyone') as targets,
        versions.currency_code,
        versions.budget_minor,
        versions.price_minor,
        versions.goal_impressions,
        versions.starts_at,
        versions.ends_at,
        versions.created_at,
        versions.valid_from,
        versions.valid_to,
        versions.is_current,
        false as is_inferred
    from versions
    left join advertisers on versions.advertiser_id = advertisers.advertiser_id
    left join targets on versions.campaign_id = targets.campaign_id
),

final as (
    select * from described
    union all
    {{ inferred_members(columns, 'inferred_ids', 'campaign_id', key='campaign_key', values=unheard_of) }}
    union all
    {{ special_members(columns, values=unheard_of) }}
)

select * from final
