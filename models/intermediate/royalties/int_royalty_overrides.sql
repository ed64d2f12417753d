with
changes as (
    select * from {{ ref('stg_royalties__rights_contracts_changes') }}
),

closes as (
    select * from {{ ref('int_royalty_closes') }}
),

known as (
    select
        closes.booking_month,
        changes.*,
        row_number() over (
            partition by closes.booking_month, changes.contract_id
            order by changes.change_no desc
        ) as recency
    from closes
    inner join changes on closes.closes_at > changes.arrived_at
)

select
    booking_month,
    contract_id,
    payee_id,
    right_type,
    territory_country_id,
    per_stream_override_micro,
    override_currency_code,
    valid_from,
    coalesce(valid_to, cast('9999-12-31' as date)) as valid_to
from known
where
    recency = 1
    and per_stream_override_micro is not null
