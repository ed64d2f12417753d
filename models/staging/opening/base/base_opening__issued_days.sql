-- As base_ops__arrivals for keys that begin with an id: whether a copy counts is known from all of its day's rows.
with source as (
    select * from {{ source('raw', 'issued_keys') }}
)

select
    issued_date,
    load_id
from source
