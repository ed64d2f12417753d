with source as (
    select * from {{ source('raw', 'users_changes') }}
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

        -- flags
        is_verified,

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
    from renamed
),

copies as (
    select
        cleaned.*,
        row_number() over (
            partition by user_id, change_no
            order by arrived_at, load_id
        ) as copy_no
    from cleaned
),

checked as (
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
        load_id,
        case when copy_no > 1 then 'duplicate' end as reject_rule,
        case
            when copy_no > 1
                then {{ row_payload([
                    'user_id', 'user_uuid', 'user_name', 'display_name', 'given_name',
                    'family_name', 'email', 'birth_date', 'gender', 'city_id',
                    'residence_country_id', 'payment_country_id', 'language_id', 'user_type',
                    'status', 'is_verified', 'created_at', 'updated_at', 'last_login_at',
                    'deleted_at', 'changed_at', 'change_no', 'arrived_at', 'load_id'
                ]) }}
        end as row_payload
    from copies
)

select * from checked
