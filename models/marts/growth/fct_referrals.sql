with
referrals as (
    select * from {{ ref('stg_marketing__referrals') }}
),

promotions as (
    select promotion_id from {{ ref('dim_promotion') }}
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
        referrals.*,
        promotions.promotion_id,
        users.user_key,
        greatest(referrals.load_id, users.load_id) as inputs_load_id
    from referrals
    left join promotions
        on {{ promotion_id('referral_programme', 'referrals.referral_program_id') }} = promotions.promotion_id
    {{ join_version('referrals', 'users', 'referrer_user_id', 'invited_at', version_id='user_id') }}
)

select
    referral_id,
    cast(coalesce(promotion_id, {{ unknown_key() }}) as bigint) as promotion_id,
    referrer_user_id as user_id,
    {{ fact_version_key('user_key', 'referrer_user_id') }} as user_key,
    cast(coalesce(referee_user_id, {{ not_applicable_key() }}) as bigint) as referee_user_id,
    cast(coalesce(subscription_id, {{ not_applicable_key() }}) as bigint) as subscription_id,
    state,
    currency_code,
    reward_minor,
    cast({{ datediff_ms('invited_at', 'signed_up_at') }} as bigint) as sign_up_delay_ms,
    cast({{ datediff_ms('signed_up_at', 'qualified_at') }} as bigint) as qualifying_delay_ms,
    cast({{ datediff_ms('qualified_at', 'rewarded_at') }} as bigint) as reward_delay_ms,
    signed_up_at is not null as is_signed_up,
    qualified_at is not null as is_qualified,
    rewarded_at is not null as is_rewarded,
    expired_at is not null as is_expired,
    {{ to_date('invited_at') }} as invited_date,
    coalesce({{ to_date('signed_up_at') }}, {{ not_applicable_date() }}) as signed_up_date,
    coalesce({{ to_date('qualified_at') }}, {{ not_applicable_date() }}) as qualified_date,
    coalesce({{ to_date('rewarded_at') }}, {{ not_applicable_date() }}) as rewarded_date,
    coalesce({{ to_date('expired_at') }}, {{ not_applicable_date() }}) as expired_date,
    invited_at,
    signed_up_at,
    qualified_at,
    rewarded_at,
    expired_at,
    inputs_load_id as load_id
from resolved
