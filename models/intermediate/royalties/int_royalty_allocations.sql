{{
    config(
        materialized='incremental',
        incremental_strategy='append',
        indexes=server_indexes([{'columns': ['booking_month']}]),
    )
}}

with
runs as (
    select * from {{ ref('int_royalty_pool_runs') }}
    {{ where_not_yet_booked() }}
),

claims as (
    select * from {{ ref('int_royalty_claims') }}
    {{ where_not_yet_booked() }}
),

requested as (
    select
        run_key,
        sum(override_micro) as override_micro
    from claims
    group by run_key
),

-- Overrides come off the top, cut in proportion where they exceed the pool.
topped as (
    select
        runs.run_key,
        runs.pool_micro,
        least(coalesce(requested.override_micro, 0), runs.pool_micro) as override_micro,
        runs.pool_micro - least(coalesce(requested.override_micro, 0), runs.pool_micro) as remaining_micro
    from runs
    left join requested on runs.run_key = requested.run_key
),

override_claims as (
    select
        claims.run_key,
        claims.claim_key,
        claims.song_id,
        claims.work_id,
        claims.payee_id,
        claims.override_micro as claim_weight,
        topped.override_micro as shared_micro
    from claims
    inner join topped on claims.run_key = topped.run_key
    where claims.override_micro > 0
),

overrides as (
    {{ allocate('override_claims', 'run_key', 'claim_key', 'shared_micro', 'claim_weight') }}
),

weighed as (
    select
        claims.*,
        {{ royalty_method_weight('method_weight', 'weight', ['run_key']) }} as known_weight
    from claims
),

pool_claims as (
    select
        weighed.run_key,
        weighed.claim_key,
        weighed.song_id,
        weighed.work_id,
        weighed.payee_id,
        weighed.weight,
        weighed.known_weight,
        topped.remaining_micro as shared_micro
    from weighed
    inner join topped on weighed.run_key = topped.run_key
    where weighed.known_weight > 0 or weighed.weight > 0
),

by_method as (
    {{ allocate('pool_claims', 'run_key', 'claim_key', 'shared_micro', 'known_weight') }}
),

-- What no listening and no impression ties to a recording is shared pro rata.
rest_claims as (
    select
        pool_claims.run_key,
        pool_claims.claim_key,
        pool_claims.song_id,
        pool_claims.work_id,
        pool_claims.payee_id,
        pool_claims.weight,
        by_method.allocated as shared_micro
    from pool_claims
    inner join by_method on pool_claims.run_key = by_method.run_key
    where
        by_method.claim_key = 'rest'
        and by_method.allocated > 0
        and pool_claims.weight > 0
),

pro_rata as (
    {{ allocate('rest_claims', 'run_key', 'claim_key', 'shared_micro', 'weight') }}
),

claimed as (
    select
        run_key,
        sum(allocated) as claimed_micro
    from by_method
    where claim_key <> 'rest'
    group by run_key
    union all
    select
        run_key,
        sum(allocated) as claimed_micro
    from pro_rata
    group by run_key
),

claimed_in_all as (
    select
        run_key,
        sum(claimed_micro) as claimed_micro
    from claimed
    group by run_key
),

-- Money that nothing eligible was played for waits in suspense under a name of its own.
unclaimed as (
    select
        topped.run_key,
        topped.remaining_micro - coalesce(claimed_in_all.claimed_micro, 0) as unclaimed_micro
    from topped
    left join claimed_in_all on topped.run_key = claimed_in_all.run_key
),

allocated as (
    select
        override_claims.run_key,
        'override' as kind,
        override_claims.song_id,
        override_claims.work_id,
        override_claims.payee_id,
        cast(0 as numeric(38, 0)) as weight,
        overrides.allocated as amount_micro
    from override_claims
    inner join overrides
        on
            override_claims.run_key = overrides.run_key
            and override_claims.claim_key = overrides.claim_key
    union all
    select
        pool_claims.run_key,
        'allocation' as kind,
        pool_claims.song_id,
        pool_claims.work_id,
        pool_claims.payee_id,
        cast(pool_claims.weight as numeric(38, 0)) as weight,
        by_method.allocated as amount_micro
    from pool_claims
    inner join by_method
        on
            pool_claims.run_key = by_method.run_key
            and pool_claims.claim_key = by_method.claim_key
    where pool_claims.claim_key <> 'rest'
    union all
    select
        rest_claims.run_key,
        'unattributed' as kind,
        rest_claims.song_id,
        rest_claims.work_id,
        rest_claims.payee_id,
        cast(0 as numeric(38, 0)) as weight,
        pro_rata.allocated as amount_micro
    from rest_claims
    inner join pro_rata
        on
            rest_claims.run_key = pro_rata.run_key
            and rest_claims.claim_key = pro_rata.claim_key
    union all
    select
        unclaimed.run_key,
        'allocation' as kind,
        cast({{ not_applicable_key() }} as bigint) as song_id,
        cast({{ not_applicable_key() }} as bigint) as work_id,
        cast({{ unknown_key() }} as bigint) as payee_id,
        cast(0 as numeric(38, 0)) as weight,
        cast(unclaimed.unclaimed_micro as bigint) as amount_micro
    from unclaimed
    where unclaimed.unclaimed_micro > 0
)

select
    allocated.run_key,
    runs.booking_month,
    allocated.kind,
    allocated.song_id,
    allocated.work_id,
    allocated.payee_id,
    allocated.weight,
    allocated.amount_micro
from allocated
inner join runs on allocated.run_key = runs.run_key
