with source as (
    select * from {{ source('raw', 'order_items') }}
),

renamed as (
    select
        -- ids
        order_item_id,
        order_id,
        product_id,

        -- attributes
        currency_code,
        download_url,

        -- numbers
        quantity,
        unit_price_minor,
        subtotal_minor,

        -- times
        download_expires_at,
        ordered_at,

        -- arrival
        arrived_at,
        load_id
    from source
),

cleaned as (
    select
        order_item_id,
        order_id,
        product_id,
        nullif(upper({{ trimmed('currency_code') }}), '') as currency_code,
        nullif({{ trimmed('download_url') }}, '') as download_url,
        quantity,
        unit_price_minor,
        subtotal_minor,
        download_expires_at,
        ordered_at,
        arrived_at,
        load_id
    from renamed
),

judged as (
    select
        cleaned.*,
        case
            when
                order_item_id is null
                or order_id is null
                or product_id is null
                or quantity is null
                or unit_price_minor is null
                or subtotal_minor is null
                or currency_code is null
                or ordered_at is null
                then 'missing_value'
            when not {{ regexp_like('currency_code', '^[A-Z]{3}$') }} then 'malformed_value'
            when unit_price_minor <= 0 then 'amount_not_positive'
            when quantity <= 0 then 'out_of_range'
            when download_expires_at <= ordered_at then 'wrong_order'
            when
                not (subtotal_minor = quantity * unit_price_minor)
                or (download_url is null) <> (download_expires_at is null)
                then 'contradiction'
            when {{ after_arrival('ordered_at') }} then 'started_after_arrival'
        end as broken_rule
    from cleaned
),

copies as (
    select
        judged.*,
        row_number() over (
            partition by order_item_id, broken_rule is null
            order by arrived_at, load_id
        ) as copy_no
    from judged
),

checked as (
    select
        order_item_id,
        order_id,
        product_id,
        currency_code,
        download_url,
        quantity,
        unit_price_minor,
        subtotal_minor,
        download_expires_at,
        ordered_at,
        arrived_at,
        load_id,
        case when broken_rule is null and copy_no > 1 then 'duplicate' else broken_rule end as reject_rule,
        case
            when broken_rule is not null or copy_no > 1
                then {{ row_payload([
                    'order_item_id', 'order_id', 'product_id', 'quantity', 'unit_price_minor',
                    'subtotal_minor', 'currency_code', 'download_url', 'download_expires_at',
                    'ordered_at', 'arrived_at', 'load_id'
                ]) }}
        end as row_payload
    from copies
)

select * from checked
