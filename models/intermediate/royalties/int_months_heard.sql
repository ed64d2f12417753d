select
    statement_month,
    song_id
from {{ ref('int_statement_plays') }}
union all
select
    month_start as statement_month,
    song_id
from {{ ref('stg_opening__opening_song_streams') }}
