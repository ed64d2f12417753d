{#- A source that keeps no record of loads keeps none of these. -#}
{{ config(enabled=not var('data_date')) }}

with source as (
    select * from {{ source('ops', 'purged_rows') }}
)

select
    purge_no,
    table_name,
    rule,
    rows,
    load_id
from source
