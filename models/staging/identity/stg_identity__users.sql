with source as (
    select * from {{ source('raw', 'users') }}
),

renamed as (
    select
        -- ids
        user_id,
        cast(user_uuid as text) as user_uuid,
        city_id,
        residence_country_id,
        payment_country_id,
        language_id,

        -- attributes
        user_name,
        display_name,
        given_name,
        family_name,
        email,
        gender,
        user_type,
        status,
        phone_number,
        bio,
        picture_url,
        banner_url,
        website_url,

        -- flags
        is_verified,
        is_onboarded,

        -- times
        birth_date,
        created_at,
        updated_at,
        last_login_at,
        deleted_at,

        -- arrival
        changed_at,
        change_no,
        arrived_at,
        load_id
    from source
),

cleaned as (
    select
        user_id,
        lower(user_uuid) as user_uuid,
        city_id,
        residence_country_id,
        payment_country_id,
        language_id,
        nullif({{ trimmed('user_name') }}, '') as user_name,
        nullif({{ trimmed('display_name') }}, '') as display_name,
        nullif({{ trimmed('given_name') }}, '') as given_name,
        nullif({{ trimmed('family_name') }}, '') as family_name,
        nullif(lower({{ trimmed('email') }}), '') as email,
        nullif(lower({{ trimmed('gender') }}), '') as gender,
        nullif(lower({{ trimmed('user_type') }}), '') as user_type,
        nullif(lower({{ trimmed('status') }}), '') as status,
        nullif({{ trimmed('phone_number') }}, '') as phone_number,
        nullif({{ trimmed('bio') }}, '') as bio,
        nullif({{ trimmed('picture_url') }}, '') as picture_url,
        nullif({{ trimmed('banner_url') }}, '') as banner_url,
        nullif({{ trimmed('website_url') }}, '') as website_url,
        is_verified,
        is_onboarded,
        birth_date,
        created_at,
        updated_at,
        last_login_at,
        deleted_at,
        changed_at,
        change_no,
        arrived_at,
        load_id
    from renamed
)

select * from cleaned
