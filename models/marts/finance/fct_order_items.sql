with
order_items as (
    select * from {{ ref('stg_billing__order_items') }}
),

orders as (
    select
        orders.*,
        {{ multiply_divide('items_minor', 'commission_ppm', 1000000) }} as commission_minor
    from {{ ref('stg_billing__orders') }} as orders
),

charges as (
    select
        document_id as order_id,
        max(transaction_id) as transaction_id
    from {{ ref('fct_transactions') }}
    where
        purpose = 'order'
        and movement_type = 'charge'
    group by document_id
),

users as (
    select
        user_id,
        user_key,
        valid_from,
        valid_to
    from {{ ref('int_user_versions') }}
),

artists as (
    select
        artist_id,
        artist_key,
        valid_from,
        valid_to
    from {{ ref('int_artist_versions') }}
),

exchange_rates as (
    select
        date_day,
        currency_code,
        rate_micro
    from {{ ref('int_exchange_rates') }}
),

currencies as (
    select
        currency_code,
        minor_units
    from {{ ref('currencies') }}
),

lines as (
    select
        order_items.*,
        orders.user_id,
        orders.artist_id,
        orders.status,
        orders.shipping_minor as order_shipping_minor,
        orders.commission_minor as order_commission_minor,
        orders.paid_at,
        orders.shipped_at,
        orders.delivered_at,
        orders.cancelled_at,
        charges.transaction_id,
        {{ to_date('order_items.ordered_at') }} as ordered_date,
        least({{ to_date('order_items.ordered_at') }}, {{ to_date('order_items.arrived_at') }}) as rate_date
    from order_items
    left join orders on order_items.order_id = orders.order_id
    left join charges on order_items.order_id = charges.order_id
),

-- What is agreed of the order as a whole is shared out by the lines' subtotals, to the last minor unit.
commission_shares as (
    {{ allocate('lines', 'order_id', 'order_item_id', 'order_commission_minor', 'subtotal_minor') }}
),

shipping_shares as (
    {{ allocate('lines', 'order_id', 'order_item_id', 'order_shipping_minor', 'subtotal_minor') }}
)

select
    lines.order_item_id,
    lines.order_id,
    lines.product_id,
    cast(coalesce(lines.user_id, {{ unknown_key() }}) as bigint) as user_id,
    case
        when lines.user_id is null then {{ unknown_key() }}
        else {{ fact_version_key('users.user_key', 'lines.user_id') }}
    end as user_key,
    cast(coalesce(lines.artist_id, {{ unknown_key() }}) as bigint) as artist_id,
    case
        when lines.artist_id is null then {{ unknown_key() }}
        else {{ fact_version_key('artists.artist_key', 'lines.artist_id') }}
    end as artist_key,
    coalesce(lines.transaction_id, {{ not_applicable_key() }}) as transaction_id,
    coalesce(lines.status, 'unknown') as order_status,
    lines.currency_code,
    lines.quantity,
    lines.unit_price_minor,
    lines.subtotal_minor,
    shipping_shares.allocated as shipping_minor,
    commission_shares.allocated as commission_minor,
    {{ reporting_micro(
        micro_from_minor('lines.subtotal_minor', 'currencies.minor_units'), 'exchange_rates.rate_micro'
    ) }} as subtotal_eur_micro,
    lines.paid_at is not null as is_paid,
    lines.shipped_at is not null as is_shipped,
    lines.delivered_at is not null as is_delivered,
    lines.cancelled_at is not null as is_cancelled,
    lines.download_url is not null as is_download,
    lines.ordered_date,
    lines.ordered_at,
    lines.paid_at,
    lines.shipped_at,
    lines.delivered_at,
    lines.cancelled_at
from lines
inner join commission_shares on lines.order_item_id = commission_shares.order_item_id
inner join shipping_shares on lines.order_item_id = shipping_shares.order_item_id
left join exchange_rates
    on
        lines.rate_date = exchange_rates.date_day
        and lines.currency_code = exchange_rates.currency_code
left join currencies on lines.currency_code = currencies.currency_code
{{ join_version('lines', 'users', 'user_id', 'ordered_at') }}
{{ join_version('lines', 'artists', 'artist_id', 'ordered_at') }}
