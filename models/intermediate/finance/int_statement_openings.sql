with
months as (
    select * from {{ ref('int_statement_months') }}
),

changes as (
    select * from {{ ref('stg_royalties__payouts_changes') }}
),

-- What the close of the first month knew of the platform's own statements of the months before it.
known as (
    select
        changes.*,
        months.first_month,
        row_number() over (
            partition by changes.payee_id
            order by changes.statement_month desc, changes.change_no desc, changes.payout_id desc
        ) as recency
    from months
    inner join changes
        on
            months.closes_at > changes.arrived_at
            and months.first_month > changes.statement_month
    where months.statement_month = months.first_month
)

select
    payee_id,
    first_month,
    statement_month as last_settled_month,
    currency_code,
    carried_forward_minor as balance_minor,
    unrecouped_minor
from known
where recency = 1
