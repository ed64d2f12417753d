{#- Of the plays that came, or were judged anew, since this model was last written: one column. -#}
{% macro newer_plays(column) -%}
    select newer.{{ column }}
    from {{ ref('fct_streams') }} as newer
    where {{ is_newer_load('newer.load_id') }}
    group by newer.{{ column }}
{%- endmacro %}

{#- Pre-hook of int_royalty_plays: which of these draw on a pool now says the increment. -#}
{% macro drop_plays_worked_out_anew() -%}
    {%- if is_incremental() -%}
        delete from {{ this }}
        where {{ is_one_of('stream_id', newer_plays('stream_id')) }}
    {%- endif -%}
{%- endmacro %}

{#- Pre-hook of int_royalty_streams: takes away the days touched of which no play draws on a pool any more. -#}
{% macro drop_days_without_royalty_plays() -%}
    {%- if is_incremental() -%}
        delete from {{ this }}
        where
            {{ is_one_of('started_date', newer_plays('started_date')) }}
            and started_date not in (
                select plays.started_date
                from {{ ref('int_royalty_plays') }} as plays
                where {{ is_one_of('plays.started_date', newer_plays('started_date')) }}
            )
    {%- endif -%}
{%- endmacro %}
