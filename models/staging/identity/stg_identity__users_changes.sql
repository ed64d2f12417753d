with base as (
    select * from {{ ref('base_identity__users_changes') }}
)

select
    user_id,
    user_uuid,
    city_id,
    residence_country_id,
    payment_country_id,
    language_id,
    user_name,
    display_name,
    given_name,
    family_name,
    email,
    gender,
    user_type,
    status,
    is_verified,
    birth_date,
    created_at,
    updated_at,
    last_login_at,
    deleted_at,
    changed_at,
    change_no,
    arrived_at,
    load_id
from base
where {{ is_accepted() }}
