with source as (
    select * from {{ source('raw', 'tips') }}
),

renamed as (
    select
        -- ids
        tip_id,
        user_id,
        artist_id,

        -- attributes
        currency_code,
        message,

        -- numbers
        amount_minor,
        commission_ppm,

        -- times
        tipped_at,

        -- arrival
        arrived_at,
        load_id
    from source
),

cleaned as (
    select
        tip_id,
        user_id,
        artist_id,
        nullif(upper({{ trimmed('currency_code') }}), '') as currency_code,
        nullif({{ trimmed('message') }}, '') as message,
        amount_minor,
        commission_ppm,
        tipped_at,
        arrived_at,
        load_id
    from renamed
),

judged as (
    select
        cleaned.*,
        case
            when
                tip_id is null
                or user_id is null
                or artist_id is null
                or amount_minor is null
                or currency_code is null
                or commission_ppm is null
                or tipped_at is null
                then 'missing_value'
            when not {{ regexp_like('currency_code', '^[A-Z]{3}$') }} then 'malformed_value'
            when amount_minor <= 0 then 'amount_not_positive'
            when commission_ppm < 0 or commission_ppm > 1000000 then 'out_of_range'
            when {{ after_arrival('tipped_at') }} then 'started_after_arrival'
        end as broken_rule
    from cleaned
),

copies as (
    select
        judged.*,
        row_number() over (
            partition by tip_id, broken_rule is null
            order by arrived_at, load_id
        ) as copy_no
    from judged
),

checked as (
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
        case when broken_rule is null and copy_no > 1 then 'duplicate' else broken_rule end as reject_rule,
        case
            when broken_rule is not null or copy_no > 1
                then {{ row_payload([
                    'tip_id', 'user_id', 'artist_id', 'amount_minor', 'currency_code',
                    'commission_ppm', 'message', 'tipped_at', 'arrived_at', 'load_id'
                ]) }}
        end as row_payload
    from copies
)

select * from checked
