-- The last payments, each with the arrival day and the file of the lake that brought its row.
with latest as (
    select
        payments.transaction_movement_id,
        payments.transaction_id,
        payments.movement_type,
        payments.purpose,
        payments.booking_month,
        payments.currency_code,
        payments.amount_minor,
        payments.load_id,
        row_number() over (order by payments.transacted_at desc, payments.transaction_movement_id desc) as place_no
    from marts.fct_transactions as payments
    where
        payments.movement_type = 'charge'
        and payments.amount_minor > 0
)

select
    latest.booking_month,
    latest.purpose,
    latest.transaction_id,
    latest.currency_code,
    latest.amount_minor,
    loads.arrival_date,
    files.path,
    files.sha256
from latest
inner join ops.loads as loads on latest.load_id = loads.load_id
inner join ops.lake_files as files
    on
        latest.load_id = files.load_id
        and files.table_name = 'transactions'
where latest.place_no <= 8
order by latest.place_no, files.path
