{#- A source that keeps no record of loads keeps none of these. -#}
{{ config(enabled=not var('data_date')) }}

with source as (
    select * from {{ source('ops', 'purged_references') }}
)

select
    entity,
    entity_id,
    load_id
from source
