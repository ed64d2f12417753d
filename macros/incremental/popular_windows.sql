{#-
    Pre-hook of mart_popular_content: takes away days on which something has no plays left that is ranked there, and their
    weeks, as an increment adds rows of content and takes none away. It then ranks them anew, as nothing stands.
-#}
{% macro drop_windows_with_less() -%}
    {%- if is_incremental() -%}
        {%- set all_days = ref('fct_content_daily') -%}
        {%- set unplayed -%}
            select
                newer.content_id,
                newer.local_date
            from {{ all_days }} as newer
            where
                newer.plays = 0
                and {{ is_newer_load_of(all_days) }}
        {%- endset -%}
        delete from {{ this }}
        where
            (window_start_date, window_kind) in (
                select
                    case kinds.window_kind when 'day' then dates.date_day else dates.chart_week_start_date end,
                    kinds.window_kind
                from ({{ unplayed }}) as unplayed
                inner join {{ this }} as ranked
                    on
                        unplayed.content_id = ranked.content_id
                        and unplayed.local_date = ranked.window_start_date
                        and ranked.window_kind = 'day'
                inner join {{ ref('dim_date') }} as dates on unplayed.local_date = dates.date_day
                cross join (select 'day' as window_kind union all select 'week' as window_kind) as kinds
                where
                    {{ is_one_of('ranked.content_id', 'select gone.content_id from (' ~ unplayed ~ ') as gone') }}
                    and {{ is_one_of('ranked.window_start_date', 'select gone.local_date from (' ~ unplayed ~ ') as gone') }}
            )
    {%- endif -%}
{%- endmacro %}
