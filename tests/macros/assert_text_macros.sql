-- Casts that give null instead of an error, cleaning, hashes and payloads: each row names a check that fails.
with
texts as (
    select
        ' 12 ' as whole,
        '1.5' as decimal_text,
        '2026-02-29' as no_date,
        ' A  b ' || chr(10) || 'c ' as untidy,
        cast(null as text) as nothing,
        7 as number_id,
        {{ instant('2026-01-01 10:00:00') }} as seen_at
),

checks as (
    select
        'safe_cast_bigint' as check_name,
        {{ safe_cast_bigint('whole') }} = 12 as holds
    from texts
    union all
    select
        'safe_cast_bigint refuses a decimal',
        {{ safe_cast_bigint('decimal_text') }} is null
    from texts
    union all
    select
        'safe_cast_bigint of nothing',
        {{ safe_cast_bigint('nothing') }} is null
    from texts
    union all
    select
        'safe_cast_numeric',
        {{ safe_cast_numeric('decimal_text') }} = 1.5
    from texts
    union all
    select
        'safe_cast_numeric refuses words',
        {{ safe_cast_numeric('untidy') }} is null
    from texts
    union all
    select
        'safe_cast_boolean',
        {{ safe_cast_boolean("'Yes '") }} and not {{ safe_cast_boolean("'0'") }}
    from texts
    union all
    select
        'safe_cast_date',
        {{ safe_cast_date("'2028-02-29'") }} = cast('2028-02-29' as date)
    from texts
    union all
    select
        'safe_cast_date refuses a day that is not',
        {{ safe_cast_date('no_date') }} is null
    from texts
    union all
    select
        'safe_cast_uuid',
        {{ safe_cast_uuid("'0A1B2C3D-0000-4000-8000-00000000000F'") }} = '0a1b2c3d-0000-4000-8000-00000000000f'
    from texts
    union all
    select
        'safe_cast_uuid refuses others',
        {{ safe_cast_uuid('untidy') }} is null
    from texts
    union all
    select
        'clean_text',
        {{ clean_text('untidy') }} = 'A b c'
    from texts
    union all
    select
        'clean_text of blanks',
        {{ clean_text("'  '") }} is null
    from texts
    union all
    select
        'md5_text',
        {{ md5_text('number_id') }} = '8f14e45fceea167a5a36dedd4bea2543'
    from texts
    union all
    select
        'generate_surrogate_key',
        {{ dbt_utils.generate_surrogate_key(['number_id', 'nothing']) }}
        = {{ md5_text("'7-_dbt_utils_surrogate_key_null_'") }}
    from texts
    union all
    select
        'row_payload',
        {{ row_payload(['number_id', 'untidy', 'nothing', 'seen_at']) }}
        = '{"number_id": "7", "untidy": " A  b \nc ", "nothing": null, "seen_at": "2026-01-01T10:00:00.000000Z"}'
    from texts
    union all
    select
        'reject_rule takes the first',
        {{ reject_rule({'first': 'number_id > 6', 'second': 'number_id > 5'}) }} = 'first'
    from texts
    union all
    select
        'reject_rule of a sound row',
        {{ reject_rule({'first': 'number_id > 7'}) }} is null
    from texts
    union all
    select
        'micro_from_minor',
        {{ micro_from_minor('199', '2') }} = 1990000 and {{ micro_from_minor('199', '0') }} = 199000000
    from texts
    union all
    select
        'minor_from_micro',
        {{ minor_from_micro('1995000', '2') }} = 200 and {{ minor_from_micro('-1995000', '2') }} = -200
    from texts
    union all
    select
        'version_key',
        {{ version_key('number_id', '3') }} = 70003
    from texts
    union all
    select
        'member_key',
        {{ member_key('number_id', 'number_id') }} = 7
        and {{ member_key('cast(null as bigint)', 'number_id') }} = {{ unknown_key() }}
        and {{ member_key('cast(null as bigint)', 'nothing') }} = {{ not_applicable_key() }}
    from texts
)

select check_name
from checks
where holds is not true
