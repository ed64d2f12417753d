with source as (
    select * from {{ source('raw', 'payouts_changes') }}
),

renamed as (
    select
        -- ids
        payout_id,
        payee_id,

        -- attributes
        currency_code,
        status,

        -- numbers
        qualified_streams_milli,
        rate_micro,
        opening_balance_minor,
        gross_minor,
        recouped_minor,
        withheld_minor,
        net_minor,
        carried_forward_minor,
        unrecouped_minor,

        -- times
        statement_month,
        issued_at,
        processed_at,

        -- arrival
        changed_at,
        change_no,
        arrived_at,
        load_id
    from source
),

cleaned as (
    select
        payout_id,
        payee_id,
        nullif(upper({{ trimmed('currency_code') }}), '') as currency_code,
        nullif(lower({{ trimmed('status') }}), '') as status,
        qualified_streams_milli,
        rate_micro,
        opening_balance_minor,
        gross_minor,
        recouped_minor,
        withheld_minor,
        net_minor,
        carried_forward_minor,
        unrecouped_minor,
        statement_month,
        issued_at,
        processed_at,
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
            partition by payout_id, change_no
            order by arrived_at, load_id
        ) as copy_no
    from cleaned
),

checked as (
    select
        payout_id,
        payee_id,
        currency_code,
        status,
        qualified_streams_milli,
        rate_micro,
        opening_balance_minor,
        gross_minor,
        recouped_minor,
        withheld_minor,
        net_minor,
        carried_forward_minor,
        unrecouped_minor,
        statement_month,
        issued_at,
        processed_at,
        changed_at,
        change_no,
        arrived_at,
        load_id,
        case when copy_no > 1 then 'duplicate' end as reject_rule,
        case
            when copy_no > 1
                then {{ row_payload([
                    'payout_id', 'payee_id', 'currency_code', 'status',
                    'qualified_streams_milli', 'rate_micro', 'opening_balance_minor',
                    'gross_minor', 'recouped_minor', 'withheld_minor', 'net_minor',
                    'carried_forward_minor', 'unrecouped_minor', 'statement_month', 'issued_at',
                    'processed_at', 'changed_at', 'change_no', 'arrived_at', 'load_id'
                ]) }}
        end as row_payload
    from copies
)

select * from checked
