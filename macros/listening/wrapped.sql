{#- Takes away what mart_wrapped tells of periods of which nothing qualifies any more, as a day was judged anew. -#}
{% macro drop_periods_without_streams() -%}
    {%- if is_incremental() -%}
        {%- set judged -%}
            select
                newer.user_id,
                'month' as period_kind,
                newer.local_booking_month as period_start_date
            from {{ ref('fct_streams') }} as newer
            where
                not newer.is_qualified
                and {{ is_newer_load('newer.load_id') }}
            union
            select
                newer.user_id,
                'year' as period_kind,
                {{ year_start('newer.local_booking_month') }} as period_start_date
            from {{ ref('fct_streams') }} as newer
            where
                not newer.is_qualified
                and {{ is_newer_load('newer.load_id') }}
        {%- endset -%}
        {%- set accounts = 'select accounts.user_id from (' ~ judged ~ ') as accounts' -%}
        delete from {{ this }}
        where
            {{ is_one_of('user_id', accounts) }}
            and (user_id, period_kind, period_start_date) in (
                select
                    standing.user_id,
                    standing.period_kind,
                    standing.period_start_date
                from ({{ judged }}) as judged
                inner join {{ this }} as standing
                    on
                        judged.user_id = standing.user_id
                        and judged.period_kind = standing.period_kind
                        and judged.period_start_date = standing.period_start_date
                where
                    {{ is_one_of('standing.user_id', accounts) }}
                    and standing.item_kind = 'all'
                    -- the latest, by the index: most accounts have one
                    and (
                        select max(heard.local_date)
                        from {{ ref('fct_streams') }} as heard
                        where
                            heard.user_id = judged.user_id
                            and heard.is_qualified
                            and judged.period_start_date = case judged.period_kind
                                when 'year' then {{ year_start('heard.local_booking_month') }}
                                else heard.local_booking_month
                            end
                    ) is null
            )
    {%- endif -%}
{%- endmacro %}

{#- Names of now for mart_wrapped's items of one kind. -#}
{% macro take_over_item_names(kind) -%}
    {%- set named = {
        'song': 'select song_id as item_id, title as name from ' ~ ref('dim_song') ~ ' where is_current',
        'artist': 'select artist_id as item_id, name from ' ~ ref('dim_artist') ~ ' where is_current',
        'genre': 'select genre_id as item_id, name from ' ~ ref('stg_reference__genres'),
    }[kind] -%}
    {%- set changed = {
        'song': 'select song_id as item_id, load_id from ' ~ ref('int_song_versions'),
        'artist': 'select artist_id as item_id, load_id from ' ~ ref('int_artist_versions'),
        'genre': 'select genre_id as item_id, load_id from ' ~ ref('stg_reference__genres'),
    }[kind] -%}
    {{ take_over_names(
        '(' ~ named ~ ')', 'item_id', {'item_name': 'name'}, '(' ~ changed ~ ')', "standing.item_kind = '" ~ kind ~ "'"
    ) }}
{%- endmacro %}
