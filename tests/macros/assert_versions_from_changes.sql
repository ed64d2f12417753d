-- versions_from_changes and join_version: two changes at one instant, a clock that runs behind, half-open ends.
with
changes as (
    select
        cast(1 as bigint) as thing_id,
        0 as change_no,
        {{ instant('2026-01-01 00:00:00') }} as changed_at,
        'a' as colour,
        cast(1 as bigint) as load_id
    union all
    select 1, 1, {{ instant('2026-01-03 00:00:00') }}, 'b', 2
    union all
    select 1, 2, {{ instant('2026-01-03 00:00:00') }}, 'c', 2
    union all
    select 1, 3, {{ instant('2026-01-02 00:00:00') }}, 'd', 3
    union all
    select 1, 4, {{ instant('2026-01-05 00:00:00') }}, 'e', 4
    union all
    select 2, 0, {{ instant('2026-01-02 00:00:00') }}, 'z', 1
),

versions as (
    {{ versions_from_changes('changes', 'thing_id', 'thing_key', ['colour']) }}
),

expected_versions as (
    select
        cast(10000 as bigint) as thing_key,
        'a' as colour,
        {{ instant('2026-01-01 00:00:00') }} as valid_from,
        {{ instant('2026-01-03 00:00:00') }} as valid_to,
        false as is_current
    union all
    select 10003, 'd', {{ instant('2026-01-03 00:00:00') }}, {{ instant('2026-01-05 00:00:00') }}, false
    union all
    select 10004, 'e', {{ instant('2026-01-05 00:00:00') }}, {{ end_of_time() }}, true
    union all
    select 20000, 'z', {{ instant('2026-01-02 00:00:00') }}, {{ end_of_time() }}, true
),

uses as (
    select
        1 as use_no,
        1 as thing_id,
        {{ instant('2026-01-03 00:00:00') }} as used_at,
        'd' as expected_colour
    union all
    select 2, 1, {{ instant('2026-01-02 23:59:59') }}, 'a'
    union all
    select 3, 1, {{ instant('2025-12-31 23:59:59') }}, null
    union all
    select 4, 2, {{ instant('2030-01-01 00:00:00') }}, 'z'
    union all
    select 5, 3, {{ instant('2026-01-03 00:00:00') }}, null
),

joined as (
    select
        uses.use_no,
        uses.expected_colour,
        versions.colour
    from uses
    {{ join_version('uses', 'versions', 'thing_id', 'used_at') }}
)

select 'version ' || cast(coalesce(versions.thing_key, expected_versions.thing_key) as text) as failing
from versions
full outer join expected_versions
    on
        versions.thing_key = expected_versions.thing_key
        and versions.colour = expected_versions.colour
        and versions.valid_from = expected_versions.valid_from
        and versions.valid_to = expected_versions.valid_to
        and versions.is_current = expected_versions.is_current
where versions.thing_key is null or expected_versions.thing_key is null
union all
select 'use ' || cast(use_no as text) as failing
from joined
where colour is distinct from expected_colour
