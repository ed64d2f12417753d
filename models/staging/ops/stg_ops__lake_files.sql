{#- A source that keeps no record of loads keeps none of these. -#}
{{ config(enabled=not var('data_date')) }}

with source as (
    select * from {{ source('ops', 'lake_files') }}
)

select
    path,
    table_name,
    sha256,
    rows,
    bytes,
    load_id
from source
