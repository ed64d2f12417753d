-- versions_from_changes and join_version: changes at one instant, a clock that runs behind, half-open ends; changes
-- that arrive after a close hold from the month then open (3), unless a later one overtook them (4), creations too (5);
-- what had arrived before any month of the history closed is never late (6).
{%- set change_rows = [
    [1, 0, instant('2026-01-01 00:00:00'), "'a'", 1, 'null'],
    [1, 1, instant('2026-01-03 00:00:00'), "'b'", 2, 'null'],
    [1, 2, instant('2026-01-03 00:00:00'), "'c'", 2, 'null'],
    [1, 3, instant('2026-01-02 00:00:00'), "'d'", 3, 'null'],
    [1, 4, instant('2026-01-05 00:00:00'), "'e'", 4, 'null'],
    [2, 0, instant('2026-01-02 00:00:00'), "'z'", 1, 'null'],
    [3, 0, instant('2100-01-01 00:00:00'), "'a'", 1, instant('2100-01-01 01:00:00')],
    [3, 1, instant('2100-01-20 00:00:00'), "'b'", 2, instant('2100-02-10 23:59:59')],
    [3, 2, instant('2100-01-25 00:00:00'), "'c'", 3, instant('2100-02-11 00:00:00')],
    [3, 3, instant('2100-02-12 00:00:00'), "'d'", 4, instant('2100-02-12 01:00:00')],
    [4, 0, instant('2100-01-01 00:00:00'), "'a'", 1, instant('2100-01-01 01:00:00')],
    [4, 1, instant('2100-01-20 00:00:00'), "'b'", 3, instant('2100-02-15 00:00:00')],
    [4, 2, instant('2100-01-25 00:00:00'), "'c'", 2, instant('2100-01-25 01:00:00')],
    [5, 0, instant('2100-01-01 00:00:00'), "'a'", 1, instant('2100-03-11 00:00:00')],
    [6, 0, instant('2001-01-01 00:00:00'), "'a'", 1, instant('2001-12-31 00:00:00')],
    [6, 1, instant('2001-03-01 00:00:00'), "'b'", 1, instant('2001-12-31 00:00:00')],
] %}
{%- set expected_rows = [
    [10000, "'a'", instant('2026-01-01 00:00:00'), instant('2026-01-03 00:00:00'), 'false'],
    [10001, "'d'", instant('2026-01-03 00:00:00'), instant('2026-01-05 00:00:00'), 'false'],
    [10004, "'e'", instant('2026-01-05 00:00:00'), end_of_time(), 'true'],
    [20000, "'z'", instant('2026-01-02 00:00:00'), end_of_time(), 'true'],
    [30000, "'a'", instant('2100-01-01 00:00:00'), instant('2100-01-20 00:00:00'), 'false'],
    [30001, "'b'", instant('2100-01-20 00:00:00'), instant('2100-02-01 00:00:00'), 'false'],
    [30002, "'c'", instant('2100-02-01 00:00:00'), instant('2100-02-12 00:00:00'), 'false'],
    [30003, "'d'", instant('2100-02-12 00:00:00'), end_of_time(), 'true'],
    [40000, "'a'", instant('2100-01-01 00:00:00'), instant('2100-01-25 00:00:00'), 'false'],
    [40002, "'c'", instant('2100-01-25 00:00:00'), end_of_time(), 'true'],
    [50000, "'a'", instant('2100-03-01 00:00:00'), end_of_time(), 'true'],
    [60000, "'a'", instant('2001-01-01 00:00:00'), instant('2001-03-01 00:00:00'), 'false'],
    [60001, "'b'", instant('2001-03-01 00:00:00'), end_of_time(), 'true'],
] %}
{%- set use_rows = [
    [1, 1, instant('2026-01-03 00:00:00'), "'d'"],
    [2, 1, instant('2026-01-02 23:59:59'), "'a'"],
    [3, 1, instant('2025-12-31 23:59:59'), 'null'],
    [4, 2, instant('2030-01-01 00:00:00'), "'z'"],
    [5, 3, instant('2026-01-03 00:00:00'), 'null'],
] %}
with
changes as (
    {% for row in change_rows -%}
    select
        cast({{ row[0] }} as bigint) as thing_id,
        cast({{ row[1] }} as integer) as change_no,
        {{ row[2] }} as changed_at,
        cast({{ row[3] }} as text) as colour,
        cast({{ row[4] }} as bigint) as load_id,
        cast({{ row[5] }} as timestamptz) as arrived_at
    {% if not loop.last %}union all{% endif %}
    {% endfor %}
),

versions as (
    {{ versions_from_changes('changes', 'thing_id', 'thing_key', ['colour']) }}
),

expected_versions as (
    {% for row in expected_rows -%}
    select
        cast({{ row[0] }} as bigint) as thing_key,
        cast({{ row[1] }} as text) as colour,
        {{ row[2] }} as valid_from,
        {{ row[3] }} as valid_to,
        cast({{ row[4] }} as boolean) as is_current
    {% if not loop.last %}union all{% endif %}
    {% endfor %}
),

uses as (
    {% for row in use_rows -%}
    select
        cast({{ row[0] }} as integer) as use_no,
        cast({{ row[1] }} as bigint) as thing_id,
        {{ row[2] }} as used_at,
        cast({{ row[3] }} as text) as expected_colour
    {% if not loop.last %}union all{% endif %}
    {% endfor %}
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
