{{
    config(
        materialized='incremental',
        incremental_strategy='append',
        indexes=server_indexes([{'columns': ['booking_month']}]),
    )
}}

{%- set methods = royalty_methods() %}

with
runs as (
    select * from {{ ref('int_royalty_pool_runs') }}
    {{ where_not_yet_booked() }}
),

alternatives as (
    select * from {{ ref('int_royalty_alternatives') }}
    {{ where_not_yet_booked() }}
),

allocations as (
    select * from {{ ref('int_royalty_allocations') }}
    {{ where_not_yet_booked() }}
),

songs as (
    select
        song_id,
        max(main_artist_id) as artist_id
    from {{ ref('int_song_versions') }}
    group by song_id
),

-- What comes off the top does so by any method.
overrides as (
    select
        allocations.run_key,
        coalesce(songs.artist_id, {{ unknown_key() }}) as artist_id,
        allocations.payee_id,
        sum(allocations.amount_micro) as override_micro
    from allocations
    left join songs on allocations.song_id = songs.song_id
    where allocations.kind = 'override'
    group by
        allocations.run_key,
        coalesce(songs.artist_id, {{ unknown_key() }}),
        allocations.payee_id
),

topped as (
    select
        run_key,
        sum(override_micro) as override_micro
    from overrides
    group by run_key
),

methods as (
    {% for method in methods -%}
    select '{{ method }}' as method
    {% if not loop.last %}union all{% endif %}
    {% endfor %}
),

pools as (
    select
        runs.run_key,
        methods.method,
        runs.run_key || '|' || methods.method as pool_id,
        runs.pool_micro - coalesce(topped.override_micro, 0) as shared_micro
    from runs
    inner join methods
        on
            runs.method <> methods.method
            and {{ royalty_method_applies('methods.method', 'runs.source') }}
    left join topped on runs.run_key = topped.run_key
),

told as (
    {% for method, weight in methods.items() -%}
    select
        run_key,
        '{{ method }}' as method,
        artist_id,
        payee_id,
        recipient_key,
        weight as pro_rata_weight,
        {{ weight }} as told_weight
    from alternatives
    {% if not loop.last %}union all{% endif %}
    {% endfor %}
),

recipients as (
    select
        told.*,
        {{ royalty_method_weight('told_weight', 'pro_rata_weight', ['run_key', 'method']) }} as method_weight
    from told
),

pool_claims as (
    select
        pools.pool_id,
        pools.run_key,
        pools.method,
        pools.shared_micro,
        recipients.artist_id,
        recipients.payee_id,
        recipients.recipient_key,
        recipients.pro_rata_weight,
        recipients.method_weight
    from pools
    inner join recipients
        on
            pools.run_key = recipients.run_key
            and pools.method = recipients.method
    where
        recipients.method_weight > 0
        or recipients.pro_rata_weight > 0
),

by_method as (
    {{ allocate('pool_claims', 'pool_id', 'recipient_key', 'shared_micro', 'method_weight') }}
),

rest_claims as (
    select
        pool_claims.pool_id,
        pool_claims.recipient_key,
        pool_claims.pro_rata_weight,
        by_method.allocated as shared_micro
    from pool_claims
    inner join by_method on pool_claims.pool_id = by_method.pool_id
    where
        by_method.recipient_key = 'rest'
        and by_method.allocated > 0
        and pool_claims.pro_rata_weight > 0
),

pro_rata as (
    {{ allocate('rest_claims', 'pool_id', 'recipient_key', 'shared_micro', 'pro_rata_weight') }}
),

shared as (
    select
        pool_claims.pool_id,
        pool_claims.run_key,
        pool_claims.method,
        pool_claims.artist_id,
        pool_claims.payee_id,
        by_method.allocated + coalesce(pro_rata.allocated, 0) as amount_micro,
        coalesce(pro_rata.allocated, 0) as unattributed_micro
    from pool_claims
    inner join by_method
        on
            pool_claims.pool_id = by_method.pool_id
            and pool_claims.recipient_key = by_method.recipient_key
    left join pro_rata
        on
            pool_claims.pool_id = pro_rata.pool_id
            and pool_claims.recipient_key = pro_rata.recipient_key
    where pool_claims.recipient_key <> 'rest'
),

claimed as (
    select
        pool_id,
        sum(amount_micro) as claimed_micro
    from shared
    group by pool_id
),

entries as (
    select
        run_key,
        method,
        artist_id,
        payee_id,
        amount_micro,
        unattributed_micro
    from shared
    union all
    select
        pools.run_key,
        pools.method,
        overrides.artist_id,
        overrides.payee_id,
        overrides.override_micro as amount_micro,
        0 as unattributed_micro
    from pools
    inner join overrides on pools.run_key = overrides.run_key
    union all
    -- Money that nothing eligible was played for waits in suspense.
    select
        pools.run_key,
        pools.method,
        {{ not_applicable_key() }} as artist_id,
        {{ unknown_key() }} as payee_id,
        pools.shared_micro - coalesce(claimed.claimed_micro, 0) as amount_micro,
        0 as unattributed_micro
    from pools
    left join claimed on pools.pool_id = claimed.pool_id
    where pools.shared_micro > coalesce(claimed.claimed_micro, 0)
)

select
    entries.run_key,
    runs.booking_month,
    entries.method,
    cast(entries.artist_id as bigint) as artist_id,
    cast(entries.payee_id as bigint) as payee_id,
    cast(sum(entries.amount_micro) as bigint) as amount_micro,
    cast(sum(entries.unattributed_micro) as bigint) as unattributed_micro
from entries
inner join runs on entries.run_key = runs.run_key
group by
    entries.run_key,
    runs.booking_month,
    entries.method,
    cast(entries.artist_id as bigint),
    cast(entries.payee_id as bigint)
