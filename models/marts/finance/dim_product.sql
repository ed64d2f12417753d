{%- set columns = {
    'product_id': 'bigint', 'artist_id': 'bigint', 'content_id': 'bigint', 'album_id': 'bigint', 'name': 'text',
    'product_type': 'text', 'currency_code': 'text', 'price_minor': 'bigint', 'stock_quantity': 'integer',
    'is_active': 'boolean', 'created_at': 'timestamptz', 'is_inferred': 'boolean'
} -%}

with
products as (
    select * from {{ ref('stg_billing__products') }}
),

inferred_ids as (
    select * from {{ ref('int_inferred_ids') }}
    where entity = 'products'
),

described as (
    select
        product_id,
        artist_id,
        coalesce(content_id, {{ not_applicable_key() }}) as content_id,
        coalesce(album_id, {{ not_applicable_key() }}) as album_id,
        name,
        product_type,
        currency_code,
        price_minor,
        stock_quantity,
        is_active,
        created_at,
        false as is_inferred
    from products
),

final as (
    select * from described
    union all
    {{ inferred_members(columns, 'inferred_ids', 'product_id', values={'currency_code': "'XXX'"}) }}
    union all
    {{ special_members(columns, {'currency_code': "'XXX'"}) }}
)

select * from final
