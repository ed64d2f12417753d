{{
    config(
        materialized='incremental',
        incremental_strategy='delete+insert',
        unique_key='marketing_touch_id',
        indexes=server_indexes([
            {'columns': ['marketing_touch_id'], 'unique': true},
            {'columns': ['user_id', 'touched_at']},
            {'columns': ['promotion_id']},
            {'columns': ['load_id']},
        ]),
    )
}}
{%- set promo_campaigns = ref('stg_marketing__promo_campaigns') -%}
{#- A touch whose campaign has not come yet names none. -#}
{%- set newer_promotions = "select " ~ promotion_id('campaign', 'told.promo_campaign_id') ~ " from " ~ promo_campaigns
    ~ " as told where told.load_id > (select since.load_id from since) union all select " ~ unknown_key() -%}
{%- set of_newer_campaigns -%}
    select promoting.marketing_touch_id
    from {{ this }} as promoting
    where {{ is_one_of('promoting.promotion_id', newer_promotions) }}
{%- endset %}

with
touches as (
    select * from {{ ref('stg_marketing__marketing_touches') }}
    {{ where_one_of('marketing_touch_id', touched_events(
        'marketing_touches', 'marketing_touch_id', 'touched_at',
        versions=[(ref('int_user_homes'), 'user_id', 'user_id')],
        others=[of_newer_campaigns],
    )) }}
),

campaigns as (
    select
        promo_campaign_id,
        load_id,
        {{ promotion_id('campaign', 'promo_campaign_id') }} as promotion_id
    from {{ promo_campaigns }}
),

users as (
    select
        user_id,
        user_key,
        valid_from,
        valid_to,
        load_id
    from {{ ref('int_user_homes') }}
),

resolved as (
    select
        touches.*,
        campaigns.promotion_id,
        users.user_key,
        greatest(touches.load_id, users.load_id, campaigns.load_id) as inputs_load_id
    from touches
    left join campaigns on touches.promo_campaign_id = campaigns.promo_campaign_id
    {{ join_version('touches', 'users', 'user_id', 'touched_at') }}
)

select
    marketing_touch_id,
    cast(coalesce(promotion_id, {{ unknown_key() }}) as bigint) as promotion_id,
    cast(coalesce(user_id, {{ not_applicable_key() }}) as bigint) as user_id,
    {{ fact_version_key('user_key', 'user_id') }} as user_key,
    cast(coalesce(device_id, {{ not_applicable_key() }}) as bigint) as device_id,
    channel,
    touch_type,
    user_id is null as is_prospect,
    touch_type = 'clicked' as is_click,
    {{ to_date('touched_at') }} as touched_date,
    touched_at,
    arrived_at,
    inputs_load_id as load_id
from resolved
where {{ is_newer_load('inputs_load_id') }}
