with source as (
    select * from {{ source('raw', 'ad_invoices') }}
),

renamed as (
    select
        -- ids
        ad_invoice_id,
        campaign_id,
        advertiser_id,

        -- attributes
        invoice_number,
        pricing_model,
        currency_code,

        -- numbers
        price_minor,
        impressions,
        amount_minor,

        -- times
        month_start,
        issued_at,
        due_at,

        -- arrival
        arrived_at,
        load_id
    from source
),

cleaned as (
    select
        ad_invoice_id,
        campaign_id,
        advertiser_id,
        nullif({{ trimmed('invoice_number') }}, '') as invoice_number,
        nullif(lower({{ trimmed('pricing_model') }}), '') as pricing_model,
        nullif(upper({{ trimmed('currency_code') }}), '') as currency_code,
        price_minor,
        impressions,
        amount_minor,
        month_start,
        issued_at,
        due_at,
        arrived_at,
        load_id
    from renamed
),

judged as (
    select
        cleaned.*,
        case
            when
                ad_invoice_id is null
                or invoice_number is null
                or campaign_id is null
                or advertiser_id is null
                or month_start is null
                or pricing_model is null
                or price_minor is null
                or impressions is null
                or amount_minor is null
                or currency_code is null
                or issued_at is null
                or due_at is null
                then 'missing_value'
            when pricing_model not in ('cpm', 'vcpm') then 'unknown_code'
            when not {{ regexp_like('currency_code', '^[A-Z]{3}$') }} then 'malformed_value'
            when price_minor <= 0 then 'amount_not_positive'
            when amount_minor < 0 then 'negative_amount'
            when impressions < 0 then 'out_of_range'
            when due_at <= issued_at then 'wrong_order'
            when not (extract(day from month_start) = 1) then 'contradiction'
            when {{ after_arrival('issued_at') }} then 'started_after_arrival'
        end as broken_rule
    from cleaned
),

copies as (
    select
        judged.*,
        row_number() over (
            partition by ad_invoice_id, broken_rule is null
            order by arrived_at, load_id
        ) as copy_no
    from judged
),

checked as (
    select
        ad_invoice_id,
        campaign_id,
        advertiser_id,
        invoice_number,
        pricing_model,
        currency_code,
        price_minor,
        impressions,
        amount_minor,
        month_start,
        issued_at,
        due_at,
        arrived_at,
        load_id,
        case when broken_rule is null and copy_no > 1 then 'duplicate' else broken_rule end as reject_rule,
        case
            when broken_rule is not null or copy_no > 1
                then {{ row_payload([
                    'ad_invoice_id', 'invoice_number', 'campaign_id', 'advertiser_id',
                    'month_start', 'pricing_model', 'price_minor', 'impressions', 'amount_minor',
                    'currency_code', 'issued_at', 'due_at', 'arrived_at', 'load_id'
                ]) }}
        end as row_payload
    from copies
)

select * from checked
