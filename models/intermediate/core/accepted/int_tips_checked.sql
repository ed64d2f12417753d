with
tips as (
    select * from {{ ref('stg_billing__tips') }}
),

issued as (
    select
        max(case when entity = 'artists' then last_id end) as artists,
        max(case when entity = 'users' then last_id end) as users
    from {{ ref('int_issued_keys') }}
),

checked as (
    select
        tips.*,
        case
            when {{ never_issued_user('tips.user_id', 'issued.users') }} then 'orphan_user'
            when {{ never_issued('tips.artist_id', 'issued.artists') }} then 'orphan_artist'
        end as reject_rule
    from tips
    cross join issued
),

final as (
    select
        tip_id,
        user_id,
        artist_id,
        currency_code,
        message,
        amount_minor,
        commission_ppm,
        tipped_at,
        arrived_at,
        load_id,
        reject_rule,
        case
            when reject_rule is not null
                then {{ row_payload([
                    'tip_id', 'user_id', 'artist_id', 'amount_minor', 'currency_code',
                    'commission_ppm', 'message', 'tipped_at', 'arrived_at', 'load_id'
                ]) }}
        end as row_payload
    from checked
)

select * from final
