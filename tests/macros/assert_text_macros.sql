-- Casts that give null instead of an error, cleaning, hashes and payloads: each row names a check that fails.
{%- set checks = [
    ('safe_cast_bigint', safe_cast_bigint('whole') ~ " = 12"),
    ('safe_cast_bigint refuses a decimal', safe_cast_bigint('decimal_text') ~ " is null"),
    ('safe_cast_bigint of absent', safe_cast_bigint('absent') ~ " is null"),
    ('safe_cast_numeric', safe_cast_numeric('decimal_text') ~ " = 1.5"),
    ('safe_cast_numeric refuses words', safe_cast_numeric('untidy') ~ " is null"),
    ('safe_cast_boolean', safe_cast_boolean("'Yes '") ~ " and not " ~ safe_cast_boolean("'0'")),
    ('safe_cast_date', safe_cast_date("'2028-02-29'") ~ " = cast('2028-02-29' as date)"),
    ('safe_cast_date refuses a day that is not', safe_cast_date('no_date') ~ " is null"),
    (
        'safe_cast_uuid',
        safe_cast_uuid("'0A1B2C3D-0000-4000-8000-00000000000F'") ~ " = '0a1b2c3d-0000-4000-8000-00000000000f'",
    ),
    ('safe_cast_uuid refuses others', safe_cast_uuid('untidy') ~ " is null"),
    ('clean_text', clean_text('untidy') ~ " = 'A b c'"),
    ('clean_text of blanks', clean_text("'  '") ~ " is null"),
    ('md5_text', md5_text('number_id') ~ " = '8f14e45fceea167a5a36dedd4bea2543'"),
    (
        'generate_surrogate_key',
        dbt_utils.generate_surrogate_key(['number_id', 'absent'])
        ~ " = "
        ~ md5_text("'7-_dbt_utils_surrogate_key_null_'"),
    ),
    (
        'row_payload',
        row_payload(['number_id', 'untidy', 'absent', 'seen_at'])
        ~ " = '{\"number_id\": \"7\", \"untidy\": \" A  b \\nc \", \"absent\": null, \"seen_at\": \"2026-01-01T10:00:00.000000Z\"}'",
    ),
    (
        'row_payload shows control characters',
        row_payload(['odd']) ~ " = '{\"odd\": \" ␁\\\\␟\\t\"}'",
    ),
    ('json_string', json_string("'a\"b\\c' || chr(10) || chr(13) || chr(9)") ~ " = '\"a\\\"b\\\\c\\n\\r\\t\"'"),
    ('is_accepted', is_accepted('absent') ~ " and not " ~ is_accepted("'duplicate'")),
    ('trimmed cuts blanks alone', trimmed('spaced') ~ " = chr(160) || 'x' || chr(12288)"),
    (
        'reject_rule takes the first',
        reject_rule({'first': 'number_id > 6', 'second': 'number_id > 5'}) ~ " = 'first'",
    ),
    ('reject_rule of a sound row', reject_rule({'first': 'number_id > 7'}) ~ " is null"),
    (
        'micro_from_minor',
        micro_from_minor('199', '2') ~ " = 1990000 and " ~ micro_from_minor('199', '0') ~ " = 199000000",
    ),
    (
        'minor_from_micro',
        minor_from_micro('1995000', '2') ~ " = 200 and " ~ minor_from_micro('-1995000', '2') ~ " = -200",
    ),
    ('version_key', version_key('number_id', '3') ~ " = 70003"),
    (
        'member_key',
        member_key('number_id', 'number_id')
        ~ " = 7 and "
        ~ member_key('cast(null as bigint)', 'number_id')
        ~ " = "
        ~ unknown_key()
        ~ " and "
        ~ member_key('cast(null as bigint)', 'absent')
        ~ " = "
        ~ not_applicable_key(),
    ),
] %}
with
texts as (
    select
        ' 12 ' as whole,
        '1.5' as decimal_text,
        '2026-02-29' as no_date,
        ' A  b ' || chr(10) || 'c ' as untidy,
        ' ' || chr(1) || '\' || chr(31) || chr(9) as odd,
        '  ' || chr(160) || 'x' || chr(12288) || ' ' as spaced,
        cast(null as text) as absent,
        7 as number_id,
        {{ instant('2026-01-01 10:00:00') }} as seen_at
),

checks as (
    {% for name, condition in checks -%}
    select
        '{{ name }}' as check_name,
        {{ condition }} as holds
    from texts
    {% if not loop.last %}union all{% endif %}
    {% endfor %}
)

select check_name
from checks
where holds is not true
