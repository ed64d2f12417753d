{#- Takes away the pairs of accounts and recordings as of an earlier date, and those of accounts that no longer consent. -#}
{% macro drop_pairs_no_longer_told() -%}
    {%- if is_incremental() -%}
        delete from {{ this }}
        where
            as_of_date < (select max(dates.as_of_date) from {{ ref('int_feature_dates') }} as dates)
            or {{ is_one_of(
                'user_id',
                'select users.user_id from ' ~ ref('dim_user')
                ~ ' as users where users.is_current and users.allows_profiling is not true'
            ) }}
    {%- endif -%}
{%- endmacro %}

{#-
    Continues a condition with the accounts of which no pair stands: who has some played nothing more till the last date.
    They are asked for one by one, by the index: as a join PostgreSQL reads all pairs.
-#}
{% macro and_without_pairs(user_id) -%}
    {%- if is_incremental() -%}
        and (select min(told.song_id) from {{ this }} as told where told.user_id = {{ user_id }}) is null
    {%- endif -%}
{%- endmacro %}
