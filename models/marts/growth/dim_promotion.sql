{%- set columns = {
    'promotion_id': 'bigint', 'promotion_kind': 'text', 'source_id': 'bigint', 'code': 'text', 'name': 'text',
    'channel': 'text', 'objective': 'text', 'target_segment': 'text', 'parent_promotion_id': 'bigint',
    'country_geography_id': 'bigint', 'status': 'text', 'currency_code': 'text', 'budget_minor': 'bigint',
    'discount_type': 'text', 'discount_ppm': 'bigint', 'trial_days': 'integer', 'starts_at': 'timestamptz',
    'ends_at': 'timestamptz'
} -%}

with
promo_campaigns as (
    select * from {{ ref('stg_marketing__promo_campaigns') }}
),

coupons as (
    select * from {{ ref('stg_marketing__coupons') }}
),

collaborations as (
    select * from {{ ref('stg_marketing__influencer_collaborations') }}
),

influencers as (
    select
        influencer_id,
        name,
        handle
    from {{ ref('stg_marketing__influencers') }}
),

referral_programs as (
    select * from {{ ref('stg_marketing__referral_programs') }}
),

campaigns as (
    select
        {{ promotion_id('campaign', 'promo_campaign_id') }} as promotion_id,
        'campaign' as promotion_kind,
        promo_campaign_id as source_id,
        campaign_code as code,
        name,
        channel,
        objective,
        target_segment,
        cast(null as bigint) as parent_campaign_id,
        target_country_id as country_id,
        status,
        currency_code,
        budget_minor,
        cast(null as text) as discount_type,
        cast(null as bigint) as discount_ppm,
        cast(null as integer) as trial_days,
        starts_at,
        ends_at
    from promo_campaigns
),

codes as (
    select
        {{ promotion_id('coupon', 'coupon_id') }} as promotion_id,
        'coupon' as promotion_kind,
        coupon_id as source_id,
        coupon_code as code,
        coupon_code as name,
        cast(null as text) as channel,
        cast(null as text) as objective,
        cast(null as text) as target_segment,
        promo_campaign_id as parent_campaign_id,
        country_id,
        cast(null as text) as status,
        cast(null as text) as currency_code,
        cast(null as bigint) as budget_minor,
        discount_type,
        discount_ppm,
        trial_days,
        valid_from as starts_at,
        valid_to as ends_at
    from coupons
),

works as (
    select
        {{ promotion_id('influencer_collaboration', 'collaborations.influencer_collaboration_id') }} as promotion_id,
        'influencer_collaboration' as promotion_kind,
        collaborations.influencer_collaboration_id as source_id,
        influencers.handle as code,
        influencers.name,
        'influencer' as channel,
        cast(null as text) as objective,
        cast(null as text) as target_segment,
        collaborations.promo_campaign_id as parent_campaign_id,
        cast(null as bigint) as country_id,
        collaborations.status,
        collaborations.currency_code,
        collaborations.fee_minor as budget_minor,
        cast(null as text) as discount_type,
        cast(null as bigint) as discount_ppm,
        cast(null as integer) as trial_days,
        collaborations.starts_at,
        collaborations.ends_at
    from collaborations
    left join influencers on collaborations.influencer_id = influencers.influencer_id
),

programmes as (
    select
        {{ promotion_id('referral_programme', 'referral_program_id') }} as promotion_id,
        'referral_programme' as promotion_kind,
        referral_program_id as source_id,
        name as code,
        name,
        'referral' as channel,
        cast(null as text) as objective,
        cast(null as text) as target_segment,
        promo_campaign_id as parent_campaign_id,
        country_id,
        cast(null as text) as status,
        currency_code,
        cast(null as bigint) as budget_minor,
        cast(null as text) as discount_type,
        cast(null as bigint) as discount_ppm,
        cast(null as integer) as trial_days,
        {{ date_instant('valid_from') }} as starts_at,
        {{ date_instant('valid_to') }} as ends_at
    from referral_programs
),

promotions as (
    select * from campaigns
    union all
    select * from codes
    union all
    select * from works
    union all
    select * from programmes
),

described as (
    select
        promotions.promotion_id,
        promotions.promotion_kind,
        promotions.source_id,
        coalesce(promotions.code, 'unknown') as code,
        coalesce(promotions.name, 'unknown') as name,
        -- A coupon or programme that a campaign hands out goes by its channel and aims.
        coalesce(promotions.channel, parents.channel, 'none') as channel,
        coalesce(promotions.objective, parents.objective, 'none') as objective,
        coalesce(promotions.target_segment, parents.target_segment, 'none') as target_segment,
        cast(
            case
                when promotions.parent_campaign_id is null then {{ not_applicable_key() }}
                else coalesce(parents.promotion_id, {{ unknown_key() }})
            end as bigint
        ) as parent_promotion_id,
        {{ geography_id('null', 'null', 'coalesce(promotions.country_id, parents.country_id)') }}
            as country_geography_id,
        coalesce(promotions.status, 'none') as status,
        coalesce(promotions.currency_code, {{ unknown_currency() }}) as currency_code,
        promotions.budget_minor,
        coalesce(promotions.discount_type, 'none') as discount_type,
        promotions.discount_ppm,
        promotions.trial_days,
        promotions.starts_at,
        promotions.ends_at
    from promotions
    left join campaigns as parents on promotions.parent_campaign_id = parents.source_id
),

final as (
    select * from described
    union all
    {{ special_members(columns, {'currency_code': unknown_currency()}) }}
)

select * from final
