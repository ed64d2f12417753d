{#-
    Months of whose statements something is told anew that they rest on, since this model was last written: a play of
    them, the works or shares of a recording heard in them, or the first verdict on an account that was heard in them.

    held   column of this model with the latest load that it was told of
-#}
{% macro months_heard_anew(held) -%}
    {%- set frauds = ref('mart_stream_fraud') -%}
    {%- set splits -%}
        select newer.revenue_split_id
        from {{ ref('stg_royalties__revenue_splits') }} as newer
        where {{ is_newer_load_in('newer', held) }}
    {%- endset -%}
    {#- What a share was before it was corrected holds as well: no month before it begins can be another. -#}
    {%- set told -%}
        (
            select
                coalesce(splits.song_id, works.song_id) as song_id,
                min(splits.valid_from) as valid_from
            from {{ ref('stg_royalties__revenue_splits_changes') }} as splits
            left join {{ ref('stg_royalties__song_works') }} as works on splits.work_id = works.work_id
            where {{ is_one_of('splits.revenue_split_id', splits) }}
            group by coalesce(splits.song_id, works.song_id)
            union all
            select
                newer.song_id,
                cast('1900-01-01' as date) as valid_from
            from {{ ref('stg_royalties__song_works') }} as newer
            where {{ is_newer_load_in('newer', held) }}
            union all
            select
                arrived.record_id as song_id,
                cast('1900-01-01' as date) as valid_from
            from {{ ref('base_ops__arrived_opening_song_streams') }} as arrived
            where {{ is_newer_load_in('arrived', held) }}
        )
    {%- endset -%}
    {%- set convicted_anew -%}
        select judged.user_id
        from {{ frauds }} as judged
        where
            {{ is_newer_load_of(frauds, 'judged', held) }}
            and not exists (
                select 1
                from {{ frauds }} as known
                where
                    judged.user_id = known.user_id
                    and known.artificial_plays > 0
                    and not {{ is_newer_load('known.load_id', held) }}
            )
    {%- endset -%}
    select newer.booking_month as statement_month
    from {{ ref('fct_streams') }} as newer
    where {{ is_newer_load_of(ref('fct_streams'), held=held) }}
    group by newer.booking_month
    union
    select played.booking_month as statement_month
    from {{ ref('fct_streams') }} as played
    where {{ is_one_of('played.user_id', convicted_anew) }}
    group by played.booking_month
    union
    select heard.statement_month
    from {{ ref('int_months_heard') }} as heard
    inner join {{ told }} as told
        on
            heard.song_id = told.song_id
            and told.valid_from <= {{ month_end('heard.statement_month') }}
    where {{ is_one_of('heard.song_id', 'select told.song_id from ' ~ told ~ ' as told') }}
{%- endmacro %}

{#-
    Payees of whom something is told anew that statements rest on, since this model was last written: their statements,
    contracts, advances or selves, or a month in which they were heard. In such a month others count too where the rate of
    a tax residence may be another. The payee with the lowest id of a relation is always among them, and says up to which
    load all is told (`told_load_id`).

    lowest   relation with an index of its payee_id
-#}
{% macro payees_told_anew(lowest) -%}
    {%- set payouts = ref('stg_royalties__payouts') -%}
    {%- set streams = ref('int_statement_streams') -%}
    {%- set payees -%}
        select newer.payee_id
        from {{ ref('stg_royalties__payees') }} as newer
        where {{ is_newer_load_in('newer', 'told_load_id') }}
    {%- endset -%}
    {%- set moved -%}
        select known.payee_id
        from {{ ref('stg_royalties__payees_changes') }} as known
        where {{ is_one_of('known.payee_id', payees) }}
        group by known.payee_id
        having
            min(known.tax_country_id) <> max(known.tax_country_id)
            or {{ is_newer_load('min(known.load_id)', 'told_load_id') }}
    {%- endset -%}
    {%- set months -%}
        {{ months_heard_anew('told_load_id') }}
        union
        select newer.statement_month
        from {{ payouts }} as newer
        where {{ is_newer_load_in('newer', 'told_load_id') }}
        union
        select stated.statement_month
        from {{ payouts }} as stated
        where {{ is_one_of('stated.payee_id', moved) }}
    {%- endset -%}
    {{ payees }}
    {%- for relation in ['stg_royalties__payouts', 'stg_royalties__rights_contracts', 'stg_royalties__advances'] %}
    union
    select newer.payee_id
    from {{ ref(relation) }} as newer
    where {{ is_newer_load_in('newer', 'told_load_id') }}
    {%- endfor %}
    {%- for heard in [streams, this] %}
    union
    select heard.payee_id
    from {{ heard }} as heard
    where {{ is_one_of('heard.statement_month', months) }}
    {%- endfor %}
    union
    select told.payee_id
    from {{ this }} as told
    where told.told_load_id > 0
    union
    select min(listed.payee_id) as payee_id
    from {{ lowest }} as listed
{%- endmacro %}

{#-
    Pre-hook of such a model: of a payee without a statement nothing may be left to imply.

    without_statement   condition for months without one
-#}
{% macro drop_payees_without_statement(lowest, without_statement) -%}
    {%- if is_incremental() -%}
        delete from {{ this }}
        where
            {{ without_statement }}
            and (
                told_load_id = 0
                or payee_id <> (select min(listed.payee_id) from {{ lowest }} as listed)
            )
            and {{ is_one_of('payee_id', payees_told_anew(lowest)) }}
    {%- endif -%}
{%- endmacro %}
