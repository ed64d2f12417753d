with source as (
    select * from {{ source('raw', 'royalty_rates_changes') }}
),

renamed as (
    select
        -- ids
        royalty_rate_id,
        artist_id,
        country_id,

        -- attributes
        right_type,
        rate_type,
        currency_code,

        -- numbers
        weight_ppm,
        rate_micro,

        -- times
        valid_from,
        valid_to,

        -- arrival
        changed_at,
        change_no,
        arrived_at,
        load_id
    from source
),

cleaned as (
    select
        royalty_rate_id,
        artist_id,
        country_id,
        nullif(lower({{ trimmed('right_type') }}), '') as right_type,
        nullif(lower({{ trimmed('rate_type') }}), '') as rate_type,
        nullif(upper({{ trimmed('currency_code') }}), '') as currency_code,
        weight_ppm,
        rate_micro,
        valid_from,
        valid_to,
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
            partition by royalty_rate_id, change_no
            order by arrived_at, load_id
        ) as copy_no
    from cleaned
),

checked as (
    select
        royalty_rate_id,
        artist_id,
        country_id,
        right_type,
        rate_type,
        currency_code,
        weight_ppm,
        rate_micro,
        valid_from,
        valid_to,
        changed_at,
        change_no,
        arrived_at,
        load_id,
        case when copy_no > 1 then 'duplicate' end as reject_rule,
        case
            when copy_no > 1
                then {{ row_payload([
                    'royalty_rate_id', 'artist_id', 'country_id', 'right_type', 'rate_type',
                    'currency_code', 'weight_ppm', 'rate_micro', 'valid_from', 'valid_to', 'changed_at',
                    'change_no', 'arrived_at', 'load_id'
                ]) }}
        end as row_payload
    from copies
)

select * from checked
