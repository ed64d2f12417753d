{{ config(materialized='table') }}

with
runs as (
    select * from {{ ref('int_royalty_pool_runs') }}
),

claims as (
    select * from {{ ref('int_royalty_claims') }}
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

pool_claims as (
    select
        claims.run_key,
        claims.claim_key,
        claims.song_id,
        claims.work_id,
        claims.payee_id,
        claims.weight as claim_weight,
        topped.remaining_micro as shared_micro
    from claims
    inner join topped on claims.run_key = topped.run_key
    where claims.weight > 0
),

pro_rata as (
    {{ allocate('pool_claims', 'run_key', 'claim_key', 'shared_micro', 'claim_weight') }}
),

claimed as (
    select distinct run_key
    from pool_claims
),

-- Money that nothing eligible was played for waits in suspense under a name of its own.
unclaimed as (
    select
        topped.run_key,
        topped.remaining_micro
    from topped
    left join claimed on topped.run_key = claimed.run_key
    where
        claimed.run_key is null
        and topped.remaining_micro > 0
)

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
    cast(pool_claims.claim_weight as numeric(38, 0)) as weight,
    pro_rata.allocated as amount_micro
from pool_claims
inner join pro_rata
    on
        pool_claims.run_key = pro_rata.run_key
        and pool_claims.claim_key = pro_rata.claim_key
union all
select
    unclaimed.run_key,
    'allocation' as kind,
    cast({{ not_applicable_key() }} as bigint) as song_id,
    cast({{ not_applicable_key() }} as bigint) as work_id,
    cast({{ unknown_key() }} as bigint) as payee_id,
    cast(0 as numeric(38, 0)) as weight,
    cast(unclaimed.remaining_micro as bigint) as amount_micro
from unclaimed
